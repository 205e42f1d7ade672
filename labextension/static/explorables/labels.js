// @ts-check
// What labels are worth: accuracy against the number of labels, four ways to learn, twenty draws.
// data: counts; draws: how many; scratch, frozen, start, tuned: accuracies, all draws of the first
// count, then of the second …; place: which count is chosen first.

const T = 2.093; // Student's t for 95% and 20 draws
/** @type {(values: number[]) => number} */
export const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;
/** @type {(values: number[]) => [mean: number, half: number]} */
export const interval = (values) => {
  const m = mean(values);
  const variance = values.reduce((sum, v) => sum + (v - m) ** 2, 0) / (values.length - 1);
  return [m, T * Math.sqrt(variance / values.length)];
};
/** @type {(accuracy: number) => number} */
export const stretched = (accuracy) => -Math.log10(Math.max(1 - accuracy, 0.001)); // room at the top

/** @type {Build} */
const build = (kit, { counts, draws, scratch, frozen, start, tuned, place }) => {
  const { state } = kit;
  const numbers = kit.numbers(counts);
  /** @type {(text: string) => number[][]} */
  const byCount = (text) => {
    const all = kit.numbers(text);
    return numbers.map((_, i) => all.slice(i * draws, (i + 1) * draws));
  };
  /** @type {{ words: Words, colour: string, dash: string, rows: number[][] }[]} */
  const WAYS = [
    { words: ["冻结，从零样本出发", "frozen, from zero-shot"], colour: "var(--c1)", dash: "", rows: byCount(start) },
    { words: ["冻结", "frozen"], colour: "var(--c0)", dash: "9 3", rows: byCount(frozen) },
    { words: ["微调", "fine-tuned"], colour: "var(--c3)", dash: "5 3 1 3", rows: byCount(tuned) },
    { words: ["从零训练", "from scratch"], colour: "var(--c2)", dash: "2 3", rows: byCount(scratch) },
  ];
  const last = numbers.length - 1;
  const alone = mean(WAYS[0].rows[0]); // with 0 labels: zero-shot as it is

  kit.title(
    "选标签的个数（或拖动竖线）：哪种做法最准？小点是各次抽签，菱形是平均；横的虚线是不动的零样本，一个标签也不用。",
    "Choose the number of labels (or drag the upright line): which way is most accurate? Small dots are draws, diamonds their means; the level dashed line is zero-shot left alone, without any label.",
  );
  kit.begin({ place, draw: 0 });
  const LEVELS = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99];
  const curves = kit.plot({
    x: [-0.9, last + 0.3], y: [0.1, 2.15], ratio: 0.6, xTicks: [], yTicks: [],
    xLabel: ["标签的个数", "number of labels"], yLabel: ["准确率", "accuracy"],
  });
  const grid = LEVELS.map((level) => ({
    level, line: curves.line("currentColor", { "stroke-width": 0.6, opacity: 0.4 }), text: curves.add("text", { "font-size": "12" }),
  }));
  const ticks = numbers.map((n) => ({ n, text: curves.add("text", { "font-size": "12", "text-anchor": "middle" }) }));
  const level0 = curves.line("currentColor", { "stroke-width": 1.5, "stroke-dasharray": "2 5" });
  const cut = curves.line("currentColor", { "stroke-width": 1.5 });
  const drawn = WAYS.map((way) => ({
    ...way,
    band: curves.add("path", { fill: way.colour, opacity: 0.18 }),
    curve: curves.line(way.colour, { "stroke-width": 2.5, "stroke-dasharray": way.dash }),
    one: curves.line(way.colour, { "stroke-width": 1 }),
    dots: curves.line(way.colour, { "stroke-width": 4, "stroke-linecap": "round" }),
    diamond: curves.add("path", { fill: way.colour, stroke: "currentColor" }),
  }));
  const grab = curves.line("none", { "stroke-width": 34 });
  curves.drag(grab, ([x]) => { state.place = kit.clamp(Math.round(x), 0, last); });

  kit.choice("place", ["标签", "labels"], numbers.map((n) => /** @type {Words} */ ([String(n), String(n)])));
  kit.slider("draw", ["只看第几次抽签（0：全部）", "one draw only (0: all)"], { min: 0, max: draws, step: 1, digits: 0 });
  const values = kit.legend(WAYS.map(({ words, colour, dash }) => ({ colour, dash, name: words })));

  kit.draw(() => {
    const at = Math.round(state.place);
    const only = Math.round(state.draw);
    for (const { level, line, text } of grid) {
      kit.set(line, { d: curves.path([[-0.9, stretched(level)], [last + 0.3, stretched(level)]]) });
      kit.set(text, { x: curves.x(-0.85), y: curves.y(stretched(level)) - 3 });
      kit.put(text, String(level));
    }
    ticks.forEach(({ n, text }, i) => {
      kit.set(text, { x: curves.x(i), y: curves.y(0.13) });
      kit.put(text, String(n));
    });
    const d = curves.path([[at, 0.2], [at, 2.15]]);
    kit.set(level0, { d: curves.path([[-0.9, stretched(alone)], [last + 0.3, stretched(alone)]]) });
    kit.set(cut, { d });
    kit.set(grab, { d });
    drawn.forEach(({ rows, band, curve, one, dots, diamond }, k) => {
      const ends = rows.map(interval);
      /** @type {(side: number) => Point[]} */
      const edge = (side) => ends.map(([m, half], i) => [i, stretched(m + side * half)]);
      kit.set(band, { d: curves.path([...edge(-1), ...edge(1).reverse()]) });
      kit.set(curve, { d: curves.path(edge(0)), opacity: only ? 0.35 : 1 });
      kit.set(one, { d: only ? curves.path(rows.map((row, i) => [i, stretched(row[only - 1])])) : "" });
      const shown = only ? [rows[at][only - 1]] : rows[at];
      const shift = 0.14 * (k - 1.5);
      kit.set(dots, { d: curves.dots(shown.map((v) => [at + shift, stretched(v)])) });
      const centre = only ? shown[0] : ends[at][0];
      kit.set(diamond, { d: `M${curves.point(at + shift, stretched(centre))}m0,-6l6,6l-6,6l-6,-6z` });
      kit.put(values[k], only ? centre.toFixed(3) : `${centre.toFixed(3)} ± ${ends[at][1].toFixed(3)}`);
    });
    const n = numbers[at];
    const sure = n > 0 && n < 200; // with 200 labels there is no luck of the draw
    /** @type {(other: (draw: number) => number) => [zh: string, en: string]} */
    const against = (other) => {
      const [m, half] = interval(WAYS[0].rows[at].map((v, i) => 100 * (v - other(i))));
      const [low, high] = [m - half, m + half].map((v) => kit.number(v, 1));
      const size = Math.abs(m).toFixed(1);
      return [
        `${m < 0 ? "低" : "高"} ${size} 个百分点${sure ? `（配对，95% 区间 ${low} 到 ${high}）` : ""}`,
        `${size} points ${m < 0 ? "less" : "more"}`.concat(sure ? ` (paired, 95% interval ${low} to ${high})` : ""),
      ];
    };
    const frozenOnly = against((i) => WAYS[1].rows[at][i]);
    const zeroShot = against(() => alone);
    const [alsoZh, alsoEn] = n ? [`；比不动的零样本${zeroShot[0]}`, `, and ${zeroShot[1]} than zero-shot left alone`] : ["", ""];
    kit.say(
      `${n} 个标签：从零样本出发，比只用冻结的特征${frozenOnly[0]}${alsoZh}。${n === 200 ? "每次抽签都是同样的 200 张。" : ""}`,
      `${kit.number(n)} labels: starting from zero-shot gives ${frozenOnly[1]} than frozen features alone${alsoEn}.${n === 200 ? " Each draw has the same 200 photos." : ""}`,
    );
  });
};
export default build;
