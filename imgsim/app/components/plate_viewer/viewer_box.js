// A box drawn on the plate: dragged open, moved, pulled at its handles. Its edges are fractions of the image.

import { element, set } from "../shared/common.js";

const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];
const STEP = 0.02; // of the image's side: how far a key moves an edge
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LEAST = 0.01; // of the image's side: anything smaller was a slip of the hand

export class CropBox {
  /** view: toImage(left, top) and toStage(x, y) between stage pixels and fractions; sight(): the middle of what is seen, as a box in fractions; changed(box), ended(box). */
  constructor(stage, view) {
    this.view = view;
    this.box = null;
    this.drawing = false;
    this.node = element("div", { class: "box", hidden: true, "data-testid": "imgsim-box" });
    for (const handle of HANDLES) this.node.append(element("span", { class: `handle ${handle}`, "data-handle": handle }));
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
    let [x0, y0, x1, y1] = this.before ?? [0, 0, 0, 0];
    if (handle === "new") [x0, y0, x1, y1] = [...start, ...now];
    else if (handle === "all") {
      const right = Math.min(1 - x1, Math.max(-x0, now[0] - start[0]));
      const down = Math.min(1 - y1, Math.max(-y0, now[1] - start[1]));
      [x0, y0, x1, y1] = [x0 + right, y0 + down, x1 + right, y1 + down];
    } else {
      if (handle.includes("w")) x0 = now[0];
      if (handle.includes("e")) x1 = now[0];
      if (handle.includes("n")) y0 = now[1];
      if (handle.includes("s")) y1 = now[1];
    }
    const inside = (edge) => Math.min(1, Math.max(0, edge));
    const [across, upright] = [[x0, x1].map(inside), [y0, y1].map(inside)];
    this.moved = true;
    this.put([Math.min(...across), Math.min(...upright), Math.max(...across), Math.max(...upright)]);
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
      this.put(this.box ?? this.view.sight().map((edge) => Math.min(1, Math.max(0, edge))));
      return true;
    }
    if (!this.held) return false;
    if (key === "Escape") this.letGo();
    else if (key === "Enter") {
      this.held = false;
      this.set(this.box, true);
    } else if (Object.hasOwn(ARROWS, key)) this.put(stepped(this.box, ...ARROWS[key], shiftKey));
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
    const [left, top] = this.view.toStage(this.box[0], this.box[1]);
    const [right, bottom] = this.view.toStage(this.box[2], this.box[3]);
    const { style } = this.node;
    style.transform = `translate(${left}px, ${top}px)`;
    style.width = `${Math.max(1, right - left)}px`;
    style.height = `${Math.max(1, bottom - top)}px`;
  }
}

/** A box after an arrow key: moved whole, or with its right or lower edge moved, and never over the image's edge. */
function stepped([x0, y0, x1, y1], right, down, sizing) {
  const within = (least, step, most) => Math.min(most, Math.max(least, step));
  if (sizing) {
    return [x0, y0, within(Math.min(x0 + STEP, x1), x1 + right * STEP, 1), within(Math.min(y0 + STEP, y1), y1 + down * STEP, 1)];
  }
  const [across, along] = [within(-x0, right * STEP, 1 - x1), within(-y0, down * STEP, 1 - y1)];
  return [x0 + across, y0 + along, x1 + across, y1 + along];
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
