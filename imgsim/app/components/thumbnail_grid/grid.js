// The grid of plates. Cards are kept by id from rerun to rerun, so that images stay and nothing flashes.
//
// For tests: [data-testid="imgsim-grid"] is the list, dataset.count its length; each li has data-id, data-rank,
// data-mark, data-verdict, and data-outlined where a region is drawn; the card is its first button ("imgsim-card"), the "+N" its
// second ("imgsim-more"), its action and judge the last ("imgsim-action", "imgsim-judge"); "imgsim-review" is what people decided.
// "imgsim-gather" is the box that puts a card in the tray; data-gathered where it is in it.
// A li "imgsim-heading" stands over the first card of a part; data-line where the line is drawn.

import * as gathering from "../shared/gathering.js";
import { outline, rectangles } from "../shared/outline.js";
import { Place } from "../shared/scrolling.js";
import { opened } from "../shared/trail.js";
import { component, element, set, styles, write } from "../shared/common.js";
import { number, tr } from "../shared/translation.js";

class Card {
  constructor(id) {
    this.id = id;
    this.image = element("img", { loading: "lazy", decoding: "async", draggable: "false" });
    this.none = element("span", { class: "none", hidden: true });
    this.badge = element("span", { class: "badge", hidden: true });
    this.verdict = element("span", { class: "verdict", hidden: true, "data-testid": "imgsim-verdict" });
    this.review = element("span", { class: "review", hidden: true, "data-testid": "imgsim-review" });
    this.marks = element("span", { class: "marks", hidden: true, "data-testid": "imgsim-marks" });
    this.rank = element("span", { class: "rank", hidden: true, "aria-hidden": "true" });
    this.title = element("span", { class: "title" });
    this.lines = element("span", { class: "lines" });
    this.button = element(
      "button",
      { type: "button", class: "card", tabindex: -1, "data-testid": "imgsim-card" },
      element("span", { class: "paper" }, this.image, this.none, this.badge, this.rank),
      this.review,
      this.verdict,
      this.title,
      this.lines,
      this.marks,
    );
    this.more = element("button", { type: "button", class: "more", tabindex: -1, hidden: true, "data-testid": "imgsim-more" });
    this.action = element("button", { type: "button", class: "action", tabindex: -1, hidden: true, "data-testid": "imgsim-action" });
    this.judge = element("button", { type: "button", class: "action", tabindex: -1, hidden: true, "data-testid": "imgsim-judge" });
    this.acts = element("span", { class: "acts" }, this.action, this.judge);
    this.gather = gathering.box();
    this.node = element("li", { "data-id": id }, this.button, this.more, this.acts, this.gather);
    this.words = element("strong");
    this.means = element("span");
    this.heading = element("li", { class: "heading", "data-testid": "imgsim-heading" }, this.words, " ", this.means);
    this.headed = false;
    this.image.addEventListener("error", () => this.missing(true));
    this.image.addEventListener("load", () => set(this.image, "data-loaded", true));
  }

  missing(is) {
    set(this.image, "hidden", is);
    set(this.none, "hidden", !is);
  }

  update(item) {
    const key = JSON.stringify(item);
    if (key === this.key) return;
    this.key = key;
    write(this.none, `${tr("no image")}\n${item.id}`);
    if (!item.src) this.missing(true);
    else if (this.image.getAttribute("src") !== item.src) {
      this.missing(false);
      set(this.image, "data-loaded", null);
      this.image.src = item.src;
    }
    set(this.image, "alt", item.alt ?? "");
    write(this.title, item.title ?? "");
    set(this.title, "title", item.title);
    const lines = item.lines.filter(Boolean).map((line) => element("span", { title: line }, line));
    this.lines.replaceChildren(...lines);
    label(this.badge, item.badge, item.badge_title);
    label(this.verdict, item.verdict?.text, item.verdict?.title);
    set(this.verdict, "data-kind", item.verdict?.kind);
    set(this.node, "data-verdict", item.verdict?.kind);
    const told = [...(item.marks ?? []), item.opened && { kind: "opened", text: tr("opened"), title: tr("You opened it before, in this browser") }];
    this.marks.replaceChildren(...told.filter(Boolean).map(({ kind, text, title }) => element("span", { "data-kind": kind, title }, text)));
    set(this.marks, "hidden", !told.some(Boolean));
    label(this.rank, item.rank && String(item.rank));
    label(this.more, item.more && `+${number(item.more)}`, tr("Show the other plates of this book"));
    set(this.more, "aria-label", item.more && tr("Show {count} more of {plate}", { count: item.more, plate: item.title || item.id }));
    label(this.review, item.review, item.review_title);
    for (const name of ["action", "judge"]) {
      write(this[name], item[name] || "");
      set(this[name], "hidden", !item[name]);
      set(this[name], "aria-label", item[name] && `${item[name]}: ${item.title || item.id}`);
    }
    set(this.acts, "hidden", !item.action && !item.judge);
    this.named = item.title || item.id;
    this.headed = Boolean(item.heading);
    write(this.words, item.heading?.text ?? "");
    write(this.means, item.heading?.means ?? "");
    set(this.heading, "data-line", Boolean(item.heading?.line));
    this.drawn?.remove();
    this.drawn = outline(item.outline) ?? rectangles(item.boxes);
    if (this.drawn) this.image.after(this.drawn);
    set(this.node, "data-outlined", Boolean(this.drawn));
    set(this.node, "data-rank", item.rank);
    set(this.node, "data-mark", item.mark || null);
    set(this.button, "aria-current", item.mark ? "true" : null);
  }
}

