// @ts-check
// Four optimizers walk through the ravine L = ½(k₁θ₁² + k₂θ₂²) from one start.
// data: curvatures "1 25", start "-4 1", eta, beta: where the sliders start; steps: how many.

/** @typedef {"descent" | "momentum" | "nesterov" | "adam"} Name */

// Adam's rate is 10 times the others': then their steps are of like length.
/** @type {(name: Name, k: number[], start: Point, steps: number, eta: number, beta: number) => Point[]} */
export const walk = (name, k, start, steps, eta, beta) => {
  /** @type {number[][]} */
  const path = [[...start]];
  const [v, m] = [[0, 0], [0, 0]];
  /** @type {Record<Name, (g: number, i: number, t: number) => number>} */
  const moves = {
    descent: (g) => -eta * g,
    momentum: (g, i) => (v[i] = beta * v[i] - eta * g),
    nesterov: (g, i) => {
      v[i] = beta * v[i] - eta * g;
      return beta * v[i] - eta * g;
    },
    adam: (g, i, t) => {
      m[i] = beta * m[i] + (1 - beta) * g;
      v[i] = 0.999 * v[i] + 0.001 * g * g;
      return -10 * eta * (m[i] / (1 - beta ** t)) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-7);
    },
  };
  const move = moves[name];
  for (let t = 1; t <= steps; t += 1) {
    path.push(path[t - 1].map((value, i) => value + move(k[i] * value, i, t)));
  }
  return path.map(([a, b]) => [a, b]);
};

