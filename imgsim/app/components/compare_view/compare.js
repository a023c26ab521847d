// Two plates laid on each other. The images come once; modes, sliders, zoom and keys never ask the server.
//
// For tests: [data-testid="imgsim-compare"] is the stage; dataset.state (loading, ready, error), dataset.mode,
// dataset.shown ("a" or "b", flicker), dataset.zoom, dataset.renderer; stage.imgsimToB(x, y) takes a place of A to B, and
// stage.imgsimPoint(number) tells where on the stage a numbered point is drawn.

import { bytes, component, decode, element, set, styles, write } from "../shared/common.js";
import { tr } from "../shared/translation.js";
import { apply, Bend, boundsOf, Camera, fitted, IDENTITY, inverse, moved, times } from "./compare_camera.js";
import { Controls } from "./compare_controls.js";
import { FlatRenderer } from "./compare_flat.js";
import { GlRenderer } from "./compare_gl.js";
import { inkPicture, positives } from "./compare_ink.js";
import { Hands } from "./compare_hands.js";
import { drawPoints } from "./compare_marks.js";
import { Observing } from "./compare_observing.js";
import { panesOf, pointsOn } from "./compare_panes.js";
import { caption, fileName, picture, save } from "./compare_picture.js";
import { chosenLast, choose, spellOut } from "./compare_modes.js";
import { NAMES } from "./compare_words.js";

const GAP = 6; // between the panes of side by side, in CSS pixels

