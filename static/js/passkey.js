// Passkeys: hands the server's question to the device and its answer to the form.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const question = (options) => {
  const asked = options.publicKey;
  asked.challenge = bytes(asked.challenge);
  if (asked.user) asked.user.id = bytes(asked.user.id);
  for (const list of [asked.excludeCredentials, asked.allowCredentials])
    for (const key of list ?? []) key.id = bytes(key.id);
  return { publicKey: asked };
};

const answer = (key) => {
  const said = key.response;
  const response = { clientDataJSON: text(said.clientDataJSON) };
  if (said.attestationObject) {
    response.attestationObject = text(said.attestationObject);
    response.transports = said.getTransports?.() ?? [];
  } else {
    response.authenticatorData = text(said.authenticatorData);
    response.signature = text(said.signature);
    response.userHandle = said.userHandle ? text(said.userHandle) : null;
  }
  return JSON.stringify({
    id: key.id, rawId: text(key.rawId), type: key.type, extensions: key.getClientExtensionResults(), response,
  });
};

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      const field = form.elements.passkey;
      if (field.value) return;
      event.preventDefault();
      const wrong = form.querySelector("[data-passkey-error]");
      wrong.hidden = true;
      try {
        const options = question(JSON.parse(form.dataset.options));
        const key = await (form.dataset.passkey === "create"
          ? navigator.credentials.create(options) : navigator.credentials.get(options));
        field.value = answer(key);
        form.requestSubmit();
      } catch {
        wrong.hidden = false;
      }
    });
  }
}
