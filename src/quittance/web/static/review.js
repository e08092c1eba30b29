// One key answers a pair: s same, d different, u unsure, k skip, ? shows the keys. The page does all of it without this.
"use strict";
document.addEventListener("keydown", function (event) {
  const form = document.getElementById("answer");
  const keys = document.getElementById("keys");
  const typing = event.target.closest("input, select, textarea");
  if (form.dataset.keys !== "on" || typing || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.key === "?" || event.key === "؟") {
    keys.open = !keys.open;
    keys.querySelector("summary").focus();
    event.preventDefault();
    return;
  }
  // Where the keyboard writes another script, the key's place on the board stands for its letter.
  const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace("Key", "").toLowerCase();
  const button = form.querySelector('button[data-key="' + (/^[a-z]$/.test(letter) ? letter : "") + '"]');
  if (button) {
    event.preventDefault();
    form.requestSubmit(button);
  }
});
