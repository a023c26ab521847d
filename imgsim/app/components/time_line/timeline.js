// The plates of a family where their years stand: a lane a place, an axis above, those without a year apart below.
//
// For tests: [data-testid="imgsim-time"]; section.lane[data-place] holds li[data-id][data-year][data-until], each with its
// button "imgsim-plate"; [data-testid="imgsim-no-year"] holds those without a year; .tick[data-year] on the axis.

import { component, element, set, styles } from "../shared/common.js";
import { paper } from "../shared/paper.js";
import { tr } from "../shared/translation.js";
import { along, rows, span, ticks } from "./timeline_places.js";

const CARD = 118; // pixels, with the gap to the next one
const TALL = 156;
const TICK = 70; // between two years that are named

function card(item) {
  const words = [item.year, ...item.lines, ...item.words.map(({ text }) => text)].filter(Boolean);
  const button = element(
    "button",
    { type: "button", class: "plate", tabindex: -1, "data-testid": "imgsim-plate", title: words.join(" · ") },
    paper(item),
    ...(item.year ? [element("span", { class: "when" }, item.year)] : []),
    element("span", { class: "title" }, item.lines[0] ?? ""),
  );
  return element(
    "li",
    { "data-id": item.id, "data-year": item.first_year, "data-until": item.last_year, "data-first": item.first, "data-mark": item.mark || null },
    button,
  );
}

class TimeLine {
  constructor(root, send) {
    this.send = send;
    this.root = element("div", { class: "time", "data-testid": "imgsim-time", role: "group" });
    root.append(this.root);
    this.root.addEventListener("click", (event) => {
      const node = event.target.closest("li");
      if (node) this.send.trigger("clicked", node.dataset.id);
    });
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("focusin", (event) => this.hold(event.target.closest("li")));
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.root);
  }

  update(data) {
    const key = JSON.stringify(data);
    if (key === this.known) return;
    this.known = key;
    set(this.root, "aria-label", data.label);
    this.axis = element("div", { class: "axis", "aria-hidden": "true" });
    this.lanes = data.lanes.map(({ name, members }) => {
      const list = element("ol", { class: "track", "aria-label": name || tr("Place not known") }, ...members.map(card));
      const said = name || (data.lanes.length > 1 ? tr("place not known") : "");
      return { members, list, node: element("section", { class: "lane", "data-place": name }, element("span", { class: "place" }, said), list) };
    });
    this.span = this.lanes.length ? span(this.lanes.flatMap(({ members }) => members)) : null;
    const parts = this.lanes.map(({ node }) => node);
    if (this.span) parts.unshift(element("div", { class: "lane" }, element("span", { class: "place" }), this.axis));
    if (data.undated.length) {
      parts.push(element(
        "section",
        { class: "lane undated", "data-testid": "imgsim-no-year" },
        element("span", { class: "place" }, tr("no year")),
        element("ol", { "aria-label": tr("Without a year") }, ...data.undated.map(card)),
      ));
    }
    this.root.replaceChildren(...parts);
    this.nodes = [...this.root.querySelectorAll("li")];
    // From left to right, whichever lane: what has no year stands at the end.
    this.order = [...this.nodes].sort((one, two) => (one.dataset.year ?? Infinity) - (two.dataset.year ?? Infinity));
    this.hold(this.order.find((node) => node.dataset.mark) ?? this.order[0]);
    this.width = 0;
    this.draw();
  }

  draw() {
    const width = this.axis?.clientWidth;
    if (!width || width === this.width) return;
    this.width = width;
    const room = Math.max(0, width - CARD);
    this.axis.replaceChildren(...ticks(this.span, Math.max(2, room / TICK)).map((year) => {
      const tick = element("span", { class: "tick", "data-year": year }, String(year));
      tick.style.left = `${along(year, this.span, room)}px`;
      return tick;
    }));
    for (const { members, list } of this.lanes) {
      const lefts = members.map((one) => along(one.first_year, this.span, room));
      const order = members.map((_, at) => at).sort((a, b) => lefts[a] - lefts[b]);
      const found = rows(order.map((at) => lefts[at]), CARD);
      order.forEach((at, place) => {
        const { style } = list.children[at];
        style.left = `${lefts[at]}px`;
        style.top = `${found[place] * TALL}px`;
        style.setProperty("--span", `${along(members[at].last_year, this.span, room) - lefts[at]}px`);
      });
      list.style.height = `${(Math.max(...found) + 1) * TALL}px`;
    }
  }

  /** One plate takes part in the Tab order; the arrow keys move on from it. */
  hold(node) {
    if (!node) return;
    for (const other of this.nodes) set(other.firstElementChild, "tabindex", other === node ? 0 : -1);
  }

  key(event) {
    const here = event.target.closest("li");
    if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
    const place = this.order.indexOf(here);
    const ways = {
      ArrowLeft: () => this.order[place - 1],
      ArrowRight: () => this.order[place + 1],
      ArrowUp: () => this.beyond(here, -1),
      ArrowDown: () => this.beyond(here, 1),
      Home: () => this.order[0],
      End: () => this.order.at(-1),
    };
    if (!Object.hasOwn(ways, event.key)) return;
    event.preventDefault();
    ways[event.key]()?.firstElementChild.focus();
  }

  /** The plate of the lane above (-1) or below (1) that stands nearest. */
  beyond(here, way) {
    const lanes = [...this.root.querySelectorAll("ol")];
    const next = lanes[lanes.indexOf(here.parentElement) + way];
    const far = (node) => Math.abs(node.getBoundingClientRect().left - here.getBoundingClientRect().left);
    return next && [...next.children].sort((one, two) => far(one) - far(two))[0];
  }

  dispose() {
    this.observer.disconnect();
  }
}

export default component(TimeLine, ...(await styles(["cards.css"], "timeline.css", import.meta.url)));
