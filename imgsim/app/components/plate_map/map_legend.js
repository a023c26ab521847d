// The legend: what the colours and marks mean. A click on a colour shows only these plates, its second button, Ctrl or
// Shift all but these. Nodes stay while only counts and choices change, so that whoever came by keyboard stays where they are.

import { element, set, write } from "../shared/common.js";
import { number, tr, trn } from "../shared/translation.js";

const FIRST = 12; // entries that are always seen; the others open
const NO_TONE = 255;
const SHOW = tr("Show only these; again: show all. With Ctrl or Shift: show all but these");

const MARKS = {
  query: tr("chosen plate"),
  "verified match": tr("verified match"),
  neighbours: tr("neighbours"),
  "neighbour, not verified": tr("neighbour, not verified"),
};

/** How many of the colours are the one that comes most often, if it comes more than once. */
function sharing(colours) {
  const counts = new Map();
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  return most > 1 ? most : 0;
}

export class Legend {
  /** choose(place, but): an entry was pressed; place -1 shows all again. */
  constructor(choose) {
    this.choose = choose;
    this.node = element("div", { class: "legend", "data-testid": "imgsim-legend" });
    this.all = this.button(tr("Show all"), { class: "all", "data-testid": "imgsim-legend-all" }, () => choose(-1, false));
    this.more = this.button("", { class: "more", "data-testid": "imgsim-legend-more" }, () => this.open(!this.opened));
    this.rest = element("ul", { class: "rest" });
    this.alike = element("p", { class: "alike", "data-testid": "imgsim-legend-alike" });
  }

  button(label, attributes, action) {
    const made = element("button", { type: "button", ...attributes }, label);
    made.addEventListener("click", action);
    return made;
  }

  open(opened) {
    this.opened = opened;
    set(this.more, "aria-expanded", String(opened));
    set(this.rest, "hidden", !opened);
  }

  /** painted: [red, green, blue] of each colour as it is drawn. */
  update(data, painted) {
    const entries = data.palette.map((_, place) => ({
      place,
      colour: `rgb(${painted[place].join(" ")})`,
      name: data.names[place],
      count: data.counts && data.counts[place],
    }));
    if (data.missing && entries.length) entries.push({ place: NO_TONE, colour: data.none, name: data.unknown, count: data.missing });
    const key = JSON.stringify([data.legend, entries.map(({ place, name }) => [place, name])]);
    if (this.key !== key) this.build(data.legend, entries);
    this.key = key;
    entries.forEach((entry, number) => this.fill(this.items[number], entry, data));
    set(this.all, "hidden", data.chosen.length === 0);
    const alike = sharing(entries.filter(({ place }) => place !== NO_TONE).map(({ colour }) => colour));
    write(this.alike, alike ? trn("{n} name shares a colour.", "{n} names share one colour: click one to see only its plates.", alike) : "");
    set(this.alike, "hidden", !alike);
    if (entries.slice(FIRST).some(({ place }) => data.chosen.includes(place))) this.open(true);
    this.mark(data);
  }

  build(heading, entries) {
    this.items = entries.map((entry) => this.item(entry));
    const nodes = this.items.map(({ node }) => node);
    const folded = nodes.length > FIRST + 1;
    const first = folded ? nodes.slice(0, FIRST) : nodes;
    const rest = nodes.slice(first.length);
    write(this.more, tr("{count} more", { count: number(rest.length) }));
    this.rest.replaceChildren(...rest);
    set(this.rest, "aria-label", tr("{heading}, the others", { heading: heading || tr("Colours") }));
    set(this.more, "hidden", !folded);
    this.open(false);
    this.marks = element("ul", { "aria-label": tr("Marks") });
    this.node.replaceChildren(
      heading && nodes.length ? element("span", { class: "heading" }, heading, " ", this.all) : "",
      nodes.length ? element("ul", { "aria-label": heading || tr("Colours") }, ...first, element("li", {}, this.more)) : "",
      nodes.length ? this.rest : "",
      this.alike,
      this.marks,
    );
  }

  item({ place, name }) {
    const swatch = element("span", { class: "swatch", "aria-hidden": "true" });
    const count = element("span", { class: "count" });
    const label = element("span", { class: "name" }, name);
    const only = this.button("", { class: "entry", title: `${name}\n${SHOW}`, "data-entry": name }, (event) =>
      this.choose(place, event.ctrlKey || event.metaKey || event.shiftKey));
    only.append(swatch, label, count);
    const but = this.button("⊘", { class: "but", title: tr("Show all but {name}", { name }) }, () => this.choose(place, true));
    return { node: element("li", {}, only, but), only, but, swatch, count };
  }

  fill({ node, only, but, swatch, count }, entry, data) {
    const chosen = data.chosen.includes(entry.place);
    const shown = data.chosen.length === 0 || chosen !== data.but;
    set(node, "data-shown", shown ? "yes" : "no");
    set(only, "aria-pressed", String(chosen && !data.but));
    set(but, "aria-pressed", String(chosen && data.but));
    set(but, "aria-label", tr("Show all but {name}", { name: entry.name }));
    swatch.style.background = shown ? entry.colour : "none";
    swatch.style.borderColor = entry.colour;
    write(count, entry.count === null ? "" : number(entry.count));
  }

  mark(data) {
    const verified = data.verified?.length ?? 0;
    const shown = {
      query: data.query !== null,
      "verified match": verified > 0,
      neighbours: data.verified === null && data.neighbours.length > 0,
      "neighbour, not verified": data.verified !== null && data.neighbours.length > verified,
    };
    const names = Object.keys(shown).filter((name) => shown[name]);
    set(this.marks, "hidden", names.length === 0);
    if (this.marks.dataset.names === names.join()) return;
    this.marks.dataset.names = names.join();
    const swatch = (name) => element("span", { class: `swatch ${name.split(/\W/)[0]}`, "aria-hidden": "true" });
    this.marks.replaceChildren(...names.map((name) => element("li", {}, swatch(name), element("span", { class: "name" }, MARKS[name]))));
  }
}
