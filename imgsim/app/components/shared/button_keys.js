// The keys of buttons: a letter presses the button that shows it, from the moment that the button is seen.
//
// Streamlit hears the keys of its buttons some tenths of a second after they are drawn, and not at all while another key is
// held, as whoever writes fast does: a decision would be lost without a word. So they are heard here, once for each stroke,
// and end here. The app's document loads this (services/first_page.py).
//
// The decisions on the next pair are other buttons: whoever pressed one goes on from the one of the same name.

import { covered } from "./covered.js";

const TYPED = "input, textarea, select, [contenteditable=true], [role=combobox]";

function buttonOf(key) {
  const caps = [...document.querySelectorAll("[data-testid=stButton] button kbd")];
  return caps.find((cap) => cap.textContent === key.toUpperCase() && cap.checkVisibility())?.closest("button");
}

document.body.addEventListener("keydown", (event) => {
  const led = event.ctrlKey || event.metaKey || event.altKey;
  if (led || event.defaultPrevented || covered() || !/^[a-z]$/i.test(event.key)) return;
  if (event.composedPath()[0].matches?.(TYPED)) return;
  const button = buttonOf(event.key);
  if (!button) return;
  event.stopPropagation();
  if (!event.repeat) button.click(); // nothing, where it is disabled
});

let pressed = null;

document.body.addEventListener("click", ({ target }) => {
  const button = target.closest("[class*=_decisions] button");
  pressed = button && { button, name: button.textContent };
});

new MutationObserver(() => {
  if (!pressed || pressed.button.isConnected) return;
  const next = [...document.querySelectorAll("[class*=_decisions] button")].find((one) => one.textContent === pressed.name);
  if (document.activeElement === document.body) next?.focus({ preventScroll: true });
  pressed = null;
}).observe(document.body, { childList: true, subtree: true });
