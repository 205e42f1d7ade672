// @ts-check
// What a notebook's kernel does: its messages, and the moments when it forgets everything.

const GONE = ["restarting", "autorestarting", "terminating", "dead"];

/**
 * `onKernel` hears of each new connection, `onMessage` of each message either way, `onGone` when
 * the kernel has lost what it knew.
 * @type {(panel: Panel, listener: KernelListener) => void}
 */
export const follow = ({ sessionContext, disposed }, { onKernel, onMessage, onGone }) => {
  let over = false;
  disposed.connect(() => { over = true; });
  /** @param {Kernel | null | undefined} kernel */
  const listen = (kernel) => {
    if (!kernel || over) return;
    kernel.anyMessage.connect((_, { msg, direction }) => over || onMessage?.(msg, direction));
    onKernel?.(kernel);
  };
  listen(sessionContext.session?.kernel);
  sessionContext.kernelChanged.connect((_, { newValue }) => {
    if (over) return;
    onGone?.();
    listen(newValue);
  });
  sessionContext.statusChanged.connect((_, status) => {
    if (!over && GONE.includes(status)) onGone?.();
  });
};
