// The pictures on their way to the map: asked for many at once, the nearest to the middle first, and laid in the slots
// of a texture, where those that were not seen for longest make room.

import { fetchPictures } from "./map_files.js";

const AT_ONCE = 32; // pictures of one answer; the server gives 64 at most
const UNDER_WAY = 2; // questions
const REST = 60; // ms from the last movement to the next question, so that many plates come in one
const LATEST = 400; // and at most, however long the movement
const AGAIN = 15000; // ms until what failed is asked for again

export class Sheets {
  /** quads: the painter's, with its slots; arrived(): there are pictures to draw. */
  constructor(quads, arrived) {
    this.quads = quads;
    this.arrived = arrived;
    this.wanted = [];
    this.forget();
  }

  /** Begin anew: another collection, or the graphics were taken away. */
  forget() {
    this.slots = new Map(); // row -> { slot, width, height }, the last seen at the end
    this.asked = new Map(); // row -> until when it is not asked for again
    this.ready = []; // pictures that came and are not in the texture yet
    this.running = 0;
    this.turn = (this.turn ?? 0) + 1;
    clearTimeout(this.timer);
    this.since = undefined;
  }

  /** Where a row's picture is in the texture; undefined while it is not there. */
  get(row) {
    const found = this.slots.get(row);
    if (!found) return undefined;
    this.slots.delete(row);
    this.slots.set(row, found);
    return found;
  }

  /** These are wanted, the most wanted first. */
  want(url, rows) {
    if (url !== this.url) this.forget();
    this.url = url;
    this.wanted = rows.slice(0, this.quads.capacity);
    this.askSoon();
  }

  askSoon() {
    const now = performance.now();
    this.since ??= now;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), Math.min(REST, Math.max(0, this.since + LATEST - now)));
  }

  ask() {
    this.since = undefined;
    const now = performance.now();
    while (this.running < UNDER_WAY) {
      const rows = [];
      for (const row of this.wanted) {
        if (this.slots.has(row) || this.asked.get(row) > now) continue;
        rows.push(row);
        if (rows.length === AT_ONCE) break;
      }
      if (!rows.length) return;
      for (const row of rows) this.asked.set(row, Infinity);
      this.fetch(rows);
    }
  }

  async fetch(rows) {
    const { turn } = this;
    this.running++;
    try {
      const pictures = await fetchPictures(this.url, rows);
      if (turn !== this.turn) return;
      this.ready.push(...pictures); // what is not among them cannot be drawn, and is not asked for again
      this.arrived();
    } catch (error) {
      if (turn !== this.turn) return;
      console.warn("imgsim: pictures for the map could not be loaded:", error.message);
      for (const row of rows) this.asked.set(row, performance.now() + AGAIN);
    } finally {
      if (turn === this.turn) {
        this.running--;
        this.askSoon();
      }
    }
  }

  /** Lay a few of the pictures that came in the texture; whether more wait. For each frame a few, or it would be late. */
  take(most) {
    for (const { row, image, width, height } of this.ready.splice(0, most)) {
      this.asked.delete(row);
      const slot = this.slots.size < this.quads.capacity ? this.slots.size : this.freed();
      this.quads.lay(slot, image);
      image.close();
      this.slots.set(row, { slot, width, height });
    }
    return this.ready.length > 0;
  }

  freed() {
    const [row, { slot }] = this.slots.entries().next().value;
    this.slots.delete(row);
    return slot;
  }
}
