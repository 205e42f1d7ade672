// @ts-check
// Notebooks that the learner saved: pictures in the place of widgets whose kernel is gone.

const VIEW = "application/vnd.jupyter.widget-view+json";
/** @param {Output} output */
const hasPicture = ({ data }) => data?.[VIEW] && Object.keys(data).some((type) =>
  type.startsWith("image/") || type === "text/html");

// A saved widget needs the kernel that made it. Where no kernel of this notebook runs any more,
// the picture that was saved with it is shown in its place.
/** @type {(panel: Panel, lab: Lab) => Promise<void>} */
export const open = async ({ context, content }, { app }) => {
  const { sessions } = app.serviceManager;
  await Promise.all([context.ready, sessions.ready]);
  if ([...sessions.running()].some(({ path }) => path === context.path)) return;
  const { dirty } = context.model;
  for (const { model } of content.widgets.filter((cell) => cell.model.type === "code")) {
    for (let i = 0; i < model.outputs.length; i += 1) {
      const output = model.outputs.get(i).toJSON();
      if (!hasPicture(output)) continue;
      delete output.data[VIEW];
      model.outputs.set(i, output);
    }
  }
  context.model.dirty = dirty; // looking at a notebook does not change it
};

/** @type {[string, string][]} */
const HINT = [
  ["zh", "从头运行到这个单元，这里就有滑块。"],
  ["en", "Run the cells up to here, and sliders appear."],
];

/**
 * The saved picture of an explorer has no sliders; a reader who knows of them wants them.
 * @param {HTMLElement} node @param {MimeModel} model
 */
export const addHint = (node, model) => {
  node.querySelector(".course-hint")?.remove();
  if (!String(model.data["text/plain"] ?? "").startsWith("Explorer(")) return;
  const hint = document.createElement("div");
  hint.className = "course-hint";
  for (const [lang, textContent] of HINT) {
    const className = "course-lang";
    hint.append(Object.assign(document.createElement("span"), { lang, textContent, className }), " ");
  }
  node.append(hint);
};
