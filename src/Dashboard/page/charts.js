"use strict";
// Axes, zoom and cursor are uPlot's; what stands between them is drawn here, since it is ten thousand curves at once.
T.chart = (host, o) => {
  host.replaceChildren();
  host.classList.add("plot");
  const c = T.colors(), font = "11.5px " + getComputedStyle(document.body).fontFamily;
  const span = (axis, log) => {
    let [a, b] = axis.range;
    if (!Number.isFinite(a) || !Number.isFinite(b)) [a, b] = log ? [.1, 1] : [0, 1];
    if (log) return a === b ? [a / 2, b * 2] : [a / Math.pow(b / a, .04), b * Math.pow(b / a, .04)];
    const pad = a === b ? Math.abs(a) * .1 || 1 : (b - a) * .04;
    return [a - pad, b + pad];
  };
  const logs = { x: !!o.x.log && o.x.range[0] > 0, y: !!o.y.log && o.y.range[0] > 0 };
  const ranges = { x: span(o.x, logs.x), y: span(o.y, logs.y) };
  const scale = k => ({ time: !!o[k].time, auto: false, distr: logs[k] ? 3 : 1, min: ranges[k][0], max: ranges[k][1], range: (u, a, b) => a < b ? [a, b] : ranges[k] });
  const axis = k => ({ scale: k, label: o[k].label, labelSize: o[k].label ? 22 : 0, labelFont: font, font, stroke: c.soft, gap: 4, size: k === "y" ? (o.small ? 52 : 64) : 30,
    grid: { stroke: c.grid, width: 1 }, ticks: { show: false },
    ...(o[k].names ? { splits: () => o[k].names.map((_, i) => i), values: (u, s) => s.map(i => String(o[k].names[i] ?? "").slice(0, 12)) }
      : logs[k] ? { splits: (u, a, min, max) => T.decades(min, max), values: (u, s) => s.map(T.fmt) }
      : o[k].time ? {} : { values: (u, s) => s.map(v => v === null ? "" : T.fmt(v)) }) });
  const over = T.el("canvas", { class: "over" });
  const u = new uPlot({
    width: Math.max(160, host.clientWidth), height: o.height || 300, legend: { show: false }, padding: [8, 10, 0, 0],
    cursor: { show: true, points: { show: false }, x: !!o.crosshair, y: false, drag: { x: true, y: true, uni: 16 } },
    scales: { x: scale("x"), y: scale("y") }, axes: [axis("x"), axis("y")], series: [{}, { scale: "y", show: true, paths: () => null, points: { show: false } }],
    hooks: { draw: [p => { p.ctx.save(); p.ctx.beginPath(); p.ctx.rect(p.bbox.left, p.bbox.top, p.bbox.width, p.bbox.height); p.ctx.clip(); o.draw(p.ctx, T.projection(p, logs)); p.ctx.restore(); }],
      ready: [p => p.over.addEventListener("dblclick", () => p.batch(() => { for (const k of ["x", "y"]) p.setScale(k, { min: ranges[k][0], max: ranges[k][1] }); }))] },
  }, [[ranges.x[0], ranges.x[1]], [null, null]], host);
  u.root.setAttribute("role", "img");
  u.root.setAttribute("aria-label", o.title + (o.summary ? ". " + o.summary : ""));
  u.over.append(over);
  let found = -1;
  const mark = T.frame(() => {
    const ratio = devicePixelRatio || 1;
    if (over.width !== u.bbox.width || over.height !== u.bbox.height) {
      [over.width, over.height] = [u.bbox.width, u.bbox.height];
      [over.style.width, over.style.height] = [u.bbox.width / ratio + "px", u.bbox.height / ratio + "px"];
    }
    const ctx = over.getContext("2d");
    ctx.clearRect(0, 0, over.width, over.height);
    if (found >= 0 && o.mark) { ctx.save(); ctx.translate(-u.bbox.left, -u.bbox.top); o.mark(ctx, T.projection(u, logs), found); ctx.restore(); }
  });
  if (o.find) {
    u.over.addEventListener("mousemove", e => {
      const box = u.over.getBoundingClientRect(), ratio = devicePixelRatio || 1;
      const hit = o.find(T.projection(u, logs), (e.clientX - box.left) * ratio + u.bbox.left, (e.clientY - box.top) * ratio + u.bbox.top);
      if (hit !== found) { found = hit; mark(); }
      u.over.style.cursor = found >= 0 ? "pointer" : "crosshair";
      T.tip(found >= 0 ? o.text(found) : "", e.clientX, e.clientY);
    });
    u.over.addEventListener("mouseleave", () => { found = -1; mark(); T.tip(""); });
    let down = null;
    u.over.addEventListener("mousedown", e => { down = [e.clientX, e.clientY]; });
    u.over.addEventListener("click", e => {
      if (found >= 0 && o.open && down && Math.hypot(e.clientX - down[0], e.clientY - down[1]) < 4) { T.tip(""); o.open(found); }
    });
  }
  const size = new ResizeObserver(() => { if (host.clientWidth > 0 && Math.abs(host.clientWidth - u.width) > 2) u.setSize({ width: host.clientWidth, height: o.height || 300 }); });
  size.observe(host);
  const end = () => { size.disconnect(); u.destroy(); };
  T.cleanup.push(end);
  return { u, redraw: () => u.redraw(false, false), end };
};