/** Whether a card is in the tray; null where there is none. */
const tick = (card, into) => gathering.tick(card.gather, card.node, card.named, into);

function label(node, text, title) {
  set(node, "hidden", !text);
  write(node, text || "");
  set(node, "title", title);
}

class Grid {
  constructor(root, send) {
    this.send = send;
    this.cards = new Map();
    this.list = element("ul", { "data-testid": "imgsim-grid" });
    this.heard = element("div", { class: "heard", role: "status" });
    root.append(this.list, this.heard);
    this.place = new Place(this.list);
    this.list.addEventListener("click", (event) => this.click(event));
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.list.addEventListener("focusin", (event) => this.hold(this.cardOf(event)));
  }

  update({ items, height, min_width, fit, label: name, counted, tray, trail, placed }) {
    const { list, cards } = this;
    set(list, "aria-label", name);
    set(list, "data-fit", Boolean(fit));
    list.style.setProperty("--height", `${height}px`);
    list.style.setProperty("--least", `${min_width}px`);
    const active = list.getRootNode().activeElement;
    const before = trail ? opened(trail) : new Set();
    const wanted = new Set(items.map((item) => item.id));
    let lost = false;
    for (const [id, card] of cards) {
      if (wanted.has(id)) continue;
      lost ||= card.node.contains(active);
      card.node.remove();
      card.heading.remove();
      cards.delete(id);
    }
    let next = list.firstChild;
    for (const item of items) {
      const card = cards.get(item.id) ?? new Card(item.id);
      cards.set(item.id, card);
      card.update(before.has(item.id) ? { ...item, opened: true } : item);
      tick(card, tray && tray.includes(item.id));
      if (!card.headed) {
        if (card.heading === next) next = next.nextSibling;
        card.heading.remove();
      }
      // Only what is out of place is moved: moving a card would lose its focus.
      for (const node of card.headed ? [card.heading, card.node] : [card.node]) {
        if (node === next) next = next.nextSibling;
        else list.insertBefore(node, next);
      }
    }
    // Other plates than before are announced; the first ones are found by whoever reads on.
    const other = this.order && items.map((item) => item.id).join("\n") !== this.order.map((card) => card.id).join("\n");
    if (other) write(this.heard, `${name}: ${counted}`);
    this.order = items.map((item) => cards.get(item.id));
    set(list, "data-count", items.length);
    if (!this.order.includes(this.held)) this.hold(this.order[0]);
    if (lost) this.held?.button.focus({ preventScroll: true });
    if (placed) this.place.shows(`${placed}\n${items.map((item) => item.id).join("\n")}`);
  }

  cardOf(event) {
    return this.cards.get(event.target.closest("li")?.dataset.id);
  }

  /** One card takes part in the Tab order; the arrow keys move on from it. */
  hold(card) {
    if (!card || card === this.held) return;
    const parts = (of) => [of.button, of.more, of.action, of.judge, of.gather];
    for (const part of this.held ? parts(this.held) : []) set(part, "tabindex", -1);
    for (const part of parts(card)) set(part, "tabindex", 0);
    this.held = card;
  }

  click(event) {
    const card = this.cardOf(event);
    const button = event.target.closest("button");
    if (!card || !button) return;
    if (button === card.gather) return this.gather(card, event.shiftKey);
    const events = new Map([[card.more, "expand"], [card.action, "action"], [card.judge, "judge"]]);
    this.send.trigger(events.get(button) ?? "clicked", card.id);
  }

  /** Put a card in the tray or take it out; with Shift, with all between it and the one before. */
  gather(card, all) {
    const into = gathering.into(card.gather);
    const cards = gathering.meant(this.order, card, this.ticked, all);
    for (const one of cards) tick(one, into); // at once; the app's answer says the same
    this.ticked = card;
    this.send.trigger("gather", { ids: cards.map((one) => one.id), into });
  }

  key(event) {
    const here = this.order.indexOf(this.cardOf(event));
    if (here < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.order.length - 1;
    const places = {
      ArrowLeft: here - 1, ArrowRight: here + 1, ArrowUp: this.beyond(here, -1), ArrowDown: this.beyond(here, 1), Home: 0, End: last,
    };
    if (!Object.hasOwn(places, event.key)) return;
    event.preventDefault();
    const place = places[event.key];
    if (place < 0 || place > last) return;
    this.order[place].button.focus();
  }

  /** The place in the row above (-1) or below (1) that is nearest; a heading may have cut the rows short. */
  beyond(here, way) {
    const { offsetTop: top, offsetLeft: left } = this.order[here].node;
    let row = null;
    let best = -1;
    let apart = Infinity;
    for (let place = here + way; this.order[place]; place += way) {
      const node = this.order[place].node;
      if (node.offsetTop === top) continue;
      row ??= node.offsetTop;
      if (node.offsetTop !== row) break;
      if (Math.abs(node.offsetLeft - left) < apart) [best, apart] = [place, Math.abs(node.offsetLeft - left)];
    }
    return best;
  }

  dispose() {
    this.place.dispose();
    this.cards.clear();
  }
}

export default component(Grid, ...(await styles(["cards.css"], "grid.css", import.meta.url)));
