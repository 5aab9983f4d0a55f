"use strict";
// The trials as a table: sorted by any column, a page at a time, with the columns that somebody chose the last time.
T.table = e => {
  const f = T.figure("Trials", "wide"), perPage = 100, key = "columns." + e.raw.id;
  const columns = () => {
    const c = e.raw.columns, list = [
      { name: "trial", get: i => i, show: i => T.el("a", { href: T.link(e.raw.id, "trial", i) }, T.id(i)) },
      { name: "status", get: i => e.word[i], show: i => T.pill(e.word[i]) },
    ];
    if (e.objective) list.push({ name: e.objective.metric, get: i => e.value[i], number: true });
    e.raw.objectives.slice(1).forEach((o, k) => list.push({ name: o.metric, get: i => T.num(c.objectives[k + 1][i]), number: true }));
    for (const p of e.params) list.push({ name: p, group: "parameter", get: i => c.params[p][i], number: !e.axis(p).names });
    list.push({ name: "iteration", get: i => c.iteration[i], number: true }, { name: "time", get: i => T.num(c.time[i]), number: true, show: i => T.duration(T.num(c.time[i])) });
    for (const m of Object.keys(c.metrics)) if (!e.raw.objectives.some(o => o.metric === m)) list.push({ name: m, group: "metric", get: i => c.metrics[m][i], number: !e.axis(m).names });
    list.push({ name: "reason", get: i => c.reason[i] });
    return list;
  };
  const standard = list => list.filter(c => c.group !== "metric").slice(0, 14).map(c => c.name).concat("reason");
  let page = 0, sort = e.objective ? { name: e.objective.metric, down: e.sign < 0 } : { name: "trial", down: false }, all = [], rows = [];
  const menu = T.el("details", { class: "menu" }, T.el("summary", {}, "Columns"), T.el("div", {}));
  const copy = T.el("button", { type: "button", class: "quiet", onclick: async () => {
    const chosen = visible(), text = [chosen.map(c => c.name), ...rows.map(i => chosen.map(c => String(c.get(i) ?? "").replace(/[\t\n]/g, " ")))].map(r => r.join("\t")).join("\n");
    await navigator.clipboard.writeText(text).catch(() => {});
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy"; }, 1200);
  } }, "Copy");
  f.end.append(menu, copy, T.exported ? "" : T.el("a", { href: T.at(e.raw.id, "/trials.csv"), download: e.raw.id + ".csv" }, T.el("button", { type: "button", class: "quiet", tabindex: -1 }, "CSV")));
  const names = () => T.store(key) || standard(all);
  const visible = () => { const set = new Set(names()); const found = all.filter(c => set.has(c.name)); return found.length ? found : all.slice(0, 1); };
  const compare = (a, b) => {
    const absent = v => v === null || v === undefined || (typeof v === "number" && Number.isNaN(v));
    if (absent(a) || absent(b)) return absent(a) && absent(b) ? 0 : absent(a) ? Infinity : -Infinity;
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
  };
  const draw = () => {
    all = columns();
    menu.lastChild.replaceChildren(...all.slice(0, 800).map(c => T.el("label", {}, T.el("input", { type: "checkbox", checked: names().includes(c.name), onchange: ev => {
      const set = new Set(names());
      if (ev.target.checked) set.add(c.name); else set.delete(c.name);
      T.store(key, [...set]);
      select();
    } }), c.name)));
    select();
  };
  const select = () => {
    if (!e.n) return f.empty("There are no trials yet.");
    const by = all.find(c => c.name === sort.name) || all[0], keys = new Map();
    rows = [];
    for (let i = 0; i < e.n; i++) if (e.chosen[i]) { rows.push(i); keys.set(i, typeof by.get(i) === "string" && by.number ? T.num(by.get(i)) : by.get(i)); }
    rows.sort((a, b) => { const d = compare(keys.get(a), keys.get(b)); return Math.abs(d) === Infinity ? (d > 0 ? 1 : -1) : (sort.down ? -d : d) || a - b; });
    const pages = Math.max(1, Math.ceil(rows.length / perPage)), chosen = visible();
    page = Math.min(page, pages - 1);
    const head = chosen.map(c => T.el("th", { class: c.number ? "num" : "", "aria-sort": c.name === sort.name ? (sort.down ? "descending" : "ascending") : "none" },
      T.el("button", { type: "button", title: c.name, onclick: () => { sort = { name: c.name, down: sort.name === c.name ? !sort.down : false }; select(); } }, T.short(c.name) + (c.name === sort.name ? sort.down ? " ↓" : " ↑" : ""))));
    const body = rows.slice(page * perPage, (page + 1) * perPage).map(i => T.el("tr", { class: i === e.raw.bestTrial ? "best" : "" },
      chosen.map(c => { const text = c.show ? c.show(i) : T.fmt(c.get(i)); return T.el("td", { class: c.number ? "num" : "", title: typeof text === "string" && text.length > 40 ? text : null }, text); })));
    const go = (label, to) => T.el("button", { type: "button", disabled: to < 0 || to >= pages || to === page, onclick: () => { page = to; select(); } }, label);
    f.body.replaceChildren(T.el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Trials" }, T.el("table", {}, T.el("thead", {}, T.el("tr", {}, head)), T.el("tbody", {}, body))),
      rows.length ? "" : T.el("div", { class: "empty" }, "No trial is chosen. Loosen the filter above."),
      pages > 1 ? T.el("div", { class: "bar" }, go("First", 0), go("Previous", page - 1), T.el("input", { type: "number", min: 1, max: pages, value: page + 1, "aria-label": "Page", onchange: ev => {
        page = Math.max(0, Math.min(pages - 1, (+ev.target.value || 1) - 1)); select(); } }), T.el("span", { class: "muted" }, "of " + pages.toLocaleString("en-US") + " pages, " + T.plural(rows.length, "trial")), go("Next", page + 1), go("Last", pages - 1)) : "");
  };
  return { card: f.card, draw, select: T.debounce(select, 60) };
};
