// @ts-check
// Opening a notebook does not change it. JupyterLab writes the kernel's patch version of Python and
// its display name into every notebook as soon as the kernel answers, and then asks whether to save
// that. The same language and the same kernel are no change.

/** @param {Panel} panel */
export const open = ({ context }) => {
  const { model } = context;
  const setMetadata = model.setMetadata.bind(model);
  model.setMetadata = (key, value) => {
    const { dirty } = model;
    const before = /** @type {any} */ (model.getMetadata(key))?.name;
    setMetadata(key, value);
    const ofKernel = key === "language_info" || key === "kernelspec";
    if (ofKernel && before === /** @type {any} */ (value)?.name) model.dirty = dirty;
  };
};
