"use strict";
// A line chart of a few series, for one trial or several experiments.
T.lines = (host, o) => {
  const c = T.colors(), paint = o.paint || [c.accent, c.warm, c.bad, c.ink, c.soft, "#5b7fd1", "#9b6fc0", "#3f9bb3"];
  if (!o.series.some(s => T.hasNumbers(s.y))) { host.replaceChildren(T.el("div", { class: "empty" }, "No finite values.")); return null; }
  return T.chart(host, {
    ...o, x: { range: T.range(...o.series.map(s => s.x)), ...o.x }, y: { range: T.range(...o.series.map(s => s.y)), ...o.y },
    draw: (ctx, p) => o.series.forEach((s, i) => {
      ctx.strokeStyle = ctx.fillStyle = paint[i % paint.length];
      ctx.lineWidth = 1.8 * p.r;
      T.line(ctx, p, s);
      if (s.x.length <= 60) for (let k = 0; k < s.x.length; k++) { ctx.beginPath(); ctx.arc(p.x(s.x[k]), p.y(s.y[k]), 2.2 * p.r, 0, 7); ctx.fill(); }
    }),
    find: (p, x, y) => {
      let best = -1, near = 30 * p.r;
      o.series.forEach((s, i) => { for (let k = 0; k < s.x.length; k++) { const d = Math.hypot(p.x(s.x[k]) - x, p.y(s.y[k]) - y); if (d < near) { near = d; best = i * 1e6 + k; } } });
      return best;
    },
    mark: (ctx, p, hit) => { const s = o.series[Math.floor(hit / 1e6)], k = hit % 1e6; ctx.strokeStyle = c.ink; ctx.lineWidth = 2 * p.r; ctx.beginPath(); ctx.arc(p.x(s.x[k]), p.y(s.y[k]), 5 * p.r, 0, 7); ctx.stroke(); },
    text: hit => { const s = o.series[Math.floor(hit / 1e6)], k = hit % 1e6; return (s.name ? s.name + "\n" : "") + (o.y.label || "value") + " = " + T.fmt(s.y[k]) + "\n" + (o.x.label || "x") + " = " + T.fmt(s.x[k]); },
    open: null,
  });
};

