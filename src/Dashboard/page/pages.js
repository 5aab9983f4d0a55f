"use strict";
T.crumbs = (...parts) => T.get("crumbs").replaceChildren(...parts.flatMap(p => [T.el("span", {}, "/"), T.el("span", {}, p)]));
T.show = (...children) => T.get("main").replaceChildren(...children.filter(c => c));
T.fault = message => T.el("div", { class: "empty" }, T.el("div", {}, T.el("p", { class: "error" }, message), T.el("a", { href: "#/" }, "All experiments")));

T.spark = values => {
  const canvas = T.el("canvas", { width: 220, height: 48, style: { width: "110px", height: "24px" }, role: "img", "aria-label": "Best so far" });
  const v = (values || []).map(T.num), [low, high] = T.range(v), ctx = canvas.getContext("2d");
  if (!Number.isFinite(low)) return canvas;
  ctx.strokeStyle = T.css("--accent"); ctx.lineWidth = 3; ctx.beginPath();
  let on = false;
  v.forEach((y, i) => { if (!Number.isFinite(y)) return; ctx[on ? "lineTo" : "moveTo"](4 + i * 212 / Math.max(1, v.length - 1), high > low ? 42 - 36 * (y - low) / (high - low) : 24); on = true; });
  ctx.stroke();
  return canvas;
};

// All experiments of the storage.
T.pages.experiments = async () => {
  T.crumbs("Experiments");
  document.title = "Experiments · Tuner";
  const chosen = new Set(), state = { search: "", status: "" };
  let data = { experiments: [] };
  const body = T.el("tbody", {}), compare = T.el("button", { type: "button", disabled: true, onclick: () => { location.hash = "#/compare/" + [...chosen].map(encodeURIComponent).join("/"); } }, "Compare");
  const search = T.el("input", { type: "search", placeholder: "Search experiments", "aria-label": "Search experiments", oninput: () => { state.search = search.value.toLowerCase(); draw(); } });
  const status = T.select("Status", [["", "any status"], "running", "finished", "stopped", "interrupted", "failed"], "", v => { state.status = v; draw(); });
  const where = T.el("p", { class: "muted mono" });
  const list = T.el("div", { class: "list" });
  const draw = () => {
    compare.disabled = chosen.size < 2;
    const rows = data.experiments.filter(x => (x.id + " " + (x.metric || "")).toLowerCase().includes(state.search) && (!state.status || x.status === state.status))
      .sort((a, b) => (b.status === "running") - (a.status === "running") || (b.last || 0) - (a.last || 0));
    if (!rows.length) return list.replaceChildren(T.el("div", { class: "empty" }, data.experiments.length ? "No experiment is like that." : "There are no experiments here yet. They appear when one begins."));
    body.replaceChildren(...rows.map(x => T.el("tr", {},
      T.el("td", {}, x.status ? T.el("input", { type: "checkbox", checked: chosen.has(x.id), "aria-label": "Compare " + x.id, onchange: ev => { if (ev.target.checked) chosen.add(x.id); else chosen.delete(x.id); draw(); } }) : ""),
      T.el("td", {}, T.el("a", { class: "name", href: T.link(x.id) }, x.id)),
      ...(x.error ? [T.el("td", {}, T.pill("unreadable")), T.el("td", { colspan: 5, class: "error", title: x.error }, x.error)]
        : !x.status ? [T.el("td", { colspan: 6 }, T.el("progress", { max: 1, value: x.loading || 0, "aria-label": "Reading" }))]
        : [T.el("td", {}, T.pill(x.status)),
          T.el("td", { class: "num" }, T.fmt(x.best ?? null) ? T.fmt(T.num(x.best)) : "–"), T.el("td", { class: "muted opt", title: x.metric }, x.metric ? T.short(x.metric) + " (" + x.mode + ")" : ""),
          T.el("td", { class: "opt" }, T.spark(x.spark)),
          T.el("td", { class: "num" }, (x.ended + x.failed).toLocaleString("en-US") + " / " + x.trials.toLocaleString("en-US"), x.failed ? T.el("span", { class: "error" }, " " + x.failed + " failed") : ""),
          T.el("td", { class: "muted opt", title: T.time(x.last) }, T.age(x.last))]))));
    list.replaceChildren(T.el("table", {}, T.el("thead", {}, T.el("tr", {}, T.el("th", {}, T.el("span", { class: "muted", title: "Compare" }, "")), ["Experiment", "Status"].map(h => T.el("th", {}, h)), T.el("th", { class: "num" }, "Best"),
      T.el("th", { class: "opt" }, "Objective"), T.el("th", { class: "opt" }, "Best so far"), T.el("th", { class: "num" }, "Ended"), T.el("th", { class: "opt" }, "Last"))), body));
  };
  const load = async () => {
    data = await T.api("api/experiments");
    where.textContent = data.storage;
    draw();
    if (data.experiments.some(x => !x.status && !x.error)) setTimeout(() => { if (list.isConnected) load(); }, 500);
  };
  T.show(T.el("div", { class: "head" }, T.el("h1", {}, "Experiments"), where), T.el("div", { class: "bar" }, search, status, compare), list);
  await load();
  return { changed: load };
};

