// @ts-check
// A server drops the connection over a message above its limit, and nobody hears of the photo.

// JupyterLab shows 140 characters at most.
const TOO_LARGE = "照片太大，没有传到：请用 course lab 打开课程，或选 10 MB 以下的照片。\n\n" +
  "The photo is too large to arrive: use course lab, or a photo below 10 MB.";
const LARGE = 8e6; // bytes
const SOON = 20_000; // milliseconds

/** @type {(panel: Panel, lab: Lab) => void} */
export const open = ({ sessionContext }, { app }) => {
  let last = 0; // when a large message was sent
  /** @param {Session | null} session */
  const listen = (session) => session?.anyMessage.connect((_, { msg, direction }) => {
    const size = (msg.buffers ?? []).reduce((sum, buffer) => sum + buffer.byteLength, 0);
    if (direction === "send" && size > LARGE) last = Date.now();
  });
  listen(sessionContext.session);
  sessionContext.sessionChanged.connect((_, { newValue }) => listen(newValue));
  sessionContext.connectionStatusChanged.connect((_, status) => {
    if (status === "connected" || Date.now() - last > SOON) return;
    last = 0;
    const options = { autoClose: false };
    app.commands.execute("apputils:notify", { message: TOO_LARGE, type: "error", options });
  });
};