/** @type {Build} */
const build = (kit, { curvatures, start, steps, eta, beta }) => {
  const { state } = kit;
  const k = kit.numbers(curvatures);
  const steep = Math.max(...k);
  const [x, y] = kit.numbers(start);
  /** @type {(at: Point) => number} */
  const loss = ([a, b]) => 0.5 * (k[0] * a * a + k[1] * b * b);
  // Above its limit the steep direction grows at each step.
  /** @type {{ name: Name, words: Words, dash: string, limit: () => number }[]} */
  const WALKERS = [
    { name: "descent", words: ["梯度下降", "gradient descent"], dash: "", limit: () => 2 / steep },
    {
      name: "momentum", words: ["动量", "momentum"], dash: "8 3",
      limit: () => 2 * (1 + state.beta) / steep,
    },
    {
      name: "nesterov", words: ["Nesterov", "Nesterov"], dash: "8 3 2 3",
      limit: () => 2 * (1 + state.beta) / (1 + 2 * state.beta) / steep,
    },
    { name: "adam", words: ["Adam", "Adam"], dash: "2 3", limit: () => Infinity },
  ];

  kit.title(
    "拖动起点（空心圆），调学习率和动量，按播放：谁先到中心的十字？谁发散？",
    "Drag the start (open circle), set the learning rate and the momentum, and press play: who is first at the cross in the centre, and who diverges?",
  );
  kit.begin({ eta, beta, t: steps, x, y });
  const map = kit.plot({
    x: [-5, 2.5], y: [-1.6, 1.6], ratio: "equal", xTicks: [-4, -2, 0, 2], yTicks: [-1, 0, 1],
    xLabel: ["参数 θ₁", "parameter θ₁"], yLabel: ["参数 θ₂", "parameter θ₂"],
  });
  const levels = [0.2, 1, 3, 6, 10, 15, 25].map((level) => ({ level, node: map.add("ellipse", { class: "grid" }) }));
  const centre = map.line("currentColor", { "stroke-width": 2 });
  const curves = kit.plot({
    x: [0, steps], y: [-6, 4], ratio: 0.26, xTicks: [0, steps / 2, steps], yTicks: [-6, -3, 0, 3],
    xLabel: ["步", "step"], yLabel: ["log₁₀ L", "log₁₀ L"],
  });
  const now = curves.line("currentColor", { "stroke-width": 1.5 });
  const values = () => kit.legend(WALKERS.map(({ words, dash }, i) => ({ colour: `var(--c${i})`, dash, name: words })));
  const drawn = WALKERS.map((walker, i) => ({
    ...walker,
    trail: map.line(`var(--c${i})`, { "stroke-dasharray": walker.dash }),
    marks: map.line(`var(--c${i})`, { "stroke-width": 5, "stroke-linecap": "round" }),
    curve: curves.line(`var(--c${i})`, { "stroke-dasharray": walker.dash }),
    ball: map.add("circle", { r: 6, fill: `var(--c${i})`, stroke: "currentColor" }),
  }));
  const from = map.add("circle", { r: 7, fill: "none", stroke: "currentColor", "stroke-width": 2 });
  const fromGrab = map.add("circle", { r: 22 });
  map.drag(fromGrab, ([a, b]) => { state.x = kit.clamp(a, -5, 2.5); state.y = kit.clamp(b, -1.6, 1.6); });
  const scrub = curves.line("none", { "stroke-width": 30 });
  curves.drag(scrub, ([t]) => { stop(); state.t = kit.clamp(t, 0, steps); });

  kit.slider("eta", ["学习率 η（Adam 用 10η）", "learning rate η (Adam: 10η)"], { log: true, min: 0.002, max: 0.2, step: 0.01, digits: 3 });
  kit.slider("beta", ["动量 β（Adam 的 β₁）", "momentum β (Adam's β₁)"], { min: 0, max: 0.99, step: 0.01 });
  kit.slider("t", ["步", "step"], { min: 0, max: steps, step: 1, digits: 0, changed: () => stop() });
  const stop = kit.play("t", steps, 20);
  const losses = values();

  const near = (/** @type {Point} */ [a, b]) => Math.abs(a) < 1e3 && Math.abs(b) < 1e3; // further out is not drawn
  kit.draw(() => {
    const whole = Math.floor(state.t);
    for (const { level, node } of levels) {
      kit.set(node, {
        cx: map.x(0), cy: map.y(0), rx: map.x(Math.sqrt(2 * level / k[0])) - map.x(0),
        ry: map.y(0) - map.y(Math.sqrt(2 * level / k[1])),
      });
    }
    kit.set(centre, { d: `M${map.point(0, 0)}m-6,0h12m-6,-6v12` });
    for (const node of [from, fromGrab]) kit.set(node, { cx: map.x(state.x), cy: map.y(state.y) });
    const lost = drawn.filter(({ name, limit, trail, marks, curve, ball }, i) => {
      const path = walk(name, k, [state.x, state.y], steps, state.eta, state.beta);
      const [a, b] = [path[whole], path[Math.min(steps, whole + 1)]];
      const part = state.t - whole;
      /** @type {Point} */
      const here = [a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])];
      const walked = [...path.slice(0, whole + 1), here].filter(near);
      kit.set(trail, { d: map.path(walked) });
      kit.set(marks, { d: map.dots(walked) });
      kit.set(ball, near(here)
        ? { visibility: "visible", cx: map.x(here[0]), cy: map.y(here[1]) } : { visibility: "hidden" });
      kit.set(curve, { d: curves.path(path.map((p, t) => [t, kit.clamp(Math.log10(loss(p)), -9, 9)])) });
      const L = loss(a);
      const diverges = state.eta > limit() && state.y !== 0; // it never leaves the valley's floor
      const shown = L >= 0.001 && L < 1000 ? kit.number(L, 3) : kit.number(Number(L.toExponential(1)));
      kit.put(losses[i], `L = ${shown}${diverges ? " ↗" : ""}`);
      return diverges;
    });
    const d = curves.path([[state.t, -6], [state.t, 4]]);
    kit.set(now, { d });
    kit.set(scrub, { d });
    const limits = drawn.slice(0, 3).map(({ limit }) => kit.number(limit(), 3));
    const [zh, en] = [0, 1].map((language) => lost.map(({ words }) => words[language]));
    kit.say(
      `学习率的上限：梯度下降 ${limits[0]}，动量 ${limits[1]}，Nesterov ${limits[2]}。${zh.length ? `发散的（↗）：${zh.join("、")}。` : "没有谁发散。"}`,
      `Limits of the rate: gradient descent ${limits[0]}, momentum ${limits[1]}, Nesterov ${limits[2]}. ${en.length ? `Diverging (↗): ${en.join(", ")}.` : "Nobody diverges."}`,
    );
  });
};
export default build;
