// The page on which rules are written: a mistake leads to its line, and what was not saved is not left by accident. The page checks through htmx;
// without scripts the buttons "Check" and "Save" do everything.

const form = document.getElementById("rules-form");
const text = document.getElementById("rules-text");
const kept = text.defaultValue;
let sent = false;

function reach(line, column) {
  const lines = text.value.split("\n");
  line = Math.min(Math.max(line, 1), lines.length);
  let from = 0;
  for (let i = 0; i < line - 1; i++) from += lines[i].length + 1;
  const to = from + lines[line - 1].length;
  text.focus();
  text.setSelectionRange(Math.min(from + Math.max(column - 1, 0), to), to);
  const height = parseFloat(getComputedStyle(text).lineHeight) || 20;
  text.scrollTop = Math.max(0, (line - 6) * height);
}

document.addEventListener("click", (ev) => {
  const a = ev.target.closest("a[data-line]");
  if (!a || a.dataset.file !== form.elements.file.value) return;
  ev.preventDefault();
  let there = false;
  const go = () => { if (!there) { there = true; reach(Number(a.dataset.line), Number(a.dataset.column)); } };
  if (ev.detail > 0) return go();
  // By keyboard: the focus moves when the key is let go, or the text would take the key as typed.
  document.addEventListener("keyup", go, { once: true });
  setTimeout(go, 500);
});

form.addEventListener("submit", () => { sent = true; });
window.addEventListener("pageshow", () => { sent = false; });
window.addEventListener("beforeunload", (ev) => { if (!sent && text.value !== kept) ev.preventDefault(); });
