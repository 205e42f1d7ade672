// @ts-check
// Models that are equally good, judged on the same test photos: how good the best of them looks.
// data: m, n, p: where the sliders start. Everything is exact: binomials, and F(k)^m for the best.

/** The probabilities that at most k of n photos are right, for k = 0 … n.
 * @type {(n: number, p: number) => Float64Array} */
export const atMost = (n, p) => {
  const logFactorial = new Float64Array(n + 1);
  for (let k = 1; k <= n; k += 1) logFactorial[k] = logFactorial[k - 1] + Math.log(k);
  const sums = new Float64Array(n + 1);
  let sum = 0;
  for (let k = 0; k <= n; k += 1) {
    const ways = logFactorial[n] - logFactorial[k] - logFactorial[n - k];
    sum += Math.exp(ways + k * Math.log(p) + (n - k) * Math.log(1 - p));
    sums[k] = Math.min(sum, 1);
  }
  sums[n] = 1;
  return sums;
};

/** The expected share of right photos of the best of m models: the sum of P(best > k), divided by n.
 * @type {(sums: Float64Array, m: number) => number} */
export const expectedBest = (sums, m) => {
  const n = sums.length - 1;
  let total = 0;
  for (let k = 0; k < n; k += 1) total += 1 - sums[k] ** m;
  return total / n;
};

/** @type {Build} */
const build = (kit, { m, n, p }) => {
  const { state } = kit;
  const MOST = 10000; // models

  kit.title(
    "所有模型一样好（虚线）。拖动滑块：模型越多、测试照片越少，最好的一个看起来越好。",
    "All models are equally good (dashed line). Drag the sliders: the more models and the fewer test photos, the better the best one looks.",
  );
  kit.begin({ m, n, p });
  const chances = kit.plot({
    x: [0.3, 1], y: [0, 1.12], ratio: 0.42, xTicks: [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], yTicks: [],
    xLabel: ["测得的准确率", "measured accuracy"], yLabel: ["概率", "probability"],
  });
  const area = chances.add("path", { fill: "var(--c1)", opacity: 0.25 });
  const one = chances.line("var(--c0)", { "stroke-width": 2, "stroke-dasharray": "7 3" });
  const best = chances.line("var(--c1)", { "stroke-width": 2.5 });
  const truth = chances.line("currentColor", { "stroke-width": 1.5, "stroke-dasharray": "3 3" });
  const mean = chances.add("path", { fill: "var(--c1)", stroke: "currentColor" });
  const growth = kit.plot({
    x: [0, Math.log10(MOST)], y: [0.5, 1], ratio: 0.32, xTicks: [0, 1, 2, 3, 4], yTicks: [0.5, 0.6, 0.7, 0.8, 0.9, 1],
    xLabel: ["log₁₀ 模型数", "log₁₀ of the models"], yLabel: ["最好的", "the best"],
  });
  const curve = growth.line("var(--c1)", { "stroke-width": 2.5 });
  const level = growth.line("currentColor", { "stroke-width": 1.5, "stroke-dasharray": "3 3" });
  const here = growth.add("path", { fill: "var(--c1)", stroke: "currentColor" });

  kit.slider("m", ["模型", "models"], { log: true, min: 1, max: MOST, step: 0.0005, digits: 0 });
  kit.slider("n", ["测试照片", "test photos"], { log: true, min: 10, max: 1000, step: 0.0005, digits: 0 });
  kit.slider("p", ["真实准确率", "true accuracy"], { min: 0.5, max: 0.95, step: 0.01, digits: 2 });
  kit.legend([
    { colour: "var(--c0)", dash: "7 3", name: ["任意一个模型", "any one model"] },
    { colour: "var(--c1)", name: ["最好的一个，◆ 是平均", "the best one, ◆ its mean"] },
  ]);

  const diamond = (/** @type {string} */ at) => `M${at}m0,-8l7,8l-7,8l-7,-8z`;
  /** @type {(values: number[], total: number) => Point[]} */
  const scaled = (values, total) => {
    const top = Math.max(...values);
    return values.map((value, k) => /** @type {Point} */ ([k / total, value / top]))
      .filter(([x, y]) => x >= 0.3 && y > 0.0005);
  };
  kit.draw(() => {
    const [models, photos] = [Math.round(state.m), Math.round(state.n)];
    const sums = atMost(photos, state.p);
    const powers = Array.from(sums, (sum) => sum ** models);
    const steps = (/** @type {ArrayLike<number>} */ of) => Array.from(of, (value, k) => value - (k ? of[k - 1] : 0));
    const ofBest = scaled(steps(powers), photos);
    const expected = expectedBest(sums, models);
    kit.set(one, { d: chances.path(scaled(steps(sums), photos)) });
    kit.set(best, { d: chances.path(ofBest) });
    const [first, last] = [ofBest[0], ofBest[ofBest.length - 1]];
    kit.set(area, { d: chances.path([[first[0], 0], ...ofBest, [last[0], 0]]) });
    kit.set(truth, { d: chances.path([[state.p, 0], [state.p, 1.12]]) });
    kit.set(mean, { d: diamond(chances.point(expected, 0.06)) });
    const counts = Array.from({ length: 49 }, (_, i) => i / 12);
    kit.set(curve, { d: growth.path(counts.map((log) => [log, expectedBest(sums, 10 ** log)])) });
    kit.set(level, { d: growth.path([[0, state.p], [Math.log10(MOST), state.p]]) });
    kit.set(here, { d: diamond(growth.point(Math.log10(models), expected)) });
    const low = powers.findIndex((value) => value >= 0.025) / photos;
    const high = powers.findIndex((value) => value >= 0.975) / photos;
    const [share, gap, from, to, right] = [expected, expected - state.p, low, high, state.p].map((value) => value.toFixed(3));
    kit.say(
      `${kit.number(models)} 个模型，${kit.number(photos)} 张测试照片，每个模型的真实准确率都是 ${right}。最好的一个平均测得 ${share}（95% 在 ${from} 到 ${to}），高出 ${gap}。`,
      `${kit.number(models)} models, ${kit.number(photos)} test photos, each model truly ${right}. The best one measures ${share} on average (95% from ${from} to ${to}), ${gap} too high.`,
    );
  });
};
export default build;
