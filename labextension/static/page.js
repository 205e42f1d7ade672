// @ts-check
// A page to read: the list of files stays closed where the window has no room for it.

const NARROW = matchMedia("(max-width: 999px)");

/** @param {Lab} lab */
export const start = ({ app }) => {
  let closed = false; // by this, not by the reader
  const fit = () => {
    if (NARROW.matches) app.shell?.collapseLeft?.();
    else if (closed) app.shell?.expandLeft?.();
    closed = NARROW.matches;
  };
  app.restored?.then(() => { if (NARROW.matches) fit(); });
  NARROW.addEventListener("change", fit);
};
