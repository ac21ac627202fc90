// Comfort only: every page works without this file.
"use strict";

// Light or dark, as chosen; the system's choice otherwise.
const root = document.documentElement;
const chosen = localStorage.getItem("theme");
if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  });
}

// Copy buttons, also in parts that arrive later.
const showCopy = (within) => {
  if (!navigator.clipboard) return;
  for (const button of within.querySelectorAll("[data-copy]")) button.hidden = false;
};
showCopy(document);
document.addEventListener("htmx:afterSwap", (event) => showCopy(event.target));
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const done = button.querySelector(".copy__done");
  done.textContent = done.dataset.done;
  setTimeout(() => { done.textContent = ""; }, 2000);
});

// A form is sent once.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// States stay true: an event says "look again", the page fetches its living part.
const note = document.querySelector("[data-live]");
if (note && window.EventSource) {
  const source = new EventSource(note.dataset.live);
  let lost = false;
  const look = () => document.body.dispatchEvent(new Event("look"));
  source.addEventListener("change", look);
  source.addEventListener("open", () => {
    note.textContent = "";
    if (lost) look();
    lost = false;
  });
  source.addEventListener("error", () => {
    lost = true;
    setTimeout(() => { if (lost) note.textContent = note.dataset.lost; }, 3000);
  });
  addEventListener("pagehide", () => source.close());
}
