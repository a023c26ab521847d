// A box drawn on the plate: dragged open, moved, pulled at its handles. Its edges are fractions of the image.

import { element, set } from "../shared/common.js";
import { ARROWS, dragged, handles, lay, stepped } from "../shared/box_grips.js";

const STEP = 0.02; // of the image's side: how far a key moves an edge
const LEAST = 0.01; // of the image's side: anything smaller was a slip of the hand

export class CropBox {
  /** view: toImage(left, top) and toStage(x, y) between stage pixels and fractions; sight(): the middle of what is seen, as a box in fractions; changed(box), ended(box). */
  constructor(stage, view) {
    this.view = view;
    this.box = null;
    this.drawing = false;
    this.node = element("div", { class: "box", hidden: true, "data-testid": "imgsim-box" });
    this.node.append(...handles());
    stage.append(this.node);
  }

  /** Start a drag if it begins on the box or the box is to be drawn; tell whether it did. */
  begin(event, [left, top]) {
    const handle = event.composedPath()[0]?.dataset?.handle;
    const onBox = event.composedPath().includes(this.node);
    if (!handle && !onBox && !this.drawing) return false;
    const start = this.view.toImage(left, top);
    this.before = this.box;
    this.grip = { start, handle: handle ?? (onBox && !event.shiftKey ? "all" : "new") };
    return true;
  }

  drag([left, top]) {
    const now = this.view.toImage(left, top);
    const { start, handle } = this.grip;
    this.moved = true;
    this.put(dragged(this.before ?? [0, 0, 0, 0], handle, start, now, [1, 1]));
  }

  end() {
    if (!this.moved) return;
    this.moved = false;
    const [x0, y0, x1, y1] = this.box;
    const large = x1 - x0 >= LEAST && y1 - y0 >= LEAST;
    this.set(large ? this.box : this.before, large);
  }

  /** By keyboard: B makes a box or takes the one there is, arrows move it, with Shift they size it. Whether it was for us. */
  key({ key, shiftKey }) {
    if (key.toLowerCase() === "b") {
      if (!this.held) this.before = this.box;
      this.held = true;
      this.put(this.box ?? this.view.sight());
      return true;
    }
    if (!this.held) return false;
    if (key === "Escape") this.letGo();
    else if (key === "Enter") {
      this.held = false;
      this.set(this.box, true);
    } else if (Object.hasOwn(ARROWS, key)) this.put(stepped(this.box, ...ARROWS[key], shiftKey, [STEP, STEP], [1, 1]));
    else return false;
    return true;
  }

  /** Take back what the keys did since B, unless Enter came. */
  letGo() {
    if (!this.held) return;
    this.held = false;
    this.put(this.before);
  }

  cancel() {
    this.moved = false;
    this.put(this.before);
  }

  /** Set the box or null; `told` says whether Python is to hear of it. */
  set(box, told) {
    this.put(box);
    if (told) this.view.ended(box);
  }

  put(box) {
    this.box = box;
    this.view.changed(box);
    this.place();
  }

  show(is) {
    this.shown = is;
    this.place();
  }

  place() {
    const visible = Boolean(this.box && this.shown);
    set(this.node, "hidden", !visible);
    if (!visible) return;
    lay(this.node, this.view.toStage(this.box[0], this.box[1]), this.view.toStage(this.box[2], this.box[3]));
  }
}

/** What the browser and Python tell each other of the box. Python's answers come behind the user's own hand. */
export class BoxTalk {
  /** send(box): each time another value, or clearing a box that came from the address would change nothing. */
  constructor(send) {
    this.send = send;
    this.sent = []; // not answered yet
  }

  /** Tell Python of a box, as finely as an address keeps it. */
  tell(box) {
    const edges = box && box.map((edge) => Math.round(edge * 1e4) / 1e4);
    this.sent.push(JSON.stringify(edges));
    this.send(edges);
  }

  /** Take the box that Python names with a new picture, and one that Python changed of its own accord. */
  hear(box, anew, crop) {
    const heard = JSON.stringify(box);
    if (anew) this.sent = [];
    const place = this.sent.indexOf(heard);
    if (anew || (heard !== this.heard && place < 0)) crop.set(box, false);
    else if (heard !== this.heard) this.sent.splice(0, place + 1);
    this.heard = heard;
  }
}
