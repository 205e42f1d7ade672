// @ts-check
// The same model where illness is common and where it is rare: ROC, precision and recall, 1,000 people.
// data: normal, pneumonia: logits of test films; prevalence, threshold: where the sliders start.

const [LOW, HIGH] = [-12, 10]; // of the threshold
const MARKS = ["A", "B", "C", "D"];

/** The share of the sorted numbers that lie above a threshold.
 * @type {(sorted: number[], threshold: number) => number} */
export const above = (sorted, threshold) => {
  let [first, last] = [0, sorted.length];
  while (first < last) {
    const middle = (first + last) >> 1;
    if (sorted[middle] > threshold) last = middle;
    else first = middle + 1;
  }
  return 1 - first / sorted.length;
};

/** Of the alarms, the share that is ill; 1 where there is no alarm.
 * @type {(found: number, alarms: number, prevalence: number) => number} */
export const precision = (found, alarms, prevalence) => {
  const [real, wrong] = [found * prevalence, alarms * (1 - prevalence)];
  return real + wrong > 0 ? real / (real + wrong) : 1;
};

/** @type {Build} */
const build = (kit, { normal, pneumonia, prevalence, threshold }) => {
  const { state } = kit;
  const [well, ill] = [kit.numbers(normal), kit.numbers(pneumonia)].map((z) => [...z].sort((a, b) => a - b));
  const cuts = [LOW - 1, ...well, ...ill, HIGH + 1].sort((a, b) => b - a);
  const rates = cuts.map((cut) => /** @type {Point} */ ([above(well, cut), above(ill, cut)]));

  kit.title(
    "模型不变，人群变。拖动患病率：ROC 曲线不动，另一条塌下去。拖动阈值：◆ 沿曲线走。",
    "The model stays, the people change. Drag the prevalence: the ROC curve does not move, the other one collapses. Drag the threshold: ◆ walks along the curves.",
  );
  kit.begin({ prevalence, threshold });
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const roc = kit.plot({
    x: [0, 1], y: [0, 1.03], ratio: 0.36, xTicks: ticks, yTicks: [0, 0.5, 1],
    xLabel: ["误报率", "false alarm rate"], yLabel: ["灵敏度", "sensitivity"],
  });
  const chance = roc.line("currentColor", { "stroke-width": 1, "stroke-dasharray": "4 3" });
  const curve = roc.line("var(--c0)", { "stroke-width": 2.5 });
  const here = roc.add("path", { fill: "var(--c0)", stroke: "currentColor" });
  const pr = kit.plot({
    x: [0, 1], y: [0, 1.03], ratio: 0.36, xTicks: ticks, yTicks: [0, 0.5, 1],
    xLabel: ["灵敏度", "sensitivity"], yLabel: ["精确率", "precision"],
  });
  const level = pr.line("currentColor", { "stroke-width": 1, "stroke-dasharray": "4 3" });
  const collapse = pr.line("var(--c1)", { "stroke-width": 2.5 });
  const there = pr.add("path", { fill: "var(--c1)", stroke: "currentColor" });
  const people = kit.plot({
    x: [0, 1060], y: [0, 4], ratio: 0.26, xTicks: [0, 250, 500, 750, 1000], yTicks: [],
    xLabel: ["1,000 人", "1,000 people"],
  });
  const bars = MARKS.map((_, k) => people.add("path", { fill: k < 2 ? "var(--c1)" : "var(--c0)", opacity: k % 2 ? 0.35 : 0.9 }));
  const letters = MARKS.map((mark) => people.add("text", { fill: "currentColor", "font-size": 12 }, mark));

  kit.slider("prevalence", ["患病率", "prevalence"], { log: true, min: 0.001, max: 0.5, step: 0.0005, digits: 3 });
  kit.slider("threshold", ["阈值（logit）", "threshold (logit)"], { min: LOW, max: HIGH, step: 0.05, digits: 2 });
  kit.legend([
    { colour: "var(--c1)", mark: "A", name: ["有病，报警", "ill, alarm"] },
    { colour: "var(--c1)", mark: "B", name: ["有病，漏掉", "ill, missed"] },
    { colour: "var(--c0)", mark: "C", name: ["没病，误报", "well, false alarm"] },
    { colour: "var(--c0)", mark: "D", name: ["没病，放过", "well, let go"] },
  ]);

  const diamond = (/** @type {string} */ at) => `M${at}m0,-8l7,8l-7,8l-7,-8z`;
  kit.draw(() => {
    const pi = state.prevalence;
    const [alarms, found] = [above(well, state.threshold), above(ill, state.threshold)];
    const share = precision(found, alarms, pi);
    kit.set(chance, { d: roc.path([[0, 0], [1, 1]]) });
    kit.set(curve, { d: roc.path(rates) });
    kit.set(here, { d: diamond(roc.point(alarms, found)) });
    kit.set(level, { d: pr.path([[0, pi], [1, pi]]) });
    const shown = rates.filter(([, y]) => y > 0);
    kit.set(collapse, { d: pr.path(shown.map(([x, y]) => /** @type {Point} */ ([y, precision(y, x, pi)]))) });
    kit.set(there, { d: diamond(pr.point(found, share)) });
    const counts = [pi * found, pi * (1 - found), (1 - pi) * alarms, (1 - pi) * (1 - alarms)].map((part) => 1000 * part);
    counts.forEach((count, k) => {
      const [low, high] = [3.15 - k, 3.85 - k];
      kit.set(bars[k], { d: people.path([[0, low], [count, low], [count, high], [0, high]]) });
      kit.set(letters[k], { x: people.x(Math.min(count, 960)) + 6, y: people.y(low + 0.1) });
    });
    const [real, missed, wrong] = counts.map((count) => count.toFixed(1));
    const [sensitivity, specificity] = [found, 1 - alarms].map((value) => value.toFixed(3));
    const at = kit.number(state.threshold, 2);
    const percent = (/** @type {number} */ value) => `${(100 * value).toFixed(1)}%`;
    kit.say(
      `患病率 ${percent(pi)}，阈值 ${at}：灵敏度 ${sensitivity}，特异度 ${specificity}。1,000 人里找出 ${real} 个，漏掉 ${missed} 个，误报 ${wrong} 个；报警里 ${percent(share)} 是真的。`,
      `Prevalence ${percent(pi)}, threshold ${at}: sensitivity ${sensitivity}, specificity ${specificity}. Of 1,000 people ${real} are found, ${missed} missed, ${wrong} false alarms; ${percent(share)} of the alarms are real.`,
    );
  });
};
export default build;
