// @ts-check
// Pictures in the place of widgets whose kernel is gone: in notebooks that the learner saved, and
// after a restart, when sliders would still move and nothing would follow.

const VIEW = "application/vnd.jupyter.widget-view+json";
const GONE = ["restarting", "autorestarting", "terminating", "dead"];
/** @param {Output} output */
const hasPicture = ({ data }) => data?.[VIEW] && Object.keys(data).some((type) =>
  type.startsWith("image/") || type === "text/html");

// A widget needs the kernel that made it: one that was restarted since does not know it.
/** @type {(panel: Panel, lab: Lab) => Promise<Set<string>>} */
const livingWidgets = async ({ context, sessionContext }, { app }) => {
  const { sessions } = app.serviceManager;
  await Promise.all([context.ready, sessions.ready]);
  if (![...sessions.running()].some(({ path }) => path === context.path)) return new Set();
  await sessionContext.ready;
  const kernel = sessionContext.session?.kernel;
  const reply = await kernel?.requestCommInfo({ target_name: "jupyter.widget" });
  return new Set(Object.keys(reply?.content.comms ?? {}));
};

// Elsewhere the picture that was saved with the widget is shown in its place.
/** @type {(panel: Panel, living: Set<string>) => void} */
const showPictures = ({ context, content }, living) => {
  const { dirty } = context.model;
  for (const { model } of content.widgets.filter((cell) => cell.model.type === "code")) {
    for (let i = 0; i < model.outputs.length; i += 1) {
      const output = model.outputs.get(i).toJSON();
      if (!hasPicture(output) || living.has(output.data[VIEW].model_id)) continue;
      delete output.data[VIEW];
      model.outputs.set(i, output);
    }
  }
  context.model.dirty = dirty; // looking at a notebook does not change it
};

/** @type {(panel: Panel, lab: Lab) => Promise<void>} */
export const open = async (panel, lab) => {
  panel.sessionContext.statusChanged.connect((_, status) => {
    if (GONE.includes(status) && !panel.isDisposed) showPictures(panel, new Set());
  });
  const living = await livingWidgets(panel, lab);
  if (!panel.isDisposed) showPictures(panel, living);
};

/** @type {[string, string][]} */
const HINT = [
  ["zh", "从头运行到这个单元，这里就有滑块。"],
  ["en", "Run the cells up to here, and sliders appear."],
];

/**
 * The saved picture of an explorer has no sliders; a reader who knows of them wants them.
 * @param {HTMLElement} node @param {MimeModel} model
 */
export const addHint = (node, model) => {
  node.querySelector(".course-hint")?.remove();
  if (!String(model.data["text/plain"] ?? "").startsWith("Explorer(")) return;
  const hint = document.createElement("div");
  hint.className = "course-hint";
  for (const [lang, textContent] of HINT) {
    const className = "course-lang";
    hint.append(Object.assign(document.createElement("span"), { lang, textContent, className }), " ");
  }
  node.append(hint);
};
