// @ts-check
// Where the reader was: the cell at the top of each notebook, told to the course's server, which
// opens the last notebook at its next start. Under any other server (page_config.json says so)
// nothing is told or asked.

const QUIET = 700; // milliseconds without scrolling

const isKept = () => {
  const config = document.getElementById("jupyter-config-data")?.textContent ?? "{}";
  return Boolean(JSON.parse(config).coursePlace);
};

/** @type {(lab: Lab, query: string, init: RequestInit) => Promise<Response>} */
const ask = ({ app }, query, init) => {
  const { baseUrl, token } = app.serviceManager.serverSettings;
  const xsrf = document.cookie.match(/(?:^|; )_xsrf=([^;]+)/)?.[1] ?? "";
  const headers = new Headers({ "Content-Type": "application/json", "X-XSRFToken": xsrf });
  if (token) headers.set("Authorization", `token ${token}`);
  return fetch(`${baseUrl}course/place${query}`, { ...init, headers });
};

/** @param {Notebook} notebook */
const scrollerOf = (notebook) => notebook.outerNode ?? notebook.node;

/** The first cell of which something is to be seen. @param {Notebook} notebook */
const topCell = (notebook) => {
  const { top } = scrollerOf(notebook).getBoundingClientRect();
  return notebook.widgets.find(({ node }) => node.isConnected && node.offsetHeight > 0 &&
    node.getBoundingClientRect().bottom > top + 10);
};

/** @type {(panel: Panel, lab: Lab) => void} */
const tell = (panel, lab) => {
  if (panel.isDisposed || !panel.node.offsetHeight) return; // behind another tab
  // At the very top it is the title, even while the first cells are still being drawn.
  const { scrollTop } = scrollerOf(panel.content);
  const first = scrollTop > 0 ? topCell(panel.content) : panel.content.widgets[0];
  const cell = first?.model.id ?? null;
  const body = JSON.stringify({ path: panel.context.path, cell });
  ask(lab, "", { method: "PUT", body }).catch(() => {}); // the server has ended
};

/** @type {(panel: Panel, lab: Lab) => Promise<void>} */
const goBack = async (panel, lab) => {
  const query = `?path=${encodeURIComponent(panel.context.path)}`;
  const { cell } = await (await ask(lab, query, { method: "GET" })).json();
  const index = panel.content.widgets.findIndex(({ model }) => model.id === cell);
  // whoever has scrolled, or follows a link to a heading, is where they want to be
  if (index < 1 || panel.isDisposed || location.hash) return;
  if (scrollerOf(panel.content).scrollTop > 0) return;
  panel.content.activeCellIndex = index;
  await toTop(panel.content, index);
};

// Cells out of sight have no true height yet: what is above settles as it comes into sight.
/** @type {(notebook: Notebook, index: number) => Promise<void>} */
const toTop = async (notebook, index) => {
  const scroller = scrollerOf(notebook);
  const { node } = notebook.widgets[index];
  await notebook.scrollToItem(index, "start"); // brings it in where only cells in sight are attached
  for (let round = 0; round < 5 && node.isConnected; round += 1) {
    scroller.scrollTop += node.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
};

/** @type {(panel: Panel, lab: Lab) => Promise<void>} */
const follow = async (panel, lab) => {
  await Promise.all([panel.context.ready, panel.revealed]);
  await goBack(panel, lab).catch(() => {});
  /** @type {number | undefined} */
  let waiting;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => tell(panel, lab), QUIET);
  };
  scrollerOf(panel.content).addEventListener("scroll", soon, { passive: true });
  lab.app.shell.currentChanged?.connect((_, { newValue }) => { if (newValue === panel) soon(); });
  soon();
};

/** @type {(panel: Panel, lab: Lab) => void} */
export const open = (panel, lab) => { if (isKept()) void follow(panel, lab); };
