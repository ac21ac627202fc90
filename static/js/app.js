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

// A new machine in one line, and the command for the same, as choices change.
const machine = document.querySelector("#machine-form");
if (machine) {
  const summary = machine.querySelector("[data-summary]");
  const command = machine.querySelector("[data-command]");
  const title = (name) => machine.querySelector(`[name=${name}]:checked + span > strong`)?.textContent;
  const show = () => {
    const values = new FormData(machine);
    const name = values.get("name").trim();
    summary.textContent = [name, title("image"), title("flavor")].filter(Boolean).join(" · ");
    const quoted = { name: name.replaceAll("'", "'\\''"), flavor: values.get("flavor") ?? "FLAVOR", image: values.get("image") ?? "IMAGE" };
    const text = command.dataset.command.replace(/\{(\w+)\}/g, (_, key) => quoted[key]);
    command.querySelector("code").textContent = text;
    command.querySelector("[data-copy]").dataset.copy = text;
  };
  machine.addEventListener("input", show);
  show();
}

// On narrow screens the navigation scrolls: the room one is in is in sight.
document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

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
