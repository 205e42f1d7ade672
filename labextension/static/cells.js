// @ts-check
// Cells of the language that is not shown: out of sight, and out of the way of cursor and scissors.
// A cell belongs to a language by its tag, lang-zh or lang-en; cells without such a tag always show.
import { current, onChoice } from "./language.js";

/** @param {Cell} cell */
const languageOf = (cell) => {
  const tags = cell.model.getMetadata("tags") ?? [];
  return tags.includes("lang-zh") ? "zh" : tags.includes("lang-en") ? "en" : null;
};
/** @param {Cell} cell */
const isHidden = (cell) => {
  const language = languageOf(cell);
  return current() !== "both" && language !== null && language !== current();
};
/** @param {Notebook} notebook */
const mark = (notebook) => {
  for (const cell of notebook.widgets) {
    for (const language of ["zh", "en"]) {
      cell.node.classList.toggle(`course-cell-${language}`, languageOf(cell) === language);
    }
  }
};

// The nearest cell that shows, first in the direction of `step`, then in the other.
/** @type {(notebook: Notebook, index: number, step: number) => number} */
const nearestShown = (notebook, index, step) => {
  for (const way of [step, -step]) {
    for (let i = index + way; notebook.widgets[i]; i += way) {
      if (!isHidden(notebook.widgets[i]) && !notebook.widgets[i].isHidden) return i;
    }
  }
  return index;
};

// The cursor never stays in a cell that nobody sees: keys move on to the next one that shows.
/** @type {(notebook: Notebook, step: number) => void} */
const leaveHidden = (notebook, step) => {
  const cell = notebook.activeCell;
  if (!cell || !isHidden(cell)) return;
  notebook.activeCellIndex = nearestShown(notebook, notebook.activeCellIndex, step);
  if (cell.model.type === "markdown") queueMicrotask(() => { cell.rendered = true; });
};

/** @param {Notebook} notebook */
const followCursor = (notebook) => {
  let last = notebook.activeCellIndex;
  notebook.activeCellChanged.connect(() => {
    leaveHidden(notebook, notebook.activeCellIndex < last ? -1 : 1);
    last = notebook.activeCellIndex;
  });
};

// Nobody loses a cell without seeing it go: cut, copy, delete and merge ask this method which
// cells they are for. The selection itself stays unbroken, which Shift + arrows rely on.
// Replacing a method of JupyterLab's is unavoidable: its commands have no other place to ask.
/** @param {Notebook} notebook */
const spareHidden = (notebook) => {
  const original = notebook.isSelectedOrActive.bind(notebook);
  notebook.isSelectedOrActive = (cell) => !isHidden(cell) && original(cell);
};

// Switching takes cells away above the reader; what they were reading stays where it was.
/** @type {(notebook: Notebook, change: () => void) => void} */
const keepPlace = (notebook, change) => {
  const scroller = notebook.outerNode ?? notebook.node;
  const top = scroller.getBoundingClientRect().top;
  /** @param {Cell} cell */
  const distance = (cell) => cell.node.getBoundingClientRect().top - top;
  const anchor = notebook.widgets.find((cell) => cell.node.isConnected &&
    languageOf(cell) === null && cell.node.offsetHeight > 0 && distance(cell) >= 0);
  const before = anchor && distance(anchor);
  change();
  if (anchor) scroller.scrollTop += distance(anchor) - /** @type {number} */ (before);
};

/** @param {Panel} panel */
const show = (panel) => {
  const notebook = panel.content;
  keepPlace(notebook, () => { panel.node.dataset.courseLang = current(); }); // style.css hides
  if (notebook.activeCell && isHidden(notebook.activeCell)) notebook.deselectAll();
  leaveHidden(notebook, current() === "zh" ? -1 : 1); // to the same text in the other language
};

/** @param {Panel} panel */
export const open = (panel) => {
  const notebook = panel.content;
  const showIt = () => show(panel);
  spareHidden(notebook);
  notebook.modelContentChanged.connect(() => mark(notebook));
  panel.context.ready.then(() => {
    mark(notebook);
    followCursor(notebook);
    showIt();
  });
  panel.disposed.connect(onChoice(showIt));
  showIt();
};
