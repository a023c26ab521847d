// The bars over and under the page: what can be done with the boxes, how things stand, and saving.

import { element, set, write } from "../shared/common.js";
import { press } from "../shared/image_stage.js";
import { KINDS } from "./boxes_model.js";

export class BoxTools {
  /** acts: draw, split, join, remove, type(kind), undo, redo, save, discard, insist. */
  constructor(acts) {
    const button = (label, title, act, name) => press(label, title, act, { "data-testid": `imgsim-${name}` });
    this.draw = button("Draw a box", "Drag on the page to draw a box (B puts one in the middle)", acts.draw, "draw");
    this.split = button("Split", "Cut the chosen box in two (S)", acts.split, "split-box");
    this.join = button("Join", "Make one box of the chosen ones (J)", acts.join, "join");
    this.remove = button("Remove", "Take the chosen box away (Delete)", acts.remove, "remove");
    this.undo = button("Undo", "Take the last change back (Ctrl+Z)", acts.undo, "undo");
    this.redo = button("Redo", "Do it again (Ctrl+Shift+Z)", acts.redo, "redo");
    this.kinds = KINDS.map((kind, place) => {
      const name = `${kind[0].toUpperCase()}${kind.slice(1)}`;
      const made = button(name, `The chosen box is an ${kind} (${place + 1})`, () => acts.type(kind), `kind-${kind}`);
      set(made, "data-kind", kind);
      return made;
    });
    this.save = button("Save", "Keep these boxes (Enter)", acts.save, "save");
    set(this.save, "class", "save");
    this.discard = button("Discard", "Go back to the boxes that are kept", acts.discard, "discard");
    this.insist = button("Keep mine", "Let your boxes count instead", acts.insist, "insist");
    this.said = element("span", { class: "said", role: "status", "data-testid": "imgsim-said" });
    const group = (label, ...buttons) => element("div", { class: "group", role: "group", "aria-label": label }, ...buttons);
    this.node = element(
      "div",
      { class: "toolbar" },
      group("Boxes", this.draw, this.split, this.join, this.remove),
      group("What the chosen box is", ...this.kinds),
      group("Steps", this.undo, this.redo),
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
    write(this.discard, clash ? "Show what is kept" : "Discard");
    set(this.insist, "hidden", !clash);
    const other = elsewhere.length ? ` Unsaved on other pages: ${elsewhere.join(", ")}.` : "";
    write(this.said, `${said({ dirty, drawing, split, clash, blocked, failed, saving, chosen, saved })}${other}`);
    set(this.said, "data-alarm", clash || (dirty && Boolean(blocked || failed)));
  }
}

function said({ dirty, drawing, split, clash, blocked, failed, saving, chosen, saved }) {
  if (split) return "Move the line with the mouse or the arrows; S turns it; click or Enter cuts; Esc leaves it.";
  if (clash) return "This page has other boxes by now than those that you began with. Yours are not saved.";
  if (saving) return "Saving …";
  if (dirty && failed) return `Not saved. ${failed}`;
  if (dirty && blocked) return `Not saved yet. ${blocked}`;
  if (dirty) return "Changed, not saved yet.";
  const done = saved ? "Saved. " : "";
  if (drawing) return `${done}Drag on the page to draw a box. Esc ends it.`;
  if (chosen.length > 1) return `${done}${chosen.length} boxes are chosen: join, remove or name them.`;
  if (chosen.length) return `${done}Drag the box or its handles; Shift and click chooses several.`;
  return `${done}Click a box to change it, or draw one where it is missing.`;
}
