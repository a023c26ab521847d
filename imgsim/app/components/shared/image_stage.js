// An image, large, on a stage: moved and scaled by a CSS transform, with the wheel, fingers, keys and buttons.
//
// For tests: the stage has dataset.state (loading, preview, ready, error) and dataset.zoom (1: the whole image fits).

import { decode, element, set, wheelPixels, write } from "./common.js";
import { UPRIGHT, laid, sides, transform, unlaid } from "./orientation.js";
import { tr } from "./translation.js";

const MOST = 40; // times the fitted size

// What is on the stage.
const WORDS = {
  page: { whole: tr("Whole page"), show: tr("Show the whole page (0)"), loading: tr("Loading the page …") },
  plate: { whole: tr("Whole plate"), show: tr("Show the whole plate (0)"), loading: tr("Loading the plate …") },
};

/** A button of a toolbar. */
export function press(label, title, action, more = {}) {
  const button = element("button", { type: "button", title, ...more }, label);
  button.addEventListener("click", action);
  return button;
}

/**
 * What lies over the image is the subclass's: `hand` has begin(event, at), which tells whether the drag is its own, and
 * drag(at), end() and cancel(); `placed()` and `seen(is)` are called when the image moves, comes and goes.
 */
export class ImageStage {
  constructor(testid, what) {
    this.words = WORDS[what];
    this.data = {};
    this.image = element("img", { draggable: "false", decoding: "async" });
    this.message = element("div", { class: "message", role: "status" });
    this.picture = element("div", { class: "layer" }, this.image);
    this.keys = element("p", { class: "keys", "aria-hidden": "true" });
    this.stage = element(
      "div",
      { class: "stage", tabindex: 0, role: "application", "data-testid": testid },
      this.picture,
      this.message,
      this.keys,
    );
    this.percent = element("span", { class: "status" });
    this.stop = new AbortController();
    this.pointers = new Map();
    this.zoom = 1;
    this.x = this.y = 0.5;
    this.lies = UPRIGHT;
  }

  /** Begin: everything that is called back is there. */
  start() {
    this.listen();
    this.observer = new ResizeObserver(() => this.place());
    this.observer.observe(this.stage);
  }

  get middle() {
    return [this.stage.clientWidth / 2, this.stage.clientHeight / 2];
  }

  zoomButtons() {
    return element(
      "div",
      { class: "group", role: "group", "aria-label": tr("Zoom") },
      press("−", tr("Zoom out (−)"), () => this.zoomAt(...this.middle, 1 / 1.5), { "aria-label": tr("Zoom out"), class: "square" }),
      press("+", tr("Zoom in (+)"), () => this.zoomAt(...this.middle, 1.5), { "aria-label": tr("Zoom in"), class: "square" }),
      press(this.words.whole, this.words.show, () => this.reset(), { "data-testid": "imgsim-whole" }),
    );
  }

  load() {
    const { src, preview } = this.data;
    this.state("loading", this.words.loading);
    // Shown only when decoded, so that the last image never stands under the new one's name.
    decode(src).then(
      (image) => this.data.src === src && this.show(image, "ready"),
      () => this.data.src === src && this.state("error", tr("This image cannot be shown: the scan is missing or damaged.")),
    );
    if (!preview) return;
    const early = (image) => this.data.src === src && this.stage.dataset.state === "loading" && this.show(image, "preview");
    decode(preview).then(early, () => {});
  }

  /** Put a decoded image on the stage; the scan takes its preview's place without a jump. */
  show(image, state) {
    const whole = this.stage.dataset.state !== "preview";
    this.file = [image.naturalWidth, image.naturalHeight];
    [this.wide, this.high] = sides(this.lies, ...this.file);
    this.image.src = image.src;
    this.state(state);
    if (whole) this.reset();
    else this.place();
  }

  /** Lay the image otherwise (see orientation.js): the same point of it stays in the middle, as large. */
  lay(lies) {
    [this.x, this.y] = laid(lies, unlaid(this.lies, [this.x, this.y]));
    this.lies = lies;
    if (!this.wide) return;
    [this.wide, this.high] = sides(lies, ...this.file);
    this.place();
  }

  state(name, text = "") {
    set(this.stage, "data-state", name);
    set(this.message, "role", name === "error" ? "alert" : "status");
    set(this.message, "hidden", !text);
    write(this.message, text);
    const there = name === "ready" || name === "preview";
    set(this.picture, "hidden", !there);
    this.seen(there);
  }

  // --- where the image stands: the point (x, y) of the image is in the middle of the stage --------------------

  get scale() {
    const { clientWidth, clientHeight } = this.stage;
    return Math.min(clientWidth / this.wide, clientHeight / this.high) * this.zoom;
  }

  toStage(x, y) {
    const [left, top] = this.middle;
    return [(x - this.x) * this.wide * this.scale + left, (y - this.y) * this.high * this.scale + top];
  }

