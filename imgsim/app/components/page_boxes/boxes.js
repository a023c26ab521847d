// A page of a book, large, with the boxes of its illustrations to be corrected.
//
// For tests: [data-testid="imgsim-page"] is the stage, see shared/image_stage.js; dataset.boxes is how many there are, and
// dataset.current, dataset.marked, dataset.mode ("box" draws, "split" splits), dataset.dirty. Each box is a button
// [data-testid="imgsim-cut"] with data-number, data-kind and data-box "x0,y0,x1,y1" in pixels of the page.

import { component, element, keyCaps, set, styles, write } from "../shared/common.js";
import { ImageStage } from "../shared/image_stage.js";
import { draftOf, giveUp, insist, unsavedElsewhere } from "./boxes_drafts.js";
import { BoxHand } from "./boxes_hand.js";
import { pressed } from "./boxes_keys.js";
import { BoxLayer } from "./boxes_layer.js";
import { written } from "./boxes_model.js";
import { BoxTools } from "./boxes_tools.js";

class PageBoxes extends ImageStage {
  constructor(root, send) {
    super("imgsim-page", "page");
    this.send = send;
    this.hand = new BoxHand(this);
    this.layer = new BoxLayer(this.stage, (x, y) => this.toStage(x / this.boxes.size[0], y / this.boxes.size[1]));
    this.tools = new BoxTools({
      draw: () => this.draw(!this.drawing), split: () => this.splitting(), join: () => this.join(), remove: () => this.remove(),
      type: (kind) => this.type(kind), undo: () => this.step("undo"), redo: () => this.step("redo"),
      save: () => this.save(), discard: () => this.discard(), insist: () => this.insist(),
    });
    this.marked = new Set();
    this.current = null;
    this.drawing = false;
    this.split = null;
    const zoom = element("span", { class: "zoom" }, this.zoomButtons(), this.percent);
    root.append(element("div", { class: "page" }, this.tools.node, this.stage, this.tools.foot(zoom)));
    this.stage.addEventListener("pointermove", (event) => this.split && this.aim(this.at(event)), { signal: this.stop.signal });
    this.stage.addEventListener("focusin", (event) => this.focused(event), { signal: this.stop.signal });
    this.start();
  }

  get boxes() {
    return this.draft.boxes;
  }

  update(data) {
    const before = this.data;
    this.data = data;
    this.draft = draftOf(data);
    if (data.page !== before.page) this.leave();
    if (data.answered >= this.draft.waiting || !this.boxes.dirty) this.draft.waiting = 0;
    // The bar under the page stays in the window.
    this.stage.style.height = `clamp(24rem, calc(100vh - 17rem), ${data.height}px)`;
    set(this.image, "alt", data.alt);
    set(this.stage, "aria-label", data.label);
    keyCaps(this.keys, data.keys);
    if (data.src !== before.src) this.load();
    this.redraw();
    this.place();
  }

  seen(is) {
    this.shown = is;
    if (this.draft) this.redraw();
  }

  placed() {
    this.layer.place();
  }

  /** A point of the stage in pixels of the page. */
  toPage(left, top) {
    const [x, y] = this.toImage(left, top);
    return [x * this.boxes.size[0], y * this.boxes.size[1]];
  }

  get chosen() {
    const numbers = new Set(this.marked);
    if (this.current !== null) numbers.add(this.current);
    return [...numbers].filter((number) => this.boxes.get(number));
  }

  redraw() {
    const { boxes, draft, data } = this;
    if (this.current !== null && !boxes.get(this.current)) this.current = null;
    if (this.split && !boxes.get(this.split.number)) this.split = null;
    this.marked = new Set([...this.marked].filter((number) => boxes.get(number)));
    const { current, marked, split } = this;
    this.layer.draw(boxes.list, { current, marked, split, live: this.moving, fold: data.gutter, size: boxes.size, shown: this.shown });
    set(this.stage, "data-boxes", boxes.list.length);
    set(this.stage, "data-current", current);
    set(this.stage, "data-marked", [...marked].join(","));
    set(this.stage, "data-mode", split ? "split" : this.drawing ? "box" : "move");
    set(this.stage, "data-dirty", boxes.dirty);
    this.tools.show({
      boxes, chosen: this.chosen, drawing: this.drawing, split, clash: draft.clash, blocked: data.blocked, failed: data.failed,
      saving: draft.waiting > 0, elsewhere: unsavedElsewhere(data.page), saved: data.answered > 0 && !data.failed,
    });
  }

  // --- what is asked of the boxes

