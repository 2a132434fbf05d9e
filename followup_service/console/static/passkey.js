// Passkeys: hands what the server offers to the browser, and the browser's answer back in the form. Its forms are hidden until this runs.
"use strict";

(() => {
  if (window.PublicKeyCredential?.parseRequestOptionsFromJSON === undefined) return;
  for (const form of document.querySelectorAll("[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (form.elements.passkey.value !== "") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      try {
        const asked = await fetch(form.dataset.offer, { method: "POST", headers: { "X-CSRFToken": form.elements.csrf_token.value } });
        if (!asked.ok) throw new Error(`the offer was answered with ${asked.status}`);
        const offer = await asked.json();
        const made = form.dataset.passkey === "create"
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(offer) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(offer) });
        form.elements.passkey.value = JSON.stringify(made.toJSON());
        form.submit();
      } catch {
        form.querySelector("[role=alert]").hidden = false;
      }
    });
  }
})();
