// Two plates to be judged. B can be laid in A's place, where it appears and goes by one key; nothing asks the server.
//
// For tests: [data-testid="imgsim-desk"] is the list of both, li with data-id, card buttons "imgsim-card"; it has
// dataset.shown ("both" or "laid") and dataset.outlined.

import { component, element, set, styles, write } from "../shared/common.js";
import { outline } from "../shared/outline.js";
import { tr } from "../shared/translation.js";

const TYPED = "input, textarea, select, [contenteditable=true], [role=combobox], [role=dialog] *";

class Side {
  constructor(letter, opened) {
    this.image = element("img", { class: "own" });
    this.frame = element("span", { class: "frame" }, this.image);
    this.letter = element("span", { class: `letter ${letter.toLowerCase()}`, "aria-hidden": "true" }, letter);
    this.paper = element("span", { class: "paper" }, this.frame, this.letter);
    this.title = element("span", { class: "title" });
    this.lines = element("span", { class: "lines" });
    this.button = element("button", { type: "button", class: "card", "data-testid": "imgsim-card" }, this.paper, this.title, this.lines);
    this.button.addEventListener("click", () => opened(this.data.id));
    this.node = element("li", {}, this.button);
  }

  update(data) {
    this.data = data;
    set(this.node, "data-id", data.id);
    set(this.image, "src", data.src);
    set(this.image, "alt", data.alt);
    write(this.title, data.title);
    set(this.title, "title", data.title);
    this.lines.replaceChildren(...data.lines.filter(Boolean).map((line) => element("span", { title: line }, line)));
    this.drawn?.remove();
    this.drawn = outline(data.outline);
    if (this.drawn) this.frame.append(this.drawn);
  }

  /** Give the plate all the room of its paper; returns how many CSS pixels one of its pixels has. */
  fit() {
    const { width, height } = this.data;
    const scale = Math.min((this.paper.clientWidth - 8) / width, (this.paper.clientHeight - 8) / height);
    [this.frame.style.width, this.frame.style.height] = [`${width * scale}px`, `${height * scale}px`];
    return scale;
  }
}

class Desk {
  constructor(root, send) {
    this.send = send;
    this.outlined = true;
    this.laid = false;
    this.sides = ["A", "B"].map((letter) => new Side(letter, (id) => this.send.trigger("clicked", id)));
    this.over = element("img", { class: "over", alt: "", hidden: true });
    this.sides[0].frame.append(this.over);
    this.list = element("ul", { class: "desk", "data-testid": "imgsim-desk" }, ...this.sides.map(({ node }) => node));
    this.flicker = element("button", { type: "button" });
    this.lines = element("button", { type: "button" });
    this.flicker.addEventListener("click", () => this.turn());
    this.lines.addEventListener("click", () => this.draw());
    this.said = element("span", { class: "said", role: "status" });
    root.append(element("div", { class: "toolbar" }, this.flicker, this.lines, this.said), this.list);
    this.stop = new AbortController();
    document.addEventListener("keydown", (event) => this.key(event), { signal: this.stop.signal });
    this.observer = new ResizeObserver(() => this.place());
    this.observer.observe(this.list);
  }

  update(data) {
    const other = JSON.stringify(data.sides) !== JSON.stringify(this.data?.sides);
    this.data = data;
    if (other) {
      this.laid = false;
      this.sides.forEach((side, i) => side.update(data.sides[i]));
      set(this.over, "src", data.sides[1].src);
      set(this.over, "data-negative", data.negative);
    }
    for (const [button, label, key] of [[this.flicker, tr("B on A"), data.flicker], [this.lines, tr("Outlines"), data.outlines]]) {
      button.replaceChildren(`${label} `, element("span", { class: "cap", "aria-hidden": "true" }, key));
      set(button, "aria-keyshortcuts", key);
    }
    set(this.lines, "hidden", !data.sides.some((side) => side.outline));
    this.place();
  }

  turn() {
    this.laid = !this.laid;
    this.place();
  }

  draw() {
    this.outlined = !this.outlined;
    this.place();
  }

  /** B on A's plate: as the lines say, or as large as fits. */
  matrix() {
    const [a, b] = this.data.sides;
    if (this.data.matrix) return this.data.matrix;
    const grow = Math.min(a.width / b.width, a.height / b.height);
    return [grow, 0, (a.width - grow * b.width) / 2, 0, grow, (a.height - grow * b.height) / 2, 0, 0, 1];
  }

  place() {
    const [a, b] = this.sides;
    if (!this.data || !a.paper.clientWidth) return;
    const scale = a.fit();
    b.fit();
    const h = this.matrix();
    [this.over.style.width, this.over.style.height] = [`${b.data.width * scale}px`, `${b.data.height * scale}px`];
    // The matrix is that of the originals' pixels, seen in those of the screen.
    this.over.style.transform = `matrix3d(${[h[0], h[3], 0, h[6] / scale, h[1], h[4], 0, h[7] / scale, 0, 0, 1, 0, h[2] * scale, h[5] * scale, 0, h[8]].join()})`;
    set(this.over, "hidden", !this.laid);
    set(a.image, "data-under", this.laid);
    write(a.letter, this.laid ? "B" : "A");
    set(a.letter, "class", `letter ${this.laid ? "b" : "a"}`);
    set(this.list, "data-shown", this.laid ? "laid" : "both");
    set(this.list, "data-outlined", this.outlined);
    set(this.flicker, "aria-pressed", String(this.laid));
    set(this.lines, "aria-pressed", String(this.outlined));
    const how = this.data.matrix ? tr("B lies on A where their lines agree.") : tr("No lines in common: B is only as large as A.");
    write(this.said, this.laid ? how : "");
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.composedPath()[0].matches?.(TYPED)) return;
    const act = { [this.data.flicker]: () => this.turn(), [this.data.outlines]: () => this.draw() }[event.key.toUpperCase()];
    if (!act) return;
    event.preventDefault();
    act();
  }

  dispose() {
    this.stop.abort();
    this.observer.disconnect();
  }
}

export default component(Desk, ...(await styles(["cards.css"], "desk.css", import.meta.url)));
