// @ts-check
// What a page of the site does: theme, language with the reader's place, copying, quizzes, guesses,
// explorers, filters. Everything can be read without it. Answers stay in this browser.

const root = document.documentElement;
const mode = root.dataset.mode ?? "en";
/** @type {(zh: string, en: string) => string} */
const words = (zh, en) => (mode === "zh" ? zh : mode === "en" ? en : `${zh} · ${en}`);
/** @template {Element} T @param {string} selector @param {ParentNode} [within] @returns {T[]} */
const all = (selector, within = document) => [.../** @type {NodeListOf<T>} */ (within.querySelectorAll(selector))];
/** @param {Element} node */
const dataOf = (node) => JSON.parse(node.querySelector(':scope > script[type="application/json"]')?.textContent ?? "{}");
/** @param {string} name @param {string} [text] @param {Record<string, string>} [attributes] */
const make = (name, text = "", attributes = {}) => {
  const node = document.createElement(name);
  node.textContent = text;
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
};

// --- memory: quizzes, guesses, language, theme ----------------------------------------------------

const KEY = "course-site";
/** @type {{ quizzes: Record<string, string[]>, guesses: Record<string, { guess?: any, shown?: boolean }> }} */
let memory = { quizzes: {}, guesses: {} };
try {
  memory = { ...memory, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
} catch { /* no storage, or nothing that can be read: a fresh start */ }
/** @param {string} key @param {string} value */
const store = (key, value) => {
  try { localStorage.setItem(key, value); } catch { /* it holds for this page only */ }
};
const remember = () => store(KEY, JSON.stringify(memory));
store("course-language", mode);

const theme = /** @type {HTMLButtonElement | null} */ (document.querySelector(".theme"));
if (theme) {
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const next = root.dataset.theme === "dark" ? "light" : "dark";
    root.dataset.theme = next;
    root.dataset.jpThemeLight = String(next === "light");
    store("course-theme", next);
  });
}

// --- the place, kept when the language changes ----------------------------------------------------

// The block at the top of the screen, and how much of it is above: "#b12:0.4".
const place = () => {
  const top = (document.querySelector(".bar")?.getBoundingClientRect().bottom ?? 0) + 4;
  const line = Math.max(4, top);
  const blocks = all("main [id^=b].block, main .filtered > *, main .filtered tr[id]");
  const block = blocks.find((node) => node.getBoundingClientRect().bottom > line);
  if (!block?.id || scrollY < 40) return "";
  const { top: from, height } = block.getBoundingClientRect();
  const share = Math.min(1, Math.max(0, (line - from) / Math.max(1, height)));
  return `#${block.id}:${share.toFixed(3)}`;
};
for (const link of all(".languages a")) {
  link.addEventListener("click", () => {
    const anchor = /** @type {HTMLAnchorElement} */ (link);
    anchor.href = anchor.href.split("#")[0] + place();
  });
}
const arrive = () => {
  const found = location.hash.match(/^#(.+):([\d.]+)$/);
  const block = found && document.getElementById(decodeURIComponent(found[1]));
  if (!found || !block) return;
  const go = () => {
    const { top, height } = block.getBoundingClientRect();
    const bar = document.querySelector(".bar");
    const under = bar && getComputedStyle(bar).position === "sticky" ? bar.getBoundingClientRect().height : 0;
    scrollTo(0, scrollY + top + Number(found[2]) * height - under - 4);
  };
  history.replaceState(null, "", location.pathname + location.search);
  // Pictures and explorables above it are still growing: hold it until the reader does something.
  const growing = new ResizeObserver(go);
  growing.observe(/** @type {Element} */ (document.querySelector("main")));
  const stop = () => growing.disconnect();
  for (const event of ["wheel", "touchstart", "keydown", "pointerdown"]) addEventListener(event, stop, { once: true });
  setTimeout(stop, 8000);
};

// --- reading ---------------------------------------------------------------------------------------

const contents = /** @type {HTMLDetailsElement | null} */ (document.querySelector(".contents details"));
if (contents) {
  const wide = matchMedia("(min-width: 78rem)");
  const fit = () => { contents.open = wide.matches; };
  wide.addEventListener("change", fit);
  fit();
}
for (const heading of all("main :is(h2, h3)[id]")) {
  const link = make("a", "#", { class: "anchor", href: `#${heading.id}`, "aria-label": words("本节的链接", "Link to this section") });
  heading.append(link);
}
for (const code of all("main .highlight")) {
  const button = make("button", words("复制", "Copy"), { type: "button", class: "copy" });
  button.addEventListener("click", () => void copy(code.querySelector("pre")?.textContent ?? "", button));
  code.append(button);
}
/** @param {string} text @param {HTMLElement} button */
const copy = async (text, button) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // a page from the disk, or an old browser
    const area = /** @type {HTMLTextAreaElement} */ (document.body.appendChild(make("textarea", text)));
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = words("已复制", "Copied");
  setTimeout(() => { button.textContent = words("复制", "Copy"); }, 2000);
};

