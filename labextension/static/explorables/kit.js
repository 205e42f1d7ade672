// @ts-check
// The frame of every explorable: plots, sliders, buttons and words in two languages.
//
// An explorable is a module beside this one; its default export builds itself from this kit and the
// data in the cell's output. The same files run in JupyterLab (../explorable.js) and in exported
// pages (course/author/export.py), where no file can import another: so nothing is imported here.

const STYLE = `
.course-explorable {
  --c0: #0072b2; --c1: #c44f00; --c2: #007a57; --c3: #9c3f78; --page: var(--jp-layout-color0, white);
  --soft: color-mix(in srgb, currentColor 22%, transparent);
  color: var(--jp-content-font-color1, inherit); line-height: 1.5; max-width: 60rem;
  padding: 4px 6px; contain: layout style; position: relative;
  font-family: var(--jp-content-font-family, inherit); font-size: var(--jp-content-font-size1, inherit);
}
[data-jp-theme-light=false] .course-explorable { --c0: #56b4e9; --c1: #f0a35e; --c2: #3fd0a4; --c3: #e79ac6; }
.course-explorable p { margin: 0 0 .4em; }
.course-explorable .unseen {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}
.course-explorable .parts { display: flex; flex-wrap: wrap; gap: .6em 1.6em; align-items: flex-start; }
.course-explorable .plots { flex: 3 1 24rem; min-width: 0; }
.course-explorable .controls { flex: 2 1 15rem; min-width: 0; }
.course-explorable .plot { position: relative; }
.course-explorable .plot canvas { position: absolute; }
.course-explorable .plot svg { display: block; width: 100%; position: relative; user-select: none; -webkit-user-select: none; }
.course-explorable svg text { fill: currentColor; font-size: .9em; }
.course-explorable .grid { stroke: var(--soft); fill: none; }
.course-explorable .grab { cursor: grab; stroke: transparent; fill: transparent; pointer-events: all; }
.course-explorable .grab:active { cursor: grabbing; }
.course-explorable .slider { display: grid; grid-template-columns: 1fr auto; gap: 0 .6em; margin-bottom: .3em; }
.course-explorable .slider input {
  grid-column: 1 / 3; width: 100%; margin: 0; min-height: 1.7rem; accent-color: var(--c0);
}
.course-explorable .value { font-variant-numeric: tabular-nums; }
.course-explorable fieldset { border: 0; margin: 0 0 .4em; padding: 0; min-width: 0; }
.course-explorable legend { padding: 0; }
.course-explorable .pick { display: inline-flex; align-items: center; gap: .3em; margin-right: 1em; min-height: 1.7rem; }
.course-explorable .pick input { margin: 0; width: 1.1em; height: 1.1em; accent-color: var(--c0); }
.course-explorable button {
  font: inherit; color: inherit; background: none; border: 1px solid currentColor; border-radius: 4px;
  padding: .25em .8em; margin: 0 .5em .5em 0; min-height: 2rem; cursor: pointer;
}
.course-explorable input[type=number] {
  font: inherit; color: inherit; background: none; border: 1px solid currentColor; border-radius: 3px;
  width: 100%; box-sizing: border-box; padding: .1em .3em;
}
.course-explorable .sample { display: inline-block; width: 34px; height: 10px; }
.course-explorable :is(button, input):focus-visible { outline: 2px solid var(--c0); outline-offset: 2px; }
@media print { .course-explorable :is(button, .slider, fieldset, .pick) { display: none; } }`;
document.head.append(Object.assign(document.createElement("style"), { textContent: STYLE }));

let count = 0; // of ids in this document
const newId = () => `course-explorable-${count += 1}`;
// Without it D, D on a slider deletes JupyterLab's cell. It must stand on the element with the focus.
const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };

/**
 * @template {Element} Node
 * @param {Node} node @param {Attributes} attributes @param {(Child | Child[])[]} [children]
 */
const fill = (node, attributes, children = []) => {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children.flat());
  return node;
};
/** @type {MakeHtml} */
const html = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);
/** @type {MakeSvg} */
const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