T.pages.trial = async (id, number) => {
  T.crumbs(T.el("a", { href: "#/" }, "Experiments"), T.el("a", { href: T.link(id) }, id), "Trial " + T.id(+number));
  document.title = "Trial " + number + " · " + id + " · Tuner";
  const raw = await T.open(id), n = +number;
  const head = T.el("div", {}), grid = T.el("div", { class: "grid" });
  const curves = T.figure("Curves", "wide"), parameters = T.figure("Parameters"), decisions = T.figure("Decisions"), last = T.figure("Last report"), checkpoints = T.figure("Checkpoints"), output = T.figure("Output and errors", "wide");
  const o = { from: 0, search: "", other: "", all: false };
  const boxes = T.el("div", { class: "minis" }), pager = T.el("div", { class: "bar" });
  curves.body.append(boxes, pager);
  const search = T.el("input", { type: "search", placeholder: "Search metrics", "aria-label": "Search metrics", oninput: T.debounce(() => { o.search = search.value; o.from = 0; drawCurves(); }, 200) });
  curves.end.append(search);
  const drawCurves = async () => {
    const h = await T.api(T.at(id, "/trials/" + n + "/history?count=24&from=" + o.from + "&search=" + encodeURIComponent(o.search))).catch(x => ({ total: 0, curves: [], fault: x.message }));
    boxes.replaceChildren();
    if (!h.curves.length) boxes.append(T.el("div", { class: "empty" }, h.fault || (o.search ? "No metric is called like that." : "It has reported no number yet.")));
    const first = raw.objectives.map(k => k.metric);
    for (const k of h.curves.sort((a, b) => first.includes(b.metric) - first.includes(a.metric))) {
      const host = T.el("div", {});
      boxes.append(T.el("div", { class: "mini" }, T.el("h3", { title: k.metric }, k.metric), host));
      T.lines(host, { title: k.metric, small: true, height: 170, series: [{ x: k.x.map(T.num), y: k.y.map(T.num) }], x: {}, y: {} });
    }
    const go = d => T.el("button", { type: "button", disabled: o.from + d < 0 || o.from + d >= h.total, onclick: () => { o.from += d; drawCurves(); } }, d < 0 ? "Previous" : "Next");
    pager.replaceChildren(...(h.total > 24 ? [go(-24), T.el("span", { class: "muted" }, (o.from + 1) + "–" + Math.min(o.from + 24, h.total) + " of " + T.plural(h.total, "metric")), go(24)] : []));
  };
  const pairs = (list, other) => T.el("div", { class: "scroll", tabindex: 0 }, T.el("table", {}, T.el("tbody", {}, list.slice(0, 2000).map(([k, v]) => {
    const theirs = other && other.find(x => x[0] === k), differs = other && (!theirs || JSON.stringify(theirs[1]) !== JSON.stringify(v));
    return T.el("tr", { class: differs ? "best" : "" }, T.el("td", { class: "mono" }, k), T.el("td", { class: "num" }, T.fmt(typeof v === "string" && /^(NaN|-?Infinity)$/.test(v) ? T.num(v) : v)), other ? T.el("td", { class: "num muted" }, theirs ? T.fmt(theirs[1]) : "–") : null);
  }))));
  const drawParameters = async t => {
    const searched = new Set(t.searched), list = [...t.config.filter(x => searched.has(x[0])), ...(o.all ? t.config.filter(x => !searched.has(x[0])) : [])];
    const other = o.other === "" ? null : await T.api(T.at(id, "/trials/" + (+o.other || 0))).catch(() => null);
    parameters.body.replaceChildren(list.length ? pairs(list, other && other.config) : T.el("div", { class: "empty" }, "No parameter is searched."));
  };
  let trial;
  const load = async () => {
    trial = await T.api(T.at(id, "/trials/" + n));
    head.replaceChildren(T.el("div", { class: "head" }, T.el("h1", {}, "Trial " + T.id(n)), T.pill(trial.status), n === raw.bestTrial ? T.pill("best") : null),
      T.el("dl", { class: "facts" }, [[raw.objectives.length ? raw.objectives[0].metric : "Value", trial.value === null ? "–" : T.fmt(T.num(trial.value))], ["Iteration", T.fmt(trial.iteration)], ["Reports", T.fmt(trial.reports)], ["Trained", T.duration(T.num(trial.time))], ["Failures", trial.failures === null ? "–" : String(trial.failures)]]
        .map(([k, v]) => T.el("div", {}, T.el("dt", {}, k), T.el("dd", {}, v)))),
      trial.reason ? T.el("p", { class: "note" + (trial.status === "failed" ? " error" : "") }, trial.reason) : "",
      T.el("div", { class: "bar" }, n > 0 ? T.el("a", { href: T.link(id, "trial", n - 1) }, "← " + T.id(n - 1)) : "", n + 1 < raw.trials ? T.el("a", { href: T.link(id, "trial", n + 1) }, T.id(n + 1) + " →") : ""));
    drawParameters(trial);
    decisions.body.replaceChildren(trial.decisions.length ? T.el("ol", { class: "stream" }, trial.decisions.map(d => T.decision(id, d, raw.started))) : T.el("div", { class: "empty" }, "Nothing was decided about it."));
    last.body.replaceChildren(trial.metrics.length ? pairs(trial.metrics) : T.el("div", { class: "empty" }, "It has not reported yet."));
    checkpoints.body.replaceChildren(...(trial.checkpoints.length ? trial.checkpoints.slice(0, 40).map((c, i) => T.el("details", { open: i === 0 }, T.el("summary", {}, c.name + " · after report " + c.report),
      T.command("inspect", c.inspect), T.command("evaluate", c.evaluate), T.command("export", c.export))) : [T.el("div", { class: "empty" }, "It has no checkpoint on the disk.")]));
    const failures = trial.decisions.filter(d => d.kind === "fail" || d.kind === "retry");
    output.body.replaceChildren(...failures.map(d => T.el("pre", { class: "box mono error" }, d.reason)), trial.explain ? T.command("explain", trial.explain) : T.el("p", { class: "note" }, "What its program said is in its directory."),
      ...trial.files.map(f => { const box = T.el("pre", { class: "box mono" }, "…"); return T.el("details", { ontoggle: async ev => { if (ev.target.open) box.textContent = await T.api(T.at(id, "/trials/" + n + "/output?file=" + f)).catch(x => x.message) || "It is empty."; } }, T.el("summary", {}, f), box); }));
  };
  parameters.end.append(T.toggle("whole configuration", false, v => { o.all = v; drawParameters(trial); }),
    T.el("input", { type: "number", min: 0, placeholder: "compare to", "aria-label": "Compare to trial", style: { width: "110px" }, onchange: ev => { o.other = ev.target.value; drawParameters(trial); } }));
  grid.append(...[curves, parameters, decisions, last, checkpoints, output].map(f => f.card));
  T.show(head, grid);
  await load();
  await drawCurves();
  const again = T.throttle(async () => { if (grid.isConnected) { await load(); await drawCurves(); } });
  return { changed: x => { if (x === id && !["completed", "pruned", "stopped", "failed"].includes(trial.status)) again(); } };
};

