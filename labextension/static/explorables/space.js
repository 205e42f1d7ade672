// @ts-check
// Photos in a frozen feature space: more classes, more labels, another draw of the labelled ones.
// data: dims; for each set of photos: NAME (rows of dims bytes, 128 is zero) and NAME_labels "0012…".

const SIZES = [1, 2, 3, 5, 8, 12, 20]; // labels in each class, of the curve
const DRAWS = 12; // of which the curve is the mean
const BUDGET = 3; // milliseconds a frame for the curve
/** @type {Words[]} */
const CLOTHES = [
  ["裤子", "trousers"], ["包", "bag"], ["运动鞋", "sneaker"], ["连衣裙", "dress"], ["T 恤", "T-shirt"],
  ["短靴", "ankle boot"], ["凉鞋", "sandal"], ["套头衫", "pullover"], ["外套", "coat"], ["衬衫", "shirt"],
];
/** @type {Words[]} */
const PETS = [["猫", "cat"], ["狗", "dog"]];
const MARKS = ["●", "▲", "■", "✚", "✖", "▼", "◆", "▬", "▮", "○"];
// The same marks as paths about a point; the rest are filled.
const SHAPES = [
  "m-3,0a3,3 0 1 0 6,0a3,3 0 1 0 -6,0", "m0,-4l4,7h-8z", "m-3,-3h6v6h-6z", "m-4,-1h3v-3h2v3h3v2h-3v3h-2v-3h-3z",
  "m-4,-2l2,-2l2,2l2,-2l2,2l-2,2l2,2l-2,2l-2,-2l-2,2l-2,-2l2,-2z", "m0,4l4,-7h-8z", "m0,-4.5l4,4.5l-4,4.5l-4,-4.5z",
  "m-4.5,-1.5h9v3h-9z", "m-1.5,-4.5h3v9h-3z", "m-4,0a4,4 0 1 0 8,0a4,4 0 1 0 -8,0m1.6,0a2.4,2.4 0 1 1 4.8,0a2.4,2.4 0 1 1 -4.8,0",
];

// Numbers from 0 to 1 that are the same in every browser (mulberry32).
/** @type {(seed: number) => () => number} */
const generator = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

