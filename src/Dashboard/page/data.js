"use strict";
// An experiment as the figures see it: columns, which trials are shown, and the curves.
T.Experiment = class {
  constructor(raw) {
    this.curves = new Map();
    this.hidden = new Set();
    this.top = 0;
    this.query = "";
    this.matching = null;
    this.brushes = new Map();
    this.listeners = new Set();
    this.take(raw);
  }

  take(raw) {
    this.raw = raw;
    const c = raw.columns;
    this.n = c.word.length;
    this.objective = raw.objectives[0];
    this.sign = this.objective && this.objective.mode === "max" ? -1 : 1;
    this.value = c.value.map(v => v === null ? NaN : T.num(v));
    this.word = c.word.map(w => c.words[w]);
    this.params = Object.keys(c.params);
    this.axes = new Map();
    this.filter();
  }

  // Which trials are shown at all; brushing chooses among them.
  filter() {
    const shown = new Uint8Array(this.n);
    for (let i = 0; i < this.n; i++) shown[i] = !this.hidden.has(this.word[i]) && (!this.matching || this.matching.has(i)) ? 1 : 0;
    if (this.top > 0 && this.objective) {
      const order = [];
      for (let i = 0; i < this.n; i++) if (shown[i] && !Number.isNaN(this.value[i])) order.push(i);
      order.sort((a, b) => this.sign * (this.value[a] - this.value[b]));
      shown.fill(0);
      for (const i of order.slice(0, this.top)) shown[i] = 1;
    }
    this.shown = shown;
    this.brush();
  }

  brush() {
    const chosen = Uint8Array.from(this.shown);
    for (const [path, [low, high]] of this.brushes) {
      const axis = this.axis(path);
      for (let i = 0; i < this.n; i++) if (!(axis.at[i] >= low && axis.at[i] <= high)) chosen[i] = 0;
    }
    this.chosen = chosen;
    this.count = chosen.reduce((a, b) => a + b, 0);
    this.tell();
  }

  tell() { for (const f of this.listeners) f(); }

  // A parameter, an objective or a metric as positions from 0 to 1, whatever its values are.
  axis(path) {
    if (this.axes.has(path)) return this.axes.get(path);
    const c = this.raw.columns, domain = this.raw.space.find(d => d.path === path);
    const values = path === "" ? this.value : c.params[path] || c.metrics[path] || [];
    const numeric = values.every(v => v === null || typeof v === "number" || (typeof v === "string" && Number.isNaN(+v) && (v === "NaN" || v.endsWith("Infinity"))));
    let axis;
    if (numeric) {
      const x = values.map(v => v === null ? NaN : T.num(v)), finite = x.filter(Number.isFinite);
      let low = Infinity, high = -Infinity;
      for (const v of finite) { if (v < low) low = v; if (v > high) high = v; }
      if (!finite.length) [low, high] = [0, 1];
      if (path === "" && finite.length > 20) {
        // One trial that diverged does not squeeze the others into a line.
        const s = Float64Array.from(finite).sort(), q = p => s[Math.floor(p * (s.length - 1))], spread = q(.9) - q(.1);
        if (spread > 0) [low, high] = [Math.max(low, q(.1) - 3 * spread), Math.min(high, q(.9) + 3 * spread)];
      }
      const log = (domain && domain.log || false) && low > 0;
      const f = log ? Math.log : v => v, a = f(low), b = f(high);
      axis = { path, x, log, low, high, at: x.map(v => Number.isNaN(v) ? NaN : b > a ? Math.max(0, Math.min(1, (f(v) - a) / (b - a))) : .5),
        back: p => log ? Math.exp(a + p * (b - a)) : a + p * (b - a) };
    } else {
      const texts = values.map(v => v === null ? null : T.fmt(v)), names = [...new Set(texts.filter(t => t !== null))].sort();
      const place = new Map(names.map((v, i) => [v, i]));
      axis = { path, names, x: texts.map(t => t === null ? NaN : place.get(t)), low: 0, high: Math.max(1, names.length - 1),
        at: texts.map(t => t === null ? NaN : names.length > 1 ? place.get(t) / (names.length - 1) : .5), back: p => names[Math.round(p * (names.length - 1))] };
    }
    this.axes.set(path, axis);
    return axis;
  }

  // The curves of a metric by trial; what changed since the last time comes as columns of bytes.
  async curve(metric) {
    const known = this.curves.get(metric) || { version: 0, by: new Map() };
    this.curves.set(metric, known);
    const { bytes, version } = await T.api(T.at(this.raw.id, "/curves?metric=" + encodeURIComponent(metric) + "&after=" + known.version));
    if (version < known.version) known.by.clear();
    const view = new DataView(bytes);
    for (let at = 0; at < bytes.byteLength;) {
      const trial = view.getUint32(at, true), count = view.getUint32(at + 4, true);
      known.by.set(trial, { x: new Float32Array(bytes, at + 8, count), y: new Float32Array(bytes, at + 8 + 4 * count, count) });
      at += 8 + 8 * count;
    }
    known.version = version;
    return known.by;
  }

  label(i) {
    const lines = ["Trial " + T.id(i) + " · " + this.word[i]];
    if (this.objective && !Number.isNaN(this.value[i])) lines.push(this.objective.metric + " = " + T.fmt(this.value[i]));
    for (const p of this.params.slice(0, 8)) if (this.raw.columns.params[p][i] !== null) lines.push(p + " = " + T.fmt(this.raw.columns.params[p][i]));
    if (this.params.length > 8) lines.push("… " + (this.params.length - 8) + " more");
    const reason = this.raw.columns.reason[i];
    if (reason) lines.push(reason.length > 220 ? reason.slice(0, 220) + "…" : reason);
    return lines.join("\n");
  }
};

T.colors = () => ({ completed: T.css("--accent"), pruned: T.css("--warm"), failed: T.css("--bad"), stopped: T.css("--soft"), other: T.css("--accent"), soft: T.css("--soft"),
  faint: T.css("--line"), ink: T.css("--ink"), grid: T.css("--grid"), card: T.css("--card"), warm: T.css("--warm"), accent: T.css("--accent"), bad: T.css("--bad") });
