// @ts-check
// A 2-3-1 network: numbers flow forward, gradients flow back, one layer at a time.
// data: x, y: the sample; v: 13 parameters: w11 w12 b1 … w31 w32 b3, u1 u2 u3 c; rate: of a step.

const sigmoid = (/** @type {number} */ z) => 1 / (1 + Math.exp(-z));
const STAGES = 6; // input, hidden, output and error; back: output, hidden, input

/** @type {Build} */
const build = (kit, { x, y, v, rate }) => {
  const { state } = kit;
  const inputs = kit.numbers(x);
  const HIDDEN = [0, 1, 2];
  // Names of the state: w11 is from input 1 to hidden unit 1, as in W's row 1.
  const NAMES = [...HIDDEN.flatMap((i) => [`w${i + 1}1`, `w${i + 1}2`, `b${i + 1}`]), "u1", "u2", "u3", "c"];
  const start = kit.numbers(v);

  kit.title(
    "先看蓝色的数往右流，再看橙色的梯度往左流。改一条权重，看哪些数跟着变。",
    "Watch the blue numbers flow to the right, then the orange gradients to the left. Change a weight and see which numbers follow.",
  );
  kit.begin({
    ...Object.fromEntries(NAMES.map((name, i) => [name, start[i]])), x1: inputs[0], x2: inputs[1], t: STAGES,
  });
  const plot = kit.plot({ x: [0, 10], y: [0, 7], ratio: 0.85, bare: true });
  const [LEFT, MIDDLE, RIGHT, ERROR] = [1.1, 4.4, 7.3, 9.2];
  /** @type {Record<string, Point>} */
  const PLACES = {
    x1: [LEFT, 4.5], x2: [LEFT, 1.7], h1: [MIDDLE, 5.5], h2: [MIDDLE, 3.1], h3: [MIDDLE, 0.7],
    a: [RIGHT, 3.1], L: [ERROR, 3.1],
  };
  // An edge for each weight; its width shows the weight, its label the weight and its gradient.
  const EDGES = [
    ...HIDDEN.flatMap((i) => [0, 1].map((j) => ({ key: `w${i + 1}${j + 1}`, from: `x${j + 1}`, to: `h${i + 1}` }))),
    ...HIDDEN.map((i) => ({ key: `u${i + 1}`, from: `h${i + 1}`, to: "a" })),
  ];
  const edges = EDGES.map((edge) => ({
    ...edge, back: plot.line("var(--c1)"), line: plot.line("currentColor"), pulse: plot.add("circle", { r: 6 }),
  }));
  const toError = plot.line("currentColor", { "stroke-width": 1, opacity: 0.55 });
  const middle = { "text-anchor": "middle", "paint-order": "stroke", stroke: "var(--page)", "stroke-width": 5 };
  /** @type {(colour: string) => SVGTextElement} */
  const text = (colour) => plot.add("text", { ...middle, style: `fill: ${colour}` }, " ");
  const nodes = Object.entries(PLACES).map(([name, place]) => ({
    name, place, circle: plot.add("circle", { r: 17, fill: "var(--page)", stroke: "currentColor", "stroke-width": 1.5 }),
    label: plot.add("text", { "text-anchor": "middle" }, name.replace(/\d/, (digit) => "₀₁₂₃"[Number(digit)])),
    value: text("var(--c0)"), delta: text("var(--c1)"),
  }));

  kit.slider("t", ["走到哪一步", "how far"], { min: 0, max: STAGES, step: 1, digits: 0, changed: () => stop() });
  const stop = kit.play("t", STAGES, 0.8);
  kit.slider("x1", ["输入 x₁", "input x₁"], { min: -2, max: 2, step: 0.1, digits: 1 });
  kit.slider("u2", ["权重 u₂（h₂ 到 a）", "weight u₂ (from h₂ to a)"], { min: -2, max: 2, step: 0.1, digits: 1 });
  kit.slider("w21", ["权重 w₂₁（x₁ 到 h₂）", "weight w₂₁ (from x₁ to h₂)"], { min: -2, max: 2, step: 0.1, digits: 1 });
  kit.button(["按梯度走一步", "One step down the gradient"], () => {
    const { gradient } = compute();
    for (const name of NAMES) state[name] -= rate * gradient[name];
    state.t = STAGES;
    steps += 1;
  }).dataset.key = "step";
  let steps = 0;
  kit.onReset(() => { steps = 0; });
  const [below] = kit.legend([{ colour: "var(--c1)", mark: "", name: ["梯度 ∂L/∂u₂，∂L/∂w₂₁：", "gradients ∂L/∂u₂, ∂L/∂w₂₁:"] }]);

  // All values and all gradients; the units are tanh, the output a sigmoid, L = (a − y)².
  const compute = () => {
    const s = state;
    const h = HIDDEN.map((i) => Math.tanh(s[`w${i + 1}1`] * s.x1 + s[`w${i + 1}2`] * s.x2 + s[`b${i + 1}`]));
    const a = sigmoid(h[0] * s.u1 + h[1] * s.u2 + h[2] * s.u3 + s.c);
    const output = 2 * (a - y) * a * (1 - a); // δ = ∂L/∂z
    const hidden = h.map((value, i) => output * s[`u${i + 1}`] * (1 - value * value));
    /** @type {State} */
    const gradient = { c: output };
    HIDDEN.forEach((i) => {
      gradient[`u${i + 1}`] = output * h[i];
      gradient[`w${i + 1}1`] = hidden[i] * s.x1;
      gradient[`w${i + 1}2`] = hidden[i] * s.x2;
      gradient[`b${i + 1}`] = hidden[i];
    });
    const values = { x1: s.x1, x2: s.x2, h1: h[0], h2: h[1], h3: h[2], a, L: (a - y) ** 2 };
    return { values, gradient, deltas: { h1: hidden[0], h2: hidden[1], h3: hidden[2], a: output } };
  };
  /** @type {Record<string, number>} */
  const SHOWN = { x1: 0, x2: 0, h1: 1, h2: 1, h3: 1, a: 2, L: 3 }; // from which stage a value is known
  /** @type {Record<string, number>} */
  const BACK = { a: 4, h1: 5, h2: 5, h3: 5 }; // and its δ

  kit.draw(() => {
    const { values, gradient, deltas } = compute();
    const stage = Math.floor(state.t);
    const part = state.t - stage;
    /** @type {(name: string, down?: number, right?: number) => Attributes} */
    const at = (name, down = 0, right = 0) =>
      ({ x: plot.x(PLACES[name][0]) + right, y: plot.y(PLACES[name][1]) + down });
    for (const { name, place, circle, label, value, delta } of nodes) {
      kit.set(circle, { cx: plot.x(place[0]), cy: plot.y(place[1]) });
      kit.set(label, at(name, 5));
      const right = name === "a" ? 22 : 0; // where few lines pass
      kit.set(value, at(name, name === "L" ? 34 : name in BACK ? -40 : -24, right));
      kit.set(delta, at(name, -24, right));
      kit.put(value, stage >= SHOWN[name] ? kit.number(values[/** @type {"a"} */ (name)], 3) : " ");
      kit.put(delta, stage >= BACK[name] ? `δ ${kit.number(deltas[/** @type {"a"} */ (name)], 4)}` : " ");
    }
    for (const { key, from, to, line, pulse, back } of edges) {
      const [a, b] = [PLACES[from], PLACES[to]];
      const forward = SHOWN[to] - 1; // the stage during which numbers flow along this edge
      const backward = to === "a" ? 4 : 5; // and gradients
      kit.set(line, { d: plot.path([a, b]), "stroke-width": 0.6 + 1.6 * Math.abs(state[key]), "stroke-dasharray": state[key] < 0 ? "6 4" : "" });
      kit.set(back, { d: plot.path([a, b]), opacity: stage > backward && gradient[key] ? 0.75 : 0, "stroke-width": Math.min(10, 2 + 30 * Math.abs(gradient[key])) });
      const moving = stage === forward ? part : stage === backward ? 1 - part : 0;
      kit.set(pulse, {
        cx: plot.x(a[0] + moving * (b[0] - a[0])), cy: plot.y(a[1] + moving * (b[1] - a[1])),
        fill: stage === forward ? "var(--c0)" : "var(--c1)", visibility: part && moving ? "visible" : "hidden",
      });
    }
    kit.set(toError, { d: plot.path([PLACES.a, PLACES.L]) });
    kit.put(below, stage >= STAGES ? `${kit.number(gradient.u2, 4)}, ${kit.number(gradient.w21, 4)}` : "…");
    const [L, d] = [kit.number(values.L, 4), kit.number(deltas.h2, 4)];
    const told = steps ? [`走了 ${steps} 步。`, `${steps} ${steps === 1 ? "step" : "steps"} taken. `] : ["", ""];
    kit.say(
      stage < 3 ? "前向：每个单元等它左边的数到齐再算。"
        : stage < STAGES ? `L = ${L}。反向：误差沿同样的线往回走，乘上线的权重和节点激活函数的导数。`
          : `${told[0]}L = ${L}，h₂ 的 δ = ${d}。`,
      stage < 3 ? "Forward: each unit waits for all numbers from its left."
        : stage < STAGES ? `L = ${L}. Backward: the error returns along the same lines, times the weight of the line and the slope of the node’s activation.`
          : `${told[1]}L = ${L}, δ of h₂ = ${d}.`,
    );
  });
};
export default build;
