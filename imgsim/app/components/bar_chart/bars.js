// Bars that count something, upright or lying, of plain HTML: nothing to load, and each piece a button.
//
// One stop for the Tab key; within, the arrows lead from piece to piece, Home and End to the ends.
// For tests: [data-testid="imgsim-bars"]; li[data-bar] with one [data-kind] a piece.

import { component, element, set, styles, write } from "../shared/common.js";
import { number } from "../shared/translation.js";

const NAMED = 14; // names under upright bars: of more, every second or third is written
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** A round number of which at most five make up `most`. */
function step(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1) / 4));
  return Math.max(1, [1, 2, 2.5, 5, 10].map((times) => times * power).find((each) => Number.isInteger(each) && most / each <= 5) ?? 10 * power);
}

class Bars {
  constructor(root, send) {
    this.send = send;
    this.grid = element("div", { class: "grid", "aria-hidden": "true" });
    this.list = element("ol");
    this.axis = element("p", { class: "axis", "aria-hidden": "true" });
    this.legend = element("p", { class: "legend", "aria-hidden": "true" });
    this.said = element("p", { class: "pointed", "aria-hidden": "true" });
    this.body = element("div", { class: "body" }, this.grid, this.list, this.said);
    this.chart = element("div", { class: "chart", "data-testid": "imgsim-bars" }, this.legend, this.body, this.axis);
    root.append(this.chart);
    this.chart.addEventListener("click", (event) => this.click(event));
    this.chart.addEventListener("keydown", (event) => this.step(event));
    for (const name of ["mouseover", "focusin"]) this.list.addEventListener(name, (event) => this.tell(event.target.closest(".piece")));
    for (const name of ["mouseleave", "focusout"]) this.list.addEventListener(name, () => this.tell(null));
  }

  update(data) {
    const key = JSON.stringify(data);
    if (key === this.key) return;
    this.key = key;
    const { bars, colours, label, upright, axis, legend, still } = data;
    const totals = bars.map((bar) => bar.pieces.reduce((sum, piece) => sum + piece.count, 0));
    const most = Math.max(1, ...totals);
    this.still = still;
    const swatch = (kind) => element("span", { class: "swatch", style: `--colour: ${colours[kind]}` });
    this.legend.replaceChildren(...legend.map(([kind, words]) => element("span", {}, swatch(kind), words)));
    set(this.legend, "hidden", !legend.length);
    set(this.chart, "data-upright", upright);
    set(this.list, "aria-label", label);
    write(this.axis, axis);
    set(this.axis, "hidden", !axis);
    const every = Math.max(1, Math.ceil(bars.filter((bar) => !bar.apart).length / NAMED));
    this.list.replaceChildren(...bars.map((bar, at) => this.bar(bar, at, colours, most, upright && !bar.apart && at % every !== 0)));
    const each = step(most);
    const lines = upright ? Array.from({ length: Math.floor(most / each) + 1 }, (_, at) => at * each) : [];
    this.grid.replaceChildren(...lines.map((value) => element("span", { style: `--at: ${value / most}` }, number(value))));
    this.rove(this.pieces()[0]);
  }

  bar(bar, at, colours, most, unnamed) {
    const track = element("span", { class: "track" });
    let from = 0;
    for (const { kind, count, told } of bar.pieces.filter((piece) => piece.count)) {
      const size = `--from: ${from / most}; --size: ${count / most}; --colour: ${colours[kind]}`;
      const role = this.still ? { role: "img" } : { type: "button" };
      track.append(element(this.still ? "span" : "button", { ...role, class: "piece", tabindex: "-1", "data-kind": kind, "aria-label": told, style: size }));
      from += count;
    }
    track.append(element("span", { class: "beside", "aria-hidden": "true", style: `--from: ${from / most}` }, bar.beside));
    return element(
      "li",
      { "data-bar": at, "data-apart": bar.apart },
      element("span", { class: "name", "aria-hidden": "true", title: bar.name, "data-unnamed": unnamed }, bar.name),
      track,
    );
  }

  pieces() {
    return [...this.list.querySelectorAll(".piece")];
  }

  /** The one piece that the Tab key comes to. */
  rove(piece) {
    for (const each of this.pieces()) set(each, "tabindex", each === piece ? "0" : "-1");
  }

  step(event) {
    const all = this.pieces();
    const at = all.indexOf(event.target.closest(".piece"));
    const to = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : at + (STEPS[event.key] ?? NaN);
    if (at < 0 || !all[to] || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.rove(all[to]);
    all[to].focus();
  }

  /** What a bar counts, beside it, as long as it is pointed at. */
  tell(piece) {
    set(this.said, "data-shown", Boolean(piece));
    if (!piece) return;
    write(this.said, piece.getAttribute("aria-label"));
    const [frame, box] = [this.body, piece].map((node) => node.getBoundingClientRect());
    const upright = this.chart.hasAttribute("data-upright");
    const left = upright ? box.left + box.width / 2 - frame.left : box.left - frame.left + 8;
    this.said.style.left = `${Math.max(0, Math.min(left, frame.width - this.said.offsetWidth))}px`;
    const above = box.top - frame.top - this.said.offsetHeight - 6;
    this.said.style.top = `${above >= -frame.top + 4 ? above : box.bottom - frame.top + 6}px`;
  }

  click(event) {
    const piece = this.still ? null : event.target.closest(".piece");
    if (piece) this.send.trigger("clicked", `${piece.closest("li").dataset.bar}:${piece.dataset.kind}`);
  }

  dispose() {}
}

export default component(Bars, ...(await styles([], "bars.css", import.meta.url)));
