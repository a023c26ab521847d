// Pointer, wheel, touch and keys on the map, turned into the few things that can be done with it.

import { wheelPixels } from "../shared/common.js";

const STILL = 4; // CSS pixels a pointer may move and still click

export class Input {
  /**
   * on: mode ("pan", "box", "lasso"), zoom(left, top, factor), pan(right, down), reset(), escape(), finger (map_finger.js),
   * hover(left, top) or hover(null), click(left, top, twice), outline(corners, done).
   */
  constructor(canvas, on) {
    this.canvas = canvas;
    this.on = on;
    this.pointers = new Map();
    this.drag = null;
    this.stop = new AbortController();
    const options = { signal: this.stop.signal };
    const listen = (name, act, more = {}) => canvas.addEventListener(name, act, { ...options, ...more });
    listen("pointerdown", (event) => this.down(event));
    listen("pointermove", (event) => this.move(event));
    listen("pointerup", (event) => this.up(event, true));
    listen("pointercancel", (event) => this.up(event, false));
    listen("pointerleave", () => !this.drag && on.hover(null));
    listen("wheel", (event) => this.wheel(event), { passive: false });
    listen("dblclick", (event) => event.preventDefault());
    listen("keydown", (event) => this.key(event));
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  down(event) {
    if (event.button !== 0) return;
    const place = this.place(event);
    this.pointers.set(event.pointerId, place);
    this.canvas.setPointerCapture(event.pointerId);
    if (this.pointers.size > 1) {
      // A second finger: whatever the first one was drawing becomes a pinch.
      this.on.outline([], true);
      this.drag = { kind: "pinch", moved: true };
      return;
    }
    const kind = event.shiftKey ? "box" : this.on.mode;
    this.drag = { kind, start: place, last: place, corners: [place], moved: false };
  }

  move(event) {
    const place = this.place(event);
    if (!this.pointers.has(event.pointerId)) {
      this.on.hover(...place);
      return;
    }
    const before = this.pointers.get(event.pointerId);
    this.pointers.set(event.pointerId, place);
    const { drag } = this;
    if (drag.kind === "pinch") {
      this.pinch(event.pointerId, before, place);
      return;
    }
    if (!drag.moved && Math.hypot(place[0] - drag.start[0], place[1] - drag.start[1]) < STILL) return;
    drag.moved = true;
    this.on.hover(null);
    if (drag.kind === "pan") this.on.pan(place[0] - drag.last[0], place[1] - drag.last[1]);
    else this.on.outline(this.corners(drag, place), false);
    drag.last = place;
  }

  pinch(moving, before, now) {
    const other = [...this.pointers].find(([id]) => id !== moving)?.[1];
    if (!other) return;
    const far = (place) => Math.max(1, Math.hypot(place[0] - other[0], place[1] - other[1]));
    this.on.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    this.on.zoom((now[0] + other[0]) / 2, (now[1] + other[1]) / 2, far(now) / far(before));
  }

  corners(drag, [left, top]) {
    if (drag.kind === "lasso") {
      const [x, y] = drag.corners.at(-1);
      if (Math.hypot(left - x, top - y) >= 3) drag.corners.push([left, top]);
      return drag.corners;
    }
    const [x, y] = drag.start;
    return [[x, y], [left, y], [left, top], [x, top]];
  }

  up(event, ended) {
    if (!this.pointers.delete(event.pointerId)) return;
    const { drag } = this;
    if (drag.kind === "pinch") {
      // The finger that stays goes on as a drag only after it is lifted too.
      if (this.pointers.size === 0) this.drag = null;
      return;
    }
    this.drag = null;
    if (drag.moved) {
      if (drag.kind !== "pan") this.on.outline(ended ? this.corners(drag, this.place(event)) : [], true);
      return;
    }
    if (!ended) return;
    const now = event.timeStamp;
    const twice = this.clicked && now - this.clicked.at < 400 && Math.hypot(
      drag.start[0] - this.clicked.place[0], drag.start[1] - this.clicked.place[1]) < 8;
    this.clicked = twice ? null : { at: now, place: drag.start };
    this.on.click(...drag.start, Boolean(twice));
  }

  wheel(event) {
    event.preventDefault();
    const factor = Math.exp(-wheelPixels(event) * (event.ctrlKey ? 0.01 : 0.0018));
    this.on.zoom(...this.place(event), Math.min(4, Math.max(0.25, factor)));
    this.on.hover(...this.place(event));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { finger } = this.on;
    const arrow = (right, down) => (event.shiftKey ? this.on.pan(-160 * right, -160 * down) : finger.step(right, down));
    const zoom = (factor) => this.on.zoom(...finger.place, factor);
    const keys = {
      ArrowLeft: () => arrow(-1, 0),
      ArrowRight: () => arrow(1, 0),
      ArrowUp: () => arrow(0, -1),
      ArrowDown: () => arrow(0, 1),
      "+": () => zoom(1.4),
      "=": () => zoom(1.4),
      "-": () => zoom(1 / 1.4),
      _: () => zoom(1 / 1.4),
      0: () => this.on.reset(),
      Home: () => this.on.reset(),
      Escape: () => this.on.escape(),
      Enter: () => finger.press(),
      " ": () => finger.mark(),
    };
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
    if (!event.shiftKey) finger.point();
  }

  /** Forget a drag that is under way. */
  cancel() {
    this.drag = this.drag && { kind: "pinch", moved: true };
  }

  dispose() {
    this.stop.abort();
  }
}
