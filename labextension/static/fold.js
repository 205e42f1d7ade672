// @ts-check
// The story first: a cell whose code only prepares, draws or checks is folded to one line, a
// picture's below the picture. course/notebooks/folding.py says which, in the cell's metadata.
// What is open is remembered nowhere: folding does not change the document.
import { follow } from "./kernel.js";
import { both, makeButton } from "./words.js";

/** @type {Record<RunState, string>} */
const MARKS = { pending: "", running: "⋯ ", done: "✓ ", failed: "✗ " };
/** @type {Record<string, [string, string]>} */
const WORDS = {
  setup: ["准备工作的代码", "Set-up code"],
  drawing: ["画图的代码", "Code of the drawing"],
  button: ["按钮背后的代码", "Code behind the button"],
};
/** @type {(n: number, state: RunState) => [string, string]} */
const claimWords = (n, state) => {
  const claims = n === 1 ? "1 claim" : `${n} claims`;
  if (state === "done") return [`${n} 条结论已核对`, `${claims} checked`];
  if (state === "failed") return ["有结论不成立", "A claim does not hold"];
  return [`${n} 条结论待核对`, `${claims} to check`];
};

/** @param {Cell} cell */
const foldOf = (cell) => cell.model.type === "code" ? cell.model.getMetadata("course") : undefined;
/** @param {Cell} cell */
const hasError = ({ model: { outputs } }) => {
  for (let i = 0; i < outputs.length; i += 1) if (outputs.get(i).type === "error") return true;
  return false;
};

/** A folded cell's line, and what it says. */
class Fold {
  /** @param {Cell} cell @param {FoldAbout} about */
  constructor(cell, about) {
    this.cell = cell;
    this.about = about;
    /** @type {RunState} */
    this.state = "pending";
    this.source = ""; // as it ran
    this.button = makeButton("course-fold", "", "", () => this.toggle(!this.isOpen));
    this.isBelow = about.fold === "drawing" || about.fold === "button"; // the output comes first
    cell.node.classList.add("course-foldable");
    cell.node.classList.toggle("course-foldable-below", this.isBelow);
    this.toggle(hasError(cell));
    this.say("pending");
    this.place();
    cell.ready?.then(() => this.place()); // JupyterLab fills a cell when it comes into sight
    cell.model.sharedModel.changed.connect((_, { sourceChange }) => {
      if (sourceChange && this.state !== "running") this.say("pending");
    });
  }

  get isOpen() {
    return !this.cell.node.classList.contains("course-folded");
  }

  place() {
    const { node } = this.cell;
    const before = node.querySelector(":scope > .jp-Cell-inputWrapper");
    if (this.isBelow) node.append(this.button);
    else node.insertBefore(this.button, before ?? node.firstChild);
  }

  /** @param {boolean} open */
  toggle(open) {
    this.cell.node.classList.toggle("course-folded", !open);
    this.button.setAttribute("aria-expanded", String(open));
  }

  /** @param {RunState} state */
  say(state) {
    this.state = state;
    const { fold, n_claims: n = 1 } = this.about;
    const [zh, en] = fold === "claims" ? claimWords(n, state) : WORDS[fold] ?? WORDS.setup;
    this.button.replaceChildren(MARKS[state], both(zh, en));
    this.button.dataset.state = state;
    if (state === "failed") this.toggle(true);
  }
}

// What ran, and how it ended, by the kernel's own messages: so a tick is of this session, whoever
// ran the cell and by which command. JupyterLab names the cell in its request.
/** @type {(panel: Panel, folds: Map<Cell, Fold>) => void} */
const followRuns = (panel, folds) => {
  /** @type {Map<string, Fold>} */
  const asked = new Map();
  follow(panel, {
    onMessage: ({ header, parent_header: parent, metadata, content }, direction) => {
      if (direction === "send" && header.msg_type === "execute_request") {
        const fold = [...folds.values()].find(({ cell }) => cell.model.id === metadata.cellId);
        if (!fold) return;
        asked.set(header.msg_id, fold);
        fold.source = String(content.code);
        fold.say("running");
      }
      const fold = header.msg_type === "execute_reply" && asked.get(parent.msg_id ?? "");
      if (!fold) return;
      asked.delete(parent.msg_id ?? "");
      const same = fold.cell.model.sharedModel.getSource() === fold.source;
      /** @type {Record<string, RunState>} */
      const states = { ok: same ? "done" : "pending", error: "failed" };
      fold.say(states[String(content.status)] ?? "pending"); // "aborted": an earlier cell failed
    },
    onGone: () => {
      asked.clear();
      folds.forEach((fold) => fold.say("pending"));
    },
  });
};

/** @param {Panel} panel */
export const open = (panel) => {
  const notebook = panel.content;
  /** @type {Map<Cell, Fold>} */
  const folds = new Map();
  const foldAll = () => {
    for (const cell of notebook.widgets) {
      const about = foldOf(cell);
      if (about?.fold && !folds.has(cell)) folds.set(cell, new Fold(cell, about));
    }
    folds.forEach((_, cell) => cell.isDisposed && folds.delete(cell));
  };
  notebook.modelContentChanged.connect(foldAll);
  panel.context.ready.then(foldAll);
  // Nobody types into code that is not seen.
  notebook.stateChanged.connect(() => {
    const fold = notebook.activeCell && folds.get(notebook.activeCell);
    if (!fold || fold.isOpen || notebook.mode !== "edit") return;
    fold.toggle(true);
    notebook.activeCell?.editor?.focus();
  });
  followRuns(panel, folds);
};