// Photos of which a drawing shows tiles: <image> of SVG has no loading="lazy" of its own.
/** @param {Element} figure */
const loadPhotos = (figure) => all("image[data-href]", figure).forEach((tile) => {
  tile.setAttribute("href", tile.getAttribute("data-href") ?? "");
  tile.removeAttribute("data-href");
});
const near = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) {
    if (!isIntersecting) continue;
    loadPhotos(target);
    near.unobserve(target);
  }
}, { rootMargin: "600px" });
all(".photos").forEach((figure) => near.observe(figure));
addEventListener("beforeprint", () => all(".photos").forEach(loadPhotos));

// --- quizzes ---------------------------------------------------------------------------------------

/** @param {HTMLElement} quiz */
const startQuiz = (quiz) => {
  const { kind, quiz: name = "" } = quiz.dataset;
  /** @type {Record<string, [right: boolean, html: string, done: boolean]>} */
  const answers = dataOf(quiz);
  const feedback = /** @type {HTMLElement} */ (quiz.querySelector(".feedback"));
  const choices = all("[data-choice]", quiz);
  const items = all("[data-item]", quiz);
  let [step, item] = [1, 1];

  /** @param {number} n */
  const take = (n) => {
    item = n;
    items.forEach((button, i) => button.setAttribute("aria-pressed", String(i + 1 === n)));
  };
  /** @param {string} letter */
  const keyOf = (letter) => ({ order: `${step}${letter}`, match: `${item}${letter}` }[kind ?? ""] ?? letter);
  /** @param {string} key */
  const answer = (key) => {
    if (!(key in answers)) return;
    const [right, html, done] = answers[key];
    const letter = key.at(-1);
    const state = right ? "right" : "wrong";
    feedback.innerHTML = html;
    for (const button of choices) {
      if (button.getAttribute("data-choice") !== letter) continue;
      if (kind !== "match") button.setAttribute("data-state", state);
      if (kind === "order" && right) addNumber(button, step);
    }
    if (kind === "order" && right) step += 1;
    if (kind === "match" && right) {
      const button = items[item - 1];
      button.setAttribute("data-state", "right");
      addNumber(button, letter ?? "");
      const next = items.findIndex((other) => !other.hasAttribute("data-state"));
      if (next >= 0) take(next + 1);
    }
    if (done || (kind === "match" && items.every((other) => other.hasAttribute("data-state")))) quiz.setAttribute("data-done", "");
  };
  /** @param {Element} button @param {number | string} mark */
  const addNumber = (button, mark) => {
    const label = /** @type {HTMLElement} */ (button.querySelector("b"));
    if (label && !label.textContent?.includes("✓")) label.textContent += ` → ${mark} ✓`;
  };
  for (const button of choices) {
    button.addEventListener("click", () => {
      const key = keyOf(button.getAttribute("data-choice") ?? "");
      (memory.quizzes[name] ??= []).push(key);
      memory.quizzes[name] = memory.quizzes[name].slice(-60);
      remember();
      answer(key);
    });
  }
  items.forEach((button, i) => button.addEventListener("click", () => take(i + 1)));
  if (items.length) take(1);
  for (const key of memory.quizzes[name] ?? []) {
    if (kind === "match") take(Number(key.slice(0, -1)));
    answer(key);
  }
};
all("[data-quiz]").forEach((quiz) => startQuiz(/** @type {HTMLElement} */ (quiz)));

