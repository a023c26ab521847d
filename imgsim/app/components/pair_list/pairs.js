// Pairs of plates side by side, each with the region that agrees, and what ties them.
//
// For tests: [data-testid="imgsim-pairs"] holds one li[data-id] a pair; its buttons are "imgsim-plate" (two, with
// data-plate), "imgsim-compare" and "imgsim-judge".

import { component, element, set, styles, write } from "../shared/common.js";
import { outline } from "../shared/outline.js";
import { tr } from "../shared/translation.js";

function side(plate) {
  const drawn = outline(plate.outline);
  const image = element("img", { loading: "lazy", decoding: "async", draggable: "false", alt: plate.alt });
  if (plate.src) image.src = plate.src;
  return element(
    "button",
    { type: "button", class: "plate", "data-plate": plate.id, "data-testid": "imgsim-plate", title: tr("Open this plate") },
    element("span", { class: "paper" }, image, ...(drawn ? [drawn] : [])),
    element("span", { class: "caption", title: plate.caption }, plate.caption),
  );
}

function pair(item) {
  const words = item.words.map(({ text, kind, title }) => element("span", { class: "word", "data-kind": kind, title }, text));
  return element(
    "li",
    { "data-id": item.id },
    element("div", { class: "two" }, side(item.left), side(item.right)),
    element("div", { class: "words" }, ...words),
    ...item.lines.map((line) => element("div", { class: "line" }, line)),
    element(
      "div",
      { class: "acts" },
      element("button", { type: "button", class: "compare", "data-testid": "imgsim-compare" }, tr("Compare")),
      ...(item.judge ? [element("button", { type: "button", class: "compare", "data-testid": "imgsim-judge" }, item.judge)] : []),
    ),
  );
}

class Pairs {
  constructor(root, send) {
    this.send = send;
    this.list = element("ul", { "data-testid": "imgsim-pairs" });
    root.append(this.list);
    this.list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.plate) this.send.trigger("clicked", button.dataset.plate);
      else this.send.trigger(button.dataset.testid === "imgsim-judge" ? "judge" : "compare", button.closest("li").dataset.id);
    });
  }

  update({ items, height, label }) {
    set(this.list, "aria-label", label);
    this.list.style.setProperty("--height", `${height}px`);
    const key = JSON.stringify(items);
    if (key === this.key) return;
    this.key = key;
    this.list.replaceChildren(...items.map(pair));
    set(this.list, "data-count", items.length);
  }

  dispose() {
    write(this.list, "");
  }
}

export default component(Pairs, ...(await styles(["cards.css", "words.css"], "pairs.css", import.meta.url)));
