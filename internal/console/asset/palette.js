// The palette of commands: a box in which a person types what they want to do, a page or the id of a case. It offers what the page in front
// of them and their role allow, and nothing else: what the server rendered. Without this file its button leads to the page "Find".

const palette = document.getElementById("palette");
const opener = document.getElementById("palette-open");
const ask = document.getElementById("palette-ask");
const list = document.getElementById("palette-list");
const count = document.getElementById("palette-count");
const search = document.getElementById("palette-find");
let shown = []; // the offers in order, with what each does
let at = 0; // the one that Enter takes

// plain makes forms of a word comparable: case, accents, vowel signs, the forms of alef, yeh and teh marbuta.
const plain = (s) => s.toLowerCase().normalize("NFD").replace(/[\p{M}ـ]/gu, "").replace(/ٱ/g, "ا").replace(/ى/g, "ي").replace(/ة/g, "ه").trim();

// reach does what an element of the page is there for: sends a form, follows a link, or goes to the first field.
function reach(el) {
  if (el.matches("form")) { el.requestSubmit(); return; }
  if (el.matches("a, button")) { el.click(); return; }
  const box = el.closest("details");
  if (box) box.open = true;
  const field = el.matches("textarea") ? el : (el.closest("form") ?? box).querySelector("input:not([type=hidden]), textarea, select");
  (field ?? el).focus();
}

// offers are all that could be done now: the acts of the page first, then the pages.
function offers() {
  const acts = [...document.querySelectorAll("[data-command]")].map((el) => ({ label: el.dataset.command, kind: palette.dataset.here, run: () => reach(el) }));
  const pages = [...palette.querySelectorAll("[data-page]")].map((a) => ({ label: a.textContent, kind: palette.dataset.page, run: () => a.click() }));
  return [...acts, ...pages];
}

// matching are the offers that hold every word that was typed, those that begin with it first; then what the words themselves may mean.
function matching(typed) {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const fits = offers().filter((o) => words.every((w) => plain(o.label).includes(w)));
  const first = (o) => (words.length > 0 && plain(o.label).startsWith(words[0]) ? 0 : 1);
  const out = fits.map((o, i) => [first(o), i, o]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map((x) => x[2]);
  const id = typed.trim().toLowerCase();
  if (search && /^[0-9a-hjkmnp-tv-z]{26}$/.test(id)) {
    out.unshift({ label: palette.dataset.case.replace("{id}", id), kind: "", run: () => location.assign("/case/" + id) });
  }
  if (search && typed.trim() !== "") {
    out.push({ label: palette.dataset.find.replace("{words}", typed.trim()), kind: "", run: () => { search.elements.words.value = typed.trim(); search.requestSubmit(); } });
  }
  return out;
}

function choose(i) {
  at = i;
  [...list.children].forEach((li, n) => li.setAttribute("aria-selected", String(n === i)));
  const now = list.children[i];
  if (now) {
    ask.setAttribute("aria-activedescendant", now.id);
    now.scrollIntoView({ block: "nearest" });
  } else {
    ask.removeAttribute("aria-activedescendant");
  }
}

function draw() {
  shown = matching(ask.value);
  list.replaceChildren(...shown.map((o, i) => {
    const li = document.createElement("li");
    li.id = "palette-" + i;
    li.setAttribute("role", "option");
    const label = document.createElement("span");
    label.textContent = o.label;
    label.dir = "auto";
    const kind = document.createElement("small");
    kind.textContent = o.kind;
    li.append(label, kind);
    li.addEventListener("click", () => take(i));
    return li;
  }));
  list.hidden = shown.length === 0;
  ask.setAttribute("aria-expanded", String(shown.length > 0));
  count.textContent = shown.length === 0 ? palette.dataset.none : "";
  choose(0);
}

function take(i) {
  const o = shown[i];
  if (!o) return;
  palette.close();
  o.run();
}

function open() {
  if (document.querySelector("dialog[open]")) return;
  ask.value = "";
  palette.showModal();
  draw();
  ask.focus();
}

if (palette && opener) {
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-haspopup", "dialog");
  opener.addEventListener("click", (ev) => { ev.preventDefault(); open(); });
  opener.addEventListener("keydown", (ev) => { if (ev.key === " ") { ev.preventDefault(); open(); } });
  document.addEventListener("keydown", (ev) => {
    if (!(ev.ctrlKey || ev.metaKey) || ev.altKey || ev.shiftKey || (ev.code !== "KeyK" && ev.key !== "k")) return;
    ev.preventDefault();
    if (palette.open) palette.close(); else open();
  });
  ask.addEventListener("input", draw);
  ask.addEventListener("keydown", (ev) => {
    if (ev.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[ev.key];
    if (step && shown.length > 0) {
      ev.preventDefault();
      choose((at + step + shown.length) % shown.length);
    } else if (ev.key === "Enter") {
      ev.preventDefault();
      take(at);
    }
  });
}
