// @ts-check
// A 3 × 3 kernel slides over a grey picture, the reader's own too: it is read here and stays here.
// data: photo: side × side grey bytes; side; credit: whose photo it is.

const KERNELS = [
  { name: ["Sobel 竖边", "Sobel, vertical"], numbers: [-1, 0, 1, -2, 0, 2, -1, 0, 1] },
  { name: ["Sobel 横边", "Sobel, horizontal"], numbers: [-1, -2, -1, 0, 0, 0, 1, 2, 1] },
  { name: ["拉普拉斯", "Laplacian"], numbers: [0, 1, 0, 1, -4, 1, 0, 1, 0] },
  { name: ["锐化", "sharpen"], numbers: [0, -1, 0, -1, 5, -1, 0, -1, 0] },
  { name: ["模糊", "blur"], numbers: Array(9).fill(0.111) },
  { name: ["自己写", "my own"], numbers: null },
];
const OWN = KERNELS.length - 1;

/** @type {Build} */
const build = (kit, { photo, side, credit }) => {
  const { state } = kit;
  const out = side - 2;
  const CELLS = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  let grey = kit.bytes(photo);

  kit.title(
    "拖动方框，或按播放：框里的 9 个数与卷积核逐个相乘再相加，就是右边的一个点。九个数都可以改。",
    "Drag the frame or press play: the 9 numbers in it times the kernel's, added up, are one dot on the right. All nine can be changed.",
  );
  const numbersOf = (/** @type {number} */ i) =>
    Object.fromEntries((KERNELS[i].numbers ?? []).map((value, cell) => [`k${cell}`, value]));
  kit.begin({ kernel: 0, ...numbersOf(0), flip: 0, row: Math.round(side / 3), column: Math.round(side / 3), t: out * out });

  const flex = kit.html("div", { style: "display:flex;gap:.6em" });
  const [left, right] = [0, 1].map(() => flex.appendChild(kit.html("div", { style: "flex:1;min-width:0" })));
  kit.plots.append(flex);
  /** @type {(at: HTMLElement, name: Words) => Plot} */
  const picture = (at, name) => {
    at.append(kit.html("p", { style: "text-align:center" }, kit.words(name)));
    return kit.plot({ x: [0, side], y: [side, 0], ratio: 1, bare: true }, at);
  };
  const source = picture(left, ["照片", "photo"]);
  const target = picture(right, ["卷积层的输出", "output of the layer"]);
  const rasters = [source, target].map((plot) => plot.raster(side, side));
  const frame = source.add("rect", { fill: "none", stroke: "var(--c1)", "stroke-width": 3 });
  const grab = source.add("rect", {});
  const dot = target.add("rect", { fill: "none", stroke: "var(--c1)", "stroke-width": 3 });
  source.drag(grab, ([x, y]) => { stop(); moveTo(Math.round(y - 1.5), Math.round(x - 1.5)); });
  const whose = kit.html("p", { style: "font-size:.8em" });
  const sums = kit.html("p", { class: "value", "aria-hidden": "true" });
  kit.plots.append(whose, sums);

  const moveTo = (/** @type {number} */ row, /** @type {number} */ column) =>
    Object.assign(state, { row: kit.clamp(row, 0, out - 1), column: kit.clamp(column, 0, out - 1), t: out * out });

  kit.choice("kernel", ["卷积核", "kernel"], KERNELS.map(({ name }) => /** @type {Words} */ ([name[0], name[1]])),
    () => Object.assign(state, numbersOf(state.kernel)));
  const grid = kit.html("div", { style: "display:grid;grid-template-columns:repeat(3,4.6em);gap:4px;margin-bottom:.5em", role: "group" });
  const boxes = CELLS.map((cell) => {
    const box = kit.html("input", {
      type: "number", step: "any", "aria-label": `K[${Math.floor(cell / 3)}, ${cell % 3}]`,
      "data-lm-suppress-shortcuts": "true", "data-key": `k${cell}`,
    });
    box.addEventListener("input", () => {
      state[`k${cell}`] = Number(box.value) || 0;
      state.kernel = OWN;
      kit.redraw();
    });
    return grid.appendChild(box);
  });
  kit.controls.append(grid);
  kit.tick("flip", ["翻转（数学里的卷积）", "flip (the convolution of mathematics)"]);
  kit.slider("row", ["行", "row"], { min: 0, max: out - 1, step: 1, digits: 0, changed: () => moveTo(state.row, state.column) });
  kit.slider("column", ["列", "column"], { min: 0, max: out - 1, step: 1, digits: 0, changed: () => moveTo(state.row, state.column) });
  const stop = kit.play("t", out * out, out * out / 12);

  // The picture never leaves the browser: it is drawn into a small square and read from there.
  const file = kit.html("input", { type: "file", accept: "image/*", hidden: "" });
  const said = kit.html("p", { role: "status" });
  /** @type {(chosen: File) => Promise<void>} */
  const read = async (chosen) => {
    const bitmap = await createImageBitmap(chosen);
    const small = kit.html("canvas", { width: side, height: side }).getContext("2d", { willReadFrequently: true });
    const square = Math.min(bitmap.width, bitmap.height);
    const [x, y] = [(bitmap.width - square) / 2, (bitmap.height - square) / 2];
    small?.drawImage(bitmap, x, y, square, square, 0, 0, side, side);
    const { data } = /** @type {ImageData} */ (small?.getImageData(0, 0, side, side));
    grey = grey.map((_, i) => Math.round((data[4 * i] + data[4 * i + 1] + data[4 * i + 2]) / 3));
    whose.hidden = true;
    said.replaceChildren();
    kit.redraw();
  };
  file.addEventListener("change", () => {
    const chosen = file.files?.[0];
    if (chosen) read(chosen).catch(() => said.replaceChildren(...kit.words([
      "浏览器打不开这张照片，请换一张 JPEG 或 PNG。", "The browser cannot read this photo: choose a JPEG or PNG.",
    ])));
    file.value = "";
  });
  kit.button(["用自己的照片（不离开这台电脑）", "Use my own photo (it stays on this computer)"], () => file.click());
  kit.controls.append(file, said);
  kit.onReset(() => { grey = kit.bytes(photo); whose.hidden = false; said.replaceChildren(); });
  whose.append(credit);

  /** @type {(plot: CanvasRenderingContext2D, columns: number, shade: (at: number) => number, size: number) => void} */
  const show = (raster, columns, shade, size) => {
    const image = raster.createImageData(columns, columns);
    for (let i = 0; i < size; i += 1) {
      const value = shade(i);
      image.data[4 * i] = image.data[4 * i + 1] = image.data[4 * i + 2] = value;
      image.data[4 * i + 3] = 255;
    }
    raster.clearRect(0, 0, side, side);
    raster.putImageData(image, columns === side ? 0 : 1, columns === side ? 0 : 1);
  };
  const format = (/** @type {number} */ value) => kit.number(Math.round(value * 1000) / 1000);

  kit.draw(() => {
    const kernel = CELLS.map((cell) => state[`k${state.flip ? 8 - cell : cell}`]);
    boxes.forEach((box, cell) => {
      if (Number(box.value) !== state[`k${cell}`] || box.value === "") {
        if (document.activeElement !== box) box.value = String(state[`k${cell}`]);
      }
    });
    const total = kernel.reduce((sum, value) => sum + value);
    const window = (/** @type {number} */ at) => Math.floor(at / out) * side + at % out;
    const answer = (/** @type {number} */ at) => {
      const corner = window(at);
      let sum = 0;
      for (let i = 0; i < 9; i += 1) sum += kernel[i] * grey[corner + Math.floor(i / 3) * side + i % 3];
      return sum;
    };
    const done = Math.floor(state.t);
    const low = total < 0.5 ? -255 : 0; // 0 is middle grey where the numbers add up to 0
    show(rasters[0], side, (at) => grey[at], side * side);
    show(rasters[1], out, (at) => (answer(at) - low) / (255 - low) * 255, done);

    const playing = done < out * out;
    const at = playing ? done : Math.round(state.row) * out + Math.round(state.column);
    const [row, column] = [Math.floor(at / out), at % out];
    const unit = source.x(1) - source.x(0);
    const thin = Math.max(unit * 3, 10);
    kit.set(frame, { x: source.x(column + 1.5) - thin / 2, y: source.y(row + 1.5) - thin / 2, width: thin, height: thin });
    kit.set(grab, { x: source.x(column + 1.5) - 22, y: source.y(row + 1.5) - 22, width: 44, height: 44 });
    kit.set(dot, { x: target.x(column + 1) - 3, y: target.y(row + 1) - 3, width: unit + 6, height: unit + 6 });
    const corner = window(at);
    const terms = CELLS.map((i) => `${grey[corner + Math.floor(i / 3) * side + i % 3]}·(${format(kernel[i])})`);
    kit.put(sums, `${terms.join(" + ")} = ${format(answer(at))}`);

    const flipped = CELLS.map((cell) => state[`k${8 - cell}`]);
    const same = CELLS.every((cell) => flipped[cell] === state[`k${cell}`]);
    const opposite = CELLS.every((cell) => flipped[cell] === -state[`k${cell}`]);
    const sum = format(total);
    const zh = same ? "翻转不改变结果" : opposite ? "翻转使结果变号" : "翻转得到另一个结果";
    const en = same ? "Flipping changes nothing" : opposite ? "Flipping changes the sign" : "Flipping gives another result";
    kit.say(
      `第 ${row} 行第 ${column} 列：输出 ${format(answer(at))}。九个数之和是 ${sum}：平坦的地方，输出是${sum === "0" ? " 0，画成灰色" : `亮度的 ${sum} 倍`}。${zh}。`,
      `Row ${row}, column ${column}: output ${format(answer(at))}. The nine numbers add up to ${sum}: where the photo is flat, the output is ${sum === "0" ? "0, drawn grey" : `${sum} times its brightness`}. ${en}.`,
    );
  });
};
export default build;
