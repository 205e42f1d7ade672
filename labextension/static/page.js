// @ts-check
// A page to read: the list of files stays closed where the window has no room for it, and sliders
// have names for screen readers.

const NARROW = matchMedia("(max-width: 999px)");

/** @param {Lab} lab */
export const start = ({ app }) => {
  let closed = false; // by this, not by the reader
  const fit = () => {
    if (NARROW.matches) app.shell?.collapseLeft?.();
    else if (closed) app.shell?.expandLeft?.();
    closed = NARROW.matches;
  };
  app.restored?.then(() => { if (NARROW.matches) fit(); });
  NARROW.addEventListener("change", fit);
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
  const observer = new MutationObserver(() => nameSliders(node));
  observer.observe(node, { childList: true, subtree: true });
  disposed.connect(() => observer.disconnect());
};
