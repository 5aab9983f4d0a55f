"use strict";
// Parallel coordinates: drag along an axis to choose trials everywhere on the page, click it to let go.
T.parallel = e => {
  const f = T.figure("Parallel coordinates", "wide");
  const canvas = T.el("canvas", { role: "img", tabindex: 0 }), over = T.el("canvas", { class: "over" }), host = T.el("div", { class: "plot" }, canvas, over);
  const clear = T.el("button", { type: "button", class: "quiet", onclick: () => { e.brushes.clear(); e.brush(); } }, "Clear brushes");
  f.end.append(clear);
  const height = 330, top = 34, bottom = 26;
  let axes = [], from = null, ratio = 1, width = 0, hover = -1, first = 0, most = 14;
  const share = () => new Map(e.raw.importance.map(i => [i.parameter, i.share]));
  const X = k => axes.length < 2 ? width / 2 : 60 + k * (width - 120) / (axes.length - 1);
  const Y = at => top + (1 - at) * (height - top - bottom);
  const order = () => {
    const s = share(), sorted = [...e.params].sort((a, b) => (s.get(b) || 0) - (s.get(a) || 0));
    most = Math.max(2, Math.min(14, Math.floor(width / 84)));
    return [...sorted.slice(first, first + most), ...(e.objective ? [""] : [])];
  };
  const bin = () => {
    const a = e.axis("").at, good = e.sign < 0 ? 1 : 0;
    return i => Number.isNaN(a[i]) ? 0 : Math.min(11, Math.floor(12 * (1 - Math.abs(a[i] - good))));
  };
  const polyline = (ctx, i) => {
    let on = false;
    for (let k = 0; k < axes.length; k++) {
      const at = axes[k].at[i];
      if (Number.isNaN(at)) { on = false; continue; }
      ctx[on ? "lineTo" : "moveTo"](X(k), Y(at));
      on = true;
    }
  };
  const lines = most => {
    const c = T.colors(), ctx = canvas.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    const step = Math.max(1, Math.ceil(e.n / most)), bins = Array.from({ length: 12 }, () => []), of = bin(), faint = [];
    for (let i = 0; i < e.n; i += step) if (e.chosen[i]) bins[of(i)].push(i); else if (e.shown[i]) faint.push(i);
    const low = T.rgb(c.faint), high = T.rgb(c.accent);
    ctx.lineWidth = e.count > 3000 ? .6 : 1.1;
    ctx.strokeStyle = c.faint;
    ctx.globalAlpha = faint.length > 2000 ? .12 : .4;
    ctx.beginPath(); faint.forEach(i => polyline(ctx, i)); ctx.stroke();
    bins.forEach((list, b) => {
      if (!list.length) return;
      ctx.strokeStyle = "rgb(" + low.map((v, k) => Math.round(v + (high[k] - v) * (.25 + .75 * b / 11))).join(" ") + ")";
      ctx.globalAlpha = Math.min(.9, Math.max(.1, 180 / Math.max(1, e.count))) * (.55 + .45 * b / 11);
      ctx.beginPath(); list.forEach(i => polyline(ctx, i)); ctx.stroke();
    });
    ctx.globalAlpha = 1;
    if (e.raw.bestTrial !== null && e.chosen[e.raw.bestTrial]) { ctx.strokeStyle = c.ink; ctx.lineWidth = 2; ctx.beginPath(); polyline(ctx, e.raw.bestTrial); ctx.stroke(); }
    frame(ctx, c);
  };
  const frame = (ctx, c) => {
    ctx.font = "11.5px " + getComputedStyle(document.body).fontFamily;
    const room = axes.length > 1 ? (width - 120) / (axes.length - 1) : width;
    axes.forEach((a, k) => {
      const x = X(k);
      ctx.strokeStyle = c.soft; ctx.lineWidth = 1; ctx.beginPath(); ctx.moveTo(x, Y(1)); ctx.lineTo(x, Y(0)); ctx.stroke();
      ctx.textAlign = "center";
      ctx.fillStyle = c.ink;
      const name = a.path === "" ? e.objective.metric : a.path, room2 = Math.max(9, Math.floor(room / 6.6));
      ctx.fillText(name.length > room2 ? "…" + name.slice(1 - room2) : name, x, 14);
      ctx.fillStyle = c.soft;
      if (a.names && a.names.length <= 8) {
        ctx.textAlign = "left";
        ctx.strokeStyle = c.card; ctx.lineWidth = 4; ctx.lineJoin = "round";
        a.names.forEach((n, i) => { const y = Y(a.names.length > 1 ? i / (a.names.length - 1) : .5) + 4; ctx.strokeText(n.slice(0, 12), x + 6, y); ctx.fillText(n.slice(0, 12), x + 6, y); });
      } else {
        ctx.fillText(T.fmt(a.names ? a.names[a.names.length - 1] : a.high), x, top - 6);
        ctx.fillText(T.fmt(a.names ? a.names[0] : a.low), x, height - bottom + 15);
      }
      const b = e.brushes.get(a.path);
      if (b) { ctx.fillStyle = c.warm; ctx.globalAlpha = .35; ctx.fillRect(x - 7, Y(b[1]), 14, Math.max(3, Y(b[0]) - Y(b[1]))); ctx.globalAlpha = 1; }
    });
  };
  const full = T.debounce(() => { if (f.card.isConnected) lines(20000); }, 160);
  const select = T.frame(() => {
    clear.disabled = !e.brushes.size;
    lines(from && e.n > 800 ? 800 : 4000);
    if (e.n > 800) full();
    f.say(e.brushes.size ? T.plural(e.count, "trial") + " chosen" : "Drag along an axis to choose trials in every figure; darker is better.");
  });
  const draw = () => {
    if (!e.params.length || !e.n) return f.empty(e.n ? "No parameter is searched." : "There are no trials yet.");
    if (!host.isConnected) f.body.replaceChildren(host);
    ratio = devicePixelRatio || 1;
    width = Math.max(200, host.clientWidth);
    axes = order().map(p => e.axis(p));
    for (const k of [canvas, over]) { [k.width, k.height] = [width * ratio, height * ratio]; [k.style.width, k.style.height] = [width + "px", height + "px"]; }
    canvas.setAttribute("aria-label", "Parallel coordinates of " + axes.map(a => a.path || e.objective.metric).join(", ") + ". The filter above chooses trials as well.");
    select();
    if (e.params.length > most && !f.body.querySelector(".bar")) {
      const go = d => T.el("button", { type: "button", onclick: () => { first = Math.max(0, Math.min(e.params.length - most, first + d * most)); draw(); } }, d < 0 ? "Previous" : "Next");
      host.after(T.el("div", { class: "bar" }, go(-1), go(1), T.el("span", { class: "muted" }, e.params.length + " parameters, the most important first")));
    }
  };
  const place = ev => {
    const box = canvas.getBoundingClientRect(), x = ev.clientX - box.left, y = ev.clientY - box.top;
    let k = 0;
    axes.forEach((_, i) => { if (Math.abs(X(i) - x) < Math.abs(X(k) - x)) k = i; });
    return { k, x, near: Math.abs(X(k) - x) < 22, at: Math.max(0, Math.min(1, 1 - (y - top) / (height - top - bottom))), y };
  };
  const drawHover = T.frame(() => {
    const ctx = over.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    if (hover >= 0) { ctx.strokeStyle = T.css("--ink"); ctx.lineWidth = 2.5; ctx.beginPath(); polyline(ctx, hover); ctx.stroke(); }
  });
  canvas.addEventListener("pointerdown", ev => { const p = place(ev); if (p.near) { from = p; canvas.setPointerCapture(ev.pointerId); ev.preventDefault(); } });
  canvas.addEventListener("pointermove", ev => {
    const p = place(ev);
    if (from) { e.brushes.set(axes[from.k].path, [Math.min(from.at, p.at), Math.max(from.at, p.at)]); T.tip(""); e.brush(); return; }
    canvas.style.cursor = p.near ? "ns-resize" : "default";
    const k = Math.max(0, Math.min(axes.length - 2, axes.findIndex((_, i) => X(i) > p.x) - 1)), t = (p.x - X(k)) / (X(k + 1) - X(k));
    let best = -1, close = 6;
    if (axes.length > 1 && t >= 0 && t <= 1) for (let i = 0; i < e.n; i++) {
      if (!e.chosen[i]) continue;
      const d = Math.abs(Y(axes[k].at[i] + t * (axes[k + 1].at[i] - axes[k].at[i])) - p.y);
      if (d < close) { close = d; best = i; }
    }
    if (best !== hover) { hover = best; drawHover(); }
    T.tip(best >= 0 ? e.label(best) : "", ev.clientX, ev.clientY);
  });
  canvas.addEventListener("pointerup", ev => {
    if (!from) { if (hover >= 0) { T.tip(""); location.hash = T.link(e.raw.id, "trial", hover); } return; }
    if (Math.abs(place(ev).at - from.at) < .01) e.brushes.delete(axes[from.k].path);
    from = null;
    e.brush();
  });
  canvas.addEventListener("pointerleave", () => { hover = -1; drawHover(); T.tip(""); });
  canvas.addEventListener("keydown", ev => { if (ev.key === "Escape") { e.brushes.clear(); e.brush(); } });
  const size = new ResizeObserver(() => { if (host.isConnected && Math.abs(host.clientWidth - width) > 2) draw(); });
  size.observe(host);
  T.cleanup.push(() => size.disconnect());
  return { card: f.card, draw, select, brushes: true };
};
