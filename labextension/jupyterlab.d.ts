// What the extension uses of JupyterLab 4, and nothing else of it: the whole surface that an update
// can break. The true types would need some hundred npm packages; the browser tests hold these true.

type Mode = "zh" | "en" | "both";
type Alt = { alt?: string; alt_zh?: string; alt_en?: string };
type Feature = { start?(lab: Lab): void; open?(panel: Panel, lab: Lab): void };
type Lab = {
  app: App; rendermime: RenderMime; toolbars: Toolbars; palette?: Palette; Widget: WidgetClass;
  Container: new () => Container;
};
type RunState = "pending" | "running" | "done" | "failed";
type Living = { ids: Set<string>; restarted: boolean };
type FoldAbout = { fold: string; n_claims?: number };

// webpack's share scope: private to bundlers, and the only way to JupyterLab's tokens
type ShareScope = Record<string, Record<string, { loaded?: unknown; get(): Promise<() => any> }>>;
type Use = (name: string) => Promise<any>;
declare var _JUPYTERLAB: Record<string, unknown>;

// @lumino
interface Signal<Value = void> { connect(slot: (sender: any, value: Value) => void): void }
interface Widget {
  id: string; node: HTMLElement; disposed: Signal; isDisposed: boolean; isHidden: boolean;
  dispose(): void;
}
interface Container extends Widget { widgets: Widget[]; addWidget(widget: Widget): void }
type Host = Container & Renderer;
type WidgetClass = new (options: { node: HTMLElement }) => Widget;
type Command = { label: string; isToggled(): boolean; execute(): void };

// @jupyterlab/application, apputils
interface App {
  commands: {
    addCommand(id: string, command: Command): void;
    execute(id: string, args: object): Promise<unknown>;
  };
  docRegistry: {
    addWidgetExtension(kind: string, extension: { createNew(panel: Panel): void }): void;
  };
  serviceManager: {
    sessions: { ready: Promise<void>; running(): Iterable<{ path: string }> };
    serverSettings: { baseUrl: string; token: string };
  };
  shell: {
    currentChanged?: Signal<{ newValue: Widget | null }>;
    activateById(id: string): void; collapseLeft?(): void; expandLeft?(): void;
  };
  restored: Promise<void>;
}
interface Palette { addItem(item: { command: string; category: string }): void }
interface Toolbars { addFactory(kind: string, name: string, make: (panel: Panel) => Widget): void }

// @jupyterlab/rendermime
type MimeModel = {
  data: Record<string, unknown>; trusted?: boolean;
  metadata: { [type: string]: Alt | undefined } & { course?: { live?: boolean } };
};
interface Renderer extends Widget { renderModel(model: MimeModel): Promise<void> }
interface RendererFactory {
  safe?: boolean; mimeTypes?: string[];
  createRenderer(options: { mimeType: string }): Renderer;
}
interface RenderMime {
  createRenderer(mimeType: string): Renderer;
  preferredMimeType(data: object, safe: "any" | "ensure"): string | undefined;
  getFactory(mimeType: string): RendererFactory | undefined;
  addFactory(factory: RendererFactory, rank?: number): void;
  createRenderer(mimeType: string): Renderer;
}

// @jupyterlab/notebook, cells, outputarea
interface Outputs { length: number; get(index: number): { type: string } }
interface CellModel {
  id: string; type: string; outputs: Outputs;
  getMetadata(key: "tags"): string[] | undefined;
  getMetadata(key: "course"): FoldAbout | undefined;
  sharedModel: { changed: Signal<{ sourceChange?: unknown }>; getSource(): string };
}
interface Cell extends Widget {
  model: CellModel; rendered: boolean; ready?: Promise<void>; editor?: { focus(): void } | null;
}
interface Notebook extends Widget {
  widgets: Cell[];
  activeCell: Cell | null;
  activeCellIndex: number;
  activeCellChanged: Signal<Cell>;
  modelContentChanged: Signal;
  stateChanged: Signal;
  rendermime: RenderMime;
  mode: "command" | "edit";
  outerNode?: HTMLElement;
  deselectAll(): void;
  isSelectedOrActive(cell: Cell): boolean;
  scrollToItem(index: number, align: "start"): Promise<void>;
}
interface NotebookModel {
  dirty: boolean; getMetadata(key: string): unknown; setMetadata(key: string, value: unknown): void;
}
interface Panel extends Widget {
  content: Notebook;
  revealed: Promise<void>;
  context: { ready: Promise<void>; path: string; model: NotebookModel };
  sessionContext: SessionContext;
}

// @jupyterlab/services
type Content = {
  buffers?: ArrayBuffer[]; header: { msg_type: string; msg_id: string };
  parent_header: { msg_id?: string }; metadata: Record<string, unknown>;
  content: Record<string, unknown>;
};
type Direction = "send" | "recv";
type Message = { msg: Content; direction: Direction };
type KernelListener = {
  onKernel?(kernel: Kernel): void; onMessage?(message: Content, direction: Direction): void;
  onGone?(): void;
};
interface Kernel {
  anyMessage: Signal<Message>;
  requestCommInfo(of: { target_name: string }): Promise<{ content: { comms?: object } }>;
}
interface Session { anyMessage: Signal<Message>; kernel: Kernel | null }
interface SessionContext {
  statusChanged: Signal<string>;
  kernelChanged: Signal<{ newValue: Kernel | null }>;
  session: Session | null;
  sessionChanged: Signal<{ newValue: Session | null }>;
  connectionStatusChanged: Signal<string>;
}
