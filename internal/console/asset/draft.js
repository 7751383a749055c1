// What a person types into a form with data-draft is kept on the server while they type, and the page says whether it is. Nothing of it is
// kept in the browser. Without this file the button "Keep as a draft" does the same.

const pause = 1500; // after the last key
const again = 4000; // after a failure

for (const form of document.querySelectorAll("form[data-draft]")) keep(form);

function keep(form) {
  const state = form.querySelector("[data-draft-state]");
  const content = () => new URLSearchParams(new FormData(form));
  let kept = content().toString(); // what the server has
  let changed = false; // something is not on the server
  let lost = false; // the last attempt reached nobody
  let left = false; // the form was sent
  let timer = 0;
  let under = null; // the attempt under way

  const say = (words, bad) => {
    state.textContent = words;
    state.classList.toggle("mistake", bad);
  };
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(send, ms);
  };

  async function attempt() {
    const body = content();
    const sent = body.toString();
    body.set("quiet", "yes");
    changed = false;
    try {
      const got = await fetch(form.dataset.draft, { method: "POST", body });
      lost = false;
      if (got.ok) {
        kept = sent;
        changed = content().toString() !== sent;
        say(await got.text(), false);
        return "kept";
      }
      if (got.status === 409) {
        say(state.dataset.recorded, true);
        return "recorded";
      }
      changed = true;
      say(state.dataset.refused, true);
      return got.status === 403 ? "signed out" : "refused";
    } catch {
      changed = lost = true;
      say(state.dataset.lost, true);
      return "lost";
    }
  }

  // send keeps what is typed now; one attempt at a time, and again until it is kept.
  async function send() {
    clearTimeout(timer);
    if (under) await under;
    if (left) return "left";
    under = attempt();
    const how = await under;
    under = null;
    if (!left && how !== "kept" && how !== "recorded") later(again);
    else if (changed && !left) later(pause);
    return how;
  }

  const typed = () => {
    changed = lost || content().toString() !== kept; // a field that is left says again what it said before
    if (!changed) return;
    if (lost) say(state.dataset.lost, true);
    later(pause);
  };
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  window.addEventListener("online", () => { if (changed) send(); });

  // A decision that would reach nobody must not take its words with it: what is not kept yet is kept first.
  form.addEventListener("submit", async (ev) => {
    if (left || (!changed && !lost && !under) || ev.submitter?.matches("[data-draft-button]")) {
      left = true;
      return;
    }
    ev.preventDefault();
    const how = await send();
    if (how === "lost" || how === "signed out") {
      state.scrollIntoView({ block: "nearest" });
      return;
    }
    left = true;
    form.requestSubmit(ev.submitter);
  });
  window.addEventListener("pageshow", () => { left = false; });
  window.addEventListener("beforeunload", (ev) => { if (changed && !left) ev.preventDefault(); });
}
