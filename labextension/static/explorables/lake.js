// @ts-check
// What each square of a frozen lake is worth: the reader moves walls, makes the ice slippery, discounts.
// data: rows: the map, a text for each row (S start, G goal, H hole, F ice); walls: rows and columns, one
// after the other; slip: the chance to slide aside; discount: what a later reward is worth.

const MOVES = [[0, -1], [1, 0], [0, 1], [-1, 0]]; // left, down, right, up, as rows and columns
const ARROWS = ["←", "↓", "→", "↑"];
const SWEEPS = 300; // at most

/** Value and best move of each square, by value iteration; the goal pays 1, walls stop, holes end.
 * @type {(map: string[], slip: number, discount: number) => { value: number[], best: number[] }} */
export const values = (map, slip, discount) => {
  const side = Math.sqrt(map.length);
  /** @type {(at: number, move: number) => number} */
  const to = (at, move) => {
    const [r, c] = [Math.floor(at / side) + MOVES[move][0], (at % side) + MOVES[move][1]];
    const inside = r >= 0 && c >= 0 && r < side && c < side;
    return inside && map[r * side + c] !== "W" ? r * side + c : at;
  };
  const open = map.flatMap((kind, at) => (kind === "S" || kind === "F" ? [at] : []));
  const next = map.map((_, at) => MOVES.map((__, move) => to(at, move)));
  const value = map.map(() => 0);
  /** @type {number[]} */
  const later = map.map((kind) => (kind === "G" ? 1 : 0)); // what arriving there is worth
  const best = map.map(() => -1);
  for (let change = 1, k = 0; change > 1e-7 && k < SWEEPS; k += 1) {
    change = 0;
    for (const at of open) {
      const [left, down, right, up] = next[at].map((place) => later[place]);
      const across = (slip / 2) * (left + right); // by moves down and up
      const along = (slip / 2) * (down + up);
      const worth = [(1 - slip) * left + along, (1 - slip) * down + across, (1 - slip) * right + along, (1 - slip) * up + across];
      const most = Math.max(worth[0], worth[1], worth[2], worth[3]);
      change = Math.max(change, most - value[at]);
      [value[at], later[at]] = [most, discount * most];
      best[at] = most > 1e-9 ? worth.findIndex((one) => one > most - 1e-9) : -1;
    }
  }
  return { value, best };
};