// Best so far of several experiments, against trials and time.
T.pages.compare = async (...ids) => {
  T.crumbs(T.el("a", { href: "#/" }, "Experiments"), "Compare");
  document.title = "Compare · Tuner";
  const all = [];
  for (const id of ids) all.push(await T.open(id));
  const usable = all.filter(r => r.objectives.length), metric = [...new Set(usable.map(r => r.objectives[0].metric))];
  const of = (raw, by) => {
    const s = { name: raw.id, x: [], y: [] }, sign = raw.objectives[0].mode === "max" ? -1 : 1, c = raw.columns;
    let best = NaN, spent = 0;
    const order = c.value.map((_, i) => i).sort((a, b) => (c.ended[a] ?? 9e15) - (c.ended[b] ?? 9e15) || a - b);
    order.forEach((i, k) => {
      const v = c.value[i] === null ? NaN : T.num(c.value[i]);
      spent += T.num(c.time[i]) || 0;
      if (Number.isFinite(v) && c.feasible[i] && c.words[c.word[i]] !== "failed" && !(sign * (v - best) >= 0)) best = v;
      if (Number.isNaN(best)) return;
      const x = by === "trials" ? k + 1 : by === "time" ? ((c.ended[i] ?? raw.last) - raw.started) / 1000 : spent;
      if (s.x.length && s.y[s.y.length - 1] !== best) { s.x.push(x); s.y.push(s.y[s.y.length - 1]); }
      s.x.push(x); s.y.push(best);
    });
    return s;
  };
  const grid = T.el("div", { class: "grid" }), o = { log: false }, c = T.colors(), paint = [c.accent, c.warm, c.bad, c.ink, c.soft, "#5b7fd1", "#9b6fc0", "#3f9bb3"];
  const draw = () => {
    grid.replaceChildren();
    for (const [by, label] of [["trials", "trials that ended"], ["time", "seconds since the start"], ["cost", "seconds of training, all trials"]]) {
      const f = T.figure("Best so far by " + by, by === "trials" ? "wide" : "");
      grid.append(f.card);
      T.lines(f.body, { title: f.card.getAttribute("aria-label"), series: usable.map(r => of(r, by)), paint, x: { label }, y: { label: metric.join(", "), log: o.log } });
    }
  };
  T.show(T.el("div", { class: "head" }, T.el("h1", {}, "Compare"), T.toggle("log y", false, v => { o.log = v; draw(); })),
    T.el("p", { class: "legend" }, usable.map((r, i) => T.el("span", {}, T.el("i", { style: { background: paint[i % 8] } }), T.el("a", { href: T.link(r.id) }, r.id)))),
    metric.length > 1 ? T.el("p", { class: "note" }, "They have different objectives: " + metric.join(", ")) : null,
    usable.length < all.length ? T.el("p", { class: "note" }, "Without an objective: " + all.filter(r => !r.objectives.length).map(r => r.id).join(", ")) : null, grid);
  if (usable.length) draw(); else grid.append(T.el("div", { class: "empty" }, "None of them has an objective."));
  return { changed: () => {} };
};
