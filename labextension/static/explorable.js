// @ts-check
// Explorables: draws what course_utils.explorables.show() stored. No kernel is asked; only modules of
// this extension run. Names are letters only, so a notebook, trusted or not, never says which file loads.

const MIME = "application/vnd.course.explorable+json";

/** @param {string} name */
const load = (name) => import(new URL(`explorables/${name}.js`, import.meta.url).href);

/** @type {(node: HTMLElement, model: MimeModel) => Promise<void>} */
const draw = async (node, { data, metadata }) => {
  const { name, data: values } = /** @type {{ name: string, data: object }} */ (data[MIME]);
  if (!/^[a-z]+$/.test(name)) throw new Error(`no explorable ${name}`);
  const [{ mount }, { default: build }] = await Promise.all([load("kit"), load(name)]);
  const { alt_zh = "", alt_en = "" } = metadata["image/png"] ?? {};
  mount(node, build, values, [alt_zh, alt_en]);
};

// Before image/png, which has 90. "safe": it shows numbers and text only, and adds no HTML.
/** @param {Lab} lab */
export const start = ({ rendermime, Widget }) => {
  const createRenderer = () => {
    const widget = /** @type {Renderer} */ (new Widget({ node: document.createElement("div") }));
    widget.renderModel = (model) => draw(widget.node, model).catch(async (error) => {
      console.error("course-language: explorable", error);
      const picture = rendermime.createRenderer("image/png"); // stored by a newer or older course
      await picture.renderModel(model);
      widget.node.replaceChildren(picture.node);
    });
    return widget;
  };
  rendermime.addFactory({ safe: true, mimeTypes: [MIME], createRenderer }, 40);
};
