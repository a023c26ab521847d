// The bars over and under the page: what can be done with the boxes, how things stand, and saving.

import { element, set, write } from "../shared/common.js";
import { press } from "../shared/image_stage.js";
import { tr } from "../shared/translation.js";
import { KINDS } from "./boxes_model.js";
import { KIND_WORDS } from "./boxes_words.js";

export class BoxTools {
  /** acts: draw, split, join, remove, type(kind), undo, redo, save, discard, insist. */
  constructor(acts) {
    const button = (label, title, act, name) => press(label, title, act, { "data-testid": `imgsim-${name}` });
    this.draw = button(tr("Draw a box"), tr("Drag on the page to draw a box (B puts one in the middle)"), acts.draw, "draw");
    this.split = button(tr("Split"), tr("Cut the chosen box in two (S)"), acts.split, "split-box");
    this.join = button(tr("Join"), tr("Make one box of the chosen ones (J)"), acts.join, "join");
    this.remove = button(tr("Remove"), tr("Take the chosen box away (Delete)"), acts.remove, "remove");
    this.undo = button(tr("Undo"), tr("Take the last change back (Ctrl+Z)"), acts.undo, "undo");
    this.redo = button(tr("Redo"), tr("Do it again (Ctrl+Shift+Z)"), acts.redo, "redo");
    this.kinds = KINDS.map((kind, place) => {
      const { label, says } = KIND_WORDS[kind];
      const made = button(label, `${says} (${place + 1})`, () => acts.type(kind), `kind-${kind}`);
      set(made, "data-kind", kind);
      return made;
    });
    this.save = button(tr("Save"), tr("Keep these boxes (Enter)"), acts.save, "save");
    set(this.save, "class", "save");
    this.discard = button(tr("Discard"), tr("Go back to the boxes that are kept"), acts.discard, "discard");
    this.insist = button(tr("Keep mine"), tr("Let your boxes count instead"), acts.insist, "insist");
    this.said = element("span", { class: "said", role: "status", "data-testid": "imgsim-said" });
    const group = (label, ...buttons) => element("div", { class: "group", role: "group", "aria-label": label }, ...buttons);
    this.node = element(
      "div",
      { class: "toolbar" },
      group(tr("Boxes"), this.draw, this.split, this.join, this.remove),
      group(tr("What the chosen box is"), ...this.kinds),
      group(tr("Steps"), this.undo, this.redo),
    );
  }

  /** The bar under the page. */
  foot(zoom) {
    return element("div", { class: "toolbar foot" }, zoom, this.said, this.insist, this.discard, this.save);
  }

  show({ boxes, chosen, drawing, split, clash, blocked, failed, saving, elsewhere, saved }) {
    const { dirty } = boxes;
    set(this.draw, "aria-pressed", String(drawing));
    set(this.split, "aria-pressed", String(Boolean(split)));
    const kinds = new Set(chosen.map((number) => boxes.get(number).kind));
    for (const one of this.kinds) {
      set(one, "aria-pressed", String(kinds.has(one.dataset.kind)));
      set(one, "disabled", !chosen.length);
    }
    set(this.split, "disabled", chosen.length !== 1);
    set(this.join, "disabled", chosen.length < 2);
    set(this.remove, "disabled", !chosen.length);
    set(this.undo, "disabled", !boxes.undoable);
    set(this.redo, "disabled", !boxes.redoable);
    set(this.save, "disabled", !dirty || Boolean(blocked) || clash || saving);
    set(this.discard, "hidden", !dirty);
    write(this.discard, clash ? tr("Show what is kept") : tr("Discard"));
    set(this.insist, "hidden", !clash);
    const other = elsewhere.length ? ` ${tr("Unsaved on other pages: {pages}.", { pages: elsewhere.join(", ") })}` : "";
    write(this.said, `${said({ dirty, drawing, split, clash, blocked, failed, saving, chosen, saved })}${other}`);
    set(this.said, "data-alarm", clash || (dirty && Boolean(blocked || failed)));
  }
}

function said({ dirty, drawing, split, clash, blocked, failed, saving, chosen, saved }) {
  if (split) return tr("Move the line with the mouse or the arrows; S turns it; click or Enter cuts; Esc leaves it.");
  if (clash) return tr("This page has other boxes by now than those that you began with. Yours are not saved.");
  if (saving) return tr("Saving …");
  if (dirty && failed) return `${tr("Not saved.")} ${failed}`;
  if (dirty && blocked) return `${tr("Not saved yet.")} ${blocked}`;
  if (dirty) return tr("Changed, not saved yet.");
  const done = saved ? `${tr("Saved.")} ` : "";
  if (drawing) return done + tr("Drag on the page to draw a box. Esc ends it.");
  if (chosen.length > 1) return done + tr("{count} boxes are chosen: join, remove or name them.", { count: chosen.length });
  if (chosen.length) return done + tr("Drag the box or its handles; Shift and click chooses several.");
  return done + tr("Click a box to change it, or draw one where it is missing.");
}