// Both languages: the page's stylesheet hides the one that the reader has not chosen.
/** @type {(text: Words, inSvg?: boolean) => Node[]} */
const words = ([zh, en], inSvg = false) => {
  if (zh === en) return [new Text(zh)];
  const attributes = { class: "course-lang" };
  const [first, second] = inSvg ? [svg("tspan"), svg("tspan")] : [html("span"), html("span")];
  fill(first, { ...attributes, lang: "zh" }, [zh]);
  fill(second, { ...attributes, lang: "en" }, [en]);
  return [first, new Text(" "), second];
};
// Another text in the same node: the tree stays as it is, since others watch it.
/** @type {Kit["put"]} */
const put = (node, text) => {
  if (!(node.firstChild instanceof Text)) node.prepend(text);
  else if (node.firstChild.data !== text) node.firstChild.data = text;
};
/** @type {Kit["number"]} */
const number = (value, digits) => {
  const text = digits === undefined ? String(value) : value.toFixed(digits);
  if (/^-0\.?0*$/.test(text)) return text.slice(1);
  return text.replace("-", "−").replace(/^−?\d+$/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
};
/** @type {Kit["numbers"]} */
const numbers = (text) => text.split(" ").map(Number);
/** @type {Kit["pairs"]} */
const pairs = (text) => {
  const flat = numbers(text);
  return Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
};
/** @type {Kit["bytes"]} */
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
/** @type {Kit["clamp"]} */
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

// Every second of the ticks, or every fourth, where their numbers would touch.
/** @type {(ticks: number[], length: number, room: number) => number[]} */
const apart = (ticks, length, room) => {
  let every = 1;
  while (ticks.length / every > 2 && length / (ticks.length / every) < room) every *= 2;
  return ticks.filter((_, i) => i % every === 0);
};

// Axes in the reader's units. One unit of the picture is one CSS pixel, so that letters keep their
// size at any width and zoom.
/** @type {(axes: Axes, plots: HTMLElement, changed: () => void) => Plot} */
const makePlot = (axes, plots, changed) => {
  const { x: [x0, x1], y: [y0, y1], ratio, bare, xTicks = [], yTicks = [] } = axes;
  const edge = bare ? { left: 4, right: 4, top: 4, bottom: 4 } : { left: 48, right: 18, top: 10, bottom: 44 };
  let [width, height] = [480, 320];
  const inner = () => [width - edge.left - edge.right, height - edge.top - edge.bottom];
  /** @type {Plot["x"]} */
  const x = (value) => edge.left + (value - x0) / (x1 - x0) * inner()[0];
  /** @type {Plot["y"]} */
  const y = (value) => height - edge.bottom - (value - y0) / (y1 - y0) * inner()[1];
  /** @type {Plot["point"]} */
  const point = (px, py) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`;
  /** @type {Plot["path"]} */
  const path = (points) => points.length ? `M${points.map(([px, py]) => point(px, py)).join("L")}` : "";
  const clip = newId();
  const box = svg("rect", { x: edge.left, y: edge.top });
  const [frame, inside] = [svg("g"), svg("g", { "clip-path": `url(#${clip})` })];
  const picture = svg("svg", { "aria-hidden": "true" }, svg("clipPath", { id: clip }, box), frame, inside);
  const holder = html("div", { class: "plot" }, picture);
  /** @type {HTMLCanvasElement[]} */
  const rasters = [];

  /** @type {(text: Words | undefined, attributes: Attributes) => SVGTextElement} */
  const label = (text = ["", ""], attributes) => svg("text", attributes, words(text, true));
  const drawAxes = () => {
    const [w, h] = inner();
    frame.replaceChildren(
      ...xTicks.map((v) => svg("path", { class: "grid", d: path([[v, y0], [v, y1]]) })),
      ...yTicks.map((v) => svg("path", { class: "grid", d: path([[x0, v], [x1, v]]) })),
      ...apart(xTicks, w, 40).map((v) => {
        const room = width - x(v) > 4 * number(v).length; // a long number at the edge ends there
        const place = room ? { x: x(v), "text-anchor": "middle" } : { x: width - 1, "text-anchor": "end" };
        return svg("text", { ...place, y: height - 26 }, number(v));
      }),
      ...apart(yTicks, h, 22).map((v) =>
        svg("text", { x: edge.left - 6, y: y(v) + 4, "text-anchor": "end" }, number(v))),
      label(axes.xLabel, { x: edge.left + w / 2, y: height - 6, "text-anchor": "middle" }),
      label(axes.yLabel, {
        transform: `translate(13 ${edge.top + h / 2}) rotate(-90)`, "text-anchor": "middle",
      }),
    );
  };
  const layOut = () => {
    width = Math.max(120, holder.clientWidth);
    const share = ratio === "equal" ? (y1 - y0) / (x1 - x0) : ratio;
    height = Math.round(inner()[0] * share) + edge.top + edge.bottom;
    picture.setAttribute("viewBox", `0 0 ${width} ${height}`);
    picture.style.height = `${height}px`;
    const [w, h] = inner();
    fill(box, { width: w, height: h });
    for (const { style } of rasters) {
      const place = { left: edge.left, top: edge.top, width: w, height: h };
      for (const [name, value] of Object.entries(place)) style.setProperty(name, `${value}px`);
    }
    if (!bare) drawAxes();
    changed();
  };
  new ResizeObserver(layOut).observe(holder);
  plots.append(holder);

  /** @type {(event: PointerEvent) => Point} */
  const at = (event) => {
    const area = picture.getBoundingClientRect();
    const [w, h] = inner();
    return [
      x0 + (event.clientX - area.left - edge.left) / w * (x1 - x0),
      y1 - (event.clientY - area.top - edge.top) / h * (y1 - y0),
    ];
  };
  /** @type {Plot["add"]} */
  const add = (tag, attributes = {}, ...children) =>
    inside.appendChild(svg(tag, attributes, ...children));
  return {
    x, y, point, path, add,
    dots: (points) => points.map(([px, py]) => `M${point(px, py)}h0`).join(""),
    triangles: (points) => points.map(([px, py]) => `M${point(px, py)}m0,-4.2l4,7h-8z`).join(""),
    line: (colour, attributes = {}) =>
      add("path", { fill: "none", stroke: colour, "stroke-width": 2.2, ...attributes }),
    raster: (columns, rows) => {
      const canvas = html("canvas", { width: columns, height: rows, "aria-hidden": "true" });
      rasters.push(canvas);
      holder.prepend(canvas);
      return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    },
    drag: (node, moved) => {
      node.classList.add("grab");
      node.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false }); // or the page scrolls
      node.addEventListener("pointerdown", (down) => {
        down.preventDefault();
        node.setPointerCapture(down.pointerId);
        node.onpointermove = (event) => { moved(at(event)); changed(); };
      });
      node.addEventListener("lostpointercapture", () => { node.onpointermove = null; });
    },
    scale: () => `${width} ${height}`,
  };
};

