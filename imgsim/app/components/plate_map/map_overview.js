// All of the map, small, in a corner once a part of it is in view: where one is, and a hand to move the view by.

import { element, set } from "../shared/common.js";
import { tr } from "../shared/translation.js";

const LONGEST = 150; // CSS pixels
const RATIO = 2; // device pixels in one, enough for any screen
const MANY = 2000; // plates that are drawn as smaller dots
const MARGIN = 6; // CSS pixels round the points

export class Overview {
  /** map: picture, input, mode, ready, moved(move). */
  constructor(map) {
    this.map = map;
    this.canvas = element("canvas", {});
    this.view = element("div", { class: "view" });
    this.node = element(
      "div",
      { class: "overview", hidden: true, "aria-hidden": "true", title: tr("Drag to move the view"), "data-testid": "imgsim-overview" },
      this.canvas,
      this.view,
    );
    this.node.addEventListener("pointerdown", (event) => this.take(event));
    this.node.addEventListener("pointermove", (event) => this.hold && this.lead(event));
    for (const name of ["pointerup", "pointercancel"]) this.node.addEventListener(name, () => (this.hold = null));
    // It comes up under a pointer that zooms in: the wheel goes on zooming there.
    this.node.addEventListener("wheel", (event) => this.map.input.wheel(event), { passive: false });
  }

  /** Show where the camera looks, and draw the points anew where they changed. */
  follow() {
    const { picture } = this.map;
    const { camera } = picture;
    set(this.node, "hidden", camera.seesAll);
    if (camera.seesAll) return;
    this.fit(camera.bounds);
    if (this.drawn !== picture.version) this.draw();
    this.drawn = picture.version;
    const [left, top] = this.toCorner(...camera.toData(0, 0));
    const [right, bottom] = this.toCorner(...camera.toData(camera.width, camera.height));
    const inside = (place, most) => Math.min(most, Math.max(0, place));
    const [x, y] = [inside(left, this.width - 6), inside(top, this.height - 6)];
    this.view.style.transform = `translate(${x}px, ${y}px)`;
    this.view.style.width = `${Math.max(6, inside(right, this.width) - x)}px`;
    this.view.style.height = `${Math.max(6, inside(bottom, this.height) - y)}px`;
  }

  fit([x0, y0, x1, y1]) {
    const key = [x0, y0, x1, y1].join();
    if (this.key === key) return;
    this.key = key;
    this.bounds = [x0, y0, x1, y1];
    // A thin cloud keeps a corner that can be hit.
    this.scale = (LONGEST - 2 * MARGIN) / Math.max(x1 - x0, y1 - y0);
    this.width = Math.max(40, Math.round((x1 - x0) * this.scale + 2 * MARGIN));
    this.height = Math.max(40, Math.round((y1 - y0) * this.scale + 2 * MARGIN));
    this.node.style.width = `${this.width}px`;
    this.node.style.height = `${this.height}px`;
    this.drawn = undefined;
  }

  toCorner(x, y) {
    const [x0, y0, x1, y1] = this.bounds;
    return [(x - (x0 + x1) / 2) * this.scale + this.width / 2, ((y0 + y1) / 2 - y) * this.scale + this.height / 2];
  }

  draw() {
    const { picture } = this.map;
    const { xy, states, count } = picture;
    const [wide, high] = [this.width * RATIO, this.height * RATIO];
    [this.canvas.width, this.canvas.height] = [wide, high];
    const pen = this.canvas.getContext("2d");
    const image = pen.createImageData(wide, high);
    const dots = new Uint32Array(image.data.buffer);
    const side = picture.shown > MANY ? 2 : 4;
    for (let row = 0; row < count; row++) {
      if (!states[row]) continue;
      const [red, green, blue] = picture.colourOf(row);
      const [left, top] = this.toCorner(xy[2 * row], xy[2 * row + 1]);
      const place = Math.round(top * RATIO) * wide + Math.round(left * RATIO);
      const dot = 0xff000000 | (blue << 16) | (green << 8) | red;
      for (let line = 0; line < side; line++) dots.fill(dot, place + line * wide, place + line * wide + side);
    }
    pen.putImageData(image, 0, 0);
  }

  /** Where in the data the pointer is. */
  data(event) {
    const box = this.node.getBoundingClientRect();
    const [x0, y0, x1, y1] = this.bounds;
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    return [(left - this.width / 2) / this.scale + (x0 + x1) / 2, (y0 + y1) / 2 - (top - this.height / 2) / this.scale];
  }

  /** Inside the view the pointer holds it where it is, anywhere else the view comes to it. */
  take(event) {
    if (event.button !== 0) return;
    // A box or lasso may begin beneath: the map takes the pointer, and draws over the corner.
    if (event.shiftKey || this.map.mode !== "pan") return this.map.input.down(event);
    this.node.setPointerCapture(event.pointerId);
    const { camera } = this.map.picture;
    const [x, y] = this.data(event);
    const within = event.target === this.view;
    this.hold = within ? [camera.x - x, camera.y - y] : [0, 0];
    if (!within) this.lead(event);
  }

  lead(event) {
    const [x, y] = this.data(event);
    const [right, up] = this.hold;
    this.map.moved((camera) => camera.centre(x + right, y + up));
  }
}
