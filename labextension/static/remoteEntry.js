// The course's language switch: a prebuilt JupyterLab 4 extension written by hand, without a
// bundler or a build step. Toolbar buttons 中文 | English | 双语 show one language or both, in all
// open notebooks, at once, without a kernel. After editing this file, install the project again
// (an editable install copies it).
//
// A cell belongs to a language by its tag, lang-zh or lang-en; cells without such a tag always
// show. Pictures carry alt text in their output's metadata: {"image/png": {alt, alt_zh, alt_en}}.
(globalThis._JUPYTERLAB ||= {})["course-language"] = (() => {
  const KEY = "course-language";
  const MODES = [
    { value: "zh", text: "中文", label: "中文 · Chinese" },
    { value: "en", text: "English", label: "English · 英文" },
    { value: "both", text: "双语", label: "双语 · Both languages" },
  ];
  const isMode = (value) => MODES.some((mode) => mode.value === value);

  // --- which language ---------------------------------------------------------------------------

  // On the first visit the reader's own language: one language is half the length of two, and
  // the buttons, each in its own language, are in sight for whoever wants the other.
  const preferred = () => {
    const known = navigator.languages.map((name) => name.slice(0, 2).toLowerCase());
    return known.find((name) => name === "zh" || name === "en") ?? "en";
  };

  // A cookie, because localStorage forgets when the server's port changes after a restart.
  const stored = () => document.cookie.match(/(?:^|; )course-language=(\w+)/)?.[1];
  const store = (mode) => {
    document.cookie = `${KEY}=${mode}; path=/; max-age=${365 * 24 * 3600}; SameSite=Lax`;
    try {
      localStorage.setItem(KEY, mode); // tells the other browser tabs, by the event "storage"
    } catch {
      // storage is forbidden here: this tab still works
    }
  };

  // ?lang= is read while this file loads: later JupyterLab's router removes it from the address.
  const asked = new URLSearchParams(location.search).get("lang");
  let mode = [asked, stored()].find(isMode) ?? preferred();
  if (isMode(asked)) store(asked);

  // --- cells ------------------------------------------------------------------------------------

  const CSS = `
    .jp-NotebookPanel[data-course-lang=zh] :is(.course-cell-en, .course-lang[lang^=en]),
    .jp-NotebookPanel[data-course-lang=en] :is(.course-cell-zh, .course-lang[lang^=zh]) {
      display: none !important;
    }
    .course-hint { color: var(--jp-ui-font-color2); font-size: var(--jp-ui-font-size1); }
    /* A formula wider than the page scrolls by itself. */
    .jp-RenderedMarkdown mjx-container[display=true] {
      max-width: 100%; overflow-x: auto; overflow-y: hidden;
    }
    .course-language { display: inline-flex; align-items: center; margin: 0 4px; }
    .course-language button {
      border: 1px solid var(--jp-border-color1); background: var(--jp-layout-color1);
      color: var(--jp-ui-font-color1); font-size: var(--jp-ui-font-size1);
      font-family: var(--jp-ui-font-family); line-height: 20px; padding: 0 8px; cursor: pointer;
    }
    .course-language button + button { border-left: 0; }
    .course-language button:first-child { border-radius: 3px 0 0 3px; }
    .course-language button:last-child { border-radius: 0 3px 3px 0; }
    .course-language button[aria-pressed=true] { background: #1565c0; color: white; }
    .course-language button:focus-visible {
      outline: 2px solid var(--jp-brand-color1); outline-offset: 2px; z-index: 1;
    }`;

  const languageOf = (cell) => {
    const tags = cell.model.getMetadata("tags") ?? [];
    return tags.includes("lang-zh") ? "zh" : tags.includes("lang-en") ? "en" : null;
  };
  const isHidden = (cell) => {
    const language = languageOf(cell);
    return mode !== "both" && language !== null && language !== mode;
  };
  const markCells = (notebook) => {
    for (const cell of notebook.widgets) {
      for (const language of ["zh", "en"]) {
        cell.node.classList.toggle(`course-cell-${language}`, languageOf(cell) === language);
      }
    }
  };

  // The nearest cell that shows, first in the direction of `step`, then in the other.
  const nearestShown = (notebook, index, step) => {
    for (const way of [step, -step]) {
      for (let i = index + way; notebook.widgets[i]; i += way) {
        if (!isHidden(notebook.widgets[i]) && !notebook.widgets[i].isHidden) return i;
      }
    }
    return index;
  };

  // The cursor never stays in a cell that nobody sees: keys move on to the next one that shows.
  const leaveHidden = (notebook, step) => {
    const cell = notebook.activeCell;
    if (!cell || !isHidden(cell)) return;
    notebook.activeCellIndex = nearestShown(notebook, notebook.activeCellIndex, step);
    if (cell.model.type === "markdown") queueMicrotask(() => { cell.rendered = true; });
  };

  const followCursor = (notebook) => {
    let last = notebook.activeCellIndex;
    notebook.activeCellChanged.connect(() => {
      leaveHidden(notebook, notebook.activeCellIndex < last ? -1 : 1);
      last = notebook.activeCellIndex;
    });
  };

  // Nobody loses a cell without seeing it go: cut, copy, delete and merge ask this method which
  // cells they are for. The selection itself stays unbroken, which Shift + arrows rely on.
  const spareHidden = (notebook) => {
    const original = notebook.isSelectedOrActive.bind(notebook);
    notebook.isSelectedOrActive = (cell) => !isHidden(cell) && original(cell);
  };

  // JupyterLab opens a text on a double click but leaves the keyboard to commands, so that the
  // next letter cuts or adds a cell; learners expect to type.
  const typeAfterDoubleClick = (notebook) => {
    notebook.node.addEventListener("dblclick", () => setTimeout(() => {
      const cell = notebook.activeCell;
      if (cell?.model.type === "markdown" && !cell.rendered) notebook.mode = "edit";
    }));
  };

  // Switching takes cells away above the reader; what they were reading stays where it was.
  const keepPlace = (notebook, change) => {
    const scroller = notebook.outerNode ?? notebook.node;
    const top = scroller.getBoundingClientRect().top;
    const distance = (cell) => cell.node.getBoundingClientRect().top - top;
    const anchor = notebook.widgets.find((cell) => cell.node.isConnected &&
      languageOf(cell) === null && cell.node.offsetHeight > 0 && distance(cell) >= 0);
    const before = anchor && distance(anchor);
    change();
    if (anchor) scroller.scrollTop += distance(anchor) - before;
  };

  // --- alt text ---------------------------------------------------------------------------------

  const setAlt = (img) => {
    const { altZh, altEn } = img.dataset;
    img.alt = { zh: altZh, en: altEn }[mode] ?? `${altZh}\n${altEn}`;
  };
  const addAlt = (img, about) => {
    if (!img || !about?.alt) return;
    if (about.alt_zh && about.alt_en) {
      Object.assign(img.dataset, { altZh: about.alt_zh, altEn: about.alt_en });
      setAlt(img);
    } else {
      img.alt = about.alt;
    }
  };

  // The saved picture of an explorer has no sliders; a reader who knows of them wants them.
  const addHint = (node, model) => {
    node.querySelector(".course-hint")?.remove();
    if (!String(model.data["text/plain"] ?? "").startsWith("Explorer(")) return;
    const hint = document.createElement("div");
    hint.className = "course-hint";
    for (const [lang, text] of [["zh", "从头运行到这个单元，这里就有滑块。"],
      ["en", "Run the cells up to here, and sliders appear."]]) {
      const span = Object.assign(document.createElement("span"), { lang, textContent: text });
      span.className = "course-lang";
      hint.append(span, " ");
    }
    node.append(hint);
  };

  // JupyterLab leaves the metadata's alt text out; so its image renderer is wrapped.
  const renderAlt = (rendermime) => {
    const original = rendermime.getFactory("image/png");
    const createRenderer = (options) => {
      const renderer = original.createRenderer(options);
      const renderModel = renderer.renderModel.bind(renderer);
      renderer.renderModel = async (model) => {
        await renderModel(model);
        addAlt(renderer.node.querySelector("img"), model.metadata[options.mimeType]);
        addHint(renderer.node, model);
      };
      return renderer;
    };
    rendermime.addFactory({ ...original, createRenderer });
  };

  // Image widgets have no alt text: course_utils.widgets.Picture puts it beside the image.
  const widgetAlt = (node) => {
    const find = () => {
      for (const text of node.querySelectorAll(".course-alt:not([hidden])")) {
        const { zh, en } = text.dataset;
        addAlt(text.closest(".course-picture")?.querySelector("img"), { alt: zh, alt_zh: zh, alt_en: en });
        text.hidden = true; // not read twice
      }
    };
    const observer = new MutationObserver(find);
    observer.observe(node, { childList: true, subtree: true });
    return observer;
  };

  // --- notebooks that the learner saved ---------------------------------------------------------

  const VIEW = "application/vnd.jupyter.widget-view+json";
  const hasPicture = ({ data }) => data?.[VIEW] && Object.keys(data).some((type) =>
    type.startsWith("image/") || type === "text/html");

  // A saved widget needs the kernel that made it. Where no kernel of this notebook runs any more,
  // the picture that was saved with it is shown in its place.
  const showSavedPictures = async (panel, sessions) => {
    const { context, content } = panel;
    await Promise.all([context.ready, sessions.ready]);
    if ([...sessions.running()].some(({ path }) => path === context.path)) return;
    const { dirty } = context.model;
    for (const { model } of content.widgets.filter((cell) => cell.model.type === "code")) {
      for (let i = 0; i < model.outputs.length; i += 1) {
        const output = model.outputs.get(i).toJSON();
        if (!hasPicture(output)) continue;
        delete output.data[VIEW];
        model.outputs.set(i, output);
      }
    }
    context.model.dirty = dirty; // looking at a notebook does not change it
  };

  // --- photos too large for the server ----------------------------------------------------------

  // JupyterLab shows 140 characters at most.
  const TOO_LARGE = "照片太大，没有传到：请用 course lab 打开课程，或选 10 MB 以下的照片。\n\n" +
    "The photo is too large to arrive: use course lab, or a photo below 10 MB.";

  // A server drops the connection over a message above its limit, and nobody hears of the photo.
  const tellTooLarge = (context, Notification) => {
    let last = 0; // when a message of more than 8 MB was sent
    const listen = (session) => session?.anyMessage.connect((_, { msg, direction }) => {
      const size = (msg.buffers ?? []).reduce((sum, buffer) => sum + buffer.byteLength, 0);
      if (direction === "send" && size > 8e6) last = Date.now();
    });
    listen(context.session);
    context.sessionChanged.connect((_, { newValue }) => listen(newValue));
    context.connectionStatusChanged.connect((_, status) => {
      if (status === "connected" || Date.now() - last > 20_000) return;
      last = 0;
      Notification.error(TOO_LARGE, { autoClose: false });
    });
  };

  // --- the switch -------------------------------------------------------------------------------

  const panels = new Set();

  const showIn = (panel) => {
    const notebook = panel.content;
    keepPlace(notebook, () => { panel.node.dataset.courseLang = mode; });
    if (notebook.activeCell && isHidden(notebook.activeCell)) notebook.deselectAll();
    leaveHidden(notebook, mode === "zh" ? -1 : 1); // to the same text in the other language
    panel.node.querySelectorAll("img[data-alt-zh]").forEach(setAlt);
  };
  const show = () => {
    panels.forEach(showIn);
    for (const button of document.querySelectorAll(".course-language button")) {
      button.setAttribute("aria-pressed", String(button.value === mode));
    }
  };
  const choose = (value) => {
    mode = value;
    store(value);
    show();
  };

  const makeButton = ({ value, text, label }) => {
    const button = document.createElement("button");
    Object.assign(button, { value, textContent: text, title: label, type: "button" });
    button.lang = value === "en" ? "en" : "zh";
    button.setAttribute("aria-label", label);
    button.setAttribute("aria-pressed", String(value === mode));
    button.onclick = () => choose(value);
    return button;
  };

  // Tab reaches the buttons, the arrow keys go from one to the next, Enter or Space presses.
  const onArrow = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const all = [...event.currentTarget.children];
    const next = all[all.indexOf(event.target) + step];
    if (!next) return; // at the end, or another key: the toolbar's own handling goes on
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  };
  const makeGroup = () => {
    const node = document.createElement("div");
    node.className = "course-language";
    node.setAttribute("role", "group");
    node.setAttribute("aria-label", "课程语言 · Course language");
    node.append(...MODES.map(makeButton));
    node.addEventListener("keydown", onArrow, true);
    return node;
  };

  const watch = (panel) => {
    const notebook = panel.content;
    const mark = () => markCells(notebook);
    panels.add(panel);
    const observer = widgetAlt(panel.node);
    notebook.modelContentChanged.connect(mark);
    spareHidden(notebook);
    typeAfterDoubleClick(notebook);
    panel.context.ready.then(() => { mark(); followCursor(notebook); showIn(panel); });
    panel.disposed.connect(() => { panels.delete(panel); observer.disconnect(); });
    showIn(panel);
  };

  const addCommands = (app, palette) => {
    for (const { value, label } of MODES) {
      const command = `${KEY}:${value}`;
      app.commands.addCommand(command, {
        label: `课程语言 · Course language: ${label}`,
        isToggled: () => mode === value,
        execute: () => choose(value),
      });
      palette?.addItem({ command, category: "课程 · Course" });
    }
  };

  // --- JupyterLab's side ------------------------------------------------------------------------

  let shared = null; // webpack's share scope: {module: {version: {get, loaded}}}
  const use = async (name) => {
    const versions = Object.values(shared[name]);
    const version = versions.find((each) => each.loaded) ?? versions[versions.length - 1];
    return (await version.get())();
  };

  const makePlugin = async () => {
    const { Widget } = await use("@lumino/widgets");
    const { IRenderMimeRegistry } = await use("@jupyterlab/rendermime");
    const { ICommandPalette, Notification } = await use("@jupyterlab/apputils");
    return {
      id: "course-language:plugin",
      description: "中文 / English / 双语 in notebooks; alt text on figures",
      autoStart: true,
      requires: [IRenderMimeRegistry],
      optional: [ICommandPalette],
      activate: (app, rendermime, palette) => {
        const style = document.createElement("style");
        style.textContent = CSS;
        document.head.append(style);
        renderAlt(rendermime);
        addCommands(app, palette);
        addEventListener("storage", (event) => {
          if (event.key === KEY && isMode(event.newValue)) { mode = event.newValue; show(); }
        });
        app.docRegistry.addWidgetExtension("Notebook", {
          createNew: (panel) => {
            panel.toolbar.insertItem(10, "courseLanguage", new Widget({ node: makeGroup() }));
            watch(panel);
            showSavedPictures(panel, app.serviceManager.sessions);
            tellTooLarge(panel.sessionContext, Notification);
          },
        });
      },
    };
  };

  return {
    init: (scope) => { shared = scope; },
    get: async (module) => {
      if (module !== "./extension") throw new Error(`no module ${module}`);
      const plugin = await makePlugin();
      return () => ({ __esModule: true, default: plugin });
    },
  };
})();
