"use strict";
(() => {
  let page = null, failed = false, serial = 0;
  const route = async () => {
    const mine = ++serial;
    failed = false;
    T.cleanup.splice(0).forEach(f => f());
    T.tip("");
    const parts = location.hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(p => { try { return decodeURIComponent(p); } catch { return p; } });
    try {
      const [first, id, what, which] = parts;
      const made = await (first === "e" && id ? what === "trial" ? T.pages.trial(id, which || "0") : what === "decisions" ? T.pages.decisions(id) : T.pages.experiment(id)
        : first === "compare" ? T.pages.compare(...parts.slice(1)) : T.exported ? T.pages.experiment(T.exported.id) : T.pages.experiments());
      if (mine === serial) page = made;
    } catch (x) {
      if (mine === serial && !x.left) { page = null; failed = true; T.show(T.fault(x.message)); }
    }
  };
  T.get("theme").addEventListener("click", () => { T.store("theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark"); T.theme(); route(); });
  T.theme();
  addEventListener("hashchange", () => { scrollTo(0, 0); route(); });
  addEventListener("scroll", () => T.tip(""), { passive: true });
  const live = T.get("live");
  if (T.exported) live.textContent = T.exported.says;
  else {
    const events = new EventSource("api/events");
    events.onopen = () => { live.textContent = "live"; live.classList.add("on"); };
    events.onerror = () => { live.textContent = "not connected"; live.classList.remove("on"); };
    events.onmessage = m => { if (failed) route(); else if (page && page.changed) page.changed(JSON.parse(m.data)); };
  }
  route();
})();