/** Build the explorable in `root`, in place of what is there. `alt`: for who does not see it. */
/** @type {(root: HTMLElement, build: Build, data: Record<string, any>, alt: Words) => void} */
export const mount = (root, build, data, alt) => {
  const [plots, controls] = [html("div", { class: "plots" }), html("div", { class: "controls" })];
  const title = html("p", { id: newId() });
  const shown = html("p", { class: "said", "aria-hidden": "true" }, words(["　", " "]));
  const spoken = html("p", { class: "unseen" }, words(["　", " "]));
  /** @type {State} */
  const state = {};
  /** @type {(() => void)[]} */
  const updates = []; // of controls
  /** @type {(() => void)[]} */
  const resets = []; // of what is not in the state
  let draw = () => {};
  /** @type {State} */
  let start = {};
  let [frame, speak] = [0, 0];

  const paint = () => {
    frame = 0;
    updates.forEach((update) => update());
    draw();
  };
  const redraw = () => { frame ||= requestAnimationFrame(paint); }; // once a frame, however many events

  // The result is read aloud when it has come to rest, and not before the reader does something.
  /** @type {Kit["say"]} */
  const say = (...texts) => {
    /** @param {HTMLElement} node */
    const tell = (node) => texts.forEach((text, i) => put(node.children[i], text));
    tell(shown);
    clearTimeout(speak);
    speak = setTimeout(tell, 600, spoken);
  };
  const acted = () => spoken.setAttribute("role", "status");
  for (const event of ["input", "pointerdown"]) root.addEventListener(event, acted, { once: true });

  /** @type {Kit["button"]} */
  const button = (text, press) => {
    const node = html("button", { type: "button", ...OWN_KEYS }, words(text));
    node.addEventListener("click", () => { acted(); press(); redraw(); });
    controls.append(node);
    return node;
  };

  /** @type {Kit["slider"]} */
  const slider = (key, label, { min, max, step, digits = 2, log = false, changed = () => {} }) => {
    const id = newId();
    /** @type {((x: number) => number)[]} */
    const [to, from] = log ? [Math.log10, (x) => 10 ** x] : [Number, Number];
    const input = html("input", { type: "range", id, min: to(min), max: to(max), step, ...OWN_KEYS });
    const value = html("span", { class: "value" }); // not <output>, which is read aloud at each change
    input.dataset.key = key;
    input.value = String(to(state[key]));
    input.addEventListener("input", () => {
      state[key] = clamp(from(input.valueAsNumber), min, max);
      changed();
      redraw();
    });
    updates.push(() => {
      const text = number(state[key], digits);
      if (Math.abs(to(state[key]) - input.valueAsNumber) > step / 2) input.value = String(to(state[key]));
      put(value, text);
      input.setAttribute("aria-valuetext", text);
    });
    controls.append(html("div", { class: "slider" }, html("label", { for: id }, words(label)), value, input));
    return input;
  };

  /** @type {(type: string, key: string, value: number, text: Words, changed: () => void) => HTMLElement} */
  const pick = (type, key, value, text, changed) => {
    const input = html("input", { type, name: `${title.id}-${key}`, ...OWN_KEYS });
    input.dataset.key = key;
    input.addEventListener("change", () => {
      state[key] = type === "radio" ? value : Number(input.checked);
      changed();
      redraw();
    });
    updates.push(() => { input.checked = state[key] === value; });
    return html("label", { class: "pick" }, input, html("span", {}, words(text)));
  };
  /** @type {Kit["choice"]} */
  const choice = (key, label, options, changed = () => {}) => {
    const inputs = options.map((text, i) => pick("radio", key, i, text, changed));
    controls.append(html("fieldset", {}, html("legend", {}, words(label)), ...inputs));
  };
  /** @type {Kit["tick"]} */
  const tick = (key, label, changed = () => {}) => {
    controls.append(html("div", {}, pick("checkbox", key, 1, label, changed)));
  };

  // state[key] runs to `end`, from 0 again when it is there. Readers who want no motion see the end.
  /** @type {Kit["play"]} */
  const play = (key, end, perSecond) => {
    /** @type {[Words, Words]} */
    const [PLAY, PAUSE] = [["播放 ▶", "Play ▶"], ["暂停 ❚❚", "Pause ❚❚"]];
    let [playing, last] = [false, 0];
    const node = button(PLAY, () => (playing ? stop() : go()));
    node.dataset.key = "play";
    const stop = () => {
      if (playing) node.replaceChildren(...words(PLAY));
      playing = false;
    };
    const go = () => {
      if (state[key] >= end) state[key] = 0;
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) { state[key] = end; return; }
      playing = true;
      node.replaceChildren(...words(PAUSE));
      last = performance.now();
      requestAnimationFrame(next);
    };
    /** @param {number} time */
    const next = (time) => {
      if (!playing || !root.isConnected) { stop(); return; }
      state[key] = Math.min(end, state[key] + Math.max(0, time - last) / 1000 * perSecond);
      last = time;
      if (state[key] < end) requestAnimationFrame(next);
      else stop();
      paint();
    };
    resets.push(stop);
    return stop;
  };

  // One row for each series, with room for its numbers: gives the places of these.
  /** @type {Kit["legend"]} */
  const legend = (rows) => rows.map(({ colour, dash = "", mark, name }) => {
    const line = { d: "M0,5H34", stroke: colour, "stroke-width": 3, "stroke-dasharray": dash };
    const sample = mark ? html("span", { "aria-hidden": "true", style: `color: ${colour}` }, mark)
      : svg("svg", { class: "sample", viewBox: "0 0 34 10", "aria-hidden": "true" }, svg("path", line));
    const value = html("span", { class: "value" });
    controls.append(html("p", {}, sample, " ", words(name), " ", value));
    return value;
  });

  root.classList.add("course-explorable");
  fill(root, { role: "group", "aria-labelledby": title.id });
  root.replaceChildren(
    title,
    html("p", { class: "unseen" }, words(alt)),
    html("div", { class: "parts" }, plots, controls),
  );
  build({
    state, html, svg, plots, controls, redraw, say, slider, choice, tick, button, play, legend,
    words, put, number, numbers, pairs, bytes, clamp,
    set: fill,
    title: (zh, en) => title.replaceChildren(...words([zh, en])),
    begin: (values) => { start = { ...values }; Object.assign(state, values); },
    draw: (how) => { draw = how; },
    onReset: (then) => { resets.push(then); },
    plot: (axes, into = plots) => makePlot(axes, into, redraw),
  }, data);
  button(["重置", "Reset"], () => {
    Object.assign(state, start);
    resets.forEach((reset) => reset());
  }).dataset.key = "reset";
  controls.append(shown, spoken);
  paint();
};
