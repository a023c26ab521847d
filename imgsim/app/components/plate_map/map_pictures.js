// The plates' pictures on the map: which are drawn at a view, where, and in what frame.

import { Levels, SLOT } from "./map_levels.js";
import { FLOATS } from "./map_quads.js";
import { Sheets } from "./map_sheets.js";
import { MANY } from "./map_spread.js";

const GAP = 10; // CSS pixels between a picture and the end of its place
const MOST = 150; // CSS pixels of a picture's place where it stands alone
const AHEAD = 2; // pictures are fetched that come with so much more zoom
const NEARER = 1.5; // zoom with which the pictures of many come
const A_FRAME = 3; // pictures laid in the texture from one frame to the next
const MARKED = 6; // bits of a row's state: selected, found
const FOUND = 4;

export class Pictures {
  /** picture: index, xy, states, tones, colours, query, neighbours, camera, painter, draw(). */
  constructor(picture) {
    this.picture = picture;
    this.on = true;
    this.url = null;
    this.drawn = []; // { row, x, y, width, height } in CSS pixels of the stage, the topmost last
    this.levels = new Levels(() => picture.draw());
    this.sheets = new Sheets(picture.painter.quads, () => picture.draw());
  }

  /** Which points are shown changed. */
  rate() {
    this.levels.rate(this.picture.index, this.picture.states);
  }

  /** Other points, to which nothing that was worked out belongs. */
  clear() {
    this.levels.clear(this.picture.count);
    this.drawn = [];
  }

  /** The graphics were taken away, and came back. */
  restart() {
    this.sheets.quads = this.picture.painter.quads;
    this.sheets.forget();
  }

  /** What the painter draws at this view: { cells, beneath }, the rows of points that lie on pictures. */
  choose() {
    const { picture, sheets } = this;
    const before = this.drawn.length;
    this.drawn = [];
    const whole = picture.shown > MANY && picture.camera.zoom < NEARER;
    if (!this.on || !this.url || whole) {
      if (before) picture.changed();
      return { cells: [], beneath: [] };
    }
    const { shown, near } = this.inView();
    sheets.want(this.url, [...shown, ...near]);
    if (sheets.take(A_FRAME)) picture.draw();
    for (const row of shown) {
      const slot = sheets.get(row);
      if (slot) this.drawn.push({ row, slot, ...this.place(row, slot) });
    }
    if (this.drawn.length !== before) picture.changed();
    this.drawn.reverse(); // the nearest to the middle, and what is marked, on top
    const cells = new Float32Array(this.drawn.length * FLOATS);
    this.drawn.forEach((one, number) => cells.set(this.cell(one), number * FLOATS));
    return { cells, beneath: this.beneath() };
  }

  /** The rows whose pictures belong in the view, the nearest to its middle first, and those that come next. */
  inView() {
    const { picture, levels } = this;
    const { camera, index, xy, states } = picture;
    const { scale } = camera;
    const [wide, high] = [camera.width / scale / 2, camera.height / scale / 2];
    const margin = SLOT / scale / 2;
    const distance = (row) => Math.max(Math.abs(xy[2 * row] - camera.x) / wide, Math.abs(xy[2 * row + 1] - camera.y) / high);
    const apart = (row, other) =>
      Math.max(Math.abs(xy[2 * row] - xy[2 * other]), Math.abs(xy[2 * row + 1] - xy[2 * other + 1])) * scale >= SLOT;
    // The query and its neighbours come before all others.
    const first = [];
    for (const row of picture.query === null ? picture.neighbours : [picture.query, ...picture.neighbours]) {
      const [x, y] = [xy[2 * row], xy[2 * row + 1]];
      if (Math.abs(x - camera.x) > wide + margin || Math.abs(y - camera.y) > high + margin) continue;
      if (first.every((other) => apart(row, other)) && !levels.crowded(index, x, y, scale)) first.push(row);
    }
    const [shown, near] = [[], []];
    const reach = 1.3;
    const box = [camera.x - wide * reach, camera.y - high * reach, camera.x + wide * reach, camera.y + high * reach];
    index.visit(box, levels.front, (row, x, y) => {
      if (!states[row] || levels.from[row] > scale * AHEAD) return;
      const inside = Math.abs(x - camera.x) <= wide + margin && Math.abs(y - camera.y) <= high + margin;
      if (inside && levels.from[row] <= scale && first.every((other) => apart(row, other))) shown.push(row);
      else near.push(row);
    });
    const nearer = (one, other) => distance(one) - distance(other);
    return { shown: [...first, ...shown.sort(nearer)], near: near.sort(nearer) };
  }

  /** Where a picture lies, as large as there is room. */
  place(row, { width, height }) {
    const { picture, levels } = this;
    const room = Math.min(MOST, Math.max(SLOT, levels.room[row] * picture.camera.scale)) - GAP;
    const factor = room / Math.max(width, height);
    const [x, y] = picture.toScreen(row);
    return { x, y, width: width * factor, height: height * factor };
  }

  /** The numbers that map_quads.js draws a picture by. */
  cell({ row, slot, width, height }) {
    const { picture } = this;
    const { xy, states } = picture;
    const [colour, frame] = this.frame(row);
    const marked = row === picture.query || picture.neighbours.includes(row);
    const dim = picture.faint && !(states[row] & MARKED) && !marked;
    const part = picture.painter.quads.part(slot.slot, slot.width, slot.height);
    const tint = colour.map((channel) => channel / 255);
    return [xy[2 * row], xy[2 * row + 1], width, height, ...part, ...tint, dim ? 0.25 : 1, frame, 1];
  }

  /** The colour and width of a picture's frame: what is marked in the mark's colour, all else in the point's own. */
  frame(row) {
    const { picture } = this;
    const { ink, neighbour, query } = picture.look();
    if (row === picture.query) return [query, 4];
    const rank = picture.neighbours.indexOf(row);
    if (rank >= 0) return [neighbour, !picture.verified || picture.verified.includes(row) ? 4 : 2];
    if (row === picture.hovered || picture.states[row] & FOUND) return [ink, 3];
    return [picture.colourOf(row), 2];
  }

  /** The points that lie on pictures not their own: they are drawn once more, on top. */
  beneath() {
    const { camera, index, states } = this.picture;
    const own = new Set(this.drawn.map(({ row }) => row));
    const rows = new Set();
    for (const { x, y, width, height } of this.drawn) {
      const [left, top] = camera.toData(x - width / 2, y - height / 2);
      const [right, bottom] = camera.toData(x + width / 2, y + height / 2);
      index.visit([left, bottom, right, top], this.levels.front, (row) => {
        if (states[row] && !own.has(row)) rows.add(row);
      });
    }
    return [...rows];
  }

  /** The picture at a place on the stage, or undefined. */
  at(left, top) {
    return this.drawn.findLast(
      ({ x, y, width, height }) => Math.abs(left - x) <= width / 2 + 2 && Math.abs(top - y) <= height / 2 + 2,
    );
  }

  /** The picture drawn of a row, or undefined. */
  of(row) {
    return this.drawn.find((one) => one.row === row);
  }

  dispose() {
    this.levels.stop();
    this.sheets.forget();
  }
}
