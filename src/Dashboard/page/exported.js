"use strict";
// In a file that was exported, what the server would say comes out of the block of data that it holds.
T.exported = (() => {
  const block = T.get("data");
  if (!block) return null;
  const data = JSON.parse(block.textContent), raw = data.experiment, c = raw.columns;
  const bytes = text => Uint8Array.from(atob(text), x => x.charCodeAt(0)).buffer;
  const curves = new Map(data.curves.map(x => [x.metric, x.columns]));
  const of = (metric, trial) => {
    const b = bytes(curves.get(metric)), view = new DataView(b);
    for (let at = 0; at < b.byteLength;) {
      const n = view.getUint32(at + 4, true);
      if (view.getUint32(at, true) === trial) return { metric, x: [...new Float32Array(b, at + 8, n)], y: [...new Float32Array(b, at + 8 + 4 * n, n)] };
      at += 8 + 8 * n;
    }
    return null;
  };
  const known = list => list.filter(x => x[1] !== null);
  const decided = (kind, search) => data.decisions.filter(d => (!kind || d.kind === kind) && (!search || d.reason.toLowerCase().includes(search.toLowerCase()) || String(d.trial) === String(+search)));
  raw.numeric = raw.numeric.filter(m => curves.has(m));
  return {
    id: raw.id, says: "as of " + T.time(raw.last),
    answer: async path => {
      const url = new URL(path, "http://file/"), q = url.searchParams, rest = url.pathname.split("/").slice(4);
      if (!rest.length) return raw;
      if (rest[0] === "curves") {
        if (!curves.has(q.get("metric"))) throw new Error("This file does not hold " + q.get("metric") + ".");
        return { bytes: bytes(curves.get(q.get("metric"))), version: raw.version };
      }
      if (rest[0] === "decisions") {
        const all = decided(q.get("kind"), q.get("search")), kinds = new Map();
        for (const d of data.decisions) kinds.set(d.kind, (kinds.get(d.kind) || 0) + 1);
        return { total: all.length, all: raw.decisions, kinds: [...kinds].sort((a, b) => b[1] - a[1]), decisions: all.slice(0, +q.get("limit")) };
      }
      const n = +rest[1];
      if (rest[0] !== "trials" || !(n < raw.trials)) throw new Error("There is no such trial in this file.");
      if (rest[2] === "history") {
        const names = [...curves.keys()].filter(m => m.toLowerCase().includes(q.get("search").toLowerCase())), from = +q.get("from");
        return { total: names.length, curves: names.slice(from, from + 24).map(m => of(m, n)).filter(Boolean) };
      }
      return { trial: n, status: c.words[c.word[n]], reason: c.reason[n], reports: c.reports[n], iteration: c.iteration[n], failures: null, time: c.time[n], value: c.value[n], searched: Object.keys(c.params),
        config: known(Object.entries(c.params).map(([k, v]) => [k, v[n]])), metrics: known(Object.entries(c.metrics).map(([k, v]) => [k, v[n]])),
        decisions: data.decisions.filter(d => d.trial === n || d.source === n).reverse(), checkpoints: [], files: [], explain: null };
    },
  };
})();
