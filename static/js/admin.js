// Comfort of the lists of administrators: select all, how many are selected.
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
