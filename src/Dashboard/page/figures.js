"use strict";
// A figure is a card with a title, what it can be told, and a function that draws it again.
T.figure = (title, kind = "") => {
  const end = T.el("span", { class: "end" }), body = T.el("div", {}), note = T.el("p", { class: "note", hidden: true });
  const card = T.el("section", { class: "card " + kind, "aria-label": title }, T.el("header", {}, T.el("h2", {}, title), end), body, note);
  return { card, end, body, say: text => { note.textContent = text || ""; note.hidden = !text; }, empty: text => body.replaceChildren(T.el("div", { class: "empty" }, text)) };
};
T.hasNumbers = list => { for (let i = 0; i < list.length; i++) if (Number.isFinite(list[i])) return true; return false; };

T.history = e => {
  const f = T.figure("History"), o = { log: false, by: "trial" };
  f.end.append(T.select("Horizontal axis", [["trial", "by trial"], ["time", "by time"]], "trial", v => { o.by = v; draw(); }), T.toggle("log", false, v => { o.log = v; draw(); }));
  let chart;
  const draw = () => {
    if (chart) chart.end();
    chart = null;
    if (!e.objective) return f.empty("Nothing is optimised, so there is no history of an objective.");
    if (!T.hasNumbers(e.value)) return f.empty(e.raw.noBest || "No trial has a value yet.");
    const c = e.raw.columns, start = e.raw.started;
    const xs = o.by === "trial" ? e.value.map((_, i) => i) : e.value.map((_, i) => ((c.ended[i] ?? e.raw.last) - start) / 1000);
    const order = e.value.map((_, i) => i).sort((a, b) => xs[a] - xs[b]);
    const best = [];
    let top = NaN;
    for (const i of order) {
      if (e.word[i] !== "failed" && c.feasible[i] && Number.isFinite(e.value[i]) && (Number.isNaN(top) || e.sign * (e.value[i] - top) < 0)) { top = e.value[i]; best.push([xs[i], top]); }
    }
    // Values far off lie on the edge, so that the rest can be told apart.
    const axis = e.axis(""), range = o.log ? T.range(e.value) : [axis.low, axis.high];
    const ys = o.log ? e.value : e.value.map(v => Number.isFinite(v) ? Math.max(axis.low, Math.min(axis.high, v)) : v);
    f.say(o.log && range[0] <= 0 ? "Not all values are above 0: the axis is linear." : "");
    chart = T.scatter(f.body, e, {
      title: "History of " + e.objective.metric, summary: "Best so far " + T.fmt(top), xs, ys, y: { label: e.objective.metric, log: o.log, range },
      x: { label: o.by === "trial" ? "trial" : "seconds since the start" },
      above: (ctx, p, k) => {
        ctx.strokeStyle = k.ink; ctx.lineWidth = 1.6 * p.r; ctx.beginPath();
        best.forEach(([x, y], i) => { if (i) ctx.lineTo(p.x(x), p.y(best[i - 1][1])); ctx[i ? "lineTo" : "moveTo"](p.x(x), p.y(y)); });
        if (best.length) ctx.lineTo(p.left + p.width, p.y(top));
        ctx.stroke();
      },
    });
  };
  return { card: f.card, draw, select: () => chart && chart.redraw() };
};