/** @type {Build} */
const build = (kit, { rows, walls, slip, discount }) => {
  const { state } = kit;
  const ground = [...rows.replace(/\s/g, "")];
  const side = Math.sqrt(ground.length);
  const places = kit.numbers(walls);
  const count = places.length / 2;
  kit.title(
    "拖动灰色的墙：每格的价值和最好的方向都会变。★ 是目标，○ 是洞。",
    "Drag the grey walls: the value of each square and the best move change. ★ is the goal, ○ a hole.",
  );
  /** @type {State} */
  const start = { slip, discount, wall: 0, row: places[0], column: places[1] };
  for (let k = 0; k < count; k += 1) [start[`r${k}`], start[`c${k}`]] = [places[2 * k], places[2 * k + 1]];
  kit.begin(start);

  const at = kit.html("div", { style: "max-width:27rem" });
  kit.plots.append(at);
  const plot = kit.plot({ x: [0, side], y: [side, 0], ratio: 1, bare: true }, at);
  const squares = ground.map(() => plot.add("path", { stroke: "currentColor", "stroke-width": 0.5 }));
  const numbers = ground.map(() => plot.add("text", { "font-size": 12, "text-anchor": "middle", fill: "currentColor" }));
  const signs = ground.map(() => plot.add("text", { "font-size": 20, "text-anchor": "middle", fill: "currentColor" }));
  /** @type {(r: number, c: number, margin: number) => string} */
  const box = (r, c, margin) => `${plot.path([
    [c + margin, r + margin], [c + 1 - margin, r + margin], [c + 1 - margin, r + 1 - margin], [c + margin, r + 1 - margin],
  ])}Z`;
  /** A wall may stand on ice only, and on no other wall. @type {(k: number, r: number, c: number) => void} */
  const move = (k, r, c) => {
    const [row, column] = [r, c].map((v) => kit.clamp(Math.floor(v), 0, side - 1));
    const taken = Array.from({ length: count }, (_, j) => j).some((j) => j !== k && state[`r${j}`] === row && state[`c${j}`] === column);
    if (!taken && ground[row * side + column] === "F") [state[`r${k}`], state[`c${k}`]] = [row, column];
    if (k === state.wall) [state.row, state.column] = [state[`r${k}`], state[`c${k}`]];
  };
  const blocks = Array.from({ length: count }, (_, k) => {
    const node = plot.add("path", { fill: "#808080", stroke: "currentColor", "stroke-width": 2 });
    plot.drag(node, ([x, y]) => { state.wall = k; move(k, y, x); });
    return node;
  });
  const letters = blocks.map((_, k) => plot.add("text", { "font-size": 14, "text-anchor": "middle", fill: "#ffffff", "pointer-events": "none" }, "ABCDEF"[k]));

  const chosen = () => [state.row, state.column] = [state[`r${state.wall}`], state[`c${state.wall}`]];
  kit.choice("wall", ["墙", "wall"], blocks.map((_, k) => /** @type {Words} */ (["ABCDEF"[k], "ABCDEF"[k]])), chosen);
  const moved = () => move(state.wall, state.row, state.column);
  kit.slider("row", ["它的行", "its row"], { min: 0, max: side - 1, step: 1, digits: 0, changed: moved });
  kit.slider("column", ["它的列", "its column"], { min: 0, max: side - 1, step: 1, digits: 0, changed: moved });
  kit.slider("slip", ["打滑的概率", "chance to slip"], { min: 0, max: 0.6, step: 0.05, digits: 2 });
  kit.slider("discount", ["折扣 γ", "discount γ"], { min: 0.7, max: 0.99, step: 0.01, digits: 2 });

  kit.draw(() => {
    const map = [...ground];
    for (let k = 0; k < count; k += 1) map[state[`r${k}`] * side + state[`c${k}`]] = "W";
    const { value, best } = values(map, state.slip, state.discount);
    ground.forEach((kind, at) => {
      const [r, c] = [Math.floor(at / side), at % side];
      const middle = plot.x(c + 0.5);
      kit.set(squares[at], { d: box(r, c, 0), fill: kind === "H" ? "currentColor" : "var(--c0)", "fill-opacity": kind === "H" ? 0.25 : kind === "G" ? 0.9 : 0.85 * value[at] });
      kit.set(numbers[at], { x: middle, y: plot.y(r + 0.92) });
      kit.set(signs[at], { x: middle, y: plot.y(r + 0.6) });
      const free = map[at] === "S" || map[at] === "F";
      kit.put(numbers[at], free ? value[at].toFixed(2) : "");
      kit.put(signs[at], kind === "G" ? "★" : kind === "H" ? "○" : free && best[at] >= 0 ? ARROWS[best[at]] : "");
    });
    blocks.forEach((node, k) => {
      const [r, c] = [state[`r${k}`], state[`c${k}`]];
      kit.set(node, { d: box(r, c, 0.06) });
      kit.set(letters[k], { x: plot.x(c + 0.5), y: plot.y(r + 0.6) });
    });
    const from = map.indexOf("S");
    const known = best.filter((one) => one >= 0).length;
    const slipping = state.slip.toFixed(2);
    const gamma = state.discount.toFixed(2);
    kit.say(
      `打滑 ${slipping}，γ ${gamma}：起点的价值 ${value[from].toFixed(3)}；${known} 格到得了目标。`,
      `Slip ${slipping}, γ ${gamma}: the start is worth ${value[from].toFixed(3)}; the goal can be reached from ${known} squares.`,
    );
  });
};
export default build;
