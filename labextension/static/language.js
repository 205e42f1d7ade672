// @ts-check
// Which language is shown: one choice for all notebooks, tabs and visits.

const KEY = "course-language";
const VALUES = ["zh", "en", "both"];
/** @type {(value: unknown) => value is Mode} */
const isMode = (value) => VALUES.includes(/** @type {string} */ (value));

// On the first visit the reader's own language: one language is half the length of two, and
// the buttons, each in its own language, are in sight for whoever wants the other.
const preferred = () => {
  const known = navigator.languages.map((name) => name.slice(0, 2).toLowerCase());
  return known.find((name) => name === "zh" || name === "en") ?? "en";
};

// A cookie, because localStorage forgets when the server's port changes after a restart.
const stored = () => document.cookie.match(/(?:^|; )course-language=(\w+)/)?.[1];
/** @param {Mode} mode */
const store = (mode) => {
  document.cookie = `${KEY}=${mode}; path=/; max-age=${365 * 24 * 3600}; SameSite=Lax`;
  try {
    localStorage.setItem(KEY, mode); // tells the other browser tabs, by the event "storage"
  } catch {
    // storage is forbidden here: this tab still works
  }
};

// ?lang= is read while this file loads: later JupyterLab's router removes it from the address.
const asked = new URLSearchParams(location.search).get("lang");
/** @type {Mode} */
let mode = /** @type {Mode} */ ([asked, stored()].find(isMode) ?? preferred());
if (isMode(asked)) store(asked);

/** @type {Set<() => void>} */
const listeners = new Set();
/** @param {Mode} value */
const show = (value) => {
  mode = value;
  listeners.forEach((listener) => listener());
};

/** The language that is shown now, or both. */
export const current = () => mode;

/** @param {Mode} value */
export const choose = (value) => {
  store(value);
  show(value);
};

/**
 * Calls the listener after each choice, in the order of these calls.
 * @param {() => void} listener
 * @returns {() => void} what ends that
 */
export const onChoice = (listener) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

addEventListener("storage", (event) => {
  if (event.key === KEY && isMode(event.newValue)) show(event.newValue);
});
