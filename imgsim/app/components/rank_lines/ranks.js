// The plates that two books share, in the order in which each prints them: two columns, a line from plate to plate.
// Lines that run level keep the order; those that leave it cross the others. Above them all the same lines, small and
// turned upright, show at once how far the order was kept.
//
// For tests: [data-testid="imgsim-ranks"]; li[data-plate][data-rank] in ol.left and ol.right; path[data-pair] with
// data-kept; buttons "imgsim-plate" and, in the right column, "imgsim-compare";
// the headings "imgsim-title-left" and "imgsim-title-right".

import { component, element, set, styles } from "../shared/common.js";
import { tr } from "../shared/translation.js";

const SKETCHED = 6; // pairs; fewer are seen at once as they are
const SVG = "http://www.w3.org/2000/svg";

function card(item, right) {
  const image = element("img", { loading: "lazy", decoding: "async", draggable: "false", alt: item.alt });
  if (item.src) image.src = item.src;
  const plate = element(
    "button",
    { type: "button", class: "plate", "data-testid": "imgsim-plate", title: tr("Open this plate") },
    element("span", { class: "rank" }, String(item.rank)),
    element("span", { class: "paper" }, image),
    element("span", { class: "caption" }, ...item.lines.filter(Boolean).map((line) => element("span", { title: line }, line))),
  );
  const node = element("li", { "data-plate": item.id, "data-rank": item.rank, "data-pair": item.pair }, plate);
  if (right) {
    node.append(element("button", { type: "button", class: "compare", "data-testid": "imgsim-compare" }, tr("Compare")));
  }
  return node;
}

class Ranks {
  constructor(root, send) {
    this.send = send;
    this.left = element("ol", { class: "left" });
    this.right = element("ol", { class: "right" });
    this.lines = document.createElementNS(SVG, "svg");
    this.lines.setAttribute("class", "lines");
    this.lines.setAttribute("aria-hidden", "true");
    [this.headA, this.headB] = ["left", "right"].map((side) => {
      const button = element("button", { type: "button", class: "head", "data-testid": `imgsim-title-${side}`, title: tr("Open this book") });
      button.addEventListener("click", () => this.send.trigger("title", side));
      return button;
    });
    this.body = element("div", { class: "body", "data-testid": "imgsim-ranks" }, this.left, this.lines, this.right);
    this.overview = document.createElementNS(SVG, "svg");
    this.overview.setAttribute("class", "overview");
    this.overview.setAttribute("data-testid", "imgsim-order");
    this.overview.setAttribute("aria-hidden", "true");
    this.overview.setAttribute("preserveAspectRatio", "none");
    root.append(this.overview, element("div", { class: "heads" }, element("h3", {}, this.headA), element("span"), element("h3", {}, this.headB)), this.body);
    this.body.addEventListener("click", (event) => this.click(event));
    for (const name of ["mouseover", "focusin"]) this.body.addEventListener(name, (event) => this.light(event.target.closest("[data-pair]")));
    this.body.addEventListener("mouseleave", () => this.light(null));
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.body);
  }

  update(data) {
    const key = JSON.stringify(data);
    if (key === this.key) return;
    this.key = key;
    this.data = data;
    this.headA.textContent = data.left_title;
    this.headB.textContent = data.right_title;
    set(this.left, "aria-label", tr("{book}, in its own order", { book: data.left_title }));
    set(this.right, "aria-label", tr("{book}, in its own order", { book: data.right_title }));
    this.left.replaceChildren(...data.left.map((item) => card(item, false)));
    this.right.replaceChildren(...data.right.map((item) => card(item, true)));
    this.sketch();
    this.draw();
  }

  /** All lines at once: the first book's order along the top, the second's along the bottom. */
  sketch() {
    const { left, right, pairs } = this.data;
    set(this.overview, "hidden", left.length < SKETCHED);
    if (left.length < SKETCHED) return;
    const [from, to] = [left, right].map((side) => new Map(side.map((item, place) => [item.pair, place + 0.5])));
    this.overview.setAttribute("viewBox", `0 0 ${left.length} 1`);
    this.overview.replaceChildren(
      ...pairs.map(({ pair, kept }) => {
        const line = document.createElementNS(SVG, "path");
        line.setAttribute("d", `M${from.get(pair)} 0 L${to.get(pair)} 1`);
        line.setAttribute("class", kept ? "kept" : "moved");
        line.setAttribute("data-pair", pair);
        line.setAttribute("vector-effect", "non-scaling-stroke");
        return line;
      }),
    );
  }

  /** A line from the middle of one card to that of its partner. */
  draw() {
    if (!this.data) return;
    const frame = this.lines.getBoundingClientRect();
    if (!frame.width) return;
    const middle = (column) => new Map(
      [...column.children].map((node) => {
        const box = node.firstChild.getBoundingClientRect();
        return [node.dataset.pair, (box.top + box.bottom) / 2 - frame.top];
      }),
    );
    const [from, to] = [middle(this.left), middle(this.right)];
    this.lines.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
    this.lines.replaceChildren(
      ...this.data.pairs.map(({ pair, kept }) => {
        const [y0, y1] = [from.get(pair), to.get(pair)];
        const line = document.createElementNS(SVG, "path");
        line.setAttribute("d", `M0 ${y0} C${frame.width * 0.45} ${y0} ${frame.width * 0.55} ${y1} ${frame.width} ${y1}`);
        line.setAttribute("class", kept ? "kept" : "moved");
        line.setAttribute("data-pair", pair);
        line.setAttribute("data-kept", String(kept));
        return line;
      }),
    );
  }

  light(node) {
    const pair = node?.dataset.pair;
    for (const root of [this.body, this.overview]) {
      for (const part of root.querySelectorAll("[data-pair]")) {
        set(part, "data-lit", pair !== undefined && part.dataset.pair === pair);
      }
    }
  }

  click(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const { plate, pair } = button.closest("li").dataset;
    if (button.dataset.testid === "imgsim-compare") this.send.trigger("compare", pair);
    else this.send.trigger("clicked", plate);
  }

  dispose() {
    this.observer.disconnect();
  }
}

export default component(Ranks, ...(await styles([], "ranks.css", import.meta.url)));
