// Books against books: a square for every two that share something. Drawn as one path a shade, so that thousands of
// squares are eight nodes; which square is pointed at follows from where the pointer is.
//
// The arrows lead from square to square, Enter picks; "+" and "-" enlarge. For tests: [data-testid="imgsim-matrix"] is
// the drawing, with data-size (of one square) and data-at ("row:column" of the square pointed at).

import { component, element, set, styles, write } from "../shared/common.js";
import { number, tr } from "../shared/translation.js";

const SVG = "http://www.w3.org/2000/svg";
const SHADES = ["#cfdfeb", "#a3c4dc", "#79aed0", "#5297c2", "#2f7fb1", "#166a9f", "#0c5380", "#08375c"];
const LABELLED = 13; // pixels from one year on the axis to the next
const READABLE = 16; // a square that large needs no enlarging
const LARGEST = 44;
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function drawn(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

class Matrix {
  constructor(root, send) {
    this.send = send;
    this.scale = element("p", { class: "scale", "aria-hidden": "true" });
    const sized = (text, title, times) => {
      const button = element("button", { type: "button", class: "square", title, "aria-label": title }, text);
      button.addEventListener("click", () => this.enlarge(times));
      return button;
    };
    this.sizes = element("span", { class: "group" }, sized("−", tr("Smaller squares (-)"), 1 / 1.6), sized("+", tr("Larger squares (+)"), 1.6));
    this.svg = drawn("svg", { tabindex: "0", role: "application", "data-testid": "imgsim-matrix" });
    this.left = element("div", { class: "years left", "aria-hidden": "true" });
    this.below = element("div", { class: "years below", "aria-hidden": "true" });
    this.frame = element("div", { class: "frame" }, this.left, this.svg, element("span", { class: "corner" }), this.below);
    this.said = element("p", { class: "pointed", role: "status" });
    this.body = element("div", { class: "body" }, this.frame, this.said);
    root.append(element("div", { class: "top" }, this.scale, this.sizes), this.body);
    this.svg.addEventListener("pointermove", (event) => this.point(this.cellAt(event), event));
    this.svg.addEventListener("pointerleave", () => this.point(null));
    this.svg.addEventListener("blur", () => this.point(null));
    this.svg.addEventListener("click", (event) => this.pick(this.cellAt(event)));
    this.svg.addEventListener("keydown", (event) => this.key(event));
  }

  update(data) {
    const key = JSON.stringify(data);
    if (key === this.data?.key) return;
    const books = JSON.stringify(data.labels) + data.cell;
    if (books !== this.books) this.times = 1;
    this.books = books;
    this.data = { ...data, key };
    this.counts = new Map(data.cells.map(([row, column, count]) => [`${row}:${column}`, count]));
    this.most = Math.max(1, ...data.cells.map((cell) => cell[2]));
    set(this.svg, "aria-label", tr("{count} books against each other. The arrow keys lead from square to square, Enter shows what the two share.", { count: data.labels.length }));
    set(this.sizes, "hidden", data.cell >= READABLE);
    const ramp = this.most > 1
      ? [element("span", { class: "ramp", style: `background: linear-gradient(to right, ${SHADES.join()})` }), number(this.most)]
      : [element("span", { class: "ramp one", style: `background: ${SHADES[0]}` })];
    this.scale.replaceChildren("1", ...ramp, ` ${tr("shared")}`);
    this.draw();
  }

  shade(count) {
    return this.most === 1 ? 0 : Math.round(((count - 1) / (this.most - 1)) * (SHADES.length - 1));
  }

  draw() {
    const { labels, dates, cells, selected } = this.data;
    const size = labels.length;
    const cell = this.data.cell * this.times;
    const gap = cell >= 8 ? 1 / cell : 0;
    const side = 1 - gap;
    this.svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
    this.svg.style.width = this.svg.style.height = `${cell * size}px`;
    set(this.svg, "data-size", cell);
    this.frame.style.setProperty("--room", `${this.data.room}px`);
    const paths = SHADES.map(() => "");
    for (const [row, column, count] of cells) paths[this.shade(count)] += `M${column + gap / 2} ${row + gap / 2}h${side}v${side}h${-side}z`;
    this.cursor = drawn("rect", { class: "cursor", width: 1, height: 1, "vector-effect": "non-scaling-stroke", visibility: "hidden" });
    const chosen = selected ? [selected, [...selected].reverse()] : [];
    this.svg.replaceChildren(
      // A book shares all its images with itself: the diagonal is drawn, so that either half is found at once.
      drawn("path", { class: "diagonal", d: `M0 0L${size} ${size}`, "vector-effect": "non-scaling-stroke" }),
      ...paths.map((d, at) => drawn("path", { d, fill: SHADES[at] })),
      ...chosen.map(([row, column]) => drawn("rect", { class: "chosen", x: column, y: row, width: 1, height: 1, "vector-effect": "non-scaling-stroke" })),
      this.cursor,
    );
    const every = Math.max(1, Math.ceil(LABELLED / cell));
    for (const [node, side_] of [[this.left, "top"], [this.below, "left"]]) {
      node.replaceChildren(...dates.flatMap((date, at) => (at % every ? [] : [element("span", { style: `${side_}: ${(at + 0.5) * cell}px` }, date)])));
    }
  }

  enlarge(times) {
    this.times = Math.min(Math.max(this.times * times, 1), LARGEST / this.data.cell);
    this.draw();
  }

  cellAt(event) {
    const box = this.svg.getBoundingClientRect();
    const size = this.data.labels.length;
    const [column, row] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map((at) => Math.floor(at * size));
    return this.counts.has(`${row}:${column}`) ? [row, column] : null;
  }

  /** Say which two books a square is of, beside it. */
  point(at) {
    this.at = at;
    set(this.svg, "data-at", at ? at.join(":") : null);
    set(this.said, "data-shown", Boolean(at));
    this.cursor.setAttribute("visibility", at ? "visible" : "hidden");
    if (!at) return;
    const [row, column] = at;
    this.cursor.setAttribute("x", column);
    this.cursor.setAttribute("y", row);
    write(this.said, `${tr("{count} shared:", { count: number(this.counts.get(at.join(":"))) })}\n${this.data.labels[row]}\n${this.data.labels[column]}`);
    const [frame, box] = [this.body, this.cursor].map((node) => node.getBoundingClientRect());
    this.said.style.left = `${Math.max(0, Math.min(box.right - frame.left + 8, frame.width - this.said.offsetWidth))}px`;
    const below = box.bottom - frame.top + 8;
    this.said.style.top = `${below + this.said.offsetHeight < frame.height ? below : box.top - frame.top - this.said.offsetHeight - 8}px`;
  }

  pick(at) {
    if (at) this.send.trigger("clicked", at.join(":"));
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "+" || event.key === "-") this.enlarge(event.key === "+" ? 1.6 : 1 / 1.6);
    else if (event.key === "Enter" || event.key === " ") this.pick(this.at);
    else if (event.key in ARROWS) this.step(...ARROWS[event.key]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** The nearest square in a direction: in the same row or column if there is one. */
  step(down, right) {
    const cells = this.data.cells;
    if (!cells.length) return;
    const [row, column] = this.at ?? [0, 0];
    if (!this.at) return this.show(cells[0]);
    const ahead = cells.map(([r, c]) => [r, c, (r - row) * down + (c - column) * right, Math.abs((r - row) * right) + Math.abs((c - column) * down)]);
    const found = ahead.filter((cell) => cell[2] > 0).sort((a, b) => a[3] - b[3] || a[2] - b[2])[0];
    if (found) this.show(found);
  }

  show([row, column]) {
    this.point([row, column]);
    this.cursor.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.point([row, column]); // what is said stands beside where the square is now
  }

  dispose() {}
}

export default component(Matrix, ...(await styles([], "matrix.css", import.meta.url)));
