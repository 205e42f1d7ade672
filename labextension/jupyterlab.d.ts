// What the extension uses of JupyterLab 4, and nothing else of it: the whole surface that an update
// can break. The true types would need some hundred npm packages; the browser tests hold these true.

type Mode = "zh" | "en" | "both";
type Alt = { alt?: string; alt_zh?: string; alt_en?: string };
type Feature = { start?(lab: Lab): void; open?(panel: Panel, lab: Lab): void };
type Lab = {
  app: App; rendermime: RenderMime; toolbars: Toolbars; palette?: Palette; Widget: WidgetClass;
};

// webpack's share scope: private to bundlers, and the only way to JupyterLab's tokens
type ShareScope = Record<string, Record<string, { loaded?: unknown; get(): Promise<() => any> }>>;
type Use = (name: string) => Promise<any>;
declare var _JUPYTERLAB: Record<string, unknown>;

// @lumino
interface Signal<Value = void> { connect(slot: (sender: any, value: Value) => void): void }
interface Widget { node: HTMLElement; disposed: Signal; isDisposed: boolean; isHidden: boolean }
type WidgetClass = new (options: { node: HTMLElement }) => Widget;
type Command = { label: string; isToggled(): boolean; execute(): void };

// @jupyterlab/application, apputils
interface App {
  restored: Promise<void>;
  commands: {
    addCommand(id: string, command: Command): void;
    execute(id: string, args: object): Promise<unknown>;
  };
  docRegistry: {
    addWidgetExtension(kind: string, extension: { createNew(panel: Panel): void }): void;
  };
  serviceManager: { sessions: { ready: Promise<void>; running(): Iterable<{ path: string }> } };
}
interface Palette { addItem(item: { command: string; category: string }): void }
interface Toolbars { addFactory(kind: string, name: string, make: (panel: Panel) => Widget): void }

// @jupyterlab/rendermime
type MimeModel = { data: Record<string, unknown>; metadata: Record<string, Alt | undefined> };
interface Renderer extends Widget { renderModel(model: MimeModel): Promise<void> }
interface RendererFactory {
  safe?: boolean; mimeTypes?: string[];
  createRenderer(options: { mimeType: string }): Renderer;
}
interface RenderMime {
  getFactory(mimeType: string): RendererFactory | undefined;
  addFactory(factory: RendererFactory, rank?: number): void;
}

// @jupyterlab/notebook, cells, outputarea
type Output = { data?: any };
interface Outputs {
  length: number;
  get(index: number): { toJSON(): Output };
  set(index: number, output: Output): void;
}
interface Cell extends Widget {
  model: { type: string; outputs: Outputs; getMetadata(key: "tags"): string[] | undefined };
  rendered: boolean;
}
interface Notebook extends Widget {
  widgets: Cell[];
  activeCell: Cell | null;
  activeCellIndex: number;
  activeCellChanged: Signal<Cell>;
  modelContentChanged: Signal;
  mode: "command" | "edit";
  outerNode?: HTMLElement;
  deselectAll(): void;
  isSelectedOrActive(cell: Cell): boolean;
}
interface Panel extends Widget {
  content: Notebook;
  context: { ready: Promise<void>; path: string; model: { dirty: boolean } };
  sessionContext: SessionContext;
}

// @jupyterlab/services
type Message = { msg: { buffers?: ArrayBuffer[] }; direction: "send" | "recv" };
interface Kernel {
  requestCommInfo(of: { target_name: string }): Promise<{ content: { comms?: object } }>;
}
interface Session { anyMessage: Signal<Message>; kernel: Kernel | null }
interface SessionContext {
  ready: Promise<void>;
  statusChanged: Signal<string>;
  session: Session | null;
  sessionChanged: Signal<{ newValue: Session | null }>;
  connectionStatusChanged: Signal<string>;
}
