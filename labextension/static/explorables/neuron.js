// @ts-check
// One neuron draws a line: move it over two classes of points and watch the accuracy.
// data: points "x y x y …", labels "0110…", and w1, w2, b, where it starts.

/** @type {Build} */
const build = (kit, { points, labels, ...start }) => {
  const { state, clamp } = kit;
  const samples = kit.pairs(points).map((at, i) => ({ at, is: Number(labels[i]) }));
  const ARROW = 0.3; // how long the arrow is, by |w|
  const LIMIT = 5; // of w1, w2 and b
  const FAR = 20; // from one end of the line to beyond the picture

  kit.title(
    "拖动直线改偏置，拖动箭头尖改权重，也可以用滑块。圈出来的点分错了。",
    "Drag the line to change the bias, the tip of the arrow to change the weights, or use the sliders. Circled points are on the wrong side.",
  );
  kit.begin({ w1: start.w1, w2: start.w2, b: start.b, best: 0 });
  const plot = kit.plot({
    x: [-2, 3], y: [-1.5, 2], ratio: "equal", xTicks: [-2, -1, 0, 1, 2, 3], yTicks: [-1, 0, 1, 2],
    xLabel: ["特征 x₁", "feature x₁"], yLabel: ["特征 x₂", "feature x₂"],
  });
  const halves = [0, 1].map((k) => plot.add("path", { fill: `var(--c${k})`, opacity: 0.16 }));
  // A ring is a wide dot below a less wide one: cheaper to paint than hundreds of outlines.
  const round = (/** @type {number} */ width) => ({ "stroke-width": width, "stroke-linecap": "round" });
  const rings = [plot.line("currentColor", round(12)), plot.line("var(--page)", round(9.4))];
  const dots = [plot.line("var(--c0)", round(6)), plot.add("path", { fill: "var(--c1)" })];
  const edges = plot.line("currentColor", { "stroke-width": 1, "stroke-dasharray": "2 4" });
  const line = plot.line("currentColor", { "stroke-width": 2.5 });
  const arrow = plot.line("currentColor", { "stroke-width": 4 });
  const tip = plot.add("circle", { r: 8, fill: "var(--c1)", stroke: "currentColor", "stroke-width": 2 });
  const lineGrab = plot.line("none", { "stroke-width": 30 });
  const tipGrab = plot.add("circle", { r: 22 });

  const range = { min: -LIMIT, max: LIMIT, step: 0.05 };
  kit.slider("w1", ["权重 w₁", "weight w₁"], range);
  kit.slider("w2", ["权重 w₂", "weight w₂"], range);
  kit.slider("b", ["偏置 b", "bias b"], range);
  kit.legend([
    { colour: "var(--c0)", mark: "●", name: ["类别 0", "class 0"] },
    { colour: "var(--c1)", mark: "▲", name: ["类别 1", "class 1"] },
  ]);

  // The arrow starts at the line's point that is nearest to the middle of all points.
  /** @type {() => Point} */
  const foot = () => {
    const { w1, w2, b } = state;
    const z = (w1 * 0.5 + w2 * 0.25 + b) / (w1 * w1 + w2 * w2);
    return [0.5 - z * w1, 0.25 - z * w2];
  };
  /** @type {(w1: number, w2: number, through: Point) => void} */
  const turn = (w1, w2, [x, y]) => {
    const [u, v] = [clamp(w1, -LIMIT, LIMIT), clamp(w2, -LIMIT, LIMIT)];
    Object.assign(state, { w1: u, w2: v, b: clamp(-(u * x + v * y), -LIMIT, LIMIT) });
  };
  plot.drag(lineGrab, (at) => turn(state.w1, state.w2, at));
  /** @type {Point} */
  let pivot = [0, 0];
  tipGrab.addEventListener("pointerdown", () => { pivot = foot(); });
  plot.drag(tipGrab, ([x, y]) => {
    const [w1, w2] = [(x - pivot[0]) / ARROW, (y - pivot[1]) / ARROW];
    if (Math.hypot(w1, w2) > 0.2) turn(w1, w2, pivot);
  });

  let drawnAt = ""; // the scale at which the dots were drawn
  kit.draw(() => {
    const { w1, w2, b } = state;
    if (plot.scale() !== drawnAt) {
      const [zeros, ones] = [0, 1].map((k) => samples.filter(({ is }) => is === k).map(({ at }) => at));
      kit.set(dots[0], { d: plot.dots(zeros) });
      kit.set(dots[1], { d: plot.triangles(ones) });
      drawnAt = plot.scale();
    }
    const missed = samples.filter(({ at: [x, y], is }) => (w1 * x + w2 * y + b > 0) !== (is === 1));
    rings.forEach((ring) => kit.set(ring, { d: plot.dots(missed.map(({ at }) => at)) }));

    const size = Math.hypot(w1, w2);
    const [fx, fy] = size ? foot() : [0, 0];
    const [nx, ny] = size ? [w1 / size, w2 / size] : [0, 0];
    // The line's parallel at a distance, and all that lies beyond it.
    /** @type {(distance: number) => Point[]} */
    const along = (distance) => [-FAR, FAR].map((t) =>
      [fx + distance * nx - t * ny, fy + distance * ny + t * nx]);
    /** @type {(way: number) => string} */
    const half = (way) => plot.path([...along(0), ...along(way * FAR).reverse()]);
    const all = plot.path([[-FAR, -FAR], [-FAR, FAR], [FAR, FAR], [FAR, -FAR]]);
    kit.set(halves[1], { d: size ? half(1) : b > 0 ? all : "" });
    kit.set(halves[0], { d: size ? half(-1) : b > 0 ? "" : all });
    const d = size ? plot.path(along(0)) : "";
    kit.set(line, { d });
    kit.set(lineGrab, { d });
    const nine = Math.log(9) / size; // where a is 0.1 and 0.9
    kit.set(edges, { d: size ? plot.path(along(nine)) + plot.path(along(-nine)) : "" });
    /** @type {Point} */
    const end = [fx + ARROW * w1, fy + ARROW * w2];
    kit.set(arrow, { d: plot.path([[fx, fy], end]) });
    for (const node of [tip, tipGrab]) kit.set(node, { cx: plot.x(end[0]), cy: plot.y(end[1]) });

    const accuracy = 1 - missed.length / samples.length;
    state.best = Math.max(state.best, accuracy);
    const [now, best] = [accuracy, state.best].map((value) => value.toFixed(3));
    kit.say(
      `准确率 ${now}：${samples.length} 个点里分错 ${missed.length} 个。目前最好 ${best}。`,
      `Accuracy ${now}: ${missed.length} of ${samples.length} points are wrong. Best so far ${best}.`,
    );
  });
};
export default build;
