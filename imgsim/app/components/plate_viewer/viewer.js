// One plate, large; a box, if wanted, is kept in fractions of it.
//
// For tests: [data-testid="imgsim-viewer"] is the stage, see shared/image_stage.js; dataset.box is "x0,y0,x1,y1" or "".

import { component, element, keyCaps, set, styles, write } from "../shared/common.js";
import { ImageStage, press } from "../shared/image_stage.js";
import { BoxTalk, CropBox } from "./viewer_box.js";

class Viewer extends ImageStage {
  constructor(root, send) {
    super("imgsim-viewer", "plate");
    this.send = send;
    this.talk = new BoxTalk((box) => this.send.state("box", { image: this.data.image, box, at: Date.now() }));
    const tools = this.toolbar();
    this.stage.append(this.clear); // over the plate, which must not jump while a box is drawn
    this.hand = this.crop = new CropBox(this.stage, {
      toImage: (left, top) => this.toImage(left, top),
      toStage: (x, y) => this.toStage(x, y),
      sight: () => this.sight(),
      changed: (box) => this.boxed(box),
      ended: (box) => this.talk.tell(box),
    });
    root.append(element("div", { class: "viewer" }, tools, this.stage));
    this.stage.addEventListener("blur", () => this.crop.letGo());
    this.start();
  }

  toolbar() {
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
    return element("div", { class: "toolbar" }, this.modes, this.zoomButtons(), this.percent);
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

  seen(is) {
    this.crop.show(is);
  }

  placed() {
    this.crop.place();
  }

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

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.stage) return;
    const held = this.wide && this.data.crop && this.crop.key(event);
    if (!held && event.key === "Escape" && this.crop.box) this.crop.set(null, true);
    else if (!held && event.key !== "Escape" && !this.steer(event.key)) return;
    event.preventDefault();
  }
}

const SHEETS = await Promise.all(["common.css", "stage.css", "image_stage.css"].map((name) => styles(name)));
export default component(Viewer, ...SHEETS, await styles("viewer.css", import.meta.url));