  toImage(left, top) {
    const [middleX, middleY] = this.middle;
    return [(left - middleX) / (this.wide * this.scale) + this.x, (top - middleY) / (this.high * this.scale) + this.y];
  }

  /** The middle of what is seen, as a box in fractions of the image. */
  sight() {
    const [right, bottom] = [this.stage.clientWidth, this.stage.clientHeight];
    return [0.25, 0.75].flatMap((share) => this.toImage(share * right, share * bottom)).map((edge) => Math.min(1, Math.max(0, edge)));
  }

  reset() {
    this.x = this.y = 0.5;
    this.zoom = 1;
    this.place();
  }

  zoomAt(left, top, factor) {
    if (!this.wide) return;
    const [x, y] = this.toImage(left, top);
    this.zoom = Math.min(MOST, Math.max(1, this.zoom * factor));
    const [nowX, nowY] = this.toImage(left, top);
    this.x += x - nowX;
    this.y += y - nowY;
    this.place();
  }

  pan(right, down) {
    if (!this.wide) return;
    this.x -= right / (this.wide * this.scale);
    this.y -= down / (this.high * this.scale);
    this.place();
  }

  place() {
    const [middleX, middleY] = this.middle;
    if (!this.wide || !middleX) return;
    // An image smaller than the stage stays in the middle; a larger one always covers it.
    const halfX = middleX / (this.wide * this.scale);
    const halfY = middleY / (this.high * this.scale);
    this.x = halfX >= 0.5 ? 0.5 : Math.min(1 - halfX, Math.max(halfX, this.x));
    this.y = halfY >= 0.5 ? 0.5 : Math.min(1 - halfY, Math.max(halfY, this.y));
    const [left, top] = this.toStage(0, 0);
    [this.image.style.width, this.image.style.height] = this.file.map((side) => `${side}px`);
    this.image.style.transform = `translate(${left}px, ${top}px) scale(${this.scale}) ${transform(this.lies, ...this.file)}`;
    set(this.stage, "data-zoom", this.zoom.toFixed(3));
    write(this.percent, this.stage.dataset.state === "ready" ? `${Math.round(this.zoom * 100)} %` : tr("loading …"));
    this.placed();
  }

  // --- the user ----------------------------------------------------------------------------------------------

  listen() {
    const on = (name, act, more = {}) => this.stage.addEventListener(name, act, { signal: this.stop.signal, ...more });
    on("wheel", (event) => {
      event.preventDefault();
      const factor = Math.exp(-wheelPixels(event) * (event.ctrlKey ? 0.01 : 0.0018));
      this.zoomAt(...this.at(event), Math.min(4, Math.max(0.25, factor)));
    }, { passive: false });
    on("pointerdown", (event) => this.down(event));
    on("pointermove", (event) => this.move(event));
    on("pointerup", (event) => this.up(event));
    on("pointercancel", (event) => this.up(event));
    on("dblclick", (event) => (this.zoom > 1.01 ? this.reset() : this.zoomAt(...this.at(event), 2.5)));
    on("keydown", (event) => this.key(event));
  }

  at(event) {
    const box = this.stage.getBoundingClientRect();
    return [event.clientX - box.left - this.stage.clientLeft, event.clientY - box.top - this.stage.clientTop];
  }

  down(event) {
    if (event.button !== 0 || !this.wide) return;
    this.stage.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.at(event));
    if (this.pointers.size === 1) this.handling = this.hand.begin(event, this.at(event));
    else if (this.handling) {
      this.hand.cancel();
      this.handling = false;
    }
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = this.at(event);
    this.pointers.set(event.pointerId, now);
    if (this.handling) {
      this.hand.drag(now);
      return;
    }
    if (this.pointers.size === 1) {
      this.pan(now[0] - before[0], now[1] - before[1]);
      return;
    }
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)[1];
    const far = (place) => Math.max(1, Math.hypot(place[0] - other[0], place[1] - other[1]));
    this.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    this.zoomAt((now[0] + other[0]) / 2, (now[1] + other[1]) / 2, far(now) / far(before));
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId) || !this.handling) return;
    this.handling = false;
    this.hand.end();
  }

  /** Zoom or move by a key; whether it was one for that. */
  steer(key) {
    const keys = {
      "+": () => this.zoomAt(...this.middle, 1.4),
      "=": () => this.zoomAt(...this.middle, 1.4),
      "-": () => this.zoomAt(...this.middle, 1 / 1.4),
      _: () => this.zoomAt(...this.middle, 1 / 1.4),
      0: () => this.reset(),
      ArrowLeft: () => this.pan(48, 0),
      ArrowRight: () => this.pan(-48, 0),
      ArrowUp: () => this.pan(0, 48),
      ArrowDown: () => this.pan(0, -48),
    };
    if (!Object.hasOwn(keys, key)) return false;
    keys[key]();
    return true;
  }

  dispose() {
    this.stop.abort();
    this.observer.disconnect();
  }
}
