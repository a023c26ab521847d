// What the pointer does to the boxes: a click chooses, a drag moves or pulls what is chosen, or draws a box.

import { dragged } from "../shared/box_grips.js";

const STILL = 4; // stage pixels: what moves less was a click

export class BoxHand {
  /**
   * view: boxes, layer, current, marked, drawing, split, toPage(left, top); choose(number, adding), drawn(box), settle(number,
   * box), cut(at), live(one).
   */
  constructor(view) {
    this.view = view;
  }

  begin(event, at) {
    const { view } = this;
    const number = view.layer.numberOf(event);
    const handle = event.composedPath()[0]?.dataset?.handle;
    this.from = at;
    this.far = false;
    this.last = at;
    this.tap = { number, adding: event.shiftKey || event.ctrlKey || event.metaKey };
    this.grip = null;
    if (view.split) return true;
    if (number !== null && number === view.current && !this.tap.adding) this.grip = { number, handle: handle ?? "all" };
    else if (view.drawing && !this.tap.adding) this.grip = { handle: "new" };
    return true;
  }

  drag(at) {
    const { view, grip } = this;
    const [right, down] = [at[0] - this.last[0], at[1] - this.last[1]];
    this.last = at;
    this.far ||= Math.hypot(at[0] - this.from[0], at[1] - this.from[1]) >= STILL;
    if (view.split || !this.far) return;
    if (!grip) {
      view.pan(right, down);
      return;
    }
    const box = grip.number === undefined ? [0, 0, 0, 0] : view.boxes.get(grip.number).box;
    const now = dragged(box, grip.handle, view.toPage(...this.from), view.toPage(...at), view.boxes.size);
    this.box = view.boxes.whole(now);
    view.live({ number: grip.number, box: this.box });
  }

  end() {
    const { view, grip, box } = this;
    this.cancel();
    if (view.split) view.cut();
    else if (!this.far) view.choose(this.tap.number, this.tap.adding);
    else if (!grip || !box) return;
    else if (grip.number === undefined) view.drawn(box);
    else view.settle(grip.number, box);
  }

  cancel() {
    this.grip = this.box = null;
    this.view.live(null);
  }
}