/** @type {Build} */
const build = (kit, { dims, pets, pets_labels, clothes, clothes_labels }) => {
  const { state } = kit;
  /** @type {(rows: string, labels: string, names: Words[]) => { at: number[][], is: number[], names: Words[] }} */
  const table = (rows, labels, names) => {
    const flat = kit.bytes(rows);
    const is = [...labels].map(Number);
    return { at: is.map((_, i) => Array.from(flat.subarray(i * dims, i * dims + dims), (v) => v - 128)), is, names };
  };
  const SETS = [table(pets, pets_labels, PETS), table(clothes, clothes_labels, CLOTHES)];

  kit.title(
    "每个点是一张图片的冻结特征。分类头只看每类几张有标签的图片（大的），别的图片离哪一类的平均最近就归哪一类；圈出来的是归错的。",
    "Each mark is the frozen feature of one picture. The head sees a few labelled pictures of each class (large) and gives every other to the nearest class mean; circled ones are wrong.",
  );
  kit.begin({ set: 0, classes: 2, n: 1, draw: 0 });
  const map = kit.plot({
    x: [-130, 130], y: [-128, 128], ratio: 0.75,
    xLabel: ["主成分 1", "component 1"], yLabel: ["主成分 2", "component 2"],
  });
  const rings = map.add("path", { fill: "none", stroke: "currentColor", "stroke-width": 1.2, opacity: 0.8 });
  const marks = MARKS.map((_, k) => ({
    every: map.add("path", { fill: `var(--c${k % 4})`, opacity: 0.7 }),
    halo: map.add("path", { fill: "none", stroke: "currentColor", "stroke-width": 9, "stroke-linejoin": "round" }),
    known: map.line(`var(--c${k % 4})`, { fill: `var(--c${k % 4})`, "stroke-width": 5 }),
  }));
  const curve = kit.plot({
    x: [0, 21], y: [0, 1.12], ratio: 0.26, xTicks: [0, 5, 10, 15, 20], yTicks: [0, 0.5, 1],
    xLabel: ["每类的标签数", "labels in each class"], yLabel: ["准确率", "accuracy"],
  });
  const chance = curve.line("currentColor", { "stroke-width": 1, "stroke-dasharray": "4 3" });
  const mean = curve.line("var(--c2)");
  const here = curve.add("circle", { r: 6, fill: "var(--c1)", stroke: "currentColor" });

  kit.choice("set", ["图片", "pictures"], [["猫和狗", "cats and dogs"], ["十种衣物", "ten kinds of clothes"]],
    () => { state.classes = state.set ? Math.max(state.classes, 2) : 2; });
  kit.slider("classes", ["几类（衣物）", "classes (of clothes)"], { min: 2, max: 10, step: 1, digits: 0, changed: () => { state.set = 1; } });
  kit.slider("n", ["每类几张有标签", "labels in each class"], { min: 1, max: 20, step: 1, digits: 0 });
  kit.slider("draw", ["第几次抽签", "draw"], { min: 0, max: 20, step: 1, digits: 0 });
  const names = kit.html("p", {});
  kit.controls.append(names);

  // Which pictures have labels in this draw: n of each class.
  /** @type {(is: number[], classes: number, n: number, draw: number) => Set<number>} */
  const labelled = (is, classes, n, draw) => {
    const next = generator(draw + 1);
    const order = is.map((_, i) => ({ i, key: next() })).sort((a, b) => a.key - b.key);
    const left = Array(classes).fill(n);
    return new Set(order.filter(({ i }) => is[i] < classes && (left[is[i]] -= 1) >= 0).map(({ i }) => i));
  };
  // The pictures that the nearest class mean gets wrong, in all dims, and how many were asked.
  /** @type {(classes: number, n: number, draw: number) => { known: Set<number>, wrong: number[], asked: number }} */
  const judge = (classes, n, draw) => {
    const { at, is } = SETS[state.set];
    const known = labelled(is, classes, n, draw);
    const means = Array.from({ length: classes }, () => Array(dims).fill(0));
    for (const i of known) at[i].forEach((value, d) => { means[is[i]][d] += value / n; });
    /** @type {number[]} */
    const wrong = [];
    let asked = 0;
    for (let i = 0; i < at.length; i += 1) {
      if (is[i] >= classes || known.has(i)) continue;
      asked += 1;
      let [best, least] = [0, Infinity];
      for (let k = 0; k < classes; k += 1) {
        let distance = 0;
        for (let d = 0; d < dims; d += 1) distance += (at[i][d] - means[k][d]) ** 2;
        if (distance < least) { least = distance; best = k; }
      }
      if (best !== is[i]) wrong.push(i);
    }
    return { known, wrong, asked };
  };

  // The curve is worked out a little in each frame.
  let curveOf = "";
  /** @type {number[]} */
  let scores = [];
  /** @type {(classes: number) => Point[]} */
  const curvePoints = (classes) => {
    const key = `${state.set} ${classes}`;
    if (key !== curveOf) [curveOf, scores] = [key, []];
    const end = performance.now() + BUDGET;
    while (scores.length < SIZES.length * DRAWS && performance.now() < end) {
      const { wrong, asked } = judge(classes, SIZES[Math.floor(scores.length / DRAWS)], 100 + scores.length % DRAWS);
      scores.push(1 - wrong.length / asked);
    }
    if (scores.length < SIZES.length * DRAWS) kit.redraw();
    return SIZES.slice(0, Math.floor(scores.length / DRAWS)).map((size, i) => {
      const some = scores.slice(i * DRAWS, i * DRAWS + DRAWS);
      return [size, some.reduce((sum, value) => sum + value) / DRAWS];
    });
  };

  let namesOf = "";
  kit.draw(() => {
    const { at, is, names: words } = SETS[state.set];
    const classes = state.set ? Math.round(state.classes) : 2;
    const { known, wrong, asked } = judge(classes, state.n, state.draw);
    const place = (/** @type {number} */ i) => `M${map.point(at[i][0], at[i][1])}`;
    marks.forEach((mark, k) => {
      const mine = is.flatMap((label, i) => (label === k && k < classes ? [i] : []));
      const d = mine.filter((i) => known.has(i)).map((i) => place(i) + SHAPES[k]).join("");
      kit.set(mark.every, { d: mine.map((i) => place(i) + SHAPES[k]).join("") });
      for (const node of [mark.halo, mark.known]) kit.set(node, { d });
    });
    kit.set(rings, { d: wrong.map((i) => `${place(i)}m-7,0a7,7 0 1 0 14,0a7,7 0 1 0 -14,0`).join("") });
    if (namesOf !== `${state.set} ${classes}`) {
      namesOf = `${state.set} ${classes}`;
      names.replaceChildren(...words.slice(0, classes).flatMap((name, k) => [
        kit.html("span", { style: "display: inline-block; margin-right: 1em" },
          kit.html("span", { style: `color: var(--c${k % 4})`, "aria-hidden": "true" }, MARKS[k]), " ", kit.words(name)), " ",
      ]));
    }
    const accuracy = 1 - wrong.length / asked;
    kit.set(mean, { d: curve.path(curvePoints(classes)) });
    kit.set(chance, { d: curve.path([[0, 1 / classes], [21, 1 / classes]]) });
    kit.set(here, { cx: curve.x(state.n), cy: curve.y(accuracy) });
    kit.say(
      `${classes} 类，每类 ${state.n} 个标签：其余 ${asked} 张答对 ${accuracy.toFixed(2)}（瞎猜 ${(1 / classes).toFixed(2)}）。`,
      `${classes} classes, ${state.n} ${state.n === 1 ? "label" : "labels"} each: ${accuracy.toFixed(2)} of the other ${asked} are right (chance ${(1 / classes).toFixed(2)}).`,
    );
  });
};
export default build;
