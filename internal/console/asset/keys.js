// Keys for people who work here all day, and a queue that refreshes itself. Every page works without this file.

const typing = (el) => el.closest("input, textarea, select, [contenteditable]") !== null;
const links = () => [...document.querySelectorAll("[data-row] [data-open]")];

// move marks the next or previous case of the queue by giving it the focus.
function move(step) {
  const all = links();
  if (all.length === 0) return false;
  const at = all.indexOf(document.activeElement);
  const to = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
  all[to].focus();
  all[to].scrollIntoView({ block: "nearest" });
  return true;
}

// reach focuses the first field of a part of the case page, opening what is closed around it.
function reach(selector) {
  const part = document.querySelector(selector);
  if (!part) return false;
  const box = part.closest("details");
  if (box) box.open = true;
  const fields = "form input:not([type=hidden]), form textarea, form select";
  const field = part.matches("textarea") ? part : (part.matches("details") ? part : part.parentElement).querySelector(fields);
  (field ?? part).focus();
  return true;
}

// push presses the button of a page that a key stands for.
function push(key) {
  const b = document.querySelector(`[data-press="${key}"]`);
  if (b) b.click();
  return b !== null;
}

const press = {
  j: () => move(1),
  k: () => move(-1),
  c: () => { const f = document.querySelector("form[data-claim]"); if (f) f.requestSubmit(); return f !== null; },
  n: () => { const f = document.querySelector("form[data-next]"); if (f) f.requestSubmit(); return f !== null || reach("[data-note]"); },
  d: () => reach("[data-decide]"),
  e: () => reach("[data-escalate]"),
  b: () => push("b"),
  v: () => push("v"),
  x: () => push("x"),
  u: () => { const a = document.querySelector("[data-up]"); if (a) a.click(); return a !== null; },
  "?": () => { document.getElementById("keymap")?.showModal(); return true; },
};

let leading = -Infinity; // when "g" was pressed
document.addEventListener("keydown", (ev) => {
  if (ev.ctrlKey || ev.metaKey || ev.altKey || ev.defaultPrevented || typing(ev.target) || document.querySelector("dialog[open]")) return;
  if (ev.timeStamp - leading < 1500) {
    leading = -Infinity;
    const a = document.querySelector(`[data-go="${CSS.escape(ev.key)}"]`);
    if (a) { ev.preventDefault(); a.click(); }
    return;
  }
  if (ev.key === "g") { leading = ev.timeStamp; return; }
  if (Object.hasOwn(press, ev.key) && press[ev.key]()) ev.preventDefault();
});

const open = document.getElementById("keymap-open");
if (open) {
  open.hidden = false;
  open.addEventListener("click", () => document.getElementById("keymap").showModal());
}

// A choice in a filter shows its result at once.
for (const form of document.querySelectorAll("form[data-auto]")) {
  form.addEventListener("change", (ev) => { if (ev.target.matches("select, input[type=checkbox]")) form.requestSubmit(); });
}

// Nobody writes twice because a page was left by mistake.
let written = false;
document.addEventListener("input", (ev) => { written ||= ev.target.matches("form:not([data-draft]) textarea"); });
document.addEventListener("submit", () => { written = false; });
window.addEventListener("beforeunload", (ev) => { if (written) ev.preventDefault(); });

// The page of a report that is under way looks again until it has arrived. What a person is writing on it stays.
if (document.getElementById("under-way")) {
  setInterval(() => {
    if (document.visibilityState === "visible" && !written && !document.querySelector("details[open] form")) location.reload();
  }, 2000);
}

// The queue refreshes itself while somebody can see it.
setInterval(() => {
  if (document.visibilityState === "visible" && document.getElementById("cases")) window.htmx?.trigger("#cases", "refresh");
}, 30000);

// The page of a case says that somebody looks at it, and learns who else does.
setInterval(() => {
  if (document.visibilityState === "visible" && document.getElementById("here")) window.htmx?.trigger("#here", "beat");
}, 20000);
