// The map by keyboard: a finger that goes from plate to plate. What it rests on is shown, and read aloud.

import { element, write } from "../shared/common.js";
import { beyond, nearestTo } from "./map_steps.js";

const EDGE = 40; // CSS pixels from the border of the picture at which the map follows

export class Finger {
  /** map: picture, data, loader, middle, pan(right, down), ask(row), select(rows), chosen, describe(row). */
  constructor(map) {
    this.map = map;
    this.row = -1;
    this.heard = element("div", { class: "heard", role: "status" });
  }

  /** On to the nearest plate that way; the first step begins at the query, or at the plate next to the middle. */
  step(right, down) {
    const { picture, data } = this.map;
    if (this.row < 0 && data.query !== null) this.row = data.query;
    const row = this.row < 0 ? nearestTo(picture, ...this.map.middle) : beyond(picture, this.row, right, down);
    if (row >= 0) this.row = row;
    this.point();
  }

  /** On to this plate. */
  rest(row) {
    this.row = row;
    this.point();
  }

  /** Show what the finger rests on, and bring it into view. */
  point() {
    const { map } = this;
    if (this.row < 0) return;
    const [left, top] = map.picture.toScreen(this.row);
    const [middleX, middleY] = map.middle;
    if (left < EDGE || top < EDGE || left > 2 * middleX - EDGE || top > 2 * middleY - EDGE) {
      map.pan(middleX - left, middleY - top);
    }
    map.picture.hover(this.row);
    const label = map.describe(this.row);
    write(this.heard, label ? [label.title, label.detail].filter(Boolean).join(", ") : "");
  }

  /** Where zooming by keyboard is about. */
  get place() {
    return this.row < 0 ? this.map.middle : this.map.picture.toScreen(this.row);
  }

  press() {
    if (this.row >= 0) this.map.ask(this.row);
  }

  mark() {
    const { map, row } = this;
    if (row < 0) return;
    const rows = map.chosen;
    map.select(rows.includes(row) ? rows.filter((other) => other !== row) : [...rows, row]);
  }

  /** Let go: other points are coming, or the reader pressed Escape. */
  lift() {
    this.row = -1;
    write(this.heard, "");
  }
}
