// One step of the back button for one step of the reader.
//
// When the app leads from one page to another, Streamlit writes two entries into the browser's history: the page that
// is left, with the address's new parameters, and then the new page with the same ones. The first was never seen by
// anybody, and to go back to it looks as if the button did nothing. So the second takes its place.
// Nor is it a step that a plate goes into the tray, which no way back empties (see parts/tray.py): where an address says
// something else of the tray alone, it takes the place of the one before.
// Likewise what an address leaves open is spelt out as soon as the page is there, and what it has wrong is put right; to
// go back to it would only have that done again, and nobody would get past it. So as long as the reader has done nothing
// on a page, another address of it takes the place of the one it came by.
// The app's document loads this before anything of Streamlit's (services/first_page.py).

const WITHIN = 3000; // milliseconds between the two, on a busy machine

/** Whether a second entry only finishes what the first began. Both are { path, search, time }. */
export function finishes(first, second) {
  return (
    first !== null && first.search === second.search && first.path !== second.path && second.time - first.time < WITHIN
  );
}

/** Whether two parameters of an address, "?a=b&tray=c", differ in the tray alone. */
export function sameButForTheTray(one, other) {
  const [a, b] = [one, other].map((search) => new URLSearchParams(search));
  for (const query of [a, b]) {
    query.delete("tray");
    query.sort();
  }
  return one !== other && a.toString() === b.toString();
}

function oneEntryAStep() {
  if (history.pushState.imgsim) return;
  const push = history.pushState.bind(history);
  let last = null; // the last entry, if it changed nothing but the parameters
  let touched = false; // whether the reader has done anything since the page came
  const pushState = (state, title, url) => {
    const from = location.pathname;
    const to = new URL(url ?? "", location.href);
    const entry = { path: to.pathname, search: to.search, time: performance.now() };
    const speltOut = entry.path === from && !(touched && location.search);
    const gathered = entry.path === from && sameButForTheTray(location.search, entry.search);
    if (speltOut || gathered || finishes(last, entry)) history.replaceState(state, title, url);
    else push(state, title, url);
    last = entry.path === from && !gathered ? entry : null;
  };
  pushState.imgsim = true;
  history.pushState = pushState;
  // With whatever the reader does a step of its own begins. Who has a page read out clicks without a pointer or a key.
  for (const deed of ["popstate", "keydown", "pointerdown"]) addEventListener(deed, () => (last = null), true);
  for (const deed of ["keydown", "pointerdown", "click", "drop"]) addEventListener(deed, () => (touched = true), true);
  addEventListener("popstate", () => (touched = false), true);
}

if (typeof history !== "undefined") oneEntryAStep();
