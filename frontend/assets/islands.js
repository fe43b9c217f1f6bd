// Brings the islands of a page to life: loads the module, then calls the function of each island.
(() => {
  const { module, program } = document.currentScript.dataset;
  // The reader comes first: what she does is answered between two steps.
  const breathe = () => new Promise((done) => setTimeout(done));
  const start = async () => {
    const islands = await import(module);
    await islands.default({ module_or_path: program });
    await breathe();
    islands.hydrate();
    for (const island of document.querySelectorAll("leptos-island")) {
      const bring = islands[island.dataset.component];
      if (!bring) continue;
      await bring(island);
      await breathe();
    }
    document.documentElement.dataset.islands = "ready";
  };
  // An island writes its state into the address; what a figure offers to take along follows when it
  // is reached for.
  const follow = ({ target }) => {
    const tools = target.closest?.(".figure-tools");
    if (!tools) return;
    const year = new URLSearchParams(location.search).get("year");
    for (const link of tools.querySelectorAll("a[data-state]")) link.search = location.search;
    for (const link of tools.querySelectorAll("a[data-period]")) {
      const query = new URLSearchParams(link.search);
      if (year && query.has("period")) {
        query.set("period", year);
        link.search = query;
      }
    }
    for (const code of tools.querySelectorAll("textarea")) {
      code.value = code.value.replace(/src="([^"]*)"/, (_, address) => {
        const source = new URL(address, location.origin);
        source.search = location.search;
        return `src="${source}"`;
      });
    }
  };
  for (const reach of ["pointerover", "focusin", "toggle"]) document.addEventListener(reach, follow, true);
  // The page is complete without; a script that fails must not disturb it.
  const guarded = () => start().catch((fault) => console.error(fault));
  const begin = () => {
    if ("requestIdleCallback" in window) requestIdleCallback(guarded, { timeout: 2000 });
    else guarded();
  };
  // Not before the page is painted: what is fetched earlier takes the line and the processor from it. A page in the
  // background is not painted.
  if (document.hidden) begin();
  else requestAnimationFrame(() => setTimeout(begin));
})();
