// Which mode a pair is first shown in: the one that the address names, else the one that was chosen last in this browser.

import { NAMES } from "./compare_words.js";

const PLACE = "imgsim.compare";

/** The mode that was chosen last; the first one where nothing can be kept. */
export function chosenLast() {
  try {
    const kept = localStorage.getItem(PLACE);
    return NAMES.includes(kept) ? kept : NAMES[0];
  } catch {
    return NAMES[0];
  }
}

/** Keep a mode for the pairs to come. */
export function choose(mode) {
  try {
    localStorage.setItem(PLACE, mode);
  } catch {
    // Blocked or full: the next visit begins with the first mode.
  }
}

/** Put a mode into the address, so that a link reopens it whoever follows it; the page is not run for that. */
export function spellOut(mode) {
  const address = new URL(location.href);
  address.searchParams.set("compare", mode);
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}
