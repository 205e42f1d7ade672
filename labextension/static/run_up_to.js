// @ts-check
// "Run up to here": all code above a cell, and the cell. By JupyterLab's own commands, which ask
// for a kernel where there is none.
import { both } from "./words.js";

/** @type {(panel: Panel, lab: Lab, cell: Cell) => Promise<void>} */
const run = async ({ content }, { app }, cell) => {
  const activate = () => { content.activeCellIndex = content.widgets.indexOf(cell); };
  activate();
  if (content.activeCellIndex > 0) {
    const ran = await app.commands.execute("notebook:run-all-above", {});
    if (ran === false || content.isDisposed) return; // JupyterLab shows the cell that failed
  }
  activate();
  await app.commands.execute("notebook:run-cell", {});
};

/** @type {(panel: Panel, lab: Lab, cell: Cell, button: HTMLButtonElement) => Promise<void>} */
export const runUpTo = async (panel, lab, cell, button) => {
  if (button.getAttribute("aria-disabled") === "true") return;
  const words = [...button.childNodes];
  button.setAttribute("aria-disabled", "true"); // not `disabled`: that would lose the focus
  button.replaceChildren(both("正在运行……", "Running …"));
  try {
    lab.app.shell?.activateById(panel.id);
    await run(panel, lab, cell);
    if (!panel.isDisposed) cell.node.scrollIntoView({ block: "nearest" });
  } finally {
    button.replaceChildren(...words); // seen where a cell above has failed
    button.removeAttribute("aria-disabled");
  }
};