// --- guesses ---------------------------------------------------------------------------------------

/** @type {Record<string, any>} */
const about = {};
/** @param {any} answer @param {any} guess @param {any} result */
const isClose = (answer, guess, result) => {
  if (answer.options) return String(guess) === String(result);
  if (answer.close !== null) return Math.abs(guess - result) <= answer.close * (1 + 1e-9);
  const [small, large] = [Math.min(guess, result), Math.max(guess, result)];
  return small === large || (large > 0 && large <= small * answer.factor * (1 + 1e-9));
};
/** @param {any} answer @param {any} value */
const shown = (answer, value) => (answer.options ? answer.options[String(value)]
  : `${value}${answer.unit && answer.unit !== "%" ? " " : ""}${answer.unit}`);
/** @param {string} name */
const waits = (name) => name in about && memory.guesses[name]?.guess === undefined && !memory.guesses[name]?.shown;

/** @param {HTMLFormElement} form */
const startGuess = (form) => {
  const name = form.dataset.prediction ?? "";
  const answer = about[name] = dataOf(form);
  const noted = /** @type {HTMLElement} */ (form.querySelector(".noted"));
  const old = memory.guesses[name]?.guess;
  const tell = () => {
    const guess = memory.guesses[name]?.guess;
    if (guess !== undefined) noted.textContent = words(`记下了：${shown(answer, guess)}`, `Noted: ${shown(answer, guess)}`);
  };
  const fields = /** @type {HTMLInputElement[]} */ (all("[name=guess]", form));
  for (const field of fields) {
    if (field.type === "radio") field.checked = old !== undefined && field.value === String(old);
    else if (old !== undefined) field.value = String(old);
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = String(new FormData(form).get("guess") ?? "").normalize("NFKC").trim().replace(/%$/, "");
    const value = answer.options ? typed : Number(typed.replace(",", ""));
    if (!answer.options && !(typed !== "" && value >= answer.low && value <= answer.high)) {
      noted.textContent = words(`写一个 ${answer.low} 到 ${answer.high} 之间的数`, `Write a number from ${answer.low} to ${answer.high}`);
      return;
    }
    memory.guesses[name] = { guess: value };
    remember();
    tell();
    refresh();
  });
  tell();
};

/** @param {string[]} names */
const coverFor = (names) => {
  const cover = make("div", "", { class: "cover" });
  const first = names.find(waits) ?? names[0];
  cover.append(make("p", words("先猜，再看结果。", "Guess first, then see what comes out.")));
  const link = make("a", words(`去猜 ${first}`, `Guess ${first}`), { href: `#predict-${first}` });
  const button = make("button", words("不猜，直接看", "Show it without a guess"), { type: "button" });
  button.addEventListener("click", () => {
    names.forEach((name) => { memory.guesses[name] = { ...memory.guesses[name], shown: true }; });
    remember();
    refresh();
  });
  cover.append(link, " ", button);
  return cover;
};
const refresh = () => {
  all(".cover").forEach((cover) => cover.remove());
  /** @type {Element | null} */
  let last = null; // one cover for a run of hidden blocks
  for (const node of all("[data-after]")) {
    const names = (node.getAttribute("data-after") ?? "").split(" ");
    const hidden = names.some(waits);
    node.classList.toggle("covered", hidden);
    if (!hidden) { last = null; continue; }
    const block = node.closest(".block");
    if (!last || block?.previousElementSibling !== last) node.before(coverFor(names.filter(waits)));
    last = block;
  }
  for (const line of all("[data-outcome]")) compare(/** @type {HTMLElement} */ (line));
  for (const list of all("[data-guesses]")) summarize(list);
  dispatchEvent(new Event("resize")); // what is shown now may be wider than the page
};
/** @param {HTMLElement} line */
const compare = (line) => {
  const name = line.dataset.outcome ?? "";
  const [answer, guess] = [about[name], memory.guesses[name]?.guess];
  line.querySelector(".yours")?.remove();
  if (!answer || guess === undefined) return;
  const close = isClose(answer, guess, JSON.parse(line.dataset.result ?? "null"));
  const text = shown(answer, guess);
  line.append(make("span", words(` · 你猜 ${text}${close ? "，✓ 猜得准" : ""}`, ` · you guessed ${text}${close ? ", ✓ close" : ""}`), { class: "yours" }));
};
/** @param {Element} list */
const summarize = (list) => {
  const rows = all("[data-outcome]").filter((line) => memory.guesses[line.getAttribute("data-outcome") ?? ""]?.guess !== undefined);
  if (!rows.length) return;
  list.replaceChildren(make("p", words("你的猜测", "Your guesses"), { class: "title" }), ...rows.map((line) => {
    const name = line.getAttribute("data-outcome") ?? "";
    const row = make("p", "");
    row.append(make("a", name, { href: `#predict-${name}` }), ` ${line.textContent}`);
    return row;
  }));
};
all("[data-prediction]").forEach((form) => startGuess(/** @type {HTMLFormElement} */ (form)));
refresh();
// A link to a place that waits for a guess shows it.
const uncover = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const hidden = target?.closest("[data-after].covered");
  if (!hidden) return;
  for (const name of (hidden.getAttribute("data-after") ?? "").split(" ")) memory.guesses[name] = { ...memory.guesses[name], shown: true };
  refresh();
  target?.scrollIntoView();
};
addEventListener("hashchange", uncover);
uncover();

