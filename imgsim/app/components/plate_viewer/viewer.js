// One plate, large; a box, if wanted, is kept in fractions of it.
//
// For tests: [data-testid="imgsim-viewer"] is the stage, see shared/image_stage.js; dataset.box is "x0,y0,x1,y1" or "".

import { component, element, keyCaps, set, styles, write } from "../shared/common.js";
import { DeepZoom } from "../shared/deep_zoom.js";
import { ImageStage, press } from "../shared/image_stage.js";
import { Looks, fullScreen } from "../shared/image_tools.js";
import { UPRIGHT, box as laidBox, flipped, laid, turned, unlaid } from "../shared/orientation.js";
import { note } from "../shared/trail.js";
import { tr } from "../shared/translation.js";
import { BoxTalk, CropBox } from "./viewer_box.js";

class Viewer extends ImageStage {
  constructor(root, send) {
    super("imgsim-viewer", "plate");
    this.send = send;
    this.talk = new BoxTalk((box) => this.send.state("box", { image: this.data.image, box, at: Date.now() }));
    this.looks = new Looks((filter) => this.stage.style.setProperty("--look", filter || "none"));
    this.node = element("div", { class: "viewer" });
    this.deep = new DeepZoom(this);
    const tools = this.toolbar();
    this.stage.append(this.clear); // over the plate, which must not jump while a box is drawn
    this.hand = this.crop = new CropBox(this.stage, {
      toImage: (left, top) => this.toImage(left, top),
      toStage: (x, y) => this.toStage(x, y),
      sight: () => this.sight(),
      changed: (box) => this.boxed(box),
      // Here a box is one of the plate as it lies; Python knows the plate as it is in the file.
      ended: (box) => this.talk.tell(laidBox(unlaid, this.lies, box)),
    });
    this.node.append(tools, this.stage);
    root.append(this.node);
    this.stage.addEventListener("blur", () => this.crop.letGo());
    this.start();
  }

  toolbar() {
    this.modes = element(
      "div",
      { class: "group", role: "group", "aria-label": tr("What dragging does"), hidden: true },
      press(tr("Draw box"), tr("Drag draws a box on the plate"), () => this.setMode("box"), { "data-testid": "imgsim-draw-box" }),
      press(tr("Move"), tr("Drag moves the plate"), () => this.setMode("move"), { "data-testid": "imgsim-move" }),
    );
    this.clear = press(tr("Clear box"), tr("Use the whole image"), () => this.crop.set(null, true), {
      "data-testid": "imgsim-clear-box", class: "clear", hidden: true,
    });
    this.clear.addEventListener("pointerdown", (event) => event.stopPropagation());
    const lie = element(
      "div",
      { class: "group", role: "group", "aria-label": tr("How the plate is shown") },
      press("↻", tr("Turn by a quarter (R)"), () => this.lay(turned(this.lies)), { "aria-label": tr("Turn"), class: "square", "data-testid": "imgsim-turn" }),
      press("⇋", tr("Flip left and right (F)"), () => this.lay(flipped(this.lies)), { "aria-label": tr("Flip"), class: "square", "data-testid": "imgsim-flip" }),
      this.looks.invert,
    );
    const looks = [lie, this.looks.contrast, fullScreen(this.node)];
    return element("div", { class: "toolbar" }, this.modes, this.zoomButtons(), ...looks, this.percent);
  }

  /** Lay the plate otherwise; a box on it goes with it. */
  lay(lies) {
    const box = laidBox(unlaid, this.lies, this.crop.box);
    super.lay(lies);
    this.crop.set(laidBox(laid, lies, box), false);
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
    if (data.src !== before.src) this.deep.of(data.tiles);
    if (data.src !== before.src) this.lies = UPRIGHT; // another plate lies as it is in its file
    const hear = { set: (box, told) => this.crop.set(laidBox(laid, this.lies, box), told) };
    this.talk.hear((data.crop && data.box) || null, data.image !== before.image, hear);
    if (data.src !== before.src && data.trail) note(...data.trail);
    if (data.src !== before.src) this.load();
    this.place();
  }

  seen(is) {
    this.crop.show(is);
  }

  placed() {
    this.crop.place();
    this.deep.place();
  }

  dispose() {
    super.dispose();
    this.deep.dispose();
  }

  setMode(mode) {
    const [draw, move] = this.modes.children;
    set(draw, "aria-pressed", String(mode === "box"));
    set(move, "aria-pressed", String(mode === "move"));
    set(this.stage, "data-mode", mode);
    this.crop.drawing = mode === "box";
  }

  boxed(box) {
    box = laidBox(unlaid, this.lies, box);
    set(this.stage, "data-box", box ? box.map((edge) => edge.toFixed(4)).join(",") : "");
    set(this.clear, "hidden", !box);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.stage) return;
    const held = this.wide && this.data.crop && this.crop.key(event);
    const own = { f: () => this.lay(flipped(this.lies)), r: () => this.lay(turned(this.lies)), i: () => this.looks.toggle() };
    if (!held && event.key === "Escape" && this.crop.box) this.crop.set(null, true);
    else if (!held && Object.hasOwn(own, event.key.toLowerCase())) own[event.key.toLowerCase()]();
    else if (!held && event.key !== "Escape" && !this.steer(event.key)) return;
    event.preventDefault();
  }
}

const SHEETS = await styles(["stage.css", "image_stage.css", "image_tools.css"], "viewer.css", import.meta.url);
export default component(Viewer, ...SHEETS);