T.curvesFigure = e => {
  const f = T.figure("Learning curves", "wide"), o = { log: false, logX: false, metric: e.objective ? e.objective.metric : e.raw.numeric[0] };
  const metrics = [...new Set([...e.raw.objectives.map(x => x.metric), ...e.raw.numeric])];
  if (metrics.length) f.end.append(T.select("Metric", metrics.slice(0, 500), o.metric, v => { o.metric = v; draw(); }));
  f.end.append(T.toggle("log x", false, v => { o.logX = v; draw(); }), T.toggle("log y", false, v => { o.log = v; draw(); }));
  let chart, serial = 0;
  const draw = async () => {
    const mine = ++serial;
    if (!o.metric) return f.empty("No trial has reported a number yet.");
    let by;
    try { by = await e.curve(o.metric); } catch (x) { if (mine === serial && x.loading === undefined) f.empty(x.message); return; }
    if (mine !== serial || !f.card.isConnected) return;
    if (chart) chart.end();
    chart = null;
    if (![...by.values()].some(k => T.hasNumbers(k.y))) return f.empty(by.size ? "All values of " + o.metric + " are NaN or infinite." : "No trial has reported " + o.metric + " yet.");
    const xr = T.range(...[...by.values()].map(k => k.x)), yr = T.curveRange(by, o.log);
    const cut = [...by.keys()].filter(i => e.word[i] === "pruned").length, longest = Math.max(...[...by.values()].map(k => k.x[k.x.length - 1] || 0));
    let spent = 0;
    for (const k of by.values()) spent += k.x[k.x.length - 1] || 0;
    f.say([T.plural(by.size, "curve"), cut ? cut.toLocaleString("en-US") + " stopped early by the scheduler (dots), " + Math.round(100 * (1 - spent / (longest * by.size))) +
      " % fewer iterations than if all had gone on" : "", o.log && yr[0] <= 0 ? "not all values are above 0: the axis is linear" : "", "drag to zoom, double-click to go back"].filter(Boolean).join(" · "));
    chart = T.chart(f.body, {
      title: "Learning curves of " + o.metric, height: 380, x: { range: xr, label: "iteration", log: o.logX }, y: { range: yr, label: o.metric, log: o.log },
      draw: (ctx, p) => T.drawCurves(ctx, p, e, by),
      find: (p, x, y) => T.nearestCurve(p, x, y, e, by),
      mark: (ctx, p, i) => { const k = T.colors(); ctx.strokeStyle = k.card; ctx.lineWidth = 6 * p.r; T.line(ctx, p, by.get(i)); ctx.strokeStyle = k.ink; ctx.lineWidth = 2.4 * p.r; T.line(ctx, p, by.get(i)); },
      text: i => e.label(i), open: i => { location.hash = T.link(e.raw.id, "trial", i); },
    });
  };
  return { card: f.card, draw, select: () => chart && chart.redraw() };
};

// Without what is far off, unless that is all that there is.
T.curveRange = (by, log) => {
  const whole = T.range(...[...by.values()].map(k => k.y));
  if (log) return whole;
  const sample = [];
  for (const k of by.values()) for (let i = 0; i < k.y.length; i += Math.max(1, k.y.length >> 4)) if (Number.isFinite(k.y[i])) sample.push(k.y[i]);
  if (sample.length < 40) return whole;
  sample.sort((a, b) => a - b);
  const q = p => sample[Math.floor(p * (sample.length - 1))], spread = q(.95) - q(.05);
  return spread > 0 ? [Math.max(whole[0], q(.05) - 2 * spread), Math.min(whole[1], q(.95) + 2 * spread)] : whole;
};

T.line = (ctx, p, k) => {
  ctx.beginPath();
  let on = false;
  for (let i = 0; i < k.x.length; i++) {
    const x = p.x(k.x[i]), y = p.y(k.y[i]);
    if (!Number.isFinite(x) || !Number.isFinite(y)) { on = false; continue; }
    ctx[on ? "lineTo" : "moveTo"](x, y);
    on = true;
  }
  ctx.stroke();
};

T.drawCurves = (ctx, p, e, by) => {
  const c = T.colors(), all = [...by.keys()].filter(i => e.shown[i]);
  const faint = all.filter(i => !e.chosen[i]), chosen = all.filter(i => e.chosen[i]);
  if (all.length > 250) {
    T.density(ctx, p, faint.map(i => by.get(i)), c.soft, .25);
    T.density(ctx, p, chosen.map(i => by.get(i)), c.accent, 1);
  } else {
    ctx.lineWidth = 1.2 * p.r;
    ctx.lineJoin = "round";
    for (const [list, alpha] of [[faint, .25], [chosen, chosen.length > 60 ? .5 : .75]]) {
      ctx.globalAlpha = alpha;
      for (const i of list) { ctx.strokeStyle = alpha === .25 ? c.faint : c[e.word[i]] || c.other; T.line(ctx, p, by.get(i)); }
    }
  }
  // Where each was stopped, and how.
  const size = (all.length > 1000 ? 1.2 : 2.6) * p.r;
  ctx.globalAlpha = all.length > 1000 ? .6 : .95;
  for (const i of chosen) {
    const k = by.get(i), last = k.x.length - 1;
    if (last < 0 || (last > 0 && e.word[i] !== "pruned" && e.word[i] !== "failed")) continue;
    ctx.fillStyle = c[e.word[i]] || c.other;
    ctx.beginPath(); ctx.arc(p.x(k.x[last]), p.y(k.y[last]), size, 0, 7); ctx.fill();
  }
  ctx.globalAlpha = 1;
  const best = by.get(e.raw.bestTrial);
  if (best && e.chosen[e.raw.bestTrial]) { ctx.strokeStyle = c.ink; ctx.lineWidth = 2.2 * p.r; T.line(ctx, p, best); }
};

