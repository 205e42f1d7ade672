// @ts-check
// What was saved with a widget is shown wherever its kernel does not know it: in a notebook that
// was run another day or by another kernel, and after a restart, when sliders would still move and
// nothing would follow. JupyterLab itself would show "Error displaying widget: model not found".
// The document is never changed by this: a notebook that was only read has nothing to save.
import { follow } from "./kernel.js";
import { runUpTo } from "./run_up_to.js";
import { both, makeButton } from "./words.js";

const VIEW = "application/vnd.jupyter.widget-view+json";
const ERROR = "Error displaying widget";
/** @type {[string, string]} */
const STORED = ["这里存的是上次的结果，还不能操作。", "This result was stored; it does not react yet."];
/** @type {[string, string]} */
const RESTARTED = [
  "内核重启或更换过，这里不再有反应。",
  "The kernel was restarted or changed: this no longer reacts.",
];

// Which widgets the kernel of this notebook knows. It is asked once for each connection, since a
// busy kernel answers late; of later ones it tells by itself, before it shows them.
/** @type {(panel: Panel, onChange: () => void) => Living} */
const livingWidgets = (panel, onChange) => {
  /** @type {Living} */
  const living = { ids: new Set(), restarted: false };
  /** @param {Kernel} kernel */
  const ask = async (kernel) => {
    const reply = await kernel.requestCommInfo({ target_name: "jupyter.widget" });
    if (panel.isDisposed || panel.sessionContext.session?.kernel !== kernel) return;
    Object.keys(reply.content.comms ?? {}).forEach((id) => living.ids.add(id));
    onChange();
  };
  follow(panel, {
    onKernel: (kernel) => void ask(kernel).catch(() => {}), // gone before it answered
    onMessage: ({ header, content }) => {
      if (header.msg_type === "comm_open") living.ids.add(String(content.comm_id));
      if (header.msg_type === "comm_close") living.ids.delete(String(content.comm_id));
    },
    onGone: () => {
      living.restarted ||= living.ids.size > 0;
      living.ids.clear();
      onChange();
    },
  });
  return living;
};

// A line below what was saved: why nothing moves, and the way to change that.
/** @type {(node: HTMLElement, panel: Panel, lab: Lab, restarted?: boolean) => void} */
const invite = (node, panel, lab, restarted = false) => {
  const line = document.createElement("div");
  line.className = "course-hint";
  const button = makeButton("course-run-up-to", "运行到这里", "Run up to here", () => {
    const cell = panel.content.widgets.find((each) => each.node.contains(line));
    if (cell) void runUpTo(panel, lab, cell, button);
  });
  const words = document.createElement("span");
  if (restarted) words.setAttribute("role", "status");
  words.append(both(...(restarted ? RESTARTED : STORED)));
  line.append(words, " ", button);
  node.append(line);
};

/** @type {(data: Record<string, unknown>) => Record<string, unknown>} */
const withoutView = ({ [VIEW]: _, ...others }) => others;
/** @param {MimeModel} model */
const idOf = ({ data }) => /** @type {{ model_id: string }} */ (data[VIEW]).model_id;
/** @param {MimeModel} model */
const textOf = ({ data }) => String(data["text/plain"] ?? "");
// Sliders that the learner made have no picture, only their name and numbers: IntSlider(value=3).
/** @param {MimeModel} model */
const isWidget = (model) => /^\w+\(/.test(textOf(model));
// Built notebooks have no views but a mark, older ones neither; untrusted ones do not show theirs.
/** @param {MimeModel} model */
const couldLive = (model) => Boolean(model.metadata.course?.live || model.data[VIEW]) ||
  textOf(model).startsWith("Explorer(");

/** @type {(panel: Panel, lab: Lab) => void} */
export const open = (panel, lab) => {
  const { rendermime } = panel.content;
  const create = rendermime.createRenderer.bind(rendermime);
  /** @type {Map<Host, (force: boolean) => Promise<void>>} */
  const hosts = new Map();
  const living = livingWidgets(panel, () => hosts.forEach((show) => void show(false)));

  /** @type {(host: Host, model: MimeModel) => Promise<void>} */
  const showStored = async (host, model) => {
    const data = withoutView(model.data);
    const type = rendermime.preferredMimeType(data, model.trusted ? "any" : "ensure");
    const picture = type !== undefined && type !== "text/plain"; // text: of a bar, or a bare widget
    if (picture) {
      const stored = create(type);
      host.addWidget(stored);
      await stored.renderModel({ ...copyOf(model), data });
    }
    if (picture || isWidget(model)) invite(host.node, panel, lab, living.restarted);
  };

  // A copy: JupyterLab's renderer empties the id that it is given when the widget is closed.
  /** @type {(host: Host, model: MimeModel) => Promise<void>} */
  const showLive = async (host, model) => {
    const live = create(VIEW);
    host.addWidget(live);
    await live.renderModel(copyOf(model));
    if (live.node.textContent?.startsWith(ERROR)) { // known to the kernel, lost on the way here
      living.ids.delete(idOf(model));
      await hosts.get(host)?.(false);
    }
  };

  const makeHost = () => {
    const host = /** @type {Host} */ (new lab.Container());
    /** @type {MimeModel | undefined} */
    let model;
    /** @type {string | undefined} */
    let shown;
    hosts.set(host, async (force) => {
      if (!model || host.isDisposed) return;
      const alive = living.ids.has(idOf(model));
      const wanted = alive ? "live" : `stored ${living.restarted}`;
      if (wanted === shown && !force) return;
      shown = wanted;
      host.widgets.slice().forEach((old) => old.dispose());
      host.node.replaceChildren();
      await (alive ? showLive : showStored)(host, model);
    });
    host.disposed.connect(() => hosts.delete(host));
    host.renderModel = async (given) => {
      model = copyOf(given);
      await hosts.get(host)?.(true);
    };
    return host;
  };

  /** @param {Renderer} renderer */
  const withInvitation = (renderer) => {
    const renderModel = renderer.renderModel.bind(renderer);
    renderer.renderModel = async (model) => {
      await renderModel(model);
      renderer.node.querySelector(":scope > .course-hint")?.remove();
      if (couldLive(model)) invite(renderer.node, panel, lab);
    };
    return renderer;
  };

  // Replacing this method is unavoidable: factories of renderers do not know their notebook, and
  // the widgets' own factory takes the place of any other when it comes.
  rendermime.createRenderer = (type) => type === VIEW ? makeHost() : withInvitation(create(type));
};

/** @param {MimeModel} model @returns {MimeModel} */
const copyOf = ({ data, metadata, trusted }) => ({
  data: VIEW in data ? { ...data, [VIEW]: { .../** @type {object} */ (data[VIEW]) } } : data,
  metadata,
  trusted,
});
