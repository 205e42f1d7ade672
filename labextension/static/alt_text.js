// @ts-check
// Alt text on pictures, in the language that is shown. Figures carry it in their output's metadata,
// {"image/png": {alt, alt_zh, alt_en}}; widgets in a text beside the image.
import { current, onChoice } from "./language.js";

/** @param {HTMLImageElement} img */
const setAlt = (img) => {
  const { altZh, altEn } = img.dataset;
  const mode = current();
  const alt = (mode === "zh" ? altZh : mode === "en" ? altEn : `${altZh}\n${altEn}`) ?? "";
  if (img.alt !== alt) img.alt = alt;
};
/** @type {(img?: HTMLImageElement | null, about?: Alt) => void} */
const addAlt = (img, about) => {
  if (!img || !about?.alt) return;
  if (about.alt_zh && about.alt_en) {
    Object.assign(img.dataset, { altZh: about.alt_zh, altEn: about.alt_en });
    setAlt(img);
  } else {
    img.alt = about.alt;
  }
};

// JupyterLab leaves the metadata's alt text out. Its image renderer is wrapped rather than replaced:
// a renderer's renderModel is the one place that has both the metadata and the image.
/** @param {Lab} lab */
export const start = ({ rendermime }) => {
  const original = rendermime.getFactory("image/png");
  if (!original) return;
  /** @param {{ mimeType: string }} options */
  const createRenderer = (options) => {
    const renderer = original.createRenderer(options);
    const renderModel = renderer.renderModel.bind(renderer);
    renderer.renderModel = async (model) => {
      await renderModel(model);
      addAlt(renderer.node.querySelector("img"), model.metadata[options.mimeType]);
    };
    return renderer;
  };
  rendermime.addFactory({ ...original, createRenderer });
};

// Image widgets have no alt text: course_utils.widgets.Picture puts it beside the image.
/** @param {HTMLElement} node */
const describeWidgets = (node) => {
  for (const found of node.querySelectorAll(".course-alt:not([hidden])")) {
    const text = /** @type {HTMLElement} */ (found);
    const { zh, en } = text.dataset;
    const about = { alt: zh, alt_zh: zh, alt_en: en };
    addAlt(text.closest(".course-picture")?.querySelector("img"), about);
    text.hidden = true; // not read twice
  }
};

// Cells far from the screen are out of the page when the language changes: they come back later.
/** @param {Panel} panel */
export const open = ({ node, disposed }) => {
  const describe = () => {
    for (const img of node.querySelectorAll("img[data-alt-zh]")) {
      setAlt(/** @type {HTMLImageElement} */ (img));
    }
  };
  const observer = new MutationObserver(() => {
    describeWidgets(node);
    describe();
  });
  observer.observe(node, { childList: true, subtree: true });
  const forget = onChoice(describe);
  disposed.connect(() => {
    observer.disconnect();
    forget();
  });
};
