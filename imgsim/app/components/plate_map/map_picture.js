// The picture of the map: which points are where and in what state, and painting them when something changed.

import { tr } from "../shared/translation.js";
import { Camera } from "./map_camera.js";
import { Painter } from "./map_draw.js";
import { boundsOf, PointIndex } from "./map_index.js";
import { Lines } from "./map_lines.js";
import { Pictures } from "./map_pictures.js";
import { border, dots, widened, widening } from "./map_spread.js";

const REACH = 10; // CSS pixels from the pointer to the point it means
const ON_PICTURE = 5; // and to one that lies on another plate's picture
const NEAR = 1.5; // zoom from which points out of view are left out
const EDGE = 20; // CSS pixels that a point in view may lie outside
const QUERY = [0, 0, 0];
const NEIGHBOUR = [224, 0, 0];
const NO_TONE = 255;
const SELECTED = 2; // bits of a point's state, beside 1 for shown; the shaders of map_draw.js read them
const FOUND = 4;
const PLAIN = [95, 111, 125]; // every point, while nothing colours them

export class Picture {
  /**
   * Throws an Error where the browser has no WebGL2. changed() is called at each change, before the frame; drawn() after
   * it; sparing() says whether what was not found is faint.
   */
  constructor(canvas, changed, drawn, sparing) {
    this.canvas = canvas;
    this.changed = changed;
    this.drawn = drawn;
    this.sparing = sparing;
    this.camera = new Camera();
    this.painter = new Painter(canvas);
    this.query = null;
    this.neighbours = [];
    this.hovered = -1;
    this.shown = this.selected = this.found = 0;
    this.version = 0; // of what the points are and how they are painted
    this.setPalette([], PLAIN);
    this.lines = new Lines(this);
    this.pictures = new Pictures(this);
  }

  get ready() {
    return Boolean(this.xy);
  }

  setPoints(xy) {
    this.given = xy;
    this.count = xy.length / 2;
    this.states = new Uint8Array(this.count);
    this.hovered = -1;
    this.lines.rows = null; // they come anew, as the colours do
    this.pictures.clear();
    this.wide = undefined;
    this.camera.border = border(this.count);
    this.spread();
    this.camera.fit();
    this.setTones(null);
  }

  /** Lay the points out for the stage as wide as it is, and stay where the camera looks. */
  spread() {
    const bounds = boundsOf(this.given);
    const wide = widening(bounds, this.camera.width, this.camera.height);
    if (wide === this.wide) return;
    this.camera.x *= wide / (this.wide ?? wide);
    this.wide = wide;
    this.xy = widened(this.given, wide);
    this.index = new PointIndex(this.xy);
    this.camera.bounds = this.index.bounds;
    this.painter.fill("xy", this.xy);
    this.pictures.rate();
    this.version++;
  }

  /** Where the camera looks, on a stage of any width. */
  save() {
    const { x, ...rest } = this.camera.save();
    return { x: x / this.wide, ...rest };
  }

  restore({ x, ...rest }) {
    this.camera.restore({ x: x * this.wide, ...rest });
  }

  /** tones: Uint8Array of palette places, or null for no colours. */
  setTones(tones) {
    this.tones = tones ?? new Uint8Array(this.count).fill(NO_TONE);
    this.painter.fill("tones", this.tones);
    this.version++;
    this.draw();
  }

  /** rows: two for each line between points, or null for none. */
  setTies(rows) {
    this.lines.rows = rows;
    this.version++;
    this.draw();
  }

  /** palette: [red, green, blue] each; none: the colour of a point without a value. */
  setPalette(palette, none, dark) {
    this.dark = dark;
    this.colours = palette.map((colour) => this.legible(colour));
    const other = palette.length ? none : this.legible(PLAIN);
    this.painted = Array.from({ length: 256 }, (_, place) => this.colours[place] ?? other);
    this.painter.setPalette(this.painted);
    this.version++;
  }

  /** The colour of a row's point, as it is painted. */
  colourOf(row) {
    return this.painted[this.tones[row]];
  }

