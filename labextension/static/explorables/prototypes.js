// @ts-check
// Decision regions of three classes as labelled photos are added: nearest prototype or nearest photo.
// data: points "x y …" (two principal components), labels "0012…"; n, the shots at the start.

const MOST = 20; // shots
const DRAWS = 20; // of which the curve is the mean
const BUDGET = 2; // milliseconds a frame for the curve
const [COLUMNS, ROWS] = [72, 54]; // of the map
const COLOURS = [0xb27200, 0x005ed5, 0x739e00]; // blue, green, red: as a picture's bytes lie in memory
/** @type {Words[]} */
const NAMES = [["飞机", "airplane"], ["猫", "cat"], ["马", "horse"]];
const MARKS = ["●", "■", "▲"];
// The same marks as paths about a point.
const SHAPES = ["m-3,0a3,3 0 1 0 6,0a3,3 0 1 0 -6,0", "m-3,-3h6v6h-6z", "m0,-4l4,7h-8z"];
const CROSS = "m-7,0h14m-7,-7v14"; // of a prototype

// Numbers from 0 to 1 that are the same in every browser (mulberry32).
/** @type {(seed: number) => () => number} */
const generator = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

/** @type {Build} */
const build = (kit, { points, labels, n }) => {
  const { state } = kit;
  const places = kit.pairs(points);
  const is = [...labels].map(Number);
  const [xs, ys] = [/** @type {Point} */ ([-3, 3]), /** @type {Point} */ ([-2.25, 2.25])];

  kit.title(
    "每个点是一张照片的特征（前两个主成分）。大的有标签，十字是它们的平均：原型。底色是规则给出的类别，圈出来的照片归错了。",
    "Each mark is a photo's feature (first two components). Large ones have labels, a cross is their mean, the prototype. The background is the class that the rule gives; circled photos are wrong.",
  );
  kit.begin({ n, draw: 0, rule: 0 });
  const map = kit.plot({
    x: xs, y: ys, ratio: 0.75, xTicks: [-3, -2, -1, 0, 1, 2, 3], yTicks: [-2, -1, 0, 1, 2],
    xLabel: ["主成分 1", "component 1"], yLabel: ["主成分 2", "component 2"],
  });
  const raster = map.raster(COLUMNS, ROWS);
  const image = raster.createImageData(COLUMNS, ROWS);
  const rings = map.add("path", { fill: "none", stroke: "currentColor", "stroke-width": 1.2, opacity: 0.8 });
  const marks = NAMES.map((_, k) => ({
    every: map.add("path", { fill: `var(--c${k})`, opacity: 0.75 }),
    halo: map.add("path", { fill: "none", stroke: "currentColor", "stroke-width": 9, "stroke-linejoin": "round" }),
    known: map.line(`var(--c${k})`, { fill: `var(--c${k})`, "stroke-width": 5 }),
  }));
  const crosses = [map.line("var(--page)", { "stroke-width": 6 }), map.line("currentColor", { "stroke-width": 2.5 })];
  const curve = kit.plot({
    x: [0, MOST + 1], y: [0.3, 1], ratio: 0.26, xTicks: [1, 5, 10, 15, 20], yTicks: [0.4, 0.6, 0.8, 1],
    xLabel: ["每类几张有标签", "labelled photos of each class"], yLabel: ["准确率", "accuracy"],
  });
  const chance = curve.line("currentColor", { "stroke-width": 1, "stroke-dasharray": "4 3" });
  const means = [curve.line("var(--c2)", { "stroke-width": 2.5 }), curve.line("var(--c1)", { "stroke-width": 2.5, "stroke-dasharray": "6 4" })];
  const here = curve.add("circle", { r: 6, fill: "var(--c0)", stroke: "currentColor" });

  kit.slider("n", ["每类几张有标签", "labelled photos of each class"], { min: 1, max: MOST, step: 1, digits: 0 });
  kit.slider("draw", ["第几次抽签", "draw"], { min: 0, max: 30, step: 1, digits: 0 });
  kit.choice("rule", ["规则", "rule"], [["最近的原型", "nearest prototype"], ["最近的一张照片（1-NN）", "nearest photo (1-NN)"]]);
  kit.legend(NAMES.map((name, k) => ({ colour: `var(--c${k})`, mark: MARKS[k], name })));
  kit.legend([
    { colour: "var(--c2)", name: ["原型，20 次抽签的平均", "prototypes, mean of 20 draws"] },
    { colour: "var(--c1)", dash: "6 4", name: ["1-NN，20 次抽签的平均", "1-NN, mean of 20 draws"] },
  ]);

  // Which photos have labels in a draw: the first n of each class in a shuffled order.
  /** @type {(shots: number, draw: number) => number[]} */
  const labelled = (shots, draw) => {
    const next = generator(draw + 1);
    const order = is.map((_, i) => ({ i, key: next() })).sort((a, b) => a.key - b.key);
    const left = NAMES.map(() => shots);
    return order.filter(({ i }) => (left[is[i]] -= 1) >= 0).map(({ i }) => i);
  };
  // What the rule compares with: places and the class of each.
  /** @type {(known: number[], rule: number) => { at: Point, is: number }[]} */
  const centres = (known, rule) => {
    if (rule) return known.map((i) => ({ at: places[i], is: is[i] }));
    return NAMES.map((_, k) => {
      const mine = known.filter((i) => is[i] === k);
      const mean = (/** @type {0 | 1} */ d) => mine.reduce((sum, i) => sum + places[i][d], 0) / mine.length;
      return { at: /** @type {Point} */ ([mean(0), mean(1)]), is: k };
    });
  };
  /** @type {(all: { at: Point, is: number }[], x: number, y: number) => number} */
  const nearest = (all, x, y) => {
    let [best, least] = [0, Infinity];
    for (const centre of all) {
      const distance = (x - centre.at[0]) ** 2 + (y - centre.at[1]) ** 2;
      if (distance < least) { least = distance; best = centre.is; }
    }
    return best;
  };
  /** @type {(shots: number, draw: number, rule: number) => { known: number[], wrong: number[], all: { at: Point, is: number }[] }} */
  const judge = (shots, draw, rule) => {
    const known = labelled(shots, draw);
    const all = centres(known, rule);
    const hidden = new Set(known);
    const wrong = is.flatMap((label, i) => (!hidden.has(i) && nearest(all, ...places[i]) !== label ? [i] : []));
    return { known, wrong, all };
  };

  /** @type {number[][]} sums of accuracies, of each rule and number of shots */
  const sums = [Array(MOST).fill(0), Array(MOST).fill(0)];
  let done = 0; // draws × shots × rules that the curves hold
  const workOn = () => {
    const end = performance.now() + BUDGET;
    while (done < DRAWS * MOST * 2 && performance.now() < end) {
      const [rule, shots, draw] = [done % 2, Math.floor(done / 2) % MOST, Math.floor(done / 2 / MOST)];
      const { wrong } = judge(shots + 1, 100 + draw, rule);
      sums[rule][shots] += 1 - wrong.length / (is.length - 3 * (shots + 1));
      done += 1;
    }
    if (done < DRAWS * MOST * 2) kit.redraw();
    return done === DRAWS * MOST * 2;
  };

  /** @type {(all: { at: Point, is: number }[]) => void} */
  const drawMap = (all) => {
    const pixels = new Uint32Array(image.data.buffer);
    for (let at = 0; at < pixels.length; at += 1) {
      const x = xs[0] + (at % COLUMNS + 0.5) / COLUMNS * (xs[1] - xs[0]);
      const y = ys[1] - (Math.floor(at / COLUMNS) + 0.5) / ROWS * (ys[1] - ys[0]);
      pixels[at] = ((60 << 24) | COLOURS[nearest(all, x, y)]) >>> 0;
    }
    raster.putImageData(image, 0, 0);
  };

  kit.draw(() => {
    const [shots, rule] = [Math.round(state.n), Math.round(state.rule)];
    const { known, wrong, all } = judge(shots, Math.round(state.draw), rule);
    drawMap(all);
    const place = (/** @type {number} */ i) => `M${map.point(...places[i])}`;
    marks.forEach((mark, k) => {
      const d = known.filter((i) => is[i] === k).map((i) => place(i) + SHAPES[k]).join("");
      kit.set(mark.every, { d: is.flatMap((label, i) => (label === k ? [place(i) + SHAPES[k]] : [])).join("") });
      for (const node of [mark.halo, mark.known]) kit.set(node, { d });
    });
    kit.set(rings, { d: wrong.map((i) => `${place(i)}m-7,0a7,7 0 1 0 14,0a7,7 0 1 0 -14,0`).join("") });
    const cross = rule ? "" : all.map(({ at }) => `M${map.point(...at)}${CROSS}`).join("");
    for (const node of crosses) kit.set(node, { d: cross });

    const ready = workOn();
    means.forEach((line, of) => kit.set(line, {
      d: ready ? curve.path(sums[of].map((sum, i) => /** @type {Point} */ ([i + 1, sum / DRAWS]))) : "",
    }));
    kit.set(chance, { d: curve.path([[0, 1 / 3], [MOST + 1, 1 / 3]]) });
    const asked = is.length - known.length;
    const accuracy = 1 - wrong.length / asked;
    kit.set(here, { cx: curve.x(shots), cy: curve.y(accuracy) });
    const [zh, en] = rule ? ["1-NN", "1-NN"] : ["原型", "prototypes"];
    kit.say(
      `每类 ${shots} 张，${zh}：其余 ${asked} 张答对 ${accuracy.toFixed(2)}，错 ${wrong.length} 张。`,
      `${shots} ${shots === 1 ? "photo" : "photos"} of each class, ${en}: ${accuracy.toFixed(2)} of the other ${asked} are right, ${wrong.length} wrong.`,
    );
  });
};
export default build;
