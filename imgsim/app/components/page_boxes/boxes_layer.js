// The boxes as they lie on the page: each a button, so that Tab goes from one to the next.

import { element, set, write } from "../shared/common.js";
import { handles, lay } from "../shared/box_grips.js";
import { tr } from "../shared/translation.js";
import { KIND_WORDS } from "./boxes_words.js";
import { area } from "./boxes_model.js";

const LABEL = 22; // stage pixels over a box that its label needs; where there are fewer it is inside

export class BoxLayer {
  /** toStage(x, y): where a point of the page, in its pixels, lies on the stage. */
  constructor(stage, toStage) {
    this.toStage = toStage;
    this.nodes = new Map();
    this.ghost = element("div", { class: "ghost", hidden: true, "data-testid": "imgsim-ghost" });
    this.line = element("div", { class: "line", hidden: true, "data-testid": "imgsim-split" });
    this.gutter = element("div", { class: "gutter", hidden: true, title: tr("The fold between two pages") });
    this.group = element("div", { class: "boxes", role: "group", "aria-label": tr("Boxes on the page") });
    stage.append(this.gutter, this.group, this.ghost, this.line);
  }

  /**
   * Draw the boxes of a list: `current` is the number of the one that keys change, `marked` a set of numbers, `live` a box
   * that is being moved ({ number, box }) or drawn ({ box }), `split` { number, upright, at } or null.
   */
  draw(list, { current, marked, live, split, fold, size, shown }) {
    this.list = list.map((one) => (live && live.number === one.number ? { ...one, box: live.box } : one));
    Object.assign(this, { live, split, fold, size, shown });
    const wanted = new Set(list.map((one) => one.number));
    for (const [number, node] of this.nodes) {
      if (wanted.has(number)) continue;
      node.remove();
      this.nodes.delete(number);
    }
    const bySize = [...this.list].sort((one, two) => area(two.box) - area(one.box));
    let before = this.group.firstChild;
    for (const one of this.list) {
      const node = this.node(one.number);
      if (node === before) before = before.nextSibling;
      else this.group.insertBefore(node, before);
      const chosen = one.number === current || marked.has(one.number);
      set(node, "data-kind", one.kind);
      set(node, "data-box", one.box.join(","));
      set(node, "data-sure", one.score < 1 ? one.score : "hand");
      set(node, "data-current", one.number === current);
      set(node, "aria-pressed", String(chosen));
      const kind = KIND_WORDS[one.kind].word;
      const sure = one.score < 1 ? tr("{share} % sure", { share: Math.floor(one.score * 100) }) : tr("by hand");
      write(node.firstChild, `${one.number} · ${kind} · ${sure}`);
      const [x0, y0, x1, y1] = one.box;
      set(node, "aria-label", tr("Box {number}, {kind}, {sure}; {width} by {height} pixels at {x}, {y}", { number: one.number, kind, sure, width: x1 - x0, height: y1 - y0, x: x0, y: y0 }));
      node.style.zIndex = String(1 + bySize.indexOf(one)); // a small one lies over the large one that it is in
    }
    this.place();
  }

  node(number) {
    const known = this.nodes.get(number);
    if (known) return known;
    const label = element("span", { class: "label" });
    const node = element("button", { type: "button", class: "cut", "data-number": number, "data-testid": "imgsim-cut" }, label, ...handles());
    this.nodes.set(number, node);
    return node;
  }

  /** Put everything where it belongs, after the page was moved too. */
  place() {
    if (!this.list) return;
    set(this.group, "hidden", !this.shown);
    const put = (node, [x0, y0, x1, y1]) => lay(node, this.toStage(x0, y0), this.toStage(x1, y1));
    for (const one of this.list) {
      put(this.nodes.get(one.number), one.box);
      set(this.nodes.get(one.number), "data-high", this.toStage(...one.box)[1] < LABEL);
    }
    const ghost = this.shown && this.live && this.live.number === undefined ? this.live.box : null;
    set(this.ghost, "hidden", !ghost);
    if (ghost) put(this.ghost, ghost);
    const cut = this.shown && this.split && this.list.find((one) => one.number === this.split.number);
    set(this.line, "hidden", !cut);
    if (cut) {
      const [x0, y0, x1, y1] = cut.box;
      const { upright, at } = this.split;
      put(this.line, upright ? [at, y0, at, y1] : [x0, at, x1, at]);
    }
    const fold = this.shown && this.fold;
    set(this.gutter, "hidden", !fold);
    if (fold) put(this.gutter, fold.x === undefined ? [0, fold.y, this.size[0], fold.y] : [fold.x, 0, fold.x, this.size[1]]);
  }

  numberOf(event) {
    const node = event.composedPath().find((one) => one.dataset?.number !== undefined);
    return node ? Number(node.dataset.number) : null;
  }

  focus(number) {
    this.nodes.get(number)?.focus({ preventScroll: true });
  }
}
