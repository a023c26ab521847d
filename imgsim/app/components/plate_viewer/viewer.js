// One plate, large. The image is moved and scaled by a CSS transform; a box, if wanted, is kept in fractions of it.
//
// For tests: [data-testid="imgsim-viewer"] is the stage; dataset.state (loading, preview, ready, error), dataset.zoom
// (1: the whole plate fits), dataset.box ("x0,y0,x1,y1" or "").

import { component, decode, element, keyCaps, set, styles, wheelPixels, write } from "../shared/common.js";
import { BoxTalk, CropBox } from "./viewer_box.js";

const MOST = 40; // times the fitted size

class Viewer {
  constructor(root, send, data) {
    this.send = send;
    this.data = {};
    this.talk = new BoxTalk((box) => this.send.state("box", { image: this.data.image, box, at: Date.now() }));
    this.image = element("img", { draggable: "false", decoding: "async" });
    this.message = element("div", { class: "message", role: "status" });
    this.layer = element("div", { class: "layer" }, this.image);
    this.keys = element("p", { class: "keys", "aria-hidden": "true" });
    this.stage = element(
      "div",
      { class: "stage", tabindex: 0, role: "application", "data-testid": "imgsim-viewer" },
      this.layer,
      this.message,
      this.keys,
    );
    const tools = this.toolbar();
    this.stage.append(this.clear); // over the plate, which must not jump while a box is drawn
    this.crop = new CropBox(this.stage, {
      toImage: (left, top) => this.toImage(left, top),
      toStage: (x, y) => this.toStage(x, y),
      sight: () => [0.25, 0.75].flatMap((share) => this.toImage(share * this.stage.clientWidth, share * this.stage.clientHeight)),
      changed: (box) => this.boxed(box),
      ended: (box) => this.talk.tell(box),
    });
    root.append(element("div", { class: "viewer" }, tools, this.stage));
    this.stop = new AbortController();
    this.listen();
    this.observer = new ResizeObserver(() => this.fit(this.zoom));
    this.observer.observe(this.stage);
    this.pointers = new Map();
    this.zoom = 1;
    this.x = this.y = 0.5;
  }

  toolbar() {
    const press = (label, title, action, more = {}) => {
      const button = element("button", { type: "button", title, ...more }, label);
      button.addEventListener("click", action);
      return button;
    };
    this.modes = element(
      "div",
      { class: "group", role: "group", "aria-label": "What dragging does", hidden: true },
      press("Draw box", "Drag draws a box on the plate", () => this.setMode("box"), { "data-testid": "imgsim-draw-box" }),
      press("Move", "Drag moves the plate", () => this.setMode("move"), { "data-testid": "imgsim-move" }),
    );
    this.clear = press("Clear box", "Use the whole image", () => this.crop.set(null, true), {
      "data-testid": "imgsim-clear-box", class: "clear", hidden: true,
    });
    this.clear.addEventListener("pointerdown", (event) => event.stopPropagation());
    this.percent = element("span", { class: "status" });
    const middle = () => [this.stage.clientWidth / 2, this.stage.clientHeight / 2];
    return element(
      "div",
      { class: "toolbar" },
      this.modes,
      element(
        "div",
        { class: "group", role: "group", "aria-label": "Zoom" },
        press("−", "Zoom out (−)", () => this.zoomAt(...middle(), 1 / 1.5), { "aria-label": "Zoom out", class: "square" }),
        press("+", "Zoom in (+)", () => this.zoomAt(...middle(), 1.5), { "aria-label": "Zoom in", class: "square" }),
        press("Whole plate", "Show the whole plate (0)", () => this.reset(), { "data-testid": "imgsim-whole" }),
      ),
      this.percent,
    );
  }

  update(data) {
    const before = this.data;
    this.data = data;
    this.stage.style.height = `${data.height}px`;
    set(this.image, "alt", data.alt);
    set(this.stage, "aria-label", data.label);
    keyCaps(this.keys, data.keys);
    set(this.modes, "hidden", !data.crop);
    write(this.modes.firstChild, data.draw_label);
    if (data.crop !== before.crop) this.setMode(data.crop && data.draw ? "box" : "move");
    this.talk.hear((data.crop && data.box) || null, data.image !== before.image, this.crop);
    if (data.src !== before.src) this.load();
    this.place();
  }

  load() {
    const { src, preview } = this.data;
    this.state("loading", "Loading the plate …");
    // Shown only when decoded, so that the last plate never stands under the new one's name.
    decode(src).then(
      (image) => this.data.src === src && this.show(image, "ready"),
      () => this.data.src === src && this.state("error", "This image cannot be shown: the scan is missing or damaged."),
    );
    if (!preview) return;
    const early = (image) => this.data.src === src && this.stage.dataset.state === "loading" && this.show(image, "preview");
    decode(preview).then(early, () => {});
  }