  live(one) {
    this.moving = one;
    this.redraw();
  }

  choose(number, adding) {
    if (adding && number !== null) {
      if (this.current !== null) this.marked.add(this.current);
      if (this.marked.delete(number)) this.current = [...this.marked].at(-1) ?? null;
      else this.marked.add(number);
      if (this.marked.has(number)) this.current = number;
    } else {
      this.marked.clear();
      this.current = number;
    }
    this.redraw();
    if (number === null) this.stage.focus({ preventScroll: true });
    else this.layer.focus(number);
  }

  focused(event) {
    const number = this.layer.numberOf(event);
    // Not where the pointer brings the focus along: what that means is told when it is let go.
    if (number === null || number === this.current || this.split || this.pointers.size) return;
    this.current = number;
    this.redraw();
  }

  drawn(box) {
    const number = this.boxes.add(box);
    if (number !== null) this.choose(number, false);
  }

  settle(number, box, run = null) {
    this.boxes.place(number, box, run);
    this.redraw();
    this.layer.focus(number);
  }

  draw(is) {
    this.drawing = is;
    this.split = null;
    this.redraw();
  }

  /** By key: a box in the middle of what is seen. */
  begin() {
    const [x0, y0, x1, y1] = this.sight();
    const [right, bottom] = this.boxes.size;
    this.drawn([x0 * right, y0 * bottom, x1 * right, y1 * bottom]);
  }

  type(kind) {
    this.boxes.type(this.chosen, kind);
    this.redraw();
  }

  remove() {
    this.boxes.remove(this.chosen);
    this.marked.clear();
    this.current = null;
    this.redraw();
    this.stage.focus({ preventScroll: true });
  }

  join() {
    const number = this.boxes.join(this.chosen);
    if (number !== null) this.choose(number, false);
  }

  step(which) {
    this.boxes[which]();
    this.redraw();
  }

  // --- splitting: a line through the one that is chosen, turned and moved until it is meant

  splitting() {
    const one = this.chosen.length === 1 ? this.boxes.get(this.chosen[0]) : null;
    if (!one) return;
    const [x0, y0, x1, y1] = one.box;
    const upright = this.split ? !this.split.upright : x1 - x0 >= y1 - y0;
    this.split = { number: one.number, upright, at: Math.round(upright ? (x0 + x1) / 2 : (y0 + y1) / 2) };
    this.drawing = false;
    this.redraw();
    this.layer.focus(one.number);
  }

  aim(at) {
    const [x, y] = this.toPage(...at);
    this.lineAt(this.split.upright ? x : y);
  }

  lineAt(at) {
    const [x0, y0, x1, y1] = this.boxes.get(this.split.number).box;
    const [low, high] = this.split.upright ? [x0, x1] : [y0, y1];
    const { least } = this.boxes;
    this.split.at = Math.round(Math.min(high - least, Math.max(low + least, at)));
    this.layer.place();
  }

  cut() {
    const { number, upright, at } = this.split;
    this.split = null;
    this.boxes.split(number, upright, at);
    this.choose(number, false);
  }

  leave() {
    this.split = null;
    this.drawing = false;
    this.marked.clear();
    this.current = null;
  }

  /** Choose nothing, and draw nothing. */
  rest() {
    this.leave();
    this.redraw();
    this.stage.focus({ preventScroll: true });
  }

  // --- keeping

  save() {
    const { boxes, draft, data } = this;
    if (!boxes.dirty || data.blocked || draft.clash || draft.waiting) return;
    draft.waiting = Date.now();
    draft.sent = written(boxes.list);
    this.send.trigger("saved", { page: data.page, after: draft.after, cuts: JSON.parse(draft.sent), at: draft.waiting });
    this.redraw();
  }

  discard() {
    giveUp(this.draft);
    this.draft = draftOf(this.data);
    this.leave();
    this.redraw();
  }

  insist() {
    insist(this.draft);
    this.redraw();
  }

  // --- keys

  key(event) {
    if (!event.altKey && this.wide && pressed(this, event)) event.preventDefault();
  }

  mark() {
    if (this.current === null) return;
    if (!this.marked.delete(this.current)) this.marked.add(this.current);
    this.redraw();
  }

  /** So many pixels of the stage in pixels of the page, across and down, at least one. */
  pixels(count) {
    return this.boxes.size.map((side, axis) => Math.max(1, Math.round((count * side) / ((axis ? this.high : this.wide) * this.scale))));
  }
}

export default component(PageBoxes, ...(await styles(["stage.css", "image_stage.css"], "boxes.css", import.meta.url)));
