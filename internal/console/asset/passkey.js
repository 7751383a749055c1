// Passkeys: a form with data-passkey asks the server for a question, lets the person's device answer it, and is sent with the answer.

const able = typeof PublicKeyCredential === "function" && typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function";

async function answer(form) {
  const got = await fetch(form.dataset.ask, { method: "POST", body: new URLSearchParams({ token: form.elements.token.value }) });
  const prove = got.headers.get("X-Haris-Prove"); // asks first who the person is, and leads back here
  if (prove?.startsWith("/")) {
    location.assign(prove);
    return null;
  }
  if (!got.ok) throw new Error(String(got.status));
  const { publicKey } = await got.json();
  const made = form.dataset.passkey === "create"
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
  return JSON.stringify(made.toJSON());
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!able) continue;
  form.hidden = false;
  const failed = form.querySelector("[data-failed]");
  form.addEventListener("submit", async (ev) => {
    ev.preventDefault();
    failed.hidden = true;
    try {
      const said = await answer(form);
      if (said === null) return;
      form.elements.answer.value = said;
    } catch {
      failed.hidden = false; // taken back by the person, or refused by the device: what it was, browsers do not say
      return;
    }
    form.submit();
  });
}
for (const el of document.querySelectorAll("[data-no-passkey]")) el.hidden = able;
