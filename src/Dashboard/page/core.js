"use strict";
// Everything of the page hangs on one name.
const T = { pages: {}, cleanup: [] };

// Elements from data: text is always text, never markup, whatever an experiment calls its things.
T.el = (tag, attributes, ...children) => {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes || {})) {
    if (v === undefined || v === null || v === false) continue;
    if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
    else if (k === "class") e.className = v;
    else if (k === "style") Object.assign(e.style, v);
    else e.setAttribute(k, v === true ? "" : v);
  }
  for (const c of children.flat(Infinity)) if (c !== null && c !== undefined && c !== false) e.append(c);
  return e;
};

T.get = id => document.getElementById(id);
T.css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Numbers that JSON has no form for come as texts.
T.num = v => typeof v === "number" ? v : v === "NaN" ? NaN : v === "Infinity" ? Infinity : v === "-Infinity" ? -Infinity : typeof v === "boolean" ? +v : NaN;

T.fmt = v => {
  if (v === null || v === undefined) return "";
  if (typeof v === "boolean") return v ? "true" : "false";
  if (typeof v === "object") return JSON.stringify(v);
  if (typeof v === "string") return v;
  if (!Number.isFinite(v)) return Number.isNaN(v) ? "NaN" : v > 0 ? "∞" : "-∞";
  if (v === 0) return "0";
  const a = Math.abs(v);
  if (Number.isInteger(v) && a < 1e7) return a < 1e4 ? String(v) : v.toLocaleString("en-US");
  if (a >= 1e6 || a < 1e-3) return v.toExponential(3).replace(/\.?0+e/, "e").replace("e+", "e");
  return String(+v.toPrecision(5));
};

T.short = path => path.split("/").pop();
T.time = ms => ms === null || ms === undefined ? "" : new Date(ms).toLocaleString();
T.duration = s => !Number.isFinite(s) ? "" : s < 1 ? Math.round(s * 1000) + " ms" : s < 90 ? +s.toFixed(1) + " s" : s < 5400 ? Math.round(s / 60) + " min"
  : s < 172800 ? +(s / 3600).toFixed(1) + " h" : Math.round(s / 86400) + " d";
T.age = ms => ms ? T.duration(Math.max(0, (Date.now() - ms) / 1000)) + " ago" : "";
T.id = n => String(n).padStart(5, "0");
T.plural = (n, word) => n.toLocaleString("en-US") + " " + word + (n === 1 ? "" : "s");

T.store = (key, value) => {
  try {
    if (value === undefined) return JSON.parse(localStorage.getItem("tuner." + key));
    localStorage.setItem("tuner." + key, JSON.stringify(value));
  } catch { return null; }
  return value;
};

T.debounce = (f, ms) => { let t; return (...a) => { clearTimeout(t); t = setTimeout(() => f(...a), ms); }; };
T.frame = f => { let due = false; return () => { if (!due) { due = true; requestAnimationFrame(() => { due = false; f(); }); } }; };

// What the server says, or, in a file that was exported, what the file holds.
T.api = async (path, options) => {
  if (T.exported) return T.exported.answer(path);
  const response = await fetch(path, options);
  if (response.status === 202) {
    const body = await response.json();
    throw Object.assign(new Error(body.error || "loading"), body.error ? {} : { loading: body.loading });
  }
  if (!response.ok) {
    const body = await response.json().catch(() => ({}));
    throw new Error(body.detail || response.status + " " + response.statusText);
  }
  const type = response.headers.get("content-type") || "";
  return type.startsWith("application/json") ? response.json() : type.startsWith("text/") ? response.text()
    : { bytes: await response.arrayBuffer(), version: +response.headers.get("x-version") };
};
T.at = (id, rest = "") => "api/experiments/" + encodeURIComponent(id) + rest;

T.tip = (text, x, y) => {
  const tip = T.get("tip");
  tip.hidden = !text;
  if (!text) return;
  tip.textContent = text;
  const w = tip.offsetWidth, h = tip.offsetHeight;
  tip.style.left = Math.max(6, x + 14 + w > innerWidth ? x - w - 14 : x + 14) + "px";
  tip.style.top = Math.max(6, Math.min(innerHeight - h - 6, y + 12)) + "px";
};

T.theme = () => {
  const chosen = T.store("theme");
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  T.get("theme").textContent = dark ? "Light" : "Dark";
};

T.pill = status => T.el("span", { class: "pill " + status }, status);
T.copy = text => {
  const button = T.el("button", { type: "button", class: "quiet", "aria-label": "Copy: " + text.slice(0, 80) }, "Copy");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text).then(() => { button.textContent = "Copied"; }, () => { button.textContent = "Not allowed"; });
    setTimeout(() => { button.textContent = "Copy"; }, 1200);
  });
  return button;
};
T.command = (label, text) => T.el("div", { class: "copy" }, T.el("span", { class: "muted" }, label), T.el("code", { tabindex: 0 }, text), T.copy(text));
T.link = (id, ...rest) => "#/" + ["e", id, ...rest].map(encodeURIComponent).join("/");

T.select = (label, options, value, change) => {
  const select = T.el("select", { "aria-label": label, onchange: () => change(select.value) },
    options.map(o => Array.isArray(o) ? o : [o, o]).map(([v, text]) => T.el("option", { value: v, selected: v === value }, text)));
  return select;
};
T.toggle = (label, on, change, title) => {
  const button = T.el("button", { type: "button", class: "quiet", "aria-pressed": String(on), title, onclick: () => {
    const now = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(now));
    change(now);
  } }, label);
  return button;
};