// Every curve, however many: in each column of pixels from its least to its greatest value, counted, and shaded by the count.
T.density = (ctx, p, curves, color, strength) => {
  const w = Math.round(p.width), h = Math.round(p.height);
  if (!curves.length || w < 2 || h < 2) return;
  const count = new Uint32Array(w * h);
  for (const k of curves) T.count(count, w, h, p, k);
  let most = 1;
  for (let i = 0; i < count.length; i++) if (count[i] > most) most = count[i];
  const rgb = T.rgb(color), image = new ImageData(w, h), scale = Math.log1p(most);
  for (let i = 0; i < count.length; i++) {
    if (!count[i]) continue;
    const o = 4 * i;
    [image.data[o], image.data[o + 1], image.data[o + 2]] = rgb;
    image.data[o + 3] = 255 * strength * (.3 + .7 * Math.log1p(count[i]) / scale);
  }
  const layer = new OffscreenCanvas(w, h);
  layer.getContext("2d").putImageData(image, 0, 0);
  ctx.drawImage(layer, Math.round(p.left), Math.round(p.top));
};

T.count = (count, w, h, p, k) => {
  let px = NaN, py = NaN, column = -1, low = 0, high = -1;
  const flush = () => {
    if (column >= 0 && column < w) for (let y = Math.max(0, low), to = Math.min(h - 1, high); y <= to; y++) count[y * w + column]++;
    high = -1;
  };
  const span = (c, a, b) => {
    const from = Math.floor(Math.min(a, b)), to = Math.floor(Math.max(a, b));
    if (c !== column) { flush(); column = c; low = from; high = to; } else { if (high < low || from < low) low = from; if (to > high) high = to; }
  };
  for (let i = 0; i < k.x.length; i++) {
    const x = p.x(k.x[i]) - p.left, y = p.y(k.y[i]) - p.top;
    if (!(x === x && y === y) || x === -Infinity || Math.abs(y) === Infinity) { px = NaN; continue; }
    if (px !== px) span(Math.floor(x), y, y);
    else {
      const a = Math.floor(px), b = Math.floor(x);
      if (a === b) span(a, py, y);
      else if (b >= 0 && a < w) {
        const slope = (y - py) / (x - px);
        for (let c = Math.max(a, 0), to = Math.min(b, w - 1); c <= to; c++) span(c, c === a ? py : py + slope * (c - px), c === b ? y : py + slope * (c + 1 - px));
      }
    }
    px = x; py = y;
  }
  flush();
};

T.rgb = color => {
  const ctx = (T.pixel ||= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true }));
  ctx.fillStyle = color;
  ctx.fillRect(0, 0, 1, 1);
  return [...ctx.getImageData(0, 0, 1, 1).data].slice(0, 3);
};

T.nearestCurve = (p, x, y, e, by) => {
  let best = -1, near = 16 * p.r;
  for (const [i, k] of by) {
    if (!e.chosen[i] || !k.x.length) continue;
    let low = 0, high = k.x.length - 1;
    while (low < high) { const middle = (low + high) >> 1; if (p.x(k.x[middle]) < x) low = middle + 1; else high = middle; }
    const x1 = p.x(k.x[low]), y1 = p.y(k.y[low]), before = Math.max(0, low - 1), x0 = p.x(k.x[before]), y0 = p.y(k.y[before]);
    const d = x > x1 + 12 * p.r || x < x0 - 12 * p.r ? Infinity : Math.abs((x1 > x0 && x < x1 ? y0 + (y1 - y0) * (x - x0) / (x1 - x0) : y1) - y);
    if (d < near) { near = d; best = i; }
  }
  return best;
};

T.slice = e => {
  const f = T.figure("Slice", "wide"), o = { log: false };
  const box = T.el("div", { class: "minis" });
  f.end.append(T.toggle("log y", false, v => { o.log = v; draw(); }));
  let charts = [], first = 0;
  const share = new Map(e.raw.importance.map(i => [i.parameter, i.share]));
  const draw = () => {
    charts.forEach(c => c.end());
    charts = [];
    if (!e.params.length) return f.empty("No parameter is searched.");
    if (!T.hasNumbers(e.value)) return f.empty("No trial has a value yet.");
    f.body.replaceChildren(box);
    box.replaceChildren();
    const params = [...e.params].sort((a, b) => (share.get(b) || 0) - (share.get(a) || 0)), axis = e.axis("");
    const ys = o.log ? e.value : e.value.map(v => Number.isFinite(v) ? Math.max(axis.low, Math.min(axis.high, v)) : v);
    for (const path of params.slice(first, first + 12)) {
      const a = e.axis(path), host = T.el("div", {});
      box.append(T.el("div", { class: "mini" }, T.el("h3", { title: path }, path), host));
      charts.push(T.scatter(host, e, { small: true, height: 190, title: "Value by " + path, xs: a.x, ys, x: { range: [a.low, a.high], log: a.log, names: a.names }, y: { log: o.log } }));
    }
    if (params.length > 12) {
      const go = d => T.el("button", { type: "button", disabled: first + d < 0 || first + d >= params.length, onclick: () => { first += d; draw(); } }, d < 0 ? "Previous" : "Next");
      box.after(T.el("div", { class: "bar" }, go(-12), T.el("span", { class: "muted" }, (first + 1) + "–" + Math.min(first + 12, params.length) + " of " + params.length + " parameters, the most important first"), go(12)));
    }
  };
  return { card: f.card, draw, select: () => charts.forEach(c => c.redraw()) };
};

