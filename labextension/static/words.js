// @ts-check
// What the extension itself says: both languages are in the page, style.css shows the chosen one,
// so that an accessible name, too, is in the language that is shown.

/** @type {(zh: string, en: string) => DocumentFragment} */
export const both = (zh, en) => {
  const words = document.createDocumentFragment();
  const between = /[。！？：]$/.test(zh) ? " " : " · "; // after a full stop there is nothing to part
  for (const [lang, textContent] of [["zh", zh], ["", between], ["en", en]]) {
    const className = lang ? "course-lang" : "course-between";
    words.append(Object.assign(document.createElement("span"), { lang, textContent, className }));
  }
  return words;
};

/** @type {(className: string, zh: string, en: string, onclick: () => void) => HTMLButtonElement} */
export const makeButton = (className, zh, en, onclick) => {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: `course-button ${className}`, onclick });
  button.append(both(zh, en));
  return button;
};

// JupyterLab takes Enter and Space in a notebook for itself, before the page hears of them; all
// other keys, such as Shift + Enter, stay JupyterLab's. Only the window is asked earlier.
export const start = () => addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const alone = !(event.shiftKey || event.ctrlKey || event.altKey || event.metaKey);
  if (!alone || ![" ", "Enter"].includes(event.key) || !target.matches?.(".course-button")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  target.click();
}, true);
