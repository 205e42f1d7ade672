// What explorables/kit.js gives to each explorable beside it: docs/authoring.md has an example.

type Words = readonly [zh: string, en: string]; // both languages
type Point = readonly [x: number, y: number];
type State = Record<string, number>; // a choice is its index, a tick 0 or 1
type Attributes = Record<string, string | number>;
type Child = Node | string;

interface MakeHtml {
  <Tag extends keyof HTMLElementTagNameMap>(
    tag: Tag, attributes?: Attributes, ...children: (Child | Child[])[]
  ): HTMLElementTagNameMap[Tag];
}
interface MakeSvg {
  <Tag extends keyof SVGElementTagNameMap>(
    tag: Tag, attributes?: Attributes, ...children: (Child | Child[])[]
  ): SVGElementTagNameMap[Tag];
}

// digits: shown after the point. log: equal steps are equal factors. changed: the reader moved it.
type SliderRange = {
  min: number; max: number; step: number; digits?: number; log?: boolean; changed?: () => void;
};
// ratio: height by width; "equal": the same scale on both axes; bare: no axes at all.
type Axes = {
  x: Point; y: Point; ratio: number | "equal"; bare?: boolean;
  xTicks?: number[]; yTicks?: number[]; xLabel?: Words; yLabel?: Words;
};

interface Plot {
  x(value: number): number; // from the axes' units to pixels
  y(value: number): number;
  point(x: number, y: number): string;
  path(points: readonly Point[]): string;
  dots(points: readonly Point[]): string; // a path to stroke with round ends: a dot at each point
  triangles(points: readonly Point[]): string; // a path to fill
  add<Tag extends keyof SVGElementTagNameMap>(
    tag: Tag, attributes?: Attributes, ...children: (Child | Child[])[]
  ): SVGElementTagNameMap[Tag];
  line(colour: string, attributes?: Attributes): SVGPathElement;
  raster(columns: number, rows: number, label?: Words): CanvasRenderingContext2D; // below all else
  drag(node: SVGElement, moved: (at: Point) => void): void; // mouse, pen and finger
  scale(): string; // changes when the picture's size does
}

interface Kit {
  state: State;
  html: MakeHtml;
  svg: MakeSvg;
  plots: HTMLElement;
  controls: HTMLElement;
  title(zh: string, en: string): void;
  begin(values: State): void; // the state, to which Reset returns
  draw(how: () => void): void; // called at most once a frame, after any change
  redraw(): void;
  say(zh: string, en: string): void; // the result in a sentence, also read aloud
  plot(axes: Axes, into?: HTMLElement): Plot; // into: instead of the column of plots
  slider(key: string, label: Words, range: SliderRange): HTMLInputElement;
  choice(key: string, label: Words, options: readonly Words[], changed?: () => void): void;
  tick(key: string, label: Words, changed?: () => void): void;
  button(text: Words, press: () => void): HTMLButtonElement;
  play(key: string, end: number, perSecond: number): () => void; // gives what stops it
  legend(rows: readonly { colour: string; dash?: string; mark?: string; name: Words }[]): HTMLElement[];
  onReset(then: () => void): void;
  words(text: Words): Node[];
  put(node: Element, text: string): void; // changes a text without touching the tree
  set(node: Element, attributes: Attributes): void;
  number(value: number, digits?: number): string; // with a true minus
  numbers(text: string): number[]; // an array of course_utils.explorables.show
  pairs(text: string): Point[];
  bytes(text: string): Uint8Array; // one of uint8
  clamp(value: number, low: number, high: number): number;
}

type Build = (kit: Kit, data: Record<string, any>) => void;
