// @ts-check
// 中文 | English | 双语, first in each notebook's toolbar (schema/plugin.json) and as commands.
import { choose, current, onChoice } from "./language.js";

/** @type {{ value: Mode, text: string, label: string }[]} */
const MODES = [
  { value: "zh", text: "中文", label: "中文 · Chinese" },
  { value: "en", text: "English", label: "English · 英文" },
  { value: "both", text: "双语", label: "双语 · Both languages" },
];

/** @param {typeof MODES[number]} mode */
const makeButton = ({ value, text, label }) => {
  const button = document.createElement("button");
  Object.assign(button, { value, textContent: text, title: label, type: "button" });
  button.lang = value === "en" ? "en" : "zh";
  button.setAttribute("aria-label", label);
  button.setAttribute("aria-pressed", String(value === current()));
  button.onclick = () => choose(value);
  return button;
};

// Tab reaches the buttons, the arrow keys go from one to the next, Enter or Space presses.
/** @param {KeyboardEvent} event */
const onArrow = (event) => {
  const group = /** @type {HTMLElement} */ (event.currentTarget);
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? NaN;
  const all = /** @type {HTMLElement[]} */ ([...group.children]);
  const next = all[all.indexOf(/** @type {HTMLElement} */ (event.target)) + step];
  if (!next) return; // at the end, or another key: the toolbar's own handling goes on
  event.preventDefault();
  event.stopPropagation();
  next.focus();
};

const makeGroup = () => {
  const node = document.createElement("div");
  node.className = "course-language";
  node.setAttribute("role", "group");
  node.setAttribute("aria-label", "课程语言 · Course language");
  node.append(...MODES.map(makeButton));
  node.addEventListener("keydown", onArrow, true);
  return node;
};

const press = () => {
  for (const button of document.querySelectorAll(".course-language button")) {
    const { value } = /** @type {HTMLButtonElement} */ (button);
    button.setAttribute("aria-pressed", String(value === current()));
  }
};

/** @param {Lab} lab */
export const start = ({ app, toolbars, palette, Widget }) => {
  toolbars.addFactory("Notebook", "courseLanguage", () => new Widget({ node: makeGroup() }));
  onChoice(press);
  for (const { value, label } of MODES) {
    const command = `course-language:${value}`;
    app.commands.addCommand(command, {
      label: `课程语言 · Course language: ${label}`,
      isToggled: () => current() === value,
      execute: () => choose(value),
    });
    palette?.addItem({ command, category: "课程 · Course" });
  }
};
