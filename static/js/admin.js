// Comfort of administrators: select all, how many are selected, keys.
"use strict";

const prepare = () => {
  for (const form of document.querySelectorAll("[data-select]")) {
    if (form.dataset.ready) continue;
    form.dataset.ready = "yes";
    const all = form.querySelector("[data-select-all]");
    const label = form.querySelector("[data-selected]");
    if (!all || !label) continue;
    const plain = label.textContent;
    const boxes = () => [...form.querySelectorAll("input[name=id]")];
    const count = () => {
      const chosen = boxes().filter((box) => box.checked).length;
      all.checked = chosen > 0 && chosen === boxes().length;
      all.indeterminate = chosen > 0 && !all.checked;
      label.textContent = chosen ? label.dataset.words.replace("#", chosen) : plain;
      form.toggleAttribute("data-some", chosen > 0);
    };
    all.hidden = false;
    all.addEventListener("change", () => {
      for (const box of boxes()) box.checked = all.checked;
      count();
    });
    form.addEventListener("change", count);
    count();
  }
};
prepare();
document.addEventListener("htmx:afterSwap", prepare);
addEventListener("pageshow", prepare);

// `i` shows the messages of this page or puts them away, Escape closes what is open.
const main = document.querySelector("#content");
const messages = () => {
  const there = main.querySelector(".top-msg");
  if (there) return there;
  const none = document.createElement("div");
  none.className = "top-msg info";
  none.setAttribute("role", "status");
  none.hidden = true;
  main.prepend(none);
  return none;
};
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const box = event.key === "i" || event.key === "Escape" ? messages() : null;
  if (event.key === "i") {
    box.hidden = !box.hidden;
    if (!box.hidden && !box.childElementCount) box.textContent = main.dataset.noMessages;
  } else if (event.key === "Escape") {
    box.hidden = true;
    for (const tips of document.querySelectorAll(".tips details[open]")) tips.open = false;
  }
});