T.importance = e => {
  const f = T.figure("Importance");
  const draw = () => {
    const list = e.raw.importance;
    if (!list.length) return f.empty("From 20 trials with a value on: what set the best tenth apart from the rest.");
    f.body.replaceChildren(...list.slice(0, 14).map(i => T.el("div", { class: "hbar" }, T.el("span", { title: i.parameter }, i.parameter),
      T.el("i", {}, T.el("b", { style: { width: (100 * i.share).toFixed(1) + "%" } })), T.el("span", { class: "num" }, Math.round(100 * i.share) + " %"))));
    f.say((list.length > 14 ? "The first 14 of " + list.length + ". " : "") + "PED-ANOVA: how differently the best tenth of the trials is spread.");
  };
  return { card: f.card, draw, select: () => {} };
};

T.front = e => {
  const f = T.figure("Pareto front"), o = { x: 0, y: 1, log: false }, names = e.raw.objectives.map((k, i) => [String(i), k.metric]);
  if (names.length > 2) f.end.append(T.select("Horizontal objective", names, "0", v => { o.x = +v; draw(); }), T.select("Vertical objective", names, "1", v => { o.y = +v; draw(); }));
  f.end.append(T.toggle("log", false, v => { o.log = v; draw(); }));
  let chart;
  const draw = () => {
    if (chart) chart.end();
    chart = null;
    const values = k => e.raw.columns.objectives[k].map(v => v === null ? NaN : T.num(v)), xs = values(o.x), ys = values(o.y), front = e.raw.front;
    if (!T.hasNumbers(xs) || !T.hasNumbers(ys)) return f.empty("No trial has a value of both objectives yet.");
    const on = new Set(front ? front.trials : []), line = [...on].sort((a, b) => xs[a] - xs[b]);
    // Seen from the front: what is many times as far away as it is wide is left to zooming.
    const near = k => { const all = T.range(k), top = T.range(line.map(i => k[i])), w = (top[1] - top[0]) || Math.abs(top[0]) || 1; return line.length < 2 ? all : [Math.max(all[0], top[0] - 2 * w), Math.min(all[1], top[1] + 2 * w)]; };
    f.say(front ? T.plural(on.size, "trial") + " that no other is better than · hypervolume " + T.fmt(front.hypervolume) : "No trial has ended with finite values of all objectives and is feasible.");
    chart = T.scatter(f.body, e, {
      title: "Pareto front", xs, ys, x: { label: names[o.x][1] + " (" + e.raw.objectives[o.x].mode + ")", log: o.log, range: o.log ? T.range(xs) : near(xs) },
      y: { label: names[o.y][1] + " (" + e.raw.objectives[o.y].mode + ")", log: o.log, range: o.log ? T.range(ys) : near(ys) },
      color: (i, c) => on.has(i) ? c.accent : c.soft,
      under: (ctx, p, c) => {
        if (names.length > 2) return;
        ctx.strokeStyle = c.accent; ctx.lineWidth = 1.5 * p.r; ctx.beginPath();
        const turn = e.raw.objectives[o.y].mode === "min" === (e.raw.objectives[o.x].mode === "min");
        line.forEach((i, n) => {
          if (n) ctx.lineTo(turn && e.raw.objectives[o.x].mode === "min" ? p.x(xs[i]) : p.x(xs[line[n - 1]]), turn && e.raw.objectives[o.x].mode === "min" ? p.y(ys[line[n - 1]]) : p.y(ys[i]));
          ctx[n ? "lineTo" : "moveTo"](p.x(xs[i]), p.y(ys[i]));
        });
        ctx.stroke();
      },
    });
  };
  return { card: f.card, draw, select: () => chart && chart.redraw() };
};
