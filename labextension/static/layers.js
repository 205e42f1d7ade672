// @ts-check
// What course_utils.bilingual and .layers store beside plain text and pictures: printed lines,
// tables, and figures whose texts are in layers. style.css shows the layer of the language; figures
// take the page's colours. Nothing here is HTML from the notebook: no trust is needed to show it.
import { current, onChoice } from "./language.js";

export const MIME = "application/vnd.course.bilingual+json";
const SVG = "http://www.w3.org/2000/svg";
const SHAPES = [
  "svg", "g", "defs", "path", "use", "clipPath", "pattern", "rect", "text", "tspan", "image",
];

/** @typedef {{ zh?: string, en?: string, table?: [string, string][][], svg?: string }} Content */

/** @type {(name: string, className: string, textContent?: string) => HTMLElement} */
const make = (name, className, textContent = "") =>
  Object.assign(document.createElement(name), { className, textContent });

// Once for all modes when both halves are the same, else once for each.
/** @type {(node: HTMLElement, zh: string, en: string, both?: string) => void} */
const addPair = (node, zh, en, both = `${zh} ${en}`) => {
  if (zh === en) return node.append(zh);
  const halves = { "in-zh": zh, "in-en": en };
  for (const [name, text] of Object.entries(halves)) {
    node.append(Object.assign(make("span", name, text), { lang: name.slice(3) }));
  }
  node.append(make("span", "in-both", both));
};

/** @type {(content: Content, plain: string) => HTMLElement} */
const lineOf = ({ zh = "", en = "" }, plain) => {
  const line = make("pre", "course-say");
  addPair(line, zh, en, plain);
  return line;
};

/** @type {(rows: [string, string][][]) => HTMLElement} */
const tableOf = (rows) => {
  const table = make("table", "course-table");
  rows.forEach((cells, i) => {
    const row = make("tr", "");
    cells.forEach(([zh, en], column) => {
      const cell = make(i === 0 || column === 0 ? "th" : "td", "");
      cell.setAttribute("scope", i === 0 ? "col" : "row");
      addPair(cell, zh, en);
      row.append(cell);
    });
    table.append(row);
  });
  return table;
};

/** @param {Attr} attribute */
const isHarmless = ({ name, value }) => (/href$/.test(name) ? /^(#|data:image\/)/.test(value)
  : !/^on/i.test(name) && !/url\((?!#)|@import/i.test(value));

// A notebook comes from anywhere: only shapes and texts, nothing that runs or loads.
/** @type {(root: Element) => void} */
const cleanse = (root) => {
  for (const node of [root, ...root.querySelectorAll("*")]) {
    if (node.namespaceURI !== SVG || !SHAPES.includes(node.localName)) {
      node.remove();
      continue;
    }
    [...node.attributes].filter((each) => !isHarmless(each))
      .forEach(({ name }) => node.removeAttribute(name));
  }
};

// Black, white and greys are ink on paper: the page's ink on the page's paper. Signs on a picture
// or a heat map (class "fixed") stay as they are; coloured words go a step towards the ink.
/** @param {SVGElement} node */
const useThePagesInk = (node) => {
  for (const name of ["fill", "stroke"]) {
    const found = node.style.getPropertyValue(name).match(/^rgb\((\d+), (\d+), (\d+)\)$/);
    if (!found) continue;
    const [red, green, blue] = found.slice(1).map(Number);
    const isGrey = Math.max(red, green, blue) - Math.min(red, green, blue) < 6;
    if (!isGrey && node.localName !== "text") continue; // lines need less contrast than words
    const [ink, rest] = isGrey ? [Math.round(100 - green / 2.55), "var(--course-paper)"]
      : [35, `rgb(${red}, ${green}, ${blue})`];
    const colour = `color-mix(in srgb, var(--course-ink) ${ink}%, ${rest})`;
    node.style.setProperty(name, colour);
  }
};

/** @param {Element} root */
const dress = (root) => {
  for (const node of root.querySelectorAll("[display]")) node.removeAttribute("display");
  for (const node of root.querySelectorAll("[style]")) {
    if (!node.closest(".fixed")) useThePagesInk(/** @type {SVGElement} */ (node));
  }
  root.removeAttribute("font-family");
  root.setAttribute("role", "img");
};

/** @type {(svg: string, photo: unknown) => Element} */
const figureOf = (svg, photo) => {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  cleanse(root);
  dress(root);
  for (const node of root.querySelectorAll("image.photo")) {
    node.setAttribute("href", `data:image/jpeg;base64,${photo}`);
  }
  return document.importNode(root, true);
};

/** @param {Element} svg */
const setLabel = (svg) => {
  const { altZh = "", altEn = "" } = /** @type {SVGElement} */ (svg).dataset;
  const mode = current();
  const label = mode === "zh" ? altZh : mode === "en" ? altEn : `${altZh}\n${altEn}`;
  if (svg.getAttribute("aria-label") !== label) svg.setAttribute("aria-label", label);
};

/** @param {MimeModel} model */
const elementOf = ({ data, metadata }) => {
  const content = /** @type {Content} */ (data[MIME]);
  if (content.table) return tableOf(content.table);
  if (!content.svg) return lineOf(content, String(data["text/plain"] ?? ""));
  const svg = figureOf(content.svg, data["image/jpeg"]);
  const about = metadata["image/png"] ?? metadata["image/jpeg"];
  Object.assign(/** @type {SVGElement} */ (svg).dataset,
    { altZh: about?.alt_zh ?? "", altEn: about?.alt_en ?? "" });
  setLabel(svg);
  return svg;
};

/** @param {Lab} lab */
export const start = ({ rendermime, Widget }) => {
  const createRenderer = () => {
    const renderer = /** @type {Renderer} */ (new Widget({ node: make("div", "course-layers") }));
    renderer.renderModel = async (model) => {
      renderer.node.replaceChildren(elementOf(model));
    };
    return renderer;
  };
  rendermime.addFactory({ safe: true, mimeTypes: [MIME], createRenderer }, 20);
};

// The picture of an explorer is a widget's HTML: a new figure at each step of a slider.
/** @param {HTMLElement} node */
const dressWidgets = (node) => {
  for (const svg of node.querySelectorAll(".widget-html .course-layers > svg:not([role])")) {
    const { altZh, altEn } = /** @type {HTMLElement} */ (svg.parentElement).dataset;
    Object.assign(/** @type {SVGElement} */ (svg).dataset, { altZh, altEn });
    dress(svg);
    setLabel(svg);
  }
};

// Cells far from the screen are out of the page when the language changes: they come back later.
/** @param {Panel} panel */
export const open = ({ node, disposed }) => {
  const label = () => node.querySelectorAll(".course-layers svg[data-alt-zh]").forEach(setLabel);
  const observer = new MutationObserver(() => {
    dressWidgets(node);
    label();
  });
  observer.observe(node, { childList: true, subtree: true });
  const forget = onChoice(label);
  disposed.connect(() => {
    observer.disconnect();
    forget();
  });
};
