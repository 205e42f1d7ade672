// @ts-check
// The plugin: what it asks of JupyterLab, and the list of its features. A feature is a module with
// start(lab), called once, or open(panel, lab), called for each notebook that is opened, or both.
import * as altText from "./alt_text.js";
import * as cells from "./cells.js";
import * as explorable from "./explorable.js";
import * as fold from "./fold.js";
import * as labels from "./labels.js";
import * as largePhotos from "./large_photos.js";
import * as layers from "./layers.js";
import * as names from "./names.js";
import * as page from "./page.js";
import * as place from "./place.js";
import * as savedPictures from "./saved_pictures.js";
import * as switching from "./switch.js";
import * as typing from "./typing.js";
import * as untouched from "./untouched.js";
import * as words from "./words.js";

/** @type {Record<string, Feature>} */
const FEATURES = {
  cells, switching, altText, savedPictures, typing, largePhotos, fold, names, page, untouched, words,
  explorable, place, labels, layers,
};

// What another version of JupyterLab does not have takes away one feature, not the others.
/** @type {(step: "start" | "open", ...given: any[]) => void} */
const forEach = (step, ...given) => {
  for (const [name, feature] of Object.entries(FEATURES)) {
    try {
      feature[step]?.(.../** @type {[any, any]} */ (given));
    } catch (error) {
      console.error(`course-language: ${name}`, error);
    }
  }
};

const addStyle = () => {
  const href = new URL("style.css", import.meta.url).href;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
};

/** @param {Use} use */
export const makePlugin = async (use) => {
  const { Widget, Panel: Container } = await use("@lumino/widgets");
  const { IRenderMimeRegistry } = await use("@jupyterlab/rendermime");
  const { ICommandPalette, IToolbarWidgetRegistry } = await use("@jupyterlab/apputils");
  addStyle();
  return {
    id: "course-language:plugin",
    description: "中文 / English / 双语 in notebooks; alt text on figures",
    autoStart: true,
    requires: [IRenderMimeRegistry, IToolbarWidgetRegistry],
    optional: [ICommandPalette],
    /** @type {(app: App, rendermime: RenderMime, toolbars: Toolbars, palette?: Palette) => void} */
    activate: (app, rendermime, toolbars, palette) => {
      const lab = { app, rendermime, toolbars, palette, Widget, Container };
      forEach("start", lab);
      app.docRegistry.addWidgetExtension("Notebook", {
        createNew: (panel) => forEach("open", panel, lab),
      });
    },
  };
};
