// @ts-check
// A short sound in white noise at a chosen signal-to-noise ratio, and how many spoken words are still
// recognised there. data: snr, quiet, trained, mel: decibels and stored accuracies. The sound is a formula.

const SAMPLES = 700;
const [LOW, HIGH] = [-5, 20]; // decibels that were measured

// Numbers from 0 to 1 that are the same in every browser (mulberry32).
/** @type {(seed: number) => () => number} */
const generator = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

/** @type {(values: number[]) => number} */
const power = (values) => values.reduce((sum, value) => sum + value * value, 0) / values.length;

/** The line through the measured points, at x.
 * @type {(xs: number[], ys: number[], x: number) => number} */
export const between = (xs, ys, x) => {
  const order = xs.map((at, i) => ({ at, y: ys[i] })).sort((a, b) => a.at - b.at);
  const right = Math.max(1, order.findIndex(({ at }) => at >= x));
  const [a, b] = [order[right - 1], order[right]];
  return a.y + ((b.y - a.y) * (x - a.at)) / (b.at - a.at);
};

/** @type {Build} */
const build = (kit, { snr, quiet, trained, mel }) => {
  const { state } = kit;
  const decibels = kit.numbers(snr);
  const curves = [quiet, trained, mel].map((text) => kit.numbers(text));

  kit.title(
    "拖动滑块：信噪比越低，波形越淹没在噪声里，认出的词越少。",
    "Drag the slider: the lower the ratio, the deeper the waveform drowns in noise, and the fewer words are recognised.",
  );
  kit.begin({ snr: 10 });
  // A vowel: a tone with overtones that swells and dies away. Its power is made 1.
  const times = Array.from({ length: SAMPLES }, (_, i) => i / SAMPLES);
  const bare = times.map((t) => Math.sin(Math.PI * t) ** 2
    * (Math.sin(88 * t) + 0.6 * Math.sin(176 * t + 1) + 0.3 * Math.sin(440 * t)));
  const size = Math.sqrt(power(bare));
  const sound = bare.map((value) => value / size);
  const next = generator(13);
  const white = times.map(() => Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next()));
  const noiseSize = Math.sqrt(power(white));

  const wave = kit.plot({
    x: [0, 1], y: [-6, 6], ratio: 0.3, xTicks: [0, 1], yTicks: [],
    xLabel: ["时间", "time"], yLabel: ["波形", "waveform"],
  });
  const mixed = wave.line("var(--c1)", { "stroke-width": 1 });
  const pure = wave.line("var(--c0)", { "stroke-width": 2.2 });
  const accuracy = kit.plot({
    x: [LOW, HIGH], y: [0, 0.8], ratio: 0.4, xTicks: decibels, yTicks: [0, 0.2, 0.4, 0.6, 0.8],
    xLabel: ["信噪比（分贝）", "signal-to-noise ratio (dB)"], yLabel: ["准确率", "accuracy"],
  });
  const looks = [["var(--c0)", ""], ["var(--c2)", "7 3"], ["var(--c1)", "2 3"]];
  const lines = looks.map(([colour, dash]) => accuracy.line(colour, { "stroke-width": 2.5, "stroke-dasharray": dash || "none" }));
  const here = accuracy.line("currentColor", { "stroke-width": 1.5, "stroke-dasharray": "3 3" });
  const marks = looks.map(([colour]) => accuracy.add("circle", { r: 5, fill: colour, stroke: "currentColor" }));

  kit.slider("snr", ["信噪比（分贝）", "signal-to-noise ratio (dB)"], { min: LOW, max: HIGH, step: 0.5, digits: 1 });
  kit.legend([
    { colour: "var(--c0)", name: ["声音；安静中训练", "the sound; trained in quiet"] },
    { colour: "var(--c2)", dash: "7 3", name: ["噪声中也训练", "trained in noise, too"] },
    { colour: "var(--c1)", dash: "2 3", name: ["声音加噪声；梅尔谱图", "sound and noise; mel spectrogram"] },
  ]);

  kit.draw(() => {
    const ratio = 10 ** (-state.snr / 10); // noise power / signal power
    const loud = Math.sqrt(ratio) / noiseSize;
    kit.set(mixed, { d: wave.path(times.map((t, i) => [t, kit.clamp(sound[i] + loud * white[i], -6, 6)])) });
    kit.set(pure, { d: wave.path(times.map((t, i) => [t, sound[i]])) });
    lines.forEach((line, k) => kit.set(line, { d: accuracy.path(decibels.map((x, i) => [x, curves[k][i]])) }));
    kit.set(here, { d: accuracy.path([[state.snr, 0], [state.snr, 0.8]]) });
    const found = curves.map((values) => between(decibels, values, state.snr));
    marks.forEach((mark, k) => kit.set(mark, { cx: accuracy.x(state.snr), cy: accuracy.y(found[k]) }));
    const [a, b, c] = found.map((value) => (100 * value).toFixed(0));
    const [db, times100, amplitude] = [kit.number(state.snr, 1), (100 * ratio).toFixed(0), (100 * Math.sqrt(ratio)).toFixed(0)];
    kit.say(
      `${db} 分贝：噪声的功率是声音的 ${times100}%，振幅是 ${amplitude}%。认出的词：安静中训练 ${a}%，噪声中也训练 ${b}%，梅尔谱图 ${c}%（测量点之间连直线）。`,
      `${db} decibels: the noise has ${times100}% of the sound's power and ${amplitude}% of its amplitude. Words recognised: trained in quiet ${a}%, trained in noise, too, ${b}%, mel spectrogram ${c}% (straight lines between measured points).`,
    );
  });
};
export default build;
