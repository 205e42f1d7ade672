// @ts-check
// One attention head of a small BERT on the reader's own sentence: the matrix of weights.
// data: words: those known, spaces between; codes: for each 32 bytes of its query and 32 of its key,
// (byte − 128) · step; typed text is read here and stays here.

const [SIZE, MOST] = [32, 12]; // numbers of a query; words of a sentence
/** @type {Words[]} */
const EXAMPLES = [
  ["医生和护士在医院工作", "the doctor and the nurse work in a hospital"],
  ["我读了一本好书，她写了一封信", "i read a good book and she wrote a letter"],
  ["银行给了我钱", "the bank gave me money"],
  ["这部电影不好", "this film was not good"],
];

/** @type {(scores: number[], divisor: number) => number[]} */
export const softmax = (scores, divisor) => {
  const top = Math.max(...scores);
  const raised = scores.map((score) => Math.exp((score - top) / divisor));
  const sum = raised.reduce((total, v) => total + v);
  return raised.map((v) => v / sum);
};

/** @type {Build} */
const build = (kit, { words, codes, step }) => {
  const { state } = kit;
  const known = new Map(words.split(" ").map((/** @type {string} */ word, /** @type {number} */ i) => [word, i]));
  const bytes = kit.bytes(codes);
  /** @type {(asks: string, asked: string) => number} */
  const score = (asks, asked) => {
    const [q, k] = [known.get(asks) * 2 * SIZE, known.get(asked) * 2 * SIZE + SIZE];
    let sum = 0;
    for (let i = 0; i < SIZE; i += 1) sum += (bytes[q + i] - 128) * (bytes[k + i] - 128);
    return sum * step * step;
  };

  kit.title(
    "写一句英语，或选一句：每一行是一个词，它把权重分给各列的词。行里最大的一格是粗体。",
    "Type an English sentence, or choose one: each row is a word that shares out its weight among the words of the columns. The largest cell of a row is bold.",
  );
  kit.begin({ example: 0, row: 2, divisor: Math.sqrt(SIZE) });

  const KEYS = { "data-lm-suppress-shortcuts": "true", autocomplete: "off", spellcheck: "false", lang: "en" };
  const typed = kit.html("input", {
    ...KEYS, type: "text", "data-key": "sentence", maxlength: 200,
    style: "font:inherit;color:inherit;background:none;border:1px solid currentColor;border-radius:3px;width:100%;box-sizing:border-box;padding:.3em .4em;margin-bottom:.4em",
  });
  const label = kit.html("label", {}, kit.words(["英语句子，至多 12 个词", "An English sentence of at most 12 words"]), typed);
  typed.addEventListener("input", () => { state.example = -1; kit.redraw(); });
  const choose = () => { typed.value = EXAMPLES[state.example][1]; };
  choose();
  kit.onReset(choose);

  const grid = kit.html("table", { style: "border-collapse:separate;border-spacing:2px;font-size:.92em" });
  kit.plots.append(label, kit.html("div", { style: "overflow-x:auto" }, grid));
  kit.choice("example", ["例句", "examples"], EXAMPLES, choose);
  const row = kit.slider("row", ["第几个词在看（也可以点一行）", "which word looks: its number (or click a row)"], { min: 1, max: MOST, step: 1, digits: 0 });
  kit.slider("divisor", ["分数除以（模型：√32 ≈ 5.66）", "scores divided by (the model: √32 ≈ 5.66)"], { min: 0.5, max: 50, step: 0.01, log: true });
  const list = kit.html("p", { lang: "en", style: "font-size:.85em" });
  const all = kit.html("details", {}, kit.html("summary", { "data-lm-suppress-shortcuts": "true" },
    kit.words([`认识的 ${known.size} 个词`, `the ${known.size} words it knows`])), list);
  all.addEventListener("toggle", () => { list.textContent = all.open ? [...known.keys()].sort().join(" ") : ""; });
  kit.controls.append(all);

  /** @type {HTMLElement[][]} */
  let cells = [];
  /** @type {HTMLElement[]} */
  let heads = [];
  let shown = "";
  /** @type {(sentence: string[]) => void} */
  const rebuild = (sentence) => { // only for another sentence: the tree stays as it is otherwise
    if (shown === sentence.join(" ")) return;
    shown = sentence.join(" ");
    const place = "vertical-align:bottom;font-weight:normal;text-align:center";
    const columns = sentence.map((word) => kit.html("th", { scope: "col", lang: "en", style: place },
      kit.html("span", { style: "writing-mode:vertical-rl;transform:rotate(180deg)" }, word)));
    heads = sentence.map((word) => kit.html("th", { scope: "row", lang: "en", style: "" }, word));
    cells = sentence.map(() => sentence.map(() => kit.html("td", {})));
    grid.replaceChildren(
      kit.html("caption", { style: "text-align:left" }, kit.words(["权重（%）：行在看，列被看", "weights in %: rows look, columns are looked at"])),
      kit.html("thead", {}, kit.html("tr", {}, kit.html("td", {}), columns)),
      kit.html("tbody", {}, cells.map((line, i) => {
        const tr = kit.html("tr", { style: "cursor:pointer" }, heads[i], line);
        tr.addEventListener("click", () => { state.row = i + 1; kit.redraw(); });
        return tr;
      })),
    );
    row.max = String(Math.max(1, sentence.length));
    if (state.row > sentence.length && sentence.length > 1) { state.row = sentence.length; kit.redraw(); }
  };

  kit.draw(() => {
    const asked = typed.value.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    const unknown = [...new Set(asked.filter((word) => !known.has(word)))];
    const found = asked.filter((word) => known.has(word));
    const sentence = found.slice(0, MOST);
    rebuild(sentence);
    const leftOut = [...unknown, ...found.slice(MOST)];
    const [outZh, outEn] = leftOut.length
      ? [` 没有算进去（不认识，或在第 12 个词以后）：${leftOut.join("、")}。`, ` Left out (not known, or after the 12th word): ${leftOut.join(", ")}.`] : ["", ""];
    if (sentence.length < 2) {
      kit.say(`请写至少两个它认识的词。${outZh}`, `Type at least two words that it knows.${outEn}`);
      heads.forEach((head) => kit.set(head, { style: "text-align:right;font-weight:normal" }));
      return;
    }
    const at = kit.clamp(Math.round(state.row), 1, sentence.length) - 1;
    const weights = sentence.map((asks) => softmax(sentence.map((other) => score(asks, other)), state.divisor));
    const tops = weights.map((line) => Math.max(...line));
    weights.forEach((line, i) => {
      const edge = i === at ? "outline:2px solid var(--c1)" : "";
      kit.set(heads[i], { style: `text-align:right;padding:0 .4em;font-weight:${i === at ? "bold" : "normal"};${edge}` });
      line.forEach((weight, j) => {
        const shade = `color-mix(in srgb, var(--c0) ${(55 * weight).toFixed(1)}%, transparent)`;
        const most = weight === tops[i] ? "bold" : "normal";
        kit.set(cells[i][j], { style: `background:${shade};font-weight:${most};text-align:center;min-width:1.5em;height:1.6em;font-variant-numeric:tabular-nums;${edge}` });
        kit.put(cells[i][j], String(Math.round(100 * weight)));
      });
    });
    const best = sentence[weights[at].indexOf(tops[at])];
    const share = Math.round(100 * tops[at]);
    const mean = Math.round(100 * tops.reduce((sum, v) => sum + v) / tops.length);
    kit.say(
      `“${sentence[at]}”最看“${best}”：${share}%。各行最大的一格平均 ${mean}%，平分是 ${Math.round(100 / sentence.length)}%。${outZh}`,
      `“${sentence[at]}” looks most at “${best}”: ${share}%. The largest cell of a row is ${mean}% on average; equal shares are ${Math.round(100 / sentence.length)}%.${outEn}`,
    );
  });
};
export default build;
