// @ts-check
// Search by substring over the text of all sections: one script a language, loaded when it is asked.
// No index and no server, so it works from the disk, and Chinese words need no segmenter.

/** @typedef {[page: number, id: string, heading: string, text: string, terms: string]} Row */
/** @typedef {{ pages: [string, string][], rows: Row[] }} Book */

const GLOSSARY = "glossary.html";

/** @param {string} text @param {string} word */
const count = (text, word) => text.split(word).length - 1;

/**
 * How well a section fits: where the whole query is its heading, or a term that it introduces, it
 * comes first; else every word must occur, and those in headings count more.
 * @param {Row} row @param {string} query @param {string[]} words @param {string} file
 */
const score = (row, query, words, file) => {
  const [heading, text] = [row[2].toLowerCase(), row[3].toLowerCase()];
  let sum = 0;
  for (const word of words) {
    const found = 12 * count(heading, word) + Math.min(8, count(text, word));
    if (!found) return 0;
    sum += found;
  }
  if (words.length > 1) sum += 10 * Math.min(4, count(`${heading} ${text}`, query));
  const terms = row[4].toLowerCase().split("|");
  if (terms.includes(query)) sum += 60;
  if (heading === query) sum += file === GLOSSARY ? 200 : 100;
  return sum;
};

/**
 * The sections that fit, best first; of one page at most `most`, so that it does not fill the list.
 * @param {Book} book @param {string} typed
 */
const find = (book, typed, most = 4) => {
  const query = typed.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ");
  const words = query.split(" ").filter(Boolean);
  if (!words.length) return [];
  const found = book.rows.map((row) => ({ row, page: book.pages[row[0]], score: score(row, query, words, book.pages[row[0]][0]) }))
    .filter((hit) => hit.score).sort((a, b) => b.score - a.score);
  /** @type {Record<string, number>} */
  const shown = {};
  return found.filter(({ page: [file] }) => (shown[file] = (shown[file] ?? 0) + 1) <= most);
};

(() => {
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form.search"));
  if (!form) return;
  const mode = document.documentElement.dataset.mode ?? "en";
  const own = mode === "en" ? ["en", "zh"] : ["zh", "en"];
  const input = /** @type {HTMLInputElement} */ (form.querySelector("input"));
  const panel = /** @type {HTMLElement} */ (form.querySelector(".found"));
  const list = /** @type {HTMLElement} */ (form.querySelector("ul"));
  const told = /** @type {HTMLElement} */ (form.querySelector(".count"));
  const here = /** @type {HTMLScriptElement} */ (document.currentScript);
  /** @type {Record<string, Promise<Book>>} */
  const books = {};
  let chosen = -1;

  // A script, not a request: a page from the disk may load scripts only.
  /** @param {string} language @returns {Promise<Book>} */
  const book = (language) => (books[language] ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = here.src.replace("search.js", `search.${language}.js`);
    script.onload = () => done(/** @type {any} */ (window).courseSearch[language]);
    script.onerror = failed;
    document.head.append(script);
  }));

  /** @param {string} text @param {string[]} words */
  const marked = (text, words) => {
    const node = document.createElement("span");
    const lower = text.toLowerCase();
    let at = 0;
    while (at < text.length) {
      const hits = words.map((word) => [lower.indexOf(word, at), word.length]).filter(([i]) => i >= 0);
      if (!hits.length) break;
      const [i, length] = hits.reduce((a, b) => (b[0] < a[0] ? b : a));
      node.append(text.slice(at, i), Object.assign(document.createElement("mark"), { textContent: text.slice(i, i + length) }));
      at = i + length;
    }
    node.append(text.slice(at));
    return node;
  };
  // What stands around the first word that is found.
  /** @param {string} text @param {string[]} words */
  const around = (text, words) => {
    const at = Math.max(0, Math.min(...words.map((word) => text.toLowerCase().indexOf(word)).filter((i) => i >= 0)) - 30);
    return Number.isFinite(at) ? `${at ? "…" : ""}${text.slice(at, at + 110)}…` : `${text.slice(0, 110)}…`;
  };

  /** @param {ReturnType<typeof find>[number]} hit @param {string} language @param {string[]} words @param {number} i */
  const item = ({ row, page: [file, title] }, language, words, i) => {
    const folder = mode === "both" ? "both" : language;
    const link = Object.assign(document.createElement("a"), { href: `../${folder}/${file}#${row[1]}`, tabIndex: -1 });
    link.lang = language;
    const where = document.createElement("small");
    where.append(title === row[2] ? "" : `${title} · `, marked(around(row[3], words), words));
    link.append(marked(row[2], words), where);
    const line = document.createElement("li");
    line.id = `hit-${i}`;
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", "false");
    line.append(link);
    return line;
  };

  /** @param {number} i */
  const choose = (i) => {
    const items = [...list.children];
    chosen = items.length ? (i + items.length) % items.length : -1;
    items.forEach((line, k) => line.setAttribute("aria-selected", String(k === chosen)));
    items[chosen]?.scrollIntoView({ block: "nearest" });
    if (chosen >= 0) input.setAttribute("aria-activedescendant", `hit-${chosen}`);
    else input.removeAttribute("aria-activedescendant");
  };
  /** @param {boolean} open */
  const show = (open) => {
    panel.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
  };

  const search = async () => {
    const typed = input.value;
    const words = typed.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return show(false);
    let hits = find(await book(own[0]), typed).map((hit) => ({ hit, language: own[0] }));
    if (hits.length < 3) { // a word of the other language
      const more = find(await book(own[1]), typed).map((hit) => ({ hit, language: own[1] }));
      hits = hits.concat(more);
    }
    if (input.value !== typed) return;
    const n = hits.length;
    told.textContent = mode === "en" ? `${n} found` : mode === "zh" ? `找到 ${n} 处` : `找到 ${n} 处 · ${n} found`;
    list.replaceChildren(...hits.slice(0, 30).map(({ hit, language }, i) => item(hit, language, words, i)));
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    show(true);
  };

  form.hidden = false;
  input.addEventListener("input", () => void search());
  input.addEventListener("focus", () => { void book(own[0]); if (input.value) void search(); });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Escape") show(false);
    else return;
    event.preventDefault();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const link = list.children[Math.max(0, chosen)]?.querySelector("a");
    if (link) location.href = link.href;
    show(false);
  });
  list.addEventListener("click", () => show(false));
  document.addEventListener("click", (event) => {
    if (!form.contains(/** @type {Node} */ (event.target))) show(false);
  });
  document.addEventListener("keydown", (event) => { // "/" as on many sites
    if (event.key !== "/" || /** @type {Element} */ (event.target).closest("input, textarea, select")) return;
    event.preventDefault();
    input.focus();
  });
})();
