// One key answers: each button in #answer names its key in data-key, a summary opens its form, ? shows the keys.
// The page does all of it without this.
"use strict";
document.addEventListener("keydown", function (event) {
  const asked = document.getElementById("answer");
  const keys = document.getElementById("keys");
  const typing = event.target.closest("input, select, textarea");
  if (!asked || asked.dataset.keys !== "on" || typing || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (event.key === "?" || event.key === "؟") {
    keys.open = !keys.open;
    keys.querySelector("summary").focus();
    event.preventDefault();
    return;
  }
  // Where the keyboard writes another script, the key's place on the board stands for its letter.
  const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.replace("Key", "").toLowerCase();
  const found = asked.querySelector('[data-key="' + (/^[a-z]$/.test(letter) ? letter : "") + '"]');
  if (!found) return;
  event.preventDefault();
  if (found.form) {
    found.form.requestSubmit(found);
  } else {
    found.parentElement.open = true;
    found.parentElement.querySelector("select, input:not([type=hidden])").focus();
  }
});
