// @ts-check
// Names and roles for what JupyterLab and its widgets leave without one. A screen reader says
// "button" and "slider" otherwise, and a feed has articles.
import { current, onChoice } from "./language.js";

/** @type {[string, string, string][]} */
const NAMES = [
  [".cm-content", "代码或文字", "Code or text"],
  [".jp-collapseHeadingButton", "折叠这一节", "Fold this section"],
];

/** @param {HTMLElement} node */
const nameAll = (node) => {
  for (const [selector, zh, en] of NAMES) {
    const name = { zh, en, both: `${zh} · ${en}` }[current()];
    for (const found of node.querySelectorAll(selector)) {
      if (found.getAttribute("aria-label") !== name) found.setAttribute("aria-label", name);
    }
  }
  for (const cell of node.querySelectorAll(".jp-Cell:not([role])")) {
    cell.setAttribute("role", "article");
  }
};

let count = 0;
// A slider's handle is what has the focus; its label is an element beside it.
/** @param {HTMLElement} node */
const nameSliders = (node) => {
  for (const handle of node.querySelectorAll(".noUi-handle:not([aria-labelledby])")) {
    const label = handle.closest(".jupyter-widgets")?.querySelector(".widget-label");
    if (!label?.textContent) continue;
    label.id ||= `course-slider-${count += 1}`;
    handle.setAttribute("aria-labelledby", label.id);
  }
};

/** @param {Panel} panel */
export const open = ({ node, disposed }) => {
  let waiting = false;
  const update = () => {
    waiting = false;
    nameAll(node);
    nameSliders(node);
  };
  const soon = () => { // a lesson comes in hundreds of pieces
    if (!waiting) setTimeout(update, 100);
    waiting = true;
  };
  const observer = new MutationObserver(soon);
  observer.observe(node, { childList: true, subtree: true });
  const forget = onChoice(soon);
  disposed.connect(() => {
    observer.disconnect();
    forget();
  });
};
