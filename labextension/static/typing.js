// @ts-check
// JupyterLab opens a text on a double click but leaves the keyboard to commands, so that the
// next letter cuts or adds a cell; learners expect to type.

/** @param {Panel} panel */
export const open = ({ content }) => {
  content.node.addEventListener("dblclick", () => setTimeout(() => {
    const cell = content.activeCell;
    if (cell?.model.type === "markdown" && !cell.rendered) content.mode = "edit";
  }));
};