// Opens an experiment; while its journal is read for the first time, a bar says how far that is.
T.open = async id => {
  for (;;) {
    try { return await T.api(T.at(id)); } catch (x) {
      if (x.loading === undefined) throw x;
      const bar = T.el("progress", { max: 1, value: x.loading, "aria-label": "Reading the journal" });
      T.show(T.el("div", { class: "empty" }, T.el("div", {}, T.el("p", {}, "Reading the journal of " + id + " …"), bar)));
      const here = location.hash;
      await new Promise(f => setTimeout(f, 250));
      if (location.hash !== here) throw Object.assign(new Error("left"), { left: true });
    }
  }
};

T.header = (raw, tab) => {
  const best = raw.bestTrial, c = raw.columns, value = best === null ? null : c.value[best];
  const facts = [["Trials", T.el("span", {}, (raw.ended + raw.failed).toLocaleString("en-US"), T.el("small", {}, " of " + raw.trials.toLocaleString("en-US") + (raw.failed ? ", " + raw.failed + " failed" : "") + (raw.running ? ", " + raw.running + " running" : "")))],
    ["Lasted", raw.started ? T.duration((raw.last - raw.started) / 1000) : "–"], ["Search", raw.searcher], ["Scheduler", raw.scheduler]];
  if (raw.objectives.length) facts.unshift(["Best " + raw.objectives[0].metric + " (" + raw.objectives[0].mode + ")", best === null ? "–" : T.el("span", {}, T.fmt(T.num(value)) + " ", T.el("small", {}, T.el("a", { href: T.link(raw.id, "trial", best) }, "trial " + T.id(best))))]);
  return [T.el("div", { class: "head" }, T.el("h1", {}, raw.id), T.pill(raw.status), T.el("span", { class: "muted mono", title: raw.directory }, raw.trainable)),
    T.el("dl", { class: "facts" }, facts.map(([k, v]) => T.el("div", {}, T.el("dt", {}, k), T.el("dd", {}, v)))),
    raw.endReason && raw.status !== "running" ? T.el("p", { class: "note" }, raw.endReason) : null,
    raw.noBest && raw.objectives.length && raw.trials ? T.el("p", { class: "note error" }, raw.noBest) : null,
    T.el("nav", { class: "tabs", "aria-label": "Views" }, T.el("a", { href: T.link(raw.id), "aria-current": tab === "overview" ? "page" : null }, "Overview"),
      T.el("a", { href: T.link(raw.id, "decisions"), "aria-current": tab === "decisions" ? "page" : null }, "Decisions ", T.el("span", { class: "muted" }, raw.decisions.toLocaleString("en-US"))))];
};

T.filters = e => {
  const words = T.el("div", { class: "chips", role: "group", "aria-label": "Status" }), says = T.el("span", { class: "muted", role: "status" });
  const drawWords = () => words.replaceChildren(...[...new Set(e.word)].sort().map(w => T.el("button", { type: "button", "aria-pressed": String(!e.hidden.has(w)), onclick: () => {
    if (e.hidden.has(w)) e.hidden.delete(w); else e.hidden.add(w);
    e.filter(); drawWords();
  } }, w + " " + e.word.filter(x => x === w).length)));
  const apply = async () => {
    input.removeAttribute("aria-invalid");
    try {
      e.matching = input.value.trim() ? new Set((await T.api(T.at(e.raw.id, "/filter?q=" + encodeURIComponent(input.value)))).trials) : null;
      fault.textContent = "";
    } catch (x) { fault.textContent = x.message; input.setAttribute("aria-invalid", "true"); return; }
    e.query = input.value;
    e.filter();
  };
  const input = T.el("input", { type: "search", class: "grow mono", placeholder: 'Filter: lr < 0.01 and status == "completed"', "aria-label": "Filter expression", oninput: T.debounce(apply, 250) });
  const fault = T.el("p", { class: "error note", role: "alert" });
  const top = T.select("How many", [["0", "all trials"], ["10", "top 10"], ["50", "top 50"], ["100", "top 100"], ["1000", "top 1000"]], "0", v => { e.top = +v; e.filter(); });
  const tell = () => { says.textContent = e.count === e.n ? "" : e.count.toLocaleString("en-US") + " of " + e.n.toLocaleString("en-US"); };
  e.listeners.add(tell);
  drawWords();
  return { bar: T.el("div", {}, T.el("div", { class: "bar" }, T.exported ? null : input, e.objective ? top : null, words, says), fault), refresh: () => { drawWords(); if (e.query) apply(); } };
};

