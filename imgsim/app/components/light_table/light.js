// Plates side by side. What is done to one is done to all, from where each of them stands: so plates that were brought
// into step by hand, each by itself, stay in step.
//
// For tests: [data-testid="imgsim-light"] is the table, dataset.count its plates; each pane is a stage
// ("imgsim-pane", see shared/image_stage.js) in a figure with data-id.

import { component, element, keyCaps, set, styles, write } from "../shared/common.js";
import { ImageStage, press } from "../shared/image_stage.js";
import { Looks, fullScreen } from "../shared/image_tools.js";
import { flipped, turned } from "../shared/orientation.js";
import { tr } from "../shared/translation.js";

const NO_HAND = { begin: () => false };

class Pane extends ImageStage {
  /** table: moved(pane), reset(), and zoomed to by all; opened(id). */
  constructor(table, id) {
    super("imgsim-pane", "plate");
    this.table = table;
    this.hand = NO_HAND;
    this.title = press("", tr("Open this plate"), () => table.opened(id), { class: "title" });
    this.line = element("span", { class: "line" });
    this.figure = element(
      "figure",
      { "data-id": id },
      this.stage,
      element(
        "figcaption",
        {},
        element("span", { class: "words" }, this.title, this.line),
        press("⇋", tr("Flip left and right (F)"), () => this.lay(flipped(this.lies)), { class: "square", "aria-label": tr("Flip"), "data-testid": "imgsim-flip" }),
        press("↻", tr("Turn by a quarter (R)"), () => this.lay(turned(this.lies)), { class: "square", "aria-label": tr("Turn") }),
      ),
    );
    this.start();
  }

  update(item, keys, label) {
    const before = this.data;
    this.data = item;
    set(this.image, "alt", item.alt);
    set(this.stage, "aria-label", `${item.alt}. ${label}`);
    keyCaps(this.keys, keys);
    write(this.title, item.title);
    write(this.line, item.line);
    if (item.src !== before.src) this.load();
  }

  // What is no movement by the reader's hand moves this plate alone.
  show(image, state) {
    this.table.alone(() => super.show(image, state));
    this.note();
  }

  lay(lies) {
    this.table.alone(() => super.lay(lies));
    this.note();
  }

  reset() {
    super.reset();
    this.table.reset();
  }

  seen() {}

  placed() {
    this.table.moved(this);
  }

  note() {
    this.was = [this.x, this.y, this.zoom];
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.stage) return;
    const own = { f: () => this.lay(flipped(this.lies)), r: () => this.lay(turned(this.lies)), i: () => this.table.looks.toggle() };
    const act = own[event.key.toLowerCase()];
    if (act) act();
    else if (!this.steer(event.key)) return;
    event.preventDefault();
  }
}

class LightTable {
  constructor(root, send) {
    this.send = send;
    this.panes = new Map();
    this.linked = true;
    this.following = false;
    this.grid = element("div", { class: "panes", "data-testid": "imgsim-light" });
    this.looks = new Looks((filter) => this.grid.style.setProperty("--look", filter || "none"));
    this.link = press(tr("Move together"), tr("What is done to one plate is done to all"), () => this.setLinked(!this.linked), {
      "aria-pressed": "true", "data-testid": "imgsim-linked",
    });
    const zoom = element(
      "div",
      { class: "group", role: "group", "aria-label": tr("Zoom of all plates") },
      press("−", tr("Zoom out"), () => this.zoom(1 / 1.5), { "aria-label": tr("Zoom out"), class: "square" }),
      press("+", tr("Zoom in"), () => this.zoom(1.5), { "aria-label": tr("Zoom in"), class: "square" }),
      press(tr("Whole plates"), tr("Show all plates whole"), () => this.whole(), { "data-testid": "imgsim-whole" }),
    );
    this.node = element("div", { class: "light" });
    this.node.append(element("div", { class: "toolbar" }, this.link, zoom, this.looks.invert, this.looks.contrast, fullScreen(this.node)), this.grid);
    root.append(this.node);
  }

  update({ items, keys, label }) {
    const wanted = new Set(items.map((item) => item.id));
    for (const [id, pane] of this.panes) {
      if (wanted.has(id)) continue;
      pane.figure.remove();
      pane.dispose();
      this.panes.delete(id);
    }
    for (const [place, item] of items.entries()) {
      const pane = this.panes.get(item.id) ?? new Pane(this, item.id);
      this.panes.set(item.id, pane);
      if (this.grid.children[place] !== pane.figure) this.grid.insertBefore(pane.figure, this.grid.children[place] ?? null);
      pane.update(item, keys, label);
    }
    set(this.grid, "data-count", items.length);
  }

  setLinked(is) {
    this.linked = is;
    set(this.link, "aria-pressed", String(is));
  }

  opened(id) {
    this.send.trigger("clicked", id);
  }

  /** Do something that the others do not follow. */
  alone(act) {
    const before = this.following;
    this.following = true;
    act();
    this.following = before;
  }

  others(pane) {
    return [...this.panes.values()].filter((other) => other !== pane && other.was);
  }

  /** A plate was moved: the others go the same way, as far as each can. */
  moved(pane) {
    if (this.following || !pane.was) return;
    const [x, y, zoom] = pane.was;
    pane.note();
    if (!this.linked) return;
    const [right, down, larger] = [pane.x - x, pane.y - y, pane.zoom / zoom];
    if (!right && !down && larger === 1) return;
    this.alone(() => {
      for (const other of this.others(pane)) {
        other.zoom = Math.max(1, other.zoom * larger);
        other.x += right;
        other.y += down;
        other.place();
        other.note();
      }
    });
  }

  reset() {
    if (!this.following && this.linked) this.whole();
  }

  whole() {
    this.alone(() => {
      for (const pane of this.panes.values()) {
        pane.reset();
        pane.note();
      }
    });
  }

  zoom(factor) {
    this.alone(() => {
      for (const pane of this.panes.values()) {
        pane.zoomAt(...pane.middle, factor);
        pane.note();
      }
    });
  }

  dispose() {
    for (const pane of this.panes.values()) pane.dispose();
    this.panes.clear();
  }
}

const SHEETS = await styles(["stage.css", "image_stage.css", "image_tools.css"], "light.css", import.meta.url);
export default component(LightTable, ...SHEETS);
