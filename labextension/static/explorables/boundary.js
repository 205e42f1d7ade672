// @ts-check
// A network of one hidden layer is trained here, in the browser; its boundary bends step by step.
// data: points "x y …", labels "0110…", w1 (n × 2), w2 (n): the start; steps: how many; rate.

const sigmoid = (/** @type {number} */ z) => 1 / (1 + Math.exp(-z));
const EVERY = 10; // steps between two stored states
const BUDGET = 2; // milliseconds of training in a frame: the map needs as much again
const [COLUMNS, ROWS] = [60, 42]; // of the map
const [ORANGE, BLUE] = [0x1e78e6, 0xc87800]; // blue, green, red: as a picture's bytes lie in memory

/** @typedef {{ w: Float64Array, b: Float64Array, u: Float64Array, c: number }} Weights */
/** @type {(from: Weights) => Weights} */
const copy = ({ w, b, u, c }) => ({ w: w.slice(), b: b.slice(), u: u.slice(), c });

// The network's output at one place; h is filled with the hidden units'.
/** @type {(weights: Weights, x: number, y: number, h: Float64Array) => number} */
const output = ({ w, b, u, c }, x, y, h) => {
  let z = c;
  for (let i = 0; i < u.length; i += 1) {
    h[i] = Math.tanh(w[2 * i] * x + w[2 * i + 1] * y + b[i]);
    z += u[i] * h[i];
  }
  return sigmoid(z);
};

