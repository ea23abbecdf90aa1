// Passkeys: this asks our server for a challenge, lets the device sign it, and sends the answer with its form.
"use strict";
(function () {
  const can = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON;

  async function signed(form) {
    const token = form.elements.csrf_token.value;
    const answer = await fetch(form.dataset.ask, { method: "POST", headers: { "X-CSRFToken": token } });
    if (!answer.ok || answer.redirected) throw new Error("no challenge");
    const { options } = await answer.json();
    if (form.dataset.passkey === "create")
      return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
    return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  }

  // Where this device can recognise its user, its passkey comes first. The other way stays, folded.
  async function offer(form) {
    if (!(await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable())) return;
    form.hidden = false;
    for (const other of document.querySelectorAll("[data-without-passkey]"))
      if (!other.querySelector("[data-focus]")) other.open = false;
  }

  function watch(form) {
    if (!can || form.dataset.watched) return;
    form.dataset.watched = "yes";
    if ("thisDevice" in form.dataset) offer(form);
    else form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        form.elements.credential.value = JSON.stringify((await signed(form)).toJSON());
      } catch (fault) {
        form.elements.credential.value = ""; // The user or the device refused: our server says what to do next.
        if (fault.name === "NotAllowedError" || fault.name === "AbortError") {
          for (const other of document.querySelectorAll("[data-without-passkey]")) other.open = true;
          return;
        }
      }
      form.submit();
    });
  }

  document.querySelectorAll("form[data-passkey]").forEach(watch);
})();
