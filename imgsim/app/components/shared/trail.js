// Which plates this browser has opened: kept here and told to nobody, the app itself included.

const PLACE = "imgsim.opened.";
const MOST = 20000; // the latest of each collection

/** The plates of a collection that were opened, the latest last: a Set of ids. */
export function opened(collection) {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE + collection) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : []);
  } catch {
    return new Set(); // blocked, or somebody else's: nothing is known
  }
}

/** Note that a plate was opened. */
export function note(collection, id) {
  const known = opened(collection);
  known.delete(id);
  known.add(id);
  try {
    localStorage.setItem(PLACE + collection, JSON.stringify([...known].slice(-MOST)));
  } catch {
    // Blocked or full: it is not marked.
  }
}
