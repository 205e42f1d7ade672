// @ts-check
// The weights of two channels of one kernel, and the few values that are left of them after quantisation.
// data: wide, narrow: weights of the two channels; bits, scheme: where the controls start.

const BINS = 48;
const SCHEMES = { shared: 0, own: 1, clusters: 2 };

/** The values that whole numbers of so many bits can stand for, symmetric about 0.
 * @type {(largest: number, bits: number) => number[]} */
export const even = (largest, bits) => {
  const most = 2 ** (bits - 1) - 1;
  return Array.from({ length: 2 * most + 1 }, (_, k) => ((k - most) * largest) / most);
};

/** @type {(levels: number[], value: number) => number} */
export const nearest = (levels, value) => {
  let [low, high] = [0, levels.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (levels[middle] <= value) low = middle;
    else high = middle;
  }
  return Math.abs(levels[low] - value) <= Math.abs(levels[high] - value) ? low : high;
};

/** k-means on a line, from evenly spread quantiles; gives sorted centres.
 * @type {(weights: number[], count: number) => number[]} */
export const clusters = (weights, count) => {
  const sorted = [...weights].sort((a, b) => a - b);
  const n = Math.min(count, sorted.length);
  let centres = Array.from({ length: n }, (_, k) => sorted[Math.floor(((k + 0.5) * sorted.length) / n)]);
  for (let turn = 0; turn < 20; turn += 1) {
    const [sums, sizes] = [new Array(n).fill(0), new Array(n).fill(0)];
    for (const value of sorted) {
      const k = nearest(centres, value);
      sums[k] += value;
      sizes[k] += 1;
    }
    centres = centres.map((centre, k) => (sizes[k] ? sums[k] / sizes[k] : centre)).sort((a, b) => a - b);
  }
  return centres;
};

/** @type {Build} */
const build = (kit, { wide, narrow, bits, scheme }) => {
  const { state } = kit;
  const channels = [wide, narrow].map((text) => kit.numbers(text));
  const largest = channels.map((weights) => Math.max(...weights.map(Math.abs)));

  kit.title(
    "两个通道的权重，和 int 留给它们的值（竖线）。改位数，换一种分法：窄的通道还剩几个值？",
    "The weights of two channels and the values that integers leave them (upright lines). Change the bits and the way to share them: how many values are left for the narrow channel?",
  );
  kit.begin({ bits, scheme });
  /** @type {Words[]} */
  const names = [
    ["宽的通道的权重（最大 = 100）", "weights of the wide channel (largest = 100)"],
    ["窄的通道的权重（同样的单位）", "weights of the narrow channel (same unit)"],
  ];
  const parts = channels.map((weights, k) => {
    const end = largest[k] * 1.08;
    const tick = Number((largest[k] * 0.9).toPrecision(1));
    const counts = new Array(BINS).fill(0);
    for (const value of weights) counts[Math.min(BINS - 1, Math.floor(((value + end) / (2 * end)) * BINS))] += 1;
    const top = Math.max(...counts) * 1.15;
    const plot = kit.plot({
      x: [-end, end], y: [0, top], ratio: 0.26, xTicks: [-tick, 0, tick], yTicks: [], xLabel: names[k], yLabel: ["个数", "count"],
    });
    const lines = plot.line(`var(--c${1 + k})`, { "stroke-width": 1.3 });
    const bars = plot.add("path", { fill: "var(--c0)", opacity: 0.6 });
    return { weights, end, counts, top, plot, lines, bars };
  });
  kit.slider("bits", ["位数", "bits"], { min: 2, max: 8, step: 1, digits: 0 });
  kit.choice("scheme", ["分法", "sharing"], [
    ["整个核一个缩放", "one scale for the kernel"],
    ["每个通道一个缩放", "one scale for each channel"],
    ["每个通道聚类", "clusters for each channel"],
  ]);

  kit.draw(() => {
    const found = parts.map(({ weights, end, counts, top, plot, lines, bars }, k) => {
      const levels = state.scheme === SCHEMES.clusters
        ? clusters(weights, 2 ** state.bits)
        : even(state.scheme === SCHEMES.own ? largest[k] : Math.max(...largest), state.bits);
      const width = (2 * end) / BINS;
      kit.set(bars, {
        d: counts.map((count, i) => {
          const [left, right] = [-end + i * width, -end + (i + 1) * width];
          return plot.path([[left, 0], [left, count], [right, count], [right, 0]]);
        }).join(""),
      });
      const seen = levels.filter((value) => Math.abs(value) <= end);
      kit.set(lines, { d: seen.map((value) => plot.path([[value, 0], [value, top]])).join("") });
      const places = weights.map((value) => nearest(levels, value));
      const error = weights.reduce((sum, value, i) => sum + (value - levels[places[i]]) ** 2, 0);
      const size = weights.reduce((sum, value) => sum + value ** 2, 0);
      return { used: new Set(places).size, share: 100 * Math.sqrt(error / size) };
    });
    const [first, second] = found.map(({ used, share }) => ({ used, share: share.toFixed(share < 10 ? 2 : 0) }));
    kit.say(
      `${state.bits} 位：宽的通道用 ${first.used} 个值，误差是权重的 ${first.share}%；窄的通道用 ${second.used} 个值，误差 ${second.share}%。`,
      `${state.bits} bits: the wide channel uses ${first.used} values, the error is ${first.share}% of the weights; the narrow channel uses ${second.used} values, error ${second.share}%.`,
    );
  });
};
export default build;
