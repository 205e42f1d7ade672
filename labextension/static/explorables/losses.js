// @ts-check
// Cross-entropy and mean squared error of one sample against its logit, with their gradients; two
// balls descend them by gradient descent.
// data: label, z: where it starts; steps: how many; rate: the learning rate.

const sigmoid = (/** @type {number} */ z) => 1 / (1 + Math.exp(-z));

/** @type {Build} */
const build = (kit, { label, z, steps, rate }) => {
  const { state } = kit;
  const FAR = 9; // of the logit
  const TOP = 9; // of the loss
  /** @type {(z: number, y: number) => number} */
  const squared = (logit, y) => (y - sigmoid(logit)) ** 2;
  /** @type {{ words: Words, dash: string, loss: (z: number, y: number) => number, slope?: (z: number, y: number) => number }[]} */
  const LOSSES = [
    {
      words: ["交叉熵 BCE", "cross-entropy BCE"], dash: "",
      loss: (v, y) => Math.max(v, 0) - y * v + Math.log1p(Math.exp(-Math.abs(v))),
      slope: (v, y) => sigmoid(v) - y,
    },
    {
      words: ["均方误差 MSE", "squared error MSE"], dash: "8 3", loss: squared,
      slope: (v, y) => 2 * (sigmoid(v) - y) * sigmoid(v) * (1 - sigmoid(v)),
    },
    {
      words: ["只有一半：−y log p", "half of it: −y log p"], dash: "2 3",
      loss: (v, y) => y * (Math.max(-v, 0) + Math.log1p(Math.exp(-Math.abs(v)))),
    },
  ];

  kit.title(
    "拖动竖线（logit z）和标签，再按播放：两个球从这里出发，各按自己的梯度走。",
    "Drag the upright line (logit z) and set the label, then press play: two balls start here, each following its own gradient.",
  );
  kit.begin({ z, label, t: 0 });
  const xTicks = [-8, -6, -4, -2, 0, 2, 4, 6, 8];
  /** @type {Words} */
  const xLabel = ["logit z", "logit z"];
  const upper = kit.plot({
    x: [-FAR, FAR], y: [-0.6, TOP], ratio: 0.42, xTicks, yTicks: [0, 2, 4, 6, 8], xLabel, yLabel: ["损失", "loss"],
  });
  const lower = kit.plot({
    x: [-FAR, FAR], y: [-1.3, 1.3], ratio: 0.28, xTicks, yTicks: [-1, 0, 1], xLabel, yLabel: ["梯度", "gradient"],
  });
  const zero = lower.line("currentColor", { "stroke-width": 1 });
  const drawn = LOSSES.map((each, i) => {
    const look = { "stroke-dasharray": each.dash };
    const ball = { r: 7, fill: `var(--c${i})`, stroke: "currentColor" };
    return {
      ...each, curve: upper.line(`var(--c${i})`, look),
      ...(each.slope && {
        gradient: lower.line(`var(--c${i})`, look), balls: [upper.add("circle", ball), lower.add("circle", ball)],
      }),
    };
  });
  const marks = [upper, lower].map((plot) => {
    const mark = plot.line("currentColor", { "stroke-width": 1.5, "stroke-dasharray": "1 3" });
    const grab = plot.line("none", { "stroke-width": 30 });
    plot.drag(grab, ([at]) => { stop(); Object.assign(state, { z: kit.clamp(at, -8, 8), t: 0 }); });
    return { plot, mark, grab };
  });

  const restart = () => { stop(); state.t = 0; };
  kit.slider("z", ["logit z", "logit z"], { min: -8, max: 8, step: 0.1, digits: 1, changed: restart });
  kit.slider("label", ["标签 y", "label y"], { min: 0, max: 1, step: 0.05, changed: restart });
  kit.slider("t", ["步", "step"], { min: 0, max: steps, step: 1, digits: 0, changed: () => stop() });
  const stop = kit.play("t", steps, 8);
  const numbers = kit.legend(LOSSES.map(({ words, dash }, i) => ({ colour: `var(--c${i})`, dash, name: words })));

  // Where a ball is after so many steps, and the first step at which it is on its label's side.
  /** @type {(slope: (z: number, y: number) => number) => { at: number, crossed: number }} */
  const roll = (slope) => {
    let [at, crossed] = [state.z, -1];
    const side = Math.sign(state.label - 0.5);
    for (let t = 0; t <= state.t; t += 1) {
      if (crossed < 0 && at * side > 0) crossed = t;
      if (t + 1 <= state.t) at -= rate * slope(at, state.label);
    }
    return { at, crossed };
  };

  const grid = Array.from({ length: 181 }, (_, i) => -FAR + i * FAR / 90);
  let drawnFor = "";
  kit.draw(() => {
    const y = state.label;
    const key = `${upper.scale()} ${lower.scale()} ${y}`;
    if (key !== drawnFor) {
      for (const { curve, gradient, loss, slope } of drawn) {
        kit.set(curve, { d: upper.path(grid.map((v) => [v, loss(v, y)])) });
        if (gradient && slope) kit.set(gradient, { d: lower.path(grid.map((v) => [v, slope(v, y)])) });
      }
      kit.set(zero, { d: lower.path([[-FAR, 0], [FAR, 0]]) });
      drawnFor = key;
    }
    for (const { plot, mark, grab } of marks) {
      const d = plot.path([[state.z, -2], [state.z, TOP]]);
      kit.set(mark, { d });
      kit.set(grab, { d });
    }
    const balls = drawn.map(({ loss, slope, balls: nodes }, i) => {
      if (!slope || !nodes) { kit.put(numbers[i], kit.number(loss(state.z, y), 3)); return null; }
      const ball = roll(slope);
      const [height, gradient] = [loss(ball.at, y), slope(ball.at, y)];
      kit.set(nodes[0], { cx: upper.x(ball.at), cy: upper.y(height) });
      kit.set(nodes[1], { cx: lower.x(ball.at), cy: lower.y(gradient) });
      kit.put(numbers[i], `${kit.number(height, 3)} · ∂/∂z\u00a0${kit.number(gradient, 4)}`);
      return ball;
    });
    const [bce, mse] = balls.flatMap((ball) => ball ?? []);
    const t = Math.floor(state.t);
    const places = [bce, mse].map(({ at }) => kit.number(at, 2));
    const zh = bce.crossed > 0 ? `，在第 ${bce.crossed} 步越过 0` : "";
    const en = bce.crossed > 0 ? ` and crossed 0 at step ${bce.crossed}` : "";
    kit.say(
      `${t} 步以后：BCE 的球在 z = ${places[0]}${zh}；MSE 的球在 z = ${places[1]}。`,
      `After ${t} ${t === 1 ? "step" : "steps"}: the BCE ball is at z = ${places[0]}${en}; the MSE ball is at z = ${places[1]}.`,
    );
  });
};
export default build;