T.pages.experiment = async id => {
  T.crumbs(T.el("a", { href: "#/" }, T.exported ? "Report" : "Experiments"), id);
  document.title = id + " · Tuner";
  const e = new T.Experiment(await T.open(id)), head = T.el("div", {});
  const figures = [T.history(e), e.raw.objectives.length > 1 ? T.front(e) : T.importance(e), T.curvesFigure(e), T.parallel(e), ...(e.raw.objectives.length > 1 ? [T.importance(e)] : []), T.slice(e), T.table(e)];
  const brushed = figures.find(f => f.brushes), bar = T.filters(e), grid = T.el("div", { class: "grid" }, figures.map(f => f.card));
  if (e.raw.objectives.length > 1) figures[4].card.classList.add("wide");
  T.show(head, bar.bar, grid);
  const drawHead = () => head.replaceChildren(...T.header(e.raw, "overview").filter(Boolean));
  drawHead();
  let wanted = new Set(figures);
  const drawSoon = T.frame(() => { for (const f of wanted) if (f.near) { wanted.delete(f); f.draw(); } });
  // What is not on the screen yet is drawn when it comes near.
  const watch = new IntersectionObserver(list => { for (const x of list) { figures.find(f => f.card === x.target).near = x.isIntersecting; } drawSoon(); }, { rootMargin: "400px" });
  figures.forEach(f => watch.observe(f.card));
  T.cleanup.push(() => watch.disconnect());
  // While somebody drags, what takes long follows when the hand rests.
  const select = list => { for (const f of list) if (e.n > 300 && !f.near) wanted.add(f); else if (!wanted.has(f)) f.select(); };
  const later = T.debounce(() => { if (grid.isConnected) select(figures.filter(f => f !== brushed)); }, 120);
  e.listeners.add(() => { if (e.n <= 300) select(figures); else { select([brushed]); later(); } });
  const again = T.throttle(async () => {
    const raw = await T.api(T.at(id)).catch(() => null);
    if (!raw || !grid.isConnected || raw.version === e.raw.version && raw.status === e.raw.status) return;
    e.take(raw);
    drawHead();
    bar.refresh();
    wanted = new Set(figures);
    drawSoon();
  });
  return { changed: x => { if (x === id) again(); } };
};

// At most one at a time, and never more than half of the time spent on it.
T.throttle = f => {
  let busy = false, due = false;
  const run = async () => {
    if (busy) { due = true; return; }
    busy = true;
    const start = performance.now();
    await f();
    setTimeout(() => { busy = false; if (due) { due = false; run(); } }, Math.max(800, 2 * (performance.now() - start)));
  };
  return run;
};

T.pages.decisions = async id => {
  T.crumbs(T.el("a", { href: "#/" }, "Experiments"), T.el("a", { href: T.link(id) }, id), "Decisions");
  document.title = "Decisions · " + id + " · Tuner";
  const raw = await T.open(id), o = { kind: "", search: "", limit: 200 };
  const stream = T.el("ol", { class: "stream" }), chips = T.el("div", { class: "chips", role: "group", "aria-label": "Kind" }), more = T.el("div", { class: "bar" });
  const search = T.el("input", { type: "search", placeholder: "Search reasons, or a trial's number", "aria-label": "Search decisions", oninput: T.debounce(() => { o.search = search.value.trim(); load(); }, 200) });
  const load = async () => {
    const d = await T.api(T.at(id, "/decisions?kind=" + encodeURIComponent(o.kind) + "&search=" + encodeURIComponent(o.search) + "&limit=" + Math.min(1000, o.limit)));
    chips.replaceChildren(...d.kinds.map(([k, n]) => T.el("button", { type: "button", "aria-pressed": String(o.kind === k), onclick: () => { o.kind = o.kind === k ? "" : k; load(); } }, k.replace("_", " ") + " " + n.toLocaleString("en-US"))));
    stream.replaceChildren(...d.decisions.map(x => T.decision(id, x, raw.started)));
    more.replaceChildren(T.el("span", { class: "muted" }, T.plural(d.total, "decision") + (d.total > d.decisions.length ? ", the newest " + d.decisions.length + " shown" : "")),
      d.total > d.decisions.length && o.limit < 1000 ? T.el("button", { type: "button", onclick: () => { o.limit = 1000; load(); } }, "Show more") : "");
    if (!d.decisions.length) stream.replaceChildren(T.el("div", { class: "empty" }, d.all ? "No decision is like that." : "Nothing was decided yet."));
  };
  T.show(...T.header(raw, "decisions"), T.el("div", { class: "bar" }, search, chips), T.el("section", { class: "card", "aria-label": "Decisions" }, stream, more));
  await load();
  return { changed: x => { if (x === id) load(); } };
};

T.decision = (id, d, started) => T.el("li", {}, T.el("span", { class: "muted num", title: T.time(d.at) }, started ? "+" + T.duration((d.at - started) / 1000) : ""),
  T.el("span", {}, T.pill(d.kind === "fail" ? "failed" : d.kind.replace("_", " "))), T.el("span", { class: "num" }, d.trial === null ? "all" : T.el("a", { href: T.link(id, "trial", d.trial) }, T.id(d.trial))),
  T.el("span", { class: "why" }, d.reason, d.report ? T.el("span", { class: "muted" }, " (report " + d.report + ")") : "", d.source !== undefined ? T.el("span", { class: "muted" }, " from ", T.el("a", { href: T.link(id, "trial", d.source) }, T.id(d.source))) : ""));