/** @type {Build} */
const build = (kit, { points, labels, w1, w2, steps, rate }) => {
  const { state } = kit;
  const places = kit.pairs(points);
  const is = [...labels].map(Number);
  const units = kit.numbers(w2).length;
  const h = new Float64Array(units);

  kit.title(
    "网络就在你的浏览器里训练。按播放，看边界怎样弯起来；也可以拖动“步”，或换学习率和初始权重。",
    "The network is trained right here in your browser. Press play and watch the boundary bend; or drag the step, change the learning rate or the initial weights.",
  );
  kit.begin({ t: 0, rate, equal: 0 });
  const [x, y] = [/** @type {Point} */ ([-2, 3]), /** @type {Point} */ ([-1.5, 2])];
  const plot = kit.plot({
    x, y, ratio: "equal", xTicks: [-2, -1, 0, 1, 2, 3], yTicks: [-1, 0, 1, 2],
    xLabel: ["特征 x₁", "feature x₁"], yLabel: ["特征 x₂", "feature x₂"],
  });
  const raster = plot.raster(COLUMNS, ROWS);
  const image = raster.createImageData(COLUMNS, ROWS);
  const dots = [plot.line("var(--c0)", { "stroke-width": 6, "stroke-linecap": "round" }), plot.add("path", { fill: "var(--c1)" })];
  const border = plot.line("currentColor", { "stroke-width": 2.5 });
  const curves = kit.plot({
    x: [0, steps], y: [-2, 1], ratio: 0.24, xTicks: [0, steps / 3, 2 * steps / 3, steps], yTicks: [-2, -1, 0, 1],
    xLabel: ["步", "step"], yLabel: ["log₁₀ 损失", "log₁₀ loss"],
  });
  const curve = curves.line("var(--c2)");
  const now = curves.line("currentColor", { "stroke-width": 1.5 });
  const scrub = curves.line("none", { "stroke-width": 30 });
  curves.drag(scrub, ([t]) => { stop(); state.t = kit.clamp(t, 0, steps); });

  // Full-batch gradient descent on the cross-entropy, as the lesson's train(); gives the loss before.
  /** @type {(weights: Weights) => number} */
  const step = (weights) => {
    const { w, b, u } = weights;
    const [dw, db, du] = [new Float64Array(2 * units), new Float64Array(units), new Float64Array(units)];
    let [dc, loss] = [0, 0];
    for (let n = 0; n < places.length; n += 1) {
      const [px, py] = places[n];
      const a = output(weights, px, py, h);
      loss -= Math.log(Math.max(is[n] ? a : 1 - a, 1e-12)) / places.length;
      const delta = (a - is[n]) / places.length;
      dc += delta;
      for (let i = 0; i < units; i += 1) {
        du[i] += delta * h[i];
        const back = delta * u[i] * (1 - h[i] * h[i]);
        db[i] += back;
        dw[2 * i] += back * px;
        dw[2 * i + 1] += back * py;
      }
    }
    for (let i = 0; i < units; i += 1) { u[i] -= state.rate * du[i]; b[i] -= state.rate * db[i]; }
    for (let i = 0; i < 2 * units; i += 1) w[i] -= state.rate * dw[i];
    weights.c -= state.rate * dc;
    return loss;
  };

  /** @type {Weights[]} */
  let stored = []; // one for every EVERY steps
  /** @type {number[]} */
  let losses = [];
  const forget = () => {
    stop();
    const first = { w: kit.numbers(w1), u: kit.numbers(w2) };
    if (state.equal) { first.w.fill(0.5); first.u.fill(0.5); }
    stored = [{ w: Float64Array.from(first.w), b: new Float64Array(units), u: Float64Array.from(first.u), c: 0 }];
    losses = [];
  };
  const restart = () => { forget(); state.t = 0; };
  kit.slider("t", ["步", "step"], { min: 0, max: steps, step: EVERY, digits: 0, changed: () => stop() });
  const stop = kit.play("t", steps, steps / 6);
  kit.slider("rate", ["学习率", "learning rate"], { log: true, min: 0.03, max: 10, step: 0.02, changed: restart });
  kit.tick("equal", ["所有权重从同一个数开始", "all weights start equal"], restart);
  kit.legend([
    { colour: "var(--c0)", mark: "●", name: ["类别 0", "class 0"] },
    { colour: "var(--c1)", mark: "▲", name: ["类别 1", "class 1"] },
  ]);
  kit.onReset(forget);
  forget();

  // As far as the time of one frame allows, towards state.t.
  const trainOn = () => {
    const end = performance.now() + BUDGET;
    const wanted = Math.floor(state.t / EVERY);
    while (stored.length <= wanted && performance.now() < end) {
      const weights = copy(stored[stored.length - 1]);
      let loss = 0;
      for (let i = 0; i < EVERY; i += 1) { const before = step(weights); if (i === 0) loss = before; }
      losses.push(loss);
      stored.push(weights);
    }
    return Math.min(wanted, stored.length - 1);
  };

  // The map of the output, and the line on which it is one half (marching squares).
  /** @type {(weights: Weights) => void} */
  const drawMap = (weights) => {
    const values = new Float64Array(COLUMNS * ROWS);
    /** @type {(column: number, row: number) => Point} */
    const place = (column, row) => [
      x[0] + (column + 0.5) / COLUMNS * (x[1] - x[0]), y[1] - (row + 0.5) / ROWS * (y[1] - y[0]),
    ];
    const pixels = new Uint32Array(image.data.buffer); // one write a pixel: alpha, blue, green, red
    for (let at = 0; at < values.length; at += 1) {
      const value = output(weights, ...place(at % COLUMNS, Math.floor(at / COLUMNS)), h) - 0.5;
      values[at] = value;
      pixels[at] = ((Math.round(Math.abs(value) * 130) << 24) | (value > 0 ? ORANGE : BLUE)) >>> 0;
    }
    raster.putImageData(image, 0, 0);
    let d = "";
    /** @type {(from: number, to: number) => string} */
    const crossing = (from, to) => {
      const part = values[from] / (values[from] - values[to]);
      const [fx, fy] = place(from % COLUMNS, Math.floor(from / COLUMNS));
      const [tx, ty] = place(to % COLUMNS, Math.floor(to / COLUMNS));
      return plot.point(fx + part * (tx - fx), fy + part * (ty - fy));
    };
    for (let at = 0; at + COLUMNS + 1 < values.length; at += 1) {
      if (at % COLUMNS === COLUMNS - 1) continue;
      const around = [at, at + 1, at + COLUMNS + 1, at + COLUMNS];
      const above = around.filter((corner) => values[corner] > 0).length;
      if (above === 0 || above === 4) continue; // nearly every cell
      const found = around.flatMap((from, i) => {
        const to = around[(i + 1) % 4];
        return values[from] > 0 === values[to] > 0 ? [] : [crossing(from, to)];
      });
      for (let i = 0; i + 1 < found.length; i += 2) d += `M${found[i]}L${found[i + 1]}`;
    }
    kit.set(border, { d });
  };

  let drawnAt = "";
  kit.draw(() => {
    const scale = plot.scale();
    if (scale !== drawnAt) {
      kit.set(dots[0], { d: plot.dots(places.filter((_, i) => !is[i])) });
      kit.set(dots[1], { d: plot.triangles(places.filter((_, i) => is[i])) });
      drawnAt = scale;
    }
    const shown = trainOn();
    const weights = stored[shown];
    drawMap(weights);
    let [right, loss] = [0, 0];
    places.forEach(([px, py], i) => {
      const a = output(weights, px, py, h);
      right += Number((a > 0.5) === (is[i] === 1));
      loss -= Math.log(Math.max(is[i] ? a : 1 - a, 1e-12)) / places.length;
    });
    /** @type {(value: number) => number} */
    const height = (value) => kit.clamp(Math.log10(value), -3, 2);
    kit.set(curve, { d: curves.path([...losses.map((value, i) => /** @type {Point} */ ([i * EVERY, height(value)]))]) });
    const t = shown * EVERY;
    const d = curves.path([[t, -2], [t, 1]]);
    kit.set(now, { d });
    kit.set(scrub, { d });
    const accuracy = (right / places.length).toFixed(3);
    kit.say(
      `${kit.number(t)} 步：损失 ${loss.toFixed(3)}，准确率 ${accuracy}。`,
      `Step ${kit.number(t)}: loss ${loss.toFixed(3)}, accuracy ${accuracy}.`,
    );
    if (shown < Math.floor(state.t / EVERY)) kit.redraw(); // the rest in the next frames
  });
};
export default build;
