// The keys of buttons: a letter presses the button that shows it, from the moment that the button is seen.
//
// Streamlit hears the keys of its buttons some tenths of a second after they are drawn, and not at all while another key is
// held, as whoever writes fast does: a decision would be lost without a word. So they are heard here, once for each stroke,
// and end here. The app's document loads this (services/first_page.py).

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
