// @ts-check
// The museum: mistakes of the articles, their references, their questions; filtered, searched, leafed through.
// data: items, a list of [room, article, level, place, printed, right, where], the last four as pairs.

const ROOMS = /** @type {const} */ ([["错误", "mistakes"], ["文献", "references"], ["问题", "questions"]]);
const ARTICLES = ["S1", "S2", "S3", "S4", "S5"];
// What a level is called in each room, the worst first; questions have none.
const LEVELS = /** @type {const} */ ([
  [["错，或跑不起来", "false, or does not run"], ["误导", "misleading"], ["不精确", "imprecise"]],
  [["不存在", "does not exist"], ["已修好", "repaired"], ["正确", "correct"]],
  [["", ""], ["", ""], ["", ""]],
]);
const COLOURS = ["var(--c1)", "var(--c3)", "var(--c2)"];
const SHOWN = 4; // on a page

/** Which items are in a room, by an article and of a level (−1: all), and have the words.
 * @type {(items: any[], room: number, article: number, level: number, words: string) => any[]} */
export const chosen = (items, room, article, level, words) => {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((item) => item[0] === room
    && (article < 0 || item[1].includes(ARTICLES[article]))
    && (level < 0 || item[2] === level)
    && wanted.every((word) => JSON.stringify(item).toLowerCase().includes(word)));
};

/** @type {Build} */
const build = (kit, { items }) => {
  const { state, html } = kit;
  let query = "";

  kit.title(
    "选一间屋子，再按文章、程度或词筛选；用滑块翻页。",
    "Choose a room, then filter by article, by severity or by words; the slider turns the pages.",
  );
  kit.begin({ room: 0, article: 0, level: 0, page: 1 });
  const cards = html("div", { style: "overflow-wrap: anywhere" });
  kit.plots.append(cards);

  const first = () => { state.page = 1; };
  kit.choice("room", ["屋子", "room"], ROOMS, first);
  kit.choice("article", ["文章", "article"], [["全部", "all"], .../** @type {Words[]} */ (ARTICLES.map((name) => [name, name]))], first);
  kit.choice("level", ["程度", "severity"], [["全部", "all"], ["最重", "worst"], ["中等", "middle"], ["最轻", "least"]], first);
  const box = html("input", { type: "search", "data-lm-suppress-shortcuts": "true", "data-key": "search", style: "width: 100%; box-sizing: border-box; font: inherit; color: inherit; background: none; border: 1px solid currentColor; border-radius: 3px; padding: .2em .4em; margin-bottom: .5em" });
  box.addEventListener("input", () => { query = box.value; first(); kit.redraw(); });
  kit.onReset(() => { box.value = ""; query = ""; });
  kit.controls.append(html("div", {}, html("label", {}, ...kit.words(["找词", "search for"]), box)));
  const slider = kit.slider("page", ["页", "page"], { min: 1, max: 99, step: 1, digits: 0 });

  /** @type {(item: any) => HTMLElement} */
  const card = ([room, , level, place, printed, right, where]) => {
    const name = LEVELS[/** @type {0} */ (room)][level];
    const head = html("p", {}, html("strong", {}, ...kit.words(place)), " ");
    if (name[0]) head.append(html("span", { style: `color: ${COLOURS[level]}` }, "■ ", ...kit.words(name)));
    return html("div", { style: `border-left: 4px solid ${room === 2 ? "var(--c0)" : COLOURS[level]}; padding-left: .7em; margin-bottom: .9em` },
      head,
      html("p", {}, html("em", {}, ...kit.words(room === 2 ? ["问：", "Q: "] : ["印的是：", "printed: "])), ...kit.words(printed)),
      html("p", {}, html("em", {}, ...kit.words(room === 2 ? ["答：", "A: "] : ["正确的：", "right: "])), ...kit.words(right)),
      html("p", { style: "opacity: .8" }, ...kit.words(where)));
  };
  let before = "";
  kit.draw(() => {
    const found = chosen(items, state.room, state.article - 1, state.level - 1, query);
    const pages = Math.max(1, Math.ceil(found.length / SHOWN));
    slider.max = String(pages);
    state.page = kit.clamp(state.page, 1, pages);
    const from = (state.page - 1) * SHOWN;
    const shown = found.slice(from, from + SHOWN);
    const now = JSON.stringify(shown);
    if (now !== before) cards.replaceChildren(...shown.map(card));
    before = now;
    const all = items.filter((/** @type {any[]} */ item) => item[0] === state.room).length;
    const [zh, en] = ROOMS[/** @type {0} */ (state.room)];
    kit.say(
      `${zh}：${all} 条里选中 ${found.length} 条；第 ${state.page} 页，共 ${pages} 页。`,
      `${found.length} of ${all} ${en} chosen; page ${state.page} of ${pages}.`,
    );
  });
};
export default build;
