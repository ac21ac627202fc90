// Comfort only: every page works without this file.
"use strict";

// Light or dark, as chosen and drawn by the server; the system's choice otherwise.
const root = document.documentElement;

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax${secure}`;
  });
}

// A box of messages may be put away.
for (const button of document.querySelectorAll("[data-dismiss]")) {
  button.hidden = false;
  button.addEventListener("click", () => { button.parentElement.hidden = true; });
}

// Search: `/` or Ctrl-K leads to it, arrows walk through what was found.
const search = document.querySelector("[data-search]");
if (search) {
  const field = search.querySelector("input");
  const found = search.querySelector("#found");
  const links = () => [...found.querySelectorAll("a")];
  // Whether the list is open, or is to open when its answer comes. `data-query` says
  // what the list answers: only the answer to what stands in the field is followed.
  let wanted = false;
  const current = () => found.dataset.query === field.value;
  const open = () => {
    wanted = true;
    found.hidden = !current();
    if (found.hidden) field.dispatchEvent(new Event("ask"));
  };
  // Nothing that is under way opens it again.
  const close = () => {
    wanted = false;
    found.hidden = true;
    field.dispatchEvent(new CustomEvent("htmx:abort", { bubbles: true, detail: { elt: field } }));
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const asked = (event.key === "/" && !typing) || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey));
    if (!asked) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
  search.addEventListener("htmx:beforeRequest", (event) => { if (!wanted) event.preventDefault(); });
  search.addEventListener("htmx:afterSwap", (event) => {
    found.dataset.query = event.detail.requestConfig.parameters.q;
    // Arrows walk through what was found, the tab key goes past it.
    for (const one of [found, ...links()]) one.tabIndex = -1;
    found.hidden = !wanted;
  });
  field.addEventListener("focus", open);
  field.addEventListener("input", () => {
    wanted = true;
    if (current()) found.hidden = false;
  });
  search.addEventListener("focusout", (event) => { if (!search.contains(event.relatedTarget)) close(); });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      // Closes the list; pressed again it empties the field.
      event.preventDefault();
      if (!wanted) field.value = "";
      field.focus();
      close();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    if (!wanted) open();
    const all = [field, ...links()];
    const next = all.indexOf(document.activeElement) + step;
    all.at(next % all.length).focus();
  });
  search.addEventListener("submit", (event) => {
    const first = links()[0];
    if (found.hidden || !current() || !first) return;
    event.preventDefault();
    location.assign(first.href);
  });
}

// What a list that follows the typing holds now is said where screen readers listen: a
// part that comes with its words is not heard. The same words again are other words.
const said = document.querySelector("#said");
const say = (words) => { said.textContent = said.textContent === words ? `${words}\u00a0` : words; };
document.addEventListener("htmx:afterSwap", (event) => {
  const words = event.target.querySelector("[data-said]");
  if (words && !event.target.hidden) say(words.textContent);
});

// One menu at a time, and none when one looks elsewhere.
const shut = (but) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== but) menu.open = false;
};
document.addEventListener("click", (event) => shut(event.target.closest("details.menu")));
document.addEventListener("focusin", (event) => shut(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("details[open].menu, details[open].confirm");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

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

// What is typed below a box is meant: the box is ticked.
for (const part of document.querySelectorAll("details.toggle")) {
  const box = part.querySelector("[type=checkbox]");
  const typed = [...part.querySelectorAll("input:not([type=checkbox])")];
  part.addEventListener("input", (event) => {
    if (typed.includes(event.target)) box.checked = typed.some((field) => field.value);
  });
}

// A form is sent once; one that a script holds back (a passkey is asked first) is not sent.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
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
for (const here of document.querySelectorAll(".nav [aria-current], .tabs [aria-current]")) here.scrollIntoView({ block: "nearest", inline: "center" });

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
