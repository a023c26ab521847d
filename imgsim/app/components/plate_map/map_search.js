// The search on the map: marks the plates that are found, as they are typed, and flies from one to the next.

import { element, set, write } from "../shared/common.js";
import { number, tr } from "../shared/translation.js";
import { fetchFound } from "./map_files.js";

const TYPING = 160; // ms of rest after a letter until it is looked for
const SAID = 700; // and until the address says so, for that runs the page

export class Search {
  /** map: data, send, picture, finger, flight, ready, mark(). */
  constructor(map) {
    this.map = map;
    this.rows = [];
    this.at = -1; // the place among the rows where the reader is
    this.text = this.told = "";
    this.sparing = false; // whether all others are faint: until the reader is led to one, or colours the plates anew
    this.field = element("input", {
      type: "search",
      placeholder: tr("Find on the map"),
      "aria-label": tr("Find plates on the map by title, author, book or file name"),
      title: tr("Enter: to the next; Shift and Enter: back; Esc: clear"),
      "data-testid": "imgsim-map-search",
    });
    this.status = element("span", { class: "found", role: "status", "data-testid": "imgsim-map-found" });
    this.steps = [this.button("‹", tr("Previous plate found"), -1), this.button("›", tr("Next plate found"), 1)];
    this.node = element("div", { class: "search", role: "search" }, this.field, ...this.steps, this.status);
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("change", () => this.say());
  }

  button(sign, label, step) {
    const made = element("button", { type: "button", class: "square", "aria-label": label, title: label, hidden: true }, sign);
    made.addEventListener("click", () => this.go(step));
    return made;
  }

  /** What the address says, where it changed and nobody is typing. */
  update(data) {
    set(this.node, "hidden", data.found === null);
    const stands = this.url === data.found && data.sought === this.told;
    this.told = data.sought;
    if (stands || (this.url === data.found && this.saying)) return;
    this.url = data.found;
    this.field.value = data.sought;
    this.look(data.sought);
  }

  typed() {
    clearTimeout(this.looking);
    clearTimeout(this.saying);
    this.looking = setTimeout(() => this.look(this.field.value), TYPING);
    this.saying = setTimeout(() => this.say(), SAID);
  }

  async look(text) {
    clearTimeout(this.looking);
    this.looking = undefined;
    const { data } = this.map;
    this.text = text.trim();
    this.at = -1;
    let rows = [];
    this.failed = false;
    if (this.text && this.url) {
      const asked = this.url + encodeURIComponent(this.text);
      try {
        rows = await fetchFound(asked, data.count);
      } catch (error) {
        console.warn("imgsim: the search on the map failed:", error.message);
        this.failed = true;
      }
      if (asked !== this.url + encodeURIComponent(this.text)) return; // another was typed meanwhile
    }
    this.rows = rows;
    this.sparing = true;
    this.map.mark();
    this.tell();
  }

  /** Have the address say what is looked for. */
  say() {
    clearTimeout(this.saying);
    this.saying = undefined;
    const text = this.field.value.trim();
    if (text === this.told) return;
    this.told = text;
    this.map.send.trigger("sought", text);
  }

  async key(event) {
    if (event.key === "Escape" && this.field.value) {
      event.preventDefault();
      event.stopPropagation();
      this.field.value = "";
      this.say();
      this.look("");
    } else if (event.key === "Enter") {
      event.preventDefault();
      const step = event.shiftKey ? -1 : 1;
      if (this.field.value.trim() !== this.text) await this.look(this.field.value);
      this.say();
      this.go(step);
    }
  }

  /** Those found that the filters let through. */
  get shown() {
    const { picture, ready } = this.map;
    return ready ? this.rows.filter((row) => picture.states[row]) : [];
  }

  /** Fly to the next plate that was found, or the one before. */
  go(step) {
    const { map, shown } = this;
    if (!shown.length) return;
    this.at = this.at < 0 ? (step > 0 ? 0 : shown.length - 1) : (this.at + step + shown.length) % shown.length;
    const row = shown[this.at];
    this.spare(false);
    this.tell();
    map.finger.lift();
    map.flight.to(row, () => map.finger.rest(row));
  }

  /** Let the others be faint, or have them back: what was found stays marked. */
  spare(sparing) {
    if (this.sparing === sparing) return;
    this.sparing = sparing;
    this.map.picture.draw();
  }

  tell() {
    const { shown } = this;
    const away = this.rows.length - shown.length;
    for (const button of this.steps) set(button, "hidden", shown.length === 0);
    let words = "";
    if (this.failed) words = tr("The search was not answered: try again");
    else if (this.text && !this.rows.length) words = tr("No plate found");
    else if (this.at >= 0 && this.at < shown.length) words = tr("{at} of {all}", { at: number(this.at + 1), all: number(shown.length) });
    else if (this.text) words = tr("{count} found", { count: number(this.rows.length) });
    if (away > 0) words += `, ${tr("{count} not shown by your filters", { count: number(away) })}`;
    write(this.status, words);
  }

  dispose() {
    clearTimeout(this.looking);
    clearTimeout(this.saying);
  }
}
