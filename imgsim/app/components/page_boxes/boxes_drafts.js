// What was changed and is not saved yet, of every page that was looked at: it outlives a rerun and the way to another page
// and back. Whoever closes the tab meanwhile is asked.

import { Boxes, written } from "./boxes_model.js";

const drafts = new Map(); // by the page

/** The boxes of a page as they are here: what is not saved comes before what Python knows. */
export function draftOf(data) {
  const known = drafts.get(data.page);
  const heard = written(new Boxes(data.cuts, data.size, data.next).list);
  if (known) {
    known.boxes.next = Math.max(known.boxes.next, data.next);
    known.clash = false;
    if (known.after === data.after && known.boxes.kept === heard) return known;
    if (heard === known.sent || heard === written(known.boxes.list)) {
      // Our own were saved, whatever was changed since.
      known.boxes.keep(heard);
      known.after = data.after;
      known.sent = null;
      return known;
    }
    if (known.boxes.dirty) {
      known.clash = true;
      known.theirs = { after: data.after, kept: heard };
      return known;
    }
  }
  // sent: what was last to be saved; waiting: since when it is, 0 where nothing is.
  const boxes = new Boxes(data.cuts, data.size, data.next);
  const draft = { page: data.page, name: data.name, after: data.after, boxes, sent: null, waiting: 0, clash: false };
  drafts.set(data.page, draft);
  return draft;
}

/** Forget what is not saved, and take what somebody else said meanwhile. */
export function giveUp(draft) {
  if (draft.clash) drafts.delete(draft.page);
  else draft.boxes.discard();
}

/** Let what is not saved count, and come after what somebody else said meanwhile. */
export function insist(draft) {
  draft.after = draft.theirs.after;
  draft.boxes.keep(draft.theirs.kept);
  draft.clash = false;
}

/** The names of the other pages that have unsaved changes. */
export function unsavedElsewhere(page) {
  return [...drafts.values()].filter((draft) => draft.page !== page && draft.boxes.dirty).map((draft) => draft.name);
}

if (typeof addEventListener === "function") {
  addEventListener("beforeunload", (event) => {
    if ([...drafts.values()].some((draft) => draft.boxes.dirty)) event.preventDefault();
  });
}
