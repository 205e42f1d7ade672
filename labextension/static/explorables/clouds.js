// @ts-check
// Two clouds of features: the target's is moved onto the source's. How far apart are they to a judge
// of domains, and how many of the target's labels does the source's boundary get right?
// data: source, target: standard normal points; half of the source's, and a share of the target's,
// are of class B; the rest are of class A.

const [APART, WIDTH] = [1.2, 0.5]; // of the classes' centres from the boundary; of a class
/** @type {Point} */
const SHIFT = [2, 1.3]; // of the target
const CURVE = 41; // places of the curves

/** @type {Build} */
const build = (kit, { source, target }) => {
  const { state } = kit;
  const [noiseS, noiseT] = [kit.pairs(source), kit.pairs(target)];
  const n = noiseT.length;

  kit.title(
    "拖动“移近”：目标的特征（空心）移向源的特征（实心）。竖线是源学到的界线，不动；画圈的点在错的一边。再改变目标里 B 的比例，或让类别对调。",
    "Drag “moved”: the target's features (open) move onto the source's (filled). The upright line is the boundary learned on the source; it stays, and ringed points are on its wrong side. Then change the share of B in the target, or let the classes trade places.",
  );
  kit.begin({ moved: 0, share: 50, swap: 0 });
  const map = kit.plot({
    x: [-4, 5], y: [-2.6, 3.4], ratio: 0.5, xTicks: [], yTicks: [],
    xLabel: ["特征 1", "feature 1"], yLabel: ["特征 2", "feature 2"],
  });
  const boundary = map.line("currentColor", { "stroke-width": 2.5 });
  const wrong = map.add("path", { fill: "none", stroke: "currentColor", "stroke-width": 1.2 });
  const dots = { a: map.line("var(--c0)", { "stroke-width": 6, "stroke-linecap": "round" }), b: map.add("path", { fill: "var(--c1)" }) };
  const open = ["var(--c0)", "var(--c1)"].map((stroke) => map.add("path", { fill: "none", stroke, "stroke-width": 1.6 }));
  const curves = kit.plot({
    x: [0, 100], y: [0, 1.04], ratio: 0.3, xTicks: [0, 25, 50, 75, 100], yTicks: [0, 0.5, 1],
    xLabel: ["移近了百分之几", "moved, per cent"], yLabel: ["0 到 1", "0 to 1"],
  });
  const lines = [curves.line("var(--c2)"), curves.line("var(--c3)", { "stroke-dasharray": "6 4" })];
  const here = ["var(--c2)", "var(--c3)"].map((fill) => curves.add("circle", { r: 5, fill, stroke: "currentColor" }));

  kit.slider("moved", ["移近，%", "moved, %"], { min: 0, max: 100, step: 1, digits: 0 });
  kit.slider("share", ["目标里 B 的比例，%", "share of B in the target, %"], { min: 10, max: 90, step: 5, digits: 0 });
  kit.tick("swap", ["目标里 A 和 B 对调", "A and B trade places in the target"]);
  kit.legend([
    { colour: "var(--c0)", mark: "●", name: ["A：实心是源，空心是目标", "A: filled source, open target"] },
    { colour: "var(--c1)", mark: "▲", name: ["B", "B"] },
    { colour: "var(--c2)", name: ["目标准确率", "target accuracy"] },
    { colour: "var(--c3)", dash: "6 4", name: ["A-距离的一半", "half of the A-distance"] },
  ]);

  /** @type {(points: Point[]) => Point} */
  const mean = (points) => {
    const [x, y] = [0, 1].map((k) => points.reduce((sum, p) => sum + p[k], 0) / points.length);
    return [x, y];
  };
  /** @type {(noise: Point[], nB: number, swap: number, at: Point) => Point[]} */
  const cloud = (noise, nB, swap, [dx, dy]) => noise.map(([u, v], i) => {
    const side = (i < nB ? 1 : -1) * (swap ? -1 : 1);
    return [side * APART + WIDTH * u + dx, WIDTH * v + dy];
  });
  const of = cloud(noiseS, noiseS.length / 2, 0, [0, 0]);
  const centre = mean(of);

  // A judge that looks along the line between the two means: its error gives the A-distance.
  /** @type {(points: Point[]) => number} */
  const half = (points) => {
    const m = mean(points);
    const [wx, wy] = [m[0] - centre[0], m[1] - centre[1]];
    if (Math.hypot(wx, wy) < 1e-9) return 0;
    const middle = (wx * (m[0] + centre[0]) + wy * (m[1] + centre[1])) / 2;
    const score = (/** @type {Point} */ [x, y]) => wx * x + wy * y - middle;
    const errors = of.filter((p) => score(p) > 0).length / of.length + points.filter((p) => score(p) <= 0).length / points.length;
    return kit.clamp(1 - errors, 0, 1); // 2(1 - 2e) / 2 with e = errors / 2
  };
  /** @type {(moved: number) => { points: Point[], nB: number, right: boolean[], accuracy: number, half: number }} */
  const at = (moved) => {
    const nB = Math.round(n * state.share / 100);
    const start = cloud(noiseT, nB, state.swap, SHIFT);
    const m = mean(start);
    const points = start.map(([x, y]) => /** @type {Point} */ ([x - moved / 100 * (m[0] - centre[0]), y - moved / 100 * (m[1] - centre[1])]));
    const right = points.map(([x], i) => (x > 0) === (i < nB));
    return { points, nB, right, accuracy: right.filter(Boolean).length / n, half: half(points) };
  };

  kit.draw(() => {
    const now = at(state.moved);
    kit.set(boundary, { d: map.path([[0, -3], [0, 4]]) });
    kit.set(dots.a, { d: map.dots(of.slice(of.length / 2)) });
    kit.set(dots.b, { d: map.triangles(of.slice(0, of.length / 2)) });
    const place = (/** @type {Point} */ [x, y]) => `M${map.point(x, y)}`;
    kit.set(open[0], { d: now.points.slice(now.nB).map((p) => `${place(p)}m-3.5,0a3.5,3.5 0 1 0 7,0a3.5,3.5 0 1 0 -7,0`).join("") });
    kit.set(open[1], { d: now.points.slice(0, now.nB).map((p) => `${place(p)}m0,-4.5l4.5,8h-9z`).join("") });
    kit.set(wrong, { d: now.points.filter((_, i) => !now.right[i]).map((p) => `${place(p)}m-7.5,0a7.5,7.5 0 1 0 15,0a7.5,7.5 0 1 0 -15,0`).join("") });
    const places = Array.from({ length: CURVE }, (_, i) => i / (CURVE - 1) * 100);
    const all = places.map((moved) => ({ moved, ...at(moved) }));
    kit.set(lines[0], { d: curves.path(all.map((a) => /** @type {Point} */ ([a.moved, a.accuracy]))) });
    kit.set(lines[1], { d: curves.path(all.map((a) => /** @type {Point} */ ([a.moved, a.half]))) });
    [now.accuracy, now.half].forEach((value, k) => kit.set(here[k], { cx: curves.x(state.moved), cy: curves.y(value) }));
    const best = all.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
    kit.say(
      `移近 ${Math.round(state.moved)}%：A-距离 ${(2 * now.half).toFixed(2)}，目标准确率 ${now.accuracy.toFixed(2)}。这条路上最高是 ${best.accuracy.toFixed(2)}，在 ${Math.round(best.moved)}%。`,
      `Moved ${Math.round(state.moved)}%: A-distance ${(2 * now.half).toFixed(2)}, target accuracy ${now.accuracy.toFixed(2)}. The highest on this way is ${best.accuracy.toFixed(2)}, at ${Math.round(best.moved)}%.`,
    );
  });
};
export default build;
