// Brings the islands of a page to life: loads the module, then calls the function of each island.
(() => {
  const { module, program } = document.currentScript.dataset;
  const start = async () => {
    const islands = await import(module);
    await islands.default({ module_or_path: program });
    islands.hydrate();
    for (const island of document.querySelectorAll("leptos-island")) {
      const bring = islands[island.dataset.component];
      if (bring) await bring(island);
    }
    document.documentElement.dataset.islands = "ready";
  };
  // The page is complete without; a script that fails must not disturb it.
  const guarded = () => start().catch((fault) => console.error(fault));
  if ("requestIdleCallback" in window) requestIdleCallback(guarded, { timeout: 2000 });
  else setTimeout(guarded, 0);
})();