class Compare {
  constructor(root, send, data) {
    this.send = send;
    this.data = {};
    this.mode = data.mode || chosenLast();
    this.shown = "a";
    this.mix = this.split = 0.5;
    this.exchanged = this.printed = this.even = this.marked = false;
    this.drawn = [];
    this.points = this.noted = this.lines = this.bending = this.positive = true;
    this.tolerance = 2.5;
    this.camera = new Camera();
    this.canvas = element("canvas", { class: "plates", "aria-hidden": "true" });
    this.marks = element("canvas", { class: "marks", "aria-hidden": "true" });
    this.letters = ["a", "b"].map((which) => element("span", { class: `letter ${which}`, "aria-hidden": "true" }, which.toUpperCase()));
    this.divider = element("div", {
      class: "divider", role: "slider", tabindex: 0, "aria-label": tr("Where A ends and B begins"), "aria-valuemin": 0, "aria-valuemax": 100, "data-testid": "imgsim-divider",
    }, element("span", { class: "grip", "aria-hidden": "true" }, "⇔"));
    this.message = element("div", { class: "message", role: "status" });
    this.wheeled = element("p", { class: "wheeled", "aria-hidden": "true" }, tr("Click the plates first, then the wheel zooms; Esc gives it back to the page."));
    this.stage = element(
      "div",
      { class: "stage", tabindex: 0, role: "application", "data-testid": "imgsim-compare" },
      this.canvas, this.marks, ...this.letters, this.divider, this.message, this.wheeled,
    );
    this.stage.imgsimToB = (x, y) => this.toB(x, y);
    this.stage.imgsimPoint = (number) => this.observing.placeOf(number);
    this.controls = new Controls(this);
    this.observing = new Observing(this);
    root.append(element("div", { class: "compare" }, this.controls.top, this.stage, this.controls.foot, this.observing.node, this.controls.keys));
    this.start();
    this.hands = new Hands(this);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.stage);
  }

  start() {
    try {
      this.renderer = new GlRenderer(this.canvas);
      this.canvas.addEventListener("webglcontextlost", (event) => {
        event.preventDefault();
        this.fallBack();
      });
    } catch {
      this.fallBack();
    }
    set(this.stage, "data-renderer", this.renderer.name);
  }

  /** Go on with a plain canvas: one that had a WebGL context never gives a plain one. */
  fallBack() {
    if (this.gone) return;
    const fresh = element("canvas", { class: "plates", "aria-hidden": "true" });
    this.canvas.replaceWith(fresh);
    this.canvas = fresh;
    this.renderer = new FlatRenderer(fresh);
    set(this.stage, "data-renderer", this.renderer.name);
    if (this.images) this.give();
    this.resize();
  }

  update(data) {
    const before = this.data;
    this.data = data;
    const pair = (of) => `${of.a?.src} ${of.b?.src}`;
    // The hand is ahead of the server: its mode counts only when it is another than it sent before.
    if ("mode" in before && data.mode && data.mode !== before.mode) this.mode = data.mode;
    set(this.stage, "aria-label", tr("{a} (A) and {b} (B), compared", { a: data.a.caption, b: data.b.caption }));
    if (pair(data) !== pair(before)) this.load();
    else if (JSON.stringify(data.matrix) !== JSON.stringify(before.matrix) && this.images) this.lay();
    this.observing.update(data);
    this.setMode(this.mode);
  }

  async load() {
    const { a, b, preload } = this.data;
    this.state("loading", tr("Loading the plates …"));
    this.controls.auto(false);
    const still = () => this.data.a.src === a.src && this.data.b.src === b.src;
    try {
      const images = await Promise.all([decode(a.src), decode(b.src)]);
      if (!still()) return;
      this.scans = images;
    } catch {
      if (still()) this.state("error", tr("One of these plates cannot be shown: its scan is missing or damaged."));
      return;
    }
    this.shown = "a";
    this.observing.chosen = null;
    // What a shift is depends on the scan's size: half a hair's breadth of a plate, 1 to 4 pixels.
    this.tolerance = Math.min(4, Math.max(1, Math.round(Math.max(a.width, a.height) / 225) / 2));
    this.lay();
    this.develop();
    // Another B on the same A is looked at in the same place.
    if (this.framed !== a.src) this.camera.reset();
    this.framed = a.src;
    this.state("ready");
    this.resize();
    for (const address of preload) new Image().src = address;
  }

  /** Show a negative with dark lines on light paper, as the other plate has them; or as it was scanned. */
  develop() {
    this.images = this.data.negative && this.positive ? positives(this.scans) : this.scans;
    this.inks = null;
    this.give();
  }

  give() {
    ["a", "b"].forEach((which, i) => this.renderer.image(which, this.images[i], this.data[which]));
    if (this.inks) ["a", "b"].forEach((which, i) => this.renderer.ink(which, this.inks[i]));
    this.renderer.map(this.matrix, this.bend);
  }

  /** Measure the ink of both plates, when a mode first needs it. */
  needInks() {
    this.inks ??= this.images.map((image, i) => {
      const ink = inkPicture(image);
      this.renderer.ink(i ? "b" : "a", ink);
      return ink;
    });
  }

  // --- how B lies on A -------------------------------------------------------------------------------------------

  lay() {
    const { a, b, matrix, bend, nodes } = this.data;
    this.found = Boolean(matrix);
    this.laid = matrix ?? fitted(a, b);
    this.matrix = this.laid;
    this.ownBend = bend ? new Bend(new Float32Array(bytes(bend).buffer), nodes, a) : null;
    this.moves = IDENTITY;
    this.adjusted();
  }

  /** After a hand's adjustment: the matrix is the one found, in a frame of A that was moved. A bend fits no longer. */
  adjusted() {
    this.matrix = times(this.laid, inverse(this.moves));
    this.bend = this.bending && this.moves === IDENTITY ? this.ownBend : null;
    this.camera.bounds = boundsOf(this.data.a, this.data.b, this.matrix);
    this.renderer.map(this.matrix, this.bend);
    this.draw();
  }

  /** Whether B lies where it was found to lie. */
  get unmoved() {
    return this.moves === IDENTITY;
  }

  adjust(move) {
    const { a } = this.data;
    this.moves = move ? times(moved(move, a.width / 2, a.height / 2), this.moves) : IDENTITY;
    this.adjusted();
    this.controls.update();
  }

  toB(x, y) {
    const [left, top] = apply(this.matrix, x, y);
    const [right, down] = this.bend ? this.bend.at(x, y) : [0, 0];
    return [left + right, top + down];
  }

  // --- what is shown ---------------------------------------------------------------------------------------------

  setMode(mode) {
    this.mode = NAMES.includes(mode) ? mode : "flicker";
    if (this.mode !== "flicker") this.controls.auto(false);
    set(this.stage, "data-mode", this.mode);
    this.controls.update();
    this.resize();
    spellOut(this.mode);
  }

  /** Show a mode because the reader asks for it: the next pair is shown so, too. */
  choose(mode) {
    this.setMode(mode);
    choose(this.mode);
  }

  swap() {
    if (this.mode === "opacity") this.mix = this.mix < 0.5 ? 1 : 0;
    else if (this.mode === "swipe") this.exchanged = !this.exchanged;
    else {
      if (this.mode !== "flicker") this.choose("flicker");
      this.shown = this.shown === "a" ? "b" : "a";
    }
    this.controls.update();
    this.draw();
  }

  /** Say for a moment why the wheel moved the page. */
  hint() {
    set(this.wheeled, "data-shown", true);
    clearTimeout(this.hinting);
    this.hinting = setTimeout(() => set(this.wheeled, "data-shown", null), 2500);
  }

  ask(what, more = {}) {
    this.send.trigger("asked", { what, mode: this.mode, ...more });
  }

  state(name, text = "") {
    set(this.stage, "data-state", name);
    set(this.message, "role", name === "error" ? "alert" : "status");
    set(this.message, "hidden", !text);
    write(this.message, text);
    this.controls.update();
  }

  resize() {
    const { clientWidth, clientHeight } = this.stage;
    if (!clientWidth) return;
    this.dpr = Math.min(2, devicePixelRatio || 1);
    for (const canvas of [this.canvas, this.marks]) {
      const [width, height] = [Math.round(clientWidth * this.dpr), Math.round(clientHeight * this.dpr)];
      if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    }
    this.camera.resize(this.mode === "side" ? (clientWidth - GAP) / 2 : clientWidth, clientHeight);
    this.draw();
  }

  draw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  paint() {
    if (this.stage.dataset.state !== "ready" || !this.canvas.width) return;
    const { mode, dpr } = this;
    if (mode === "overlay" || mode === "difference" || this.even) this.needInks();
    const panes = panesOf(this);
    this.renderer.draw({ panes, mix: this.mix, split: this.split * this.canvas.width, even: this.even, tolerance: this.tolerance });
    const { rects, points } = pointsOn(this, panes);
    set(this.marks, "hidden", !points.length); // one layer less to put together where there is no graphics card
    this.drawn = drawPoints(this.marks, points, rects, dpr, this.lines && mode === "side");
    set(this.stage, "data-points", this.drawn.length);
    set(this.stage, "data-zoom", this.camera.zoom.toFixed(3));
    set(this.stage, "data-shown", mode === "flicker" ? this.shown : null);
    set(this.divider, "hidden", mode !== "swipe");
    this.divider.style.left = `${this.split * 100}%`;
    set(this.divider, "aria-valuenow", Math.round(this.split * 100));
    this.label();
    this.controls.zoomed();
  }

  label() {
    const { mode } = this;
    const [a, b] = this.letters;
    set(a, "hidden", mode === "flicker" && this.shown !== "a");
    set(b, "hidden", mode === "flicker" && this.shown !== "b");
    const swapped = mode === "swipe" && this.exchanged;
    set(this.stage, "data-letters", mode === "flicker" ? "one" : mode === "side" ? "halves" : swapped ? "exchanged" : "corners");
  }

  async save() {
    this.paint();
    try {
      await save(picture([this.canvas, this.marks], this.dpr, caption(this)), fileName(this));
    } catch (error) {
      this.controls.say(tr("The picture could not be saved: {why}", { why: error.message }));
    }
  }

  dispose() {
    this.gone = true;
    this.controls.auto(false);
    clearTimeout(this.hinting);
    this.hands.dispose();
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    this.renderer.dispose();
  }
}

export default component(Compare, ...(await styles(["stage.css"], "compare.css", import.meta.url)));
