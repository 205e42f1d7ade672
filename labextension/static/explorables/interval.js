// @ts-check
// A threshold on the scores of n test photos, the accuracy it gives, and how sure we may be of it.
// data: n, apart, threshold: where the sliders start. The scores are quantiles of two normal
// distributions, so that nothing here depends on luck.

const Z = 1.96; // 95%
/** @type {(right: number, n: number) => [low: number, high: number]} */
export const wilson = (right, n) => {
  const [p, w] = [right / n, Z * Z / n];
  const half = Math.sqrt(p * (1 - p) * w + w * w / 4);
  return [(p + w / 2 - half) / (1 + w), (p + w / 2 + half) / (1 + w)];
};

// The normal distribution's quantile: Acklam's rational approximation, to 1e-9 here.
/** @type {(p: number) => number} */
export const quantile = (p) => {
  if (p > 0.5) return -quantile(1 - p);
  const A = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239];
  const B = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
  const C = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];
  const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
  /** @type {(coefficients: number[], x: number) => number} */
  const polynomial = (coefficients, x) => coefficients.reduce((sum, value) => sum * x + value, 0);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(C, q) / polynomial([...D, 1], q);
  }
  const q = p - 0.5;
  return q * polynomial(A, q * q) / polynomial([...B, 1], q * q);
};

/** @type {Build} */
const build = (kit, { n, apart, threshold }) => {
  const { state } = kit;
  const FAR = 8; // of the scores
  const MOST = 2000; // photos

  kit.title(
    "拖动竖线（阈值）：右边的判为狗，圈出来的是判错的。再拖动照片数：同样的准确率，区间变多窄？",
    "Drag the upright line (threshold): right of it is called a dog, circled ones are wrong. Then drag the number of photos: with the same accuracy, how narrow does the interval get?",
  );
  kit.begin({ n, apart, threshold });
  const scores = kit.plot({
    x: [-FAR, FAR], y: [-1.6, 1.6], ratio: 0.3, xTicks: [-8, -4, 0, 4, 8], yTicks: [],
    xLabel: ["分类头的 logit", "logit of the head"], yLabel: ["猫 · 狗", "cat · dog"],
  });
  const round = (/** @type {number} */ width) => ({ "stroke-width": width, "stroke-linecap": "round" });
  const rings = [scores.line("currentColor", round(11)), scores.line("var(--page)", round(8.4))];
  const dots = [scores.line("var(--c0)", round(5)), scores.add("path", { fill: "var(--c1)" })];
  const cut = scores.line("currentColor", { "stroke-width": 2.5 });
  const grab = scores.line("none", { "stroke-width": 30 });
  scores.drag(grab, ([x]) => { state.threshold = kit.clamp(x, -6, 6); });
  const bars = kit.plot({
    x: [0.3, 1.02], y: [0, 1], ratio: 0.12, xTicks: [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], yTicks: [],
    xLabel: ["准确率：测得的（◆），95% 区间", "accuracy: measured (◆), 95% interval"],
  });
  const bar = bars.line("var(--c0)", { "stroke-width": 12 });
  const diamond = bars.add("path", { fill: "var(--c1)", stroke: "currentColor" });
  const widths = kit.plot({
    x: [1, Math.log10(MOST)], y: [0.6, 1], ratio: 0.34, xTicks: [1, 2, 3], yTicks: [0.6, 0.7, 0.8, 0.9, 1],
    xLabel: ["log₁₀ 测试照片数", "log₁₀ of the test photos"], yLabel: ["区间", "interval"],
  });
  const band = widths.add("path", { fill: "var(--c0)", opacity: 0.25 });
  const goal = widths.line("currentColor", { "stroke-width": 1, "stroke-dasharray": "4 3" });
  const here = widths.line("currentColor", { "stroke-width": 2 });

  kit.slider("threshold", ["阈值", "threshold"], { min: -6, max: 6, step: 0.1, digits: 1 });
  kit.slider("n", ["测试照片", "test photos"], { log: true, min: 10, max: MOST, step: 0.0005, digits: 0 });
  kit.slider("apart", ["两类分得多开", "classes this far apart"], { min: 0, max: 7, step: 0.1, digits: 1 });
  kit.button(["照片 × 4（至多 2000）", "4 times the photos (at most 2000)"], () => { state.n = Math.min(MOST, 4 * Math.round(state.n)); }).dataset.key = "four";
  kit.legend([
    { colour: "var(--c0)", mark: "●", name: ["猫", "cats"] },
    { colour: "var(--c1)", mark: "▲", name: ["狗", "dogs"] },
  ]);

  const spread = (/** @type {number} */ i) => (i * 0.618034) % 1 - 0.5; // up and down, never random
  kit.draw(() => {
    const total = Math.round(state.n);
    const counts = [Math.ceil(total / 2), Math.floor(total / 2)];
    const places = counts.map((count, k) => Array.from({ length: count }, (_, i) => /** @type {Point} */ ([
      (k - 0.5) * state.apart + quantile((i + 0.5) / count), (k ? 0.8 : -0.8) + 1.1 * spread(i),
    ])));
    const isWrong = places.map((all, k) => all.filter(([x]) => (x > state.threshold) !== (k === 1)));
    kit.set(dots[0], { d: scores.dots(places[0]) });
    kit.set(dots[1], { d: scores.triangles(places[1]) });
    rings.forEach((ring) => kit.set(ring, { d: scores.dots(isWrong.flat()) }));
    const d = scores.path([[state.threshold, -2], [state.threshold, 2]]);
    kit.set(cut, { d });
    kit.set(grab, { d });

    const wrong = isWrong.flat().length;
    const right = total - wrong;
    const [low, high] = wilson(right, total);
    kit.set(bar, { d: bars.path([[low, 0.5], [high, 0.5]]) });
    kit.set(diamond, { d: `M${bars.point(right / total, 0.5)}m0,-9l8,9l-8,9l-8,-9z` });
    const sizes = Array.from({ length: 80 }, (_, i) => 1 + i / 79 * (Math.log10(MOST) - 1));
    const ends = sizes.map((size) => ({ size, ends: wilson(right / total * 10 ** size, 10 ** size) }));
    kit.set(band, { d: widths.path([
      ...ends.map(({ size, ends: [lower] }) => /** @type {Point} */ ([size, lower])),
      ...ends.reverse().map(({ size, ends: [, upper] }) => /** @type {Point} */ ([size, upper])),
    ]) });
    kit.set(goal, { d: widths.path([[1, 0.99], [4, 0.99]]) });
    kit.set(here, { d: widths.path([[Math.log10(total), low], [Math.log10(total), high]]) });
    const [cats, dogs] = isWrong.map((all) => all.length);
    const lower = (Math.floor(low * 1000) / 1000).toFixed(3); // never up to a limit that is not reached
    const [upper, width] = [high, high - low].map((value) => value.toFixed(3));
    kit.say(
      `${kit.number(total)} 张里错 ${kit.number(wrong)} 张（猫 ${cats}，狗 ${dogs}）。准确率 ${(right / total).toFixed(3)}，区间 ${lower} 到 ${upper}，宽 ${width}。${low >= 0.99 ? "可以说“99% 以上”。" : "还不能说“99% 以上”。"}`,
      `${kit.number(wrong)} of ${kit.number(total)} wrong (cats ${cats}, dogs ${dogs}). Accuracy ${(right / total).toFixed(3)}, interval ${lower} to ${upper}, width ${width}. ${low >= 0.99 ? "You may say “above 99%”." : "You may not say “above 99%” yet."}`,
    );
  });
};
export default build;
