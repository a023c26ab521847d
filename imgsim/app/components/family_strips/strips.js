// Families of plates, each a strip in order of date. Families and plates are kept by id from rerun to rerun.
//
// For tests: [data-testid="imgsim-strips"] holds one div.family[data-family] a family; each li has data-id, data-year,
// data-first, data-undated, data-excepted; its buttons are "imgsim-plate", "imgsim-compare", "imgsim-judge",
// "imgsim-except"; "imgsim-open" opens the family;
// "imgsim-gather" is the box that puts a plate in the tray.
// What other hands drew stands below it in [data-testid="imgsim-after"], a strip for each order in time.

import { component, element, set, styles } from "../shared/common.js";
import * as gathering from "../shared/gathering.js";
import { paper } from "../shared/paper.js";
import { tr } from "../shared/translation.js";
import * as exceptions from "./strips_except.js";

function word({ text, kind, title }) {
  return element("span", { class: "word", "data-kind": kind, title }, text);
}

function member(item, family) {
  const lines = item.lines.filter(Boolean).map((line) => element("span", { title: line }, line));
  const plate = element(
    "button",
    { type: "button", class: "plate", tabindex: -1, "data-testid": "imgsim-plate", title: tr("Open this plate") },
    paper(item),
    element("span", { class: "words" }, ...item.words.map(word)),
    element("span", { class: "lines" }, ...lines),
  );
  const node = element(
    "li",
    { "data-id": item.id, "data-year": item.year, "data-first": item.first, "data-undated": item.undated,
      "data-mark": item.mark || null },
    element("span", { class: "year" }, item.year || tr("no year")),
    element("div", { class: "held" }, plate, gathering.box()),
  );
  if (item.compare) {
    node.append(
      element(
        "span",
        { class: "acts" },
        element(
          "button",
          { type: "button", class: "compare", tabindex: -1, "data-testid": "imgsim-compare",
            "aria-label": tr("Compare {plate} with the earliest here", { plate: item.alt }), title: tr("Lay it over the earliest here") },
          tr("Compare"),
        ),
      ),
    );
  }
  if (item.judge) {
    node.lastElementChild.append(
      element(
        "button",
        { type: "button", class: "compare", tabindex: -1, "data-testid": "imgsim-judge",
          "aria-label": tr("Decide about {plate}", { plate: item.alt }), title: tr("Say what it is to the plate that it is tied to") },
        tr("Decide"),
      ),
    );
  }
  if (item.except) node.append(element("span", { class: "acts" }, exceptions.box(item.alt)));
  node.dataset.family = family;
  return node;
}

class Strips {
  constructor(root, send) {
    this.send = send;
    this.known = new Map();
    this.root = element("div", { "data-testid": "imgsim-strips", role: "list" });
    root.append(this.root);
    this.root.addEventListener("click", (event) => this.click(event));
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener("focusin", (event) => this.hold(event.target.closest("li")));
  }

  update({ families, height, label, heads, tray, excepted }) {
    set(this.root, "aria-label", label);
    set(this.root, "data-heads", heads);
    this.root.style.setProperty("--height", `${height}px`);
    const wanted = new Map(families.map((family) => [family.id, JSON.stringify(family)]));
    for (const [id, { node, key }] of this.known) {
      if (wanted.get(id) === key) continue;
      node.remove();
      this.known.delete(id);
    }
    let before = this.root.firstChild;
    for (const family of families) {
      let known = this.known.get(family.id);
      if (!known) {
        known = { key: wanted.get(family.id), node: this.family(family, heads) };
        this.known.set(family.id, known);
      }
      if (known.node === before) before = before.nextSibling;
      else this.root.insertBefore(known.node, before);
    }
    set(this.root, "data-count", families.length);
    this.tray = tray && new Set(tray);
    this.excepted = excepted;
    this.tick();
  }

  /** Every plate says whether it is in the tray, and whether it is left out. */
  tick() {
    for (const node of this.root.querySelectorAll("li")) {
      const named = node.querySelector("img").alt;
      if (node.querySelector(".except")) exceptions.tick(node, this.excepted && this.excepted.includes(node.dataset.id));
      gathering.tick(node.querySelector(".gather"), node, named, this.tray && this.tray.has(node.dataset.id));
    }
  }

  /** Put a plate in the tray or take it out; with Shift, with all of its strip between it and the one before. */
  gather(node, all) {
    const into = gathering.into(node.querySelector(".gather"));
    const ids = gathering.meant([...node.parentElement.children], node, this.ticked, all).map((one) => one.dataset.id);
    for (const id of ids) this.tray[into ? "add" : "delete"](id);
    this.ticked = node;
    this.tick(); // at once; the app's answer says the same
    this.send.trigger("gather", { ids, into });
  }

  family(family, heads) {
    const strip = this.strip(tr("{family}, in order of date", { family: family.title }), family.members, family.id);
    const first = strip.querySelector("li[data-undated]");
    if (first && first.previousElementSibling) set(first, "data-apart", true);
    const box = element("div", { class: "family", "data-family": family.id, role: "listitem" });
    if (heads) {
      box.append(
        element(
          "header",
          {},
          element(
            "div",
            { class: "top" },
            element(
              "button",
              { type: "button", class: "title", "data-testid": "imgsim-open", title: tr("See this family in full") },
              family.title,
            ),
            element("span", { class: "words" }, ...family.words.map(word)),
          ),
          element("div", { class: "facts", title: family.facts }, family.facts),
        ),
      );
    }
    box.append(element("div", { class: "scroller" }, strip));
    for (const { heading, members } of family.after) {
      const below = this.strip(heading, members, family.id);
      const said = element("div", { class: "said" }, heading);
      box.append(
        element("div", { class: "after", "data-testid": "imgsim-after" }, said, element("div", { class: "scroller" }, below)),
      );
    }
    return box;
  }

  strip(label, members, family) {
    const strip = element("ol", { class: "strip", "aria-label": label });
    for (const item of members) strip.append(member(item, family));
    this.hold(strip.firstElementChild, strip);
    return strip;
  }

  /** One plate of each strip takes part in the Tab order; the arrow keys move on from it. */
  hold(node, strip = node?.closest("ol")) {
    if (!node || !strip) return;
    for (const button of strip.querySelectorAll("li button[tabindex='0']")) set(button, "tabindex", -1);
    for (const button of node.querySelectorAll("button")) set(button, "tabindex", 0);
  }

  click(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.classList.contains("gather")) return this.gather(button.closest("li"), event.shiftKey);
    const kinds = { "imgsim-plate": "clicked", "imgsim-compare": "compare", "imgsim-open": "open", "imgsim-judge": "judge", "imgsim-except": "excepted" };
    const kind = kinds[button.dataset.testid];
    const id = kind === "open" ? button.closest(".family").dataset.family : button.closest("li").dataset.id;
    if (kind) this.send.trigger(kind, id);
  }

  key(event) {
    const here = event.target.closest("li");
    if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = [...here.parentElement.children];
    const place = all.indexOf(here);
    const places = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: all.length - 1 };
    if (!Object.hasOwn(places, event.key)) return;
    event.preventDefault();
    all[places[event.key]]?.querySelector("button").focus();
  }

  dispose() {
    this.known.clear();
  }
}

export default component(Strips, ...(await styles(["cards.css", "words.css"], "strips.css", import.meta.url)));