// --- filters of tables -----------------------------------------------------------------------------

for (const form of all(".filter")) {
  const [input] = /** @type {HTMLInputElement[]} */ (all("input", form));
  const selects = /** @type {HTMLSelectElement[]} */ (all("select", form));
  const rows = /** @type {HTMLElement[]} */ (all(".filtered > li, .filtered > tbody > tr"));
  const output = /** @type {HTMLElement} */ (form.querySelector(".count"));
  const apply = () => {
    const typed = input.value.normalize("NFKC").toLowerCase().trim();
    let n = 0;
    for (const row of rows) {
      const fits = (!typed || (row.textContent ?? "").toLowerCase().includes(typed))
        && selects.every((select) => !select.value || (row.dataset[select.dataset.key ?? ""] ?? "").split(" ").includes(select.value));
      row.hidden = !fits;
      n += Number(fits);
    }
    output.textContent = `${n} / ${rows.length}`;
  };
  form.removeAttribute("hidden");
  [input, ...selects].forEach((control) => control.addEventListener("input", apply));
  apply();
}

// --- explorers without a kernel: a slider chooses one of the pictures that came with the page -------

/** @param {Element} box */
const startExplorer = (box) => {
  const { controls, together, lines, pictures } = dataOf(box);
  const picture = /** @type {HTMLElement} */ (box.querySelector(".picture"));
  const sliders = /** @type {HTMLInputElement[]} */ (all("input", box));
  const outputs = all("output", box);
  const alt = picture.firstElementChild?.getAttribute("aria-label") ?? "";
  const isAtStart = () => sliders.every((slider, i) => Number(slider.value) === controls[i].start);
  /** @param {HTMLInputElement} [changed] */
  const show = (changed) => {
    if (!together) sliders.forEach((slider, i) => { if (slider !== changed) slider.value = controls[i].start; });
    sliders.forEach((slider, i) => {
      const text = controls[i].texts[Number(slider.value)];
      slider.setAttribute("aria-valuetext", text);
      outputs[i].textContent = text;
    });
    const chosen = pictures[sliders.map((slider) => slider.value).join()];
    if (changed) picture.innerHTML = chosen.map((/** @type {number} */ n) => lines[n]).join("");
    const now = sliders.map((slider, i) => `${controls[i].label}: ${controls[i].texts[Number(slider.value)]}`).join(", ");
    picture.firstElementChild?.setAttribute("aria-label", isAtStart() ? alt : now);
  };
  sliders.forEach((slider, i) => {
    slider.value = controls[i].start; // a reload keeps what was set
    slider.addEventListener("input", () => show(slider));
  });
  box.querySelector(".sliders")?.removeAttribute("hidden");
  show();
};
all(".explorer").forEach(startExplorer);
arrive();
