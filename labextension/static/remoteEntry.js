// @ts-check
// The handshake with JupyterLab, in place of what its bundler would write: no build step. The
// plugin and its features are native ES modules beside this file. After editing any of them:
// `python labextension/stamp.py` (says why), then install the project again.
(globalThis._JUPYTERLAB ||= {})["course-language"] = (() => {
  /** @type {ShareScope} */
  let scope;

  // JupyterLab's own modules, whose tokens only are equal to themselves. They come to a prebuilt
  // extension through webpack's share scope and no other way: {name: {version: {get, loaded}}}.
  /** @type {Use} */
  const use = async (name) => {
    const versions = Object.values(scope[name]);
    const version = versions.find((each) => each.loaded) ?? versions[versions.length - 1];
    return (await version.get())();
  };

  return {
    // Nothing may be awaited here: JupyterLab begins at the page's event "load", which comes too
    // early for it when it waits for a native import.
    /** @param {ShareScope} given */
    init: (given) => { scope = given; },
    get: async () => {
      const { makePlugin } = await import("./plugin.js");
      const plugin = await makePlugin(use);
      return () => ({ __esModule: true, default: plugin });
    },
  };
})();
