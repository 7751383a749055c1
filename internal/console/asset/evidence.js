// What makes looking at evidence easier. Every page works without this file.

// Leaving the page takes what is shown off the screen, so that the time is counted right. What stands in the viewer itself keeps it, or
// says so itself.
const viewer = document.querySelector("form[data-hide]");
if (viewer) {
  let staying = false;
  document.addEventListener("submit", (ev) => { staying = ev.target.matches("[data-stay]"); });
  document.addEventListener("click", (ev) => { if (ev.target.closest("a[data-stay]")) staying = true; });
  window.addEventListener("pagehide", () => {
    if (staying) return;
    const said = new URLSearchParams(new FormData(viewer));
    said.set("leaving", "yes");
    navigator.sendBeacon(viewer.action, said);
  });
}

// A picture that the server refuses says so.
for (const img of document.querySelectorAll("img[data-shown]")) {
  const refuse = () => {
    img.hidden = true;
    document.querySelector("[data-refused]").hidden = false;
  };
  img.addEventListener("error", refuse);
  if (img.complete && img.naturalWidth === 0) refuse();
}

// A file is sent with a bar that says how far it is.
for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", (ev) => {
    const bar = form.querySelector("progress");
    const file = form.querySelector("input[type=file]").files[0];
    const most = Number(form.dataset.max);
    if (file && most > 0 && file.size > most) {
      ev.preventDefault();
      form.querySelector("[data-too-large]").hidden = false;
      return;
    }
    ev.preventDefault();
    const send = new XMLHttpRequest();
    bar.hidden = false;
    for (const b of form.querySelectorAll("button")) b.disabled = true;
    send.upload.addEventListener("progress", (p) => { if (p.lengthComputable) bar.value = p.loaded / p.total; });
    send.addEventListener("load", () => {
      if (send.status === 200) { location.assign(send.responseURL); return; }
      const answer = new DOMParser().parseFromString(send.responseText, "text/html");
      document.getElementById("main").replaceWith(answer.getElementById("main"));
    });
    send.addEventListener("error", () => {
      bar.hidden = true;
      for (const b of form.querySelectorAll("button")) b.disabled = false;
      form.querySelector("[data-unsent]").hidden = false;
    });
    send.open("POST", form.action);
    send.send(new FormData(form));
  });
}