  /** On the dark ground, dark colours are lifted towards white so that they stay seen. */
  legible(colour) {
    const light = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2];
    const lift = this.dark ? Math.max(0, 0.45 - light / 400) : 0;
    return colour.map((channel) => Math.round(channel + (255 - channel) * lift));
  }

  /** shown: one bit a row, or null for all; selected, found: rows. Hidden rows are neither. */
  setStates(shown, selected, found) {
    const { states } = this;
    this.shown = this.selected = this.found = 0;
    let others = false;
    for (let row = 0; row < this.count; row++) {
      const seen = shown === null ? 1 : (shown[row >> 3] >> (row & 7)) & 1;
      others ||= (states[row] & 1) !== seen;
      states[row] = seen;
      this.shown += seen;
    }
    if (others) this.pictures.rate();
    this.version++;
    for (const row of selected) {
      if (!states[row] || states[row] & SELECTED) continue;
      states[row] |= SELECTED;
      this.selected++;
    }
    for (const row of found) {
      if (!states[row]) continue;
      states[row] |= FOUND;
      this.found++;
    }
    this.painter.fill("states", states);
    this.draw();
  }

  /** Whether whatever is neither selected nor found is faint. */
  get faint() {
    return this.selected > 0 || (this.found > 0 && this.sparing());
  }

  /** verified: which of the neighbours are verified; null where none was ever checked, and all look the same. */
  setMarks(query, neighbours, verified = null) {
    this.query = query;
    this.neighbours = neighbours;
    this.verified = verified;
    this.draw();
  }

  /** url: where pictures are asked for, null for none; on: whether they are to be drawn. */
  setPictures(url, on) {
    Object.assign(this.pictures, { url, on });
    this.draw();
  }

  hover(row) {
    if (row === this.hovered) return;
    this.hovered = row;
    this.draw();
  }

  // --- places ------------------------------------------------------------------------------------------------

  toScreen(row) {
    return this.camera.toScreen(this.xy[2 * row], this.xy[2 * row + 1]);
  }

  /** The row meant by a place on the canvas: query and neighbours first, they lie on top; -1 for none. */
  rowAt(left, top) {
    if (!this.ready) return -1;
    let [marked, far] = [-1, Infinity];
    for (const row of this.query === null ? this.neighbours : [this.query, ...this.neighbours]) {
      const [x, y] = this.toScreen(row);
      const distance = Math.hypot(x - left, y - top);
      if (distance < far) [marked, far] = [row, distance];
    }
    if (far <= 6) return marked;
    const [x, y] = this.camera.toData(left, top);
    const picture = this.pictures.at(left, top);
    const found = this.index.nearest(x, y, (picture ? ON_PICTURE : REACH) / this.camera.scale, this.states);
    if (picture && found === -1) return picture.row;
    return found === -1 && far <= REACH ? marked : found;
  }

  /** The shown rows inside a polygon of [left, top] corners, ascending. */
  rowsInside(corners) {
    if (!this.ready || corners.length < 3) return [];
    const polygon = corners.map(([left, top]) => this.camera.toData(left, top));
    return this.index.inside(polygon, this.states).sort((one, other) => one - other);
  }

  /** Why no plate is to be seen, null where one is: none is left, or none is in view. */
  get nothing() {
    const { width, height } = this.camera;
    if (!this.ready) return null;
    if (this.shown === 0) return tr("No plate is left. Take back a filter, or what was chosen in the legend.");
    const [[x0, y1], [x1, y0]] = [this.camera.toData(0, 0), this.camera.toData(width, height)];
    const seen = this.index.some([x0, y0, x1, y1], this.states, () => true);
    return seen ? null : tr("No plate lies here. “Back to all”, or the key 0, leads back.");
  }

  // --- painting ----------------------------------------------------------------------------------------------

  resize(width, height) {
    this.camera.resize(width, height);
    if (this.ready) this.spread();
    this.painter.resize(width, height, Math.min(3, window.devicePixelRatio || 1));
    // Resizing empties the canvas, so it is painted in the same frame: no flash.
    this.paint();
  }

  draw() {
    this.changed();
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.paint();
    });
  }

  paint() {
    if (!this.ready || this.gone) return;
    const pictures = this.pictures.choose();
    const verified = new Set(this.verified ?? this.neighbours);
    const marks = [...this.neighbours].reverse().map((row) => [row, verified.has(row) ? 0 : 3]);
    marks.sort((one, other) => other[1] - one[1]); // what is verified lies on top
    this.lines.update(NEIGHBOUR);
    if (this.query !== null) marks.push([this.query, 1]);
    if (this.hovered >= 0) marks.push([this.hovered, 2]);
    // The frame of a picture says what its mark would say.
    const dots = marks.filter(([row]) => !this.pictures.of(row));
    const cells = dots.flatMap(([row, kind]) => [this.xy[2 * row], this.xy[2 * row + 1], kind]);
    this.painter.fill("marks", new Float32Array(cells));
    this.painter.draw(this.camera, this.look(), pictures, this.inView());
    this.drawn();
  }

  /** The rows of the points in view, in the order in which they are drawn; null for all where most are. */
  inView() {
    const { camera, index, states } = this;
    if (camera.zoom < NEAR) return null;
    const [left, bottom] = camera.toData(-EDGE, camera.height + EDGE);
    const [right, top] = camera.toData(camera.width + EDGE, -EDGE);
    const rows = [];
    index.visit([left, bottom, right, top], states, (row) => rows.push(row));
    return Uint32Array.from(rows).sort();
  }

  /** Sizes, CSS pixels, and colours, 0 to 255. */
  look() {
    const { size, opacity } = dots(this.shown, this.camera.zoom, this.pictures.levels.spacing * this.camera.scale);
    return {
      size,
      sizes: [Math.max(12, size + 5), Math.max(16, size + 9), Math.max(14, size + 8), Math.max(11, size + 5)],
      dimmed: this.faint ? 0.2 : opacity,
      neighbour: NEIGHBOUR,
      query: QUERY,
      ink: this.dark ? [240, 232, 220] : [30, 26, 22],
      halo: this.dark ? [245, 240, 230] : [255, 255, 255],
      ground: this.dark ? [58, 52, 46] : [255, 255, 255],
    };
  }

  /** Start again after the browser took the graphics away. */
  restart() {
    this.painter.start();
    this.painter.setPalette(this.painted);
    this.pictures.restart();
    this.lines.forget();
    if (!this.ready) return;
    this.painter.fill("xy", this.xy);
    this.painter.fill("tones", this.tones);
    this.painter.fill("states", this.states);
  }

  dispose() {
    this.gone = true;
    cancelAnimationFrame(this.frame);
    this.pictures.dispose();
    this.painter.dispose();
  }
}
