// @ts-check
// Headings, the table of contents and the labels of widgets are in both languages, "图 · Figures",
// "频率 frequency": here the half of the language that is shown. Sources and anchors stay.
import { current, onChoice } from "./language.js";
import { halves, inMode } from "./pairs.js";

const SEPARATOR = " · ";
const HEADINGS = ".jp-RenderedMarkdown :is(h1, h2, h3, h4, h5, h6)";
const LABELS = ".jupyter-widgets :is(label, button, option, .widget-label, .widget-label-basic)";
const NAMED = ".jupyter-widgets :is([title], [aria-label])";
const CONTENTS = ".jp-tocItem-heading";

// What was written here by its owner, and what it was made to show.
/** @type {WeakMap<Node, { source: string, shown: string }>} */
const texts = new WeakMap();
/** @type {(node: Node) => string} */
const sourceOf = (node) => {
  const known = texts.get(node);
  const value = node.nodeValue ?? "";
  return known && known.shown === value ? known.source : value;
};
// Only the text of the node changes: whoever made the node, React in the table of contents, finds
// its own elements when it changes them again, and then its new text is halved anew.
/** @param {Node} node */
const halve = (node) => {
  const source = sourceOf(node);
  const shown = inMode(source, current());
  if (shown === source && !texts.has(node)) return;
  if (node.nodeValue !== shown) node.nodeValue = shown;
  texts.set(node, { source, shown });
};

/** @param {Element} element */
const halveTexts = (element) => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) halve(walker.currentNode);
};
/** @param {Element} element */
const halveNames = (element) => {
  for (const name of ["title", "aria-label"]) {
    const attribute = element.getAttributeNode(name);
    if (attribute) halve(attribute);
  }
};

// The language of what follows: what stands before the text node is Chinese, the rest English.
/** @type {(lang: string, className?: string) => HTMLElement} */
const span = (lang, className = "course-lang") =>
  Object.assign(document.createElement("span"), { className, lang });

/** @param {Element} heading */
const splitHeading = (heading) => {
  const separator = [...heading.childNodes].find((node) =>
    node.nodeType === Node.TEXT_NODE && node.nodeValue?.includes(SEPARATOR));
  if (!separator) return;
  const all = heading.textContent ?? "";
  if (halves(all)[0] === all) return;
  const anchor = heading.querySelector(":scope > .jp-InternalAnchorLink");
  const text = separator.nodeValue ?? "";
  const at = text.indexOf(SEPARATOR);
  const digits = all.match(/^\d\d /)?.[0] ?? "";
  const number = text.startsWith(digits, at + SEPARATOR.length) ? "" : digits; // see pairs.js
  const before = [...heading.childNodes].slice(0, [...heading.childNodes].indexOf(separator));
  const after = [...heading.childNodes].slice(before.length + 1).filter((node) => node !== anchor);
  const [zh, between, en] = [span("zh"), span("", "course-both"), span("en")];
  const start = before.length ? "" : number;
  between.textContent = SEPARATOR;
  zh.append(...before, text.slice(start.length, at));
  en.append(text.slice(at + SEPARATOR.length), ...after);
  separator.replaceWith(start, zh, between, en);
};

// A slider's handle has no name of its own: the label's.
/** @param {Element} root */
const nameHandles = (root) => {
  for (const handle of root.querySelectorAll(".noUi-handle:not([aria-label])")) {
    const label = handle.closest(".jupyter-widgets")?.querySelector(".widget-label");
    const text = label?.firstChild && sourceOf(label.firstChild);
    if (text) handle.setAttribute("aria-label", text);
  }
};

/** @param {Element} root */
const showHalves = (root) => {
  root.querySelectorAll(HEADINGS).forEach(splitHeading);
  root.querySelectorAll(`${LABELS}, ${CONTENTS}`).forEach(halveTexts);
  nameHandles(root);
  root.querySelectorAll(`${NAMED}, ${CONTENTS} [title]`).forEach(halveNames);
};

// In an editor there is nothing to halve, and each key would look through the whole notebook.
/** @param {Node} node */
const isTyping = (node) =>
  Boolean((node instanceof Element ? node : node.parentElement)?.closest(".cm-editor"));

/** @type {(root: Element) => () => void} */
const follow = (root) => {
  const show = () => showHalves(root);
  const observer = new MutationObserver((changes) => {
    if (changes.some(({ target }) => !isTyping(target))) show();
  });
  observer.observe(root, {
    childList: true, subtree: true, characterData: true,
    attributes: true, attributeFilter: ["title", "aria-label"],
  });
  const forget = onChoice(show);
  show();
  return () => {
    observer.disconnect();
    forget();
  };
};

/** @param {Lab} lab */
export const start = ({ app }) => {
  app.restored.then(() => {
    const contents = document.getElementById("table-of-contents");
    if (contents) follow(contents);
  });
};

/** @param {Panel} panel */
export const open = ({ node, disposed }) => disposed.connect(follow(node));