// Where a logarithmic axis is labelled: at decades, and between them where there are few.
T.decades = (min, max) => {
  const from = Math.floor(Math.log10(min)), to = Math.ceil(Math.log10(max)), many = to - from, step = Math.max(1, Math.ceil(many / 8)), found = [];
  for (let d = from; d <= to; d += step) for (const m of many <= 1 ? [1, 2, 3, 5, 7] : many <= 3 ? [1, 3] : [1]) { const v = +(m + "e" + d); if (v >= min && v <= max) found.push(v); }
  return found.length ? found : [min, max];
};

// From values to pixels of the canvas, quick enough for ten million.
T.projection = (u, logs) => {
  const { left, top, width, height } = u.bbox, s = u.scales, r = devicePixelRatio || 1;
  const make = (k, from, length, turned) => {
    const f = logs[k] ? Math.log : v => v, a = f(s[k].min), b = f(s[k].max), m = length / (b - a);
    return logs[k] ? (turned ? v => from + length - (Math.log(v) - a) * m : v => from + (Math.log(v) - a) * m) : (turned ? v => from + length - (v - a) * m : v => from + (v - a) * m);
  };
  return { x: make("x", left, width, false), y: make("y", top, height, true), left, top, width, height, r };
};

T.range = (...lists) => {
  let low = Infinity, high = -Infinity;
  for (const list of lists) for (let i = 0; i < list.length; i++) { const v = list[i]; if (Number.isFinite(v)) { if (v < low) low = v; if (v > high) high = v; } }
  return [low, high];
};

// Points with a trial each. What is not chosen is drawn faintly below the rest.
T.scatter = (host, e, o) => {
  const c = T.colors(), size = e.n > 20000 ? 1.5 : e.n > 2000 ? 2.2 : o.small ? 2.8 : 3.6;
  const color = i => o.color ? o.color(i, c) : c[e.word[i]] || c.other;
  const fits = i => e.shown[i] && Number.isFinite(o.xs[i]) && Number.isFinite(o.ys[i]);
  return T.chart(host, {
    ...o, x: { range: T.range(o.xs), ...o.x }, y: { range: T.range(o.ys), ...o.y },
    draw: (ctx, p) => {
      if (o.under) o.under(ctx, p, c);
      for (const chosen of [0, 1]) {
        const by = new Map();
        for (let i = 0; i < e.n; i++) if (fits(i) && e.chosen[i] === chosen) { const k = chosen ? color(i) : c.faint; (by.get(k) || by.set(k, []).get(k)).push(i); }
        for (const [fill, list] of by) {
          ctx.fillStyle = fill;
          ctx.globalAlpha = chosen ? list.length > 4000 ? .45 : .85 : .6;
          if (list.length > 4000) { for (const i of list) ctx.fillRect(p.x(o.xs[i]) - size, p.y(o.ys[i]) - size, 2 * size, 2 * size); continue; }
          ctx.beginPath();
          for (const i of list) { const x = p.x(o.xs[i]), y = p.y(o.ys[i]); ctx.moveTo(x + size * p.r, y); ctx.arc(x, y, size * p.r, 0, 7); }
          ctx.fill();
        }
      }
      ctx.globalAlpha = 1;
      if (o.above) o.above(ctx, p, c);
    },
    find: (p, x, y) => {
      let best = -1, near = 14 * 14 * p.r * p.r;
      for (let i = 0; i < e.n; i++) if (e.chosen[i] && fits(i)) { const dx = p.x(o.xs[i]) - x, dy = p.y(o.ys[i]) - y, d = dx * dx + dy * dy; if (d < near) { near = d; best = i; } }
      return best;
    },
    mark: (ctx, p, i) => { ctx.strokeStyle = c.ink; ctx.lineWidth = 2 * p.r; ctx.beginPath(); ctx.arc(p.x(o.xs[i]), p.y(o.ys[i]), (size + 3) * p.r, 0, 7); ctx.stroke(); },
    text: i => e.label(i),
    open: i => { location.hash = T.link(e.raw.id, "trial", i); },
  });
};