  /** Put a decoded image on the stage; the scan takes its preview's place without a jump. */
  show(image, state) {
    const whole = this.stage.dataset.state !== "preview";
    this.wide = image.naturalWidth;
    this.high = image.naturalHeight;
    this.image.src = image.src;
    this.state(state);
    if (whole) this.reset();
    else this.place();
  }

  state(name, text = "") {
    set(this.stage, "data-state", name);
    set(this.message, "role", name === "error" ? "alert" : "status");
    set(this.message, "hidden", !text);
    write(this.message, text);
    const there = name === "ready" || name === "preview";
    set(this.layer, "hidden", !there);
    this.crop.show(there);
  }

  // --- where the image stands: the point (x, y) of the image is in the middle of the stage --------------------

  get scale() {
    const { clientWidth, clientHeight } = this.stage;
    return Math.min(clientWidth / this.wide, clientHeight / this.high) * this.zoom;
  }

  toStage(x, y) {
    const { clientWidth, clientHeight } = this.stage;
    return [(x - this.x) * this.wide * this.scale + clientWidth / 2, (y - this.y) * this.high * this.scale + clientHeight / 2];
  }

  toImage(left, top) {
    const { clientWidth, clientHeight } = this.stage;
    return [
      (left - clientWidth / 2) / (this.wide * this.scale) + this.x,
      (top - clientHeight / 2) / (this.high * this.scale) + this.y,
    ];
  }

  reset() {
    this.x = this.y = 0.5;
    this.fit(1);
  }

  fit(zoom) {
    this.zoom = zoom;
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
    const { clientWidth, clientHeight } = this.stage;
    if (!this.wide || !clientWidth) return;
    // A plate smaller than the stage stays in the middle; a larger one always covers it.
    const halfX = clientWidth / 2 / (this.wide * this.scale);
    const halfY = clientHeight / 2 / (this.high * this.scale);
    this.x = halfX >= 0.5 ? 0.5 : Math.min(1 - halfX, Math.max(halfX, this.x));
    this.y = halfY >= 0.5 ? 0.5 : Math.min(1 - halfY, Math.max(halfY, this.y));
    const [left, top] = this.toStage(0, 0);
    this.image.style.width = `${this.wide}px`;
    this.image.style.height = `${this.high}px`;
    this.image.style.transform = `translate(${left}px, ${top}px) scale(${this.scale})`;
    set(this.stage, "data-zoom", this.zoom.toFixed(3));
    write(this.percent, this.stage.dataset.state === "ready" ? `${Math.round(this.zoom * 100)} %` : "loading …");
    this.crop.place();
  }

  // --- the user ----------------------------------------------------------------------------------------------

  setMode(mode) {
    const [draw, move] = this.modes.children;
    set(draw, "aria-pressed", String(mode === "box"));
    set(move, "aria-pressed", String(mode === "move"));
    set(this.stage, "data-mode", mode);
    this.crop.drawing = mode === "box";
  }

  boxed(box) {
    set(this.stage, "data-box", box ? box.map((edge) => edge.toFixed(4)).join(",") : "");
    set(this.clear, "hidden", !box);
  }

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
    on("blur", () => this.crop.letGo());
  }

  at(event) {
    const box = this.stage.getBoundingClientRect();
    return [event.clientX - box.left - this.stage.clientLeft, event.clientY - box.top - this.stage.clientTop];
  }

  down(event) {
    if (event.button !== 0 || !this.wide) return;
    this.stage.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.at(event));
    if (this.pointers.size === 1) this.boxing = this.crop.begin(event, this.at(event));
    else if (this.boxing) {
      this.crop.cancel();
      this.boxing = false;
    }
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = this.at(event);
    this.pointers.set(event.pointerId, now);
    if (this.boxing) {
      this.crop.drag(now);
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
    if (!this.pointers.delete(event.pointerId) || !this.boxing) return;
    this.boxing = false;
    this.crop.end();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.stage) return;
    const held = this.wide && this.data.crop && this.crop.key(event);
    const middle = [this.stage.clientWidth / 2, this.stage.clientHeight / 2];
    const keys = {
      "+": () => this.zoomAt(...middle, 1.4),
      "=": () => this.zoomAt(...middle, 1.4),
      "-": () => this.zoomAt(...middle, 1 / 1.4),
      _: () => this.zoomAt(...middle, 1 / 1.4),
      0: () => this.reset(),
      ArrowLeft: () => this.pan(48, 0),
      ArrowRight: () => this.pan(-48, 0),
      ArrowUp: () => this.pan(0, 48),
      ArrowDown: () => this.pan(0, -48),
      Escape: () => this.crop.box && this.crop.set(null, true),
    };
    if (!held && !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    if (!held) keys[event.key]();
  }

  dispose() {
    this.stop.abort();
    this.observer.disconnect();
  }
}

export default component(Viewer, await styles("common.css"), await styles("stage.css"), await styles("viewer.css", import.meta.url));
