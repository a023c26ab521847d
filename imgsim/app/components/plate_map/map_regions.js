// What the map's regions are called: which labels are seen at a zoom, and where. They come from the server in levels; a
// level is seen from its zoom on, and a label stays until the server says that a part of its region has one of its own.

import { element } from "../shared/common.js";

const ZOOMS = [0, 2, 4, 8]; // from which each level is seen
const GAP = 8; // CSS pixels between two labels
const BESIDE = 2; // between a label and a picture from which it was moved away
const FAR = 90; // and how far at most
const FRAME = 3; // of a picture, with its halo

/**
 * From which zoom each label is seen: Infinity for never. No two lie on each other at any zoom, what is seen stays seen until
 * it makes way for a finer level, and nothing comes or goes while one moves the map.
 * labels: { x, y, size, level, until }, the more important first, size: [width, height], CSS pixels; fit: those for a unit at
 * zoom 1.
 */
export function startsOf(labels, fit) {
  const starts = [];
  labels.forEach((label, at) => {
    const [from, until] = [ZOOMS[label.level], endOf(label)];
    let start = from;
    for (let other = 0; other < at; other++) {
      const end = endOf(labels[other]);
      if (starts[other] >= Math.min(end, until) || end <= from) continue; // never seen together
      const clear = clearFrom(label, labels[other], fit);
      if (clear > Math.max(starts[other], from)) start = Math.max(start, Math.min(clear, end));
    }
    starts.push(start < until ? start : Infinity);
  });
  return starts;
}

/** The zoom at which a label makes way for those of a finer level. */
export function endOf({ until }) {
  return until === null ? Infinity : ZOOMS[until];
}

/** The zoom from which two labels lie clear of each other. */
function clearFrom(one, other, fit) {
  const [wide, high] = [0, 1].map((side) => (one.size[side] + other.size[side]) / 2 + GAP);
  const aside = wide / (Math.abs(one.x - other.x) * fit);
  const above = high / (Math.abs(one.y - other.y) * fit);
  return Math.min(aside, above);
}

/** [left, top, right, bottom] about a middle. */
function rectangle(x, y, width, height) {
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
}

function framed([x, y], { width, height }) {
  return rectangle(x, y, width + 2 * FRAME, height + 2 * FRAME);
}

/**
 * A label's rectangle, moved up or down so that it lies on no picture of a plate and on no other label; null where there is
 * no room within the height of the stage.
 */
export function clearOf(wanted, taken, height) {
  const [left, top, right, bottom] = wanted;
  const moved = (by) => [left, top + by, right, bottom + by];
  const free = ([, high, , low]) => taken.every((one) => one[2] <= left || one[0] >= right || one[3] <= high || one[1] >= low);
  if (free(wanted)) return wanted;
  const near = taken.filter((one) => one[2] > left && one[0] < right);
  const ways = near.flatMap((one) => [one[3] + BESIDE - top, one[1] - BESIDE - bottom]);
  ways.sort((one, other) => Math.abs(one) - Math.abs(other));
  const found = ways.map(moved).find((one) => one[1] >= 0 && one[3] <= height && Math.abs(one[1] - top) <= FAR && free(one));
  return found ?? null;
}

export class Regions {
  /** picture: camera, index, states, version, wide. */
  constructor(picture) {
    this.picture = picture;
    this.on = false;
    this.given = [];
    this.nodes = new Map(); // place of a label that is seen -> its node
    this.node = element("div", { class: "regions", "aria-hidden": "true", "data-testid": "imgsim-regions" });
    this.pen = element("canvas", {}).getContext("2d");
  }

  /** labels: { words, x, y, box, level, until }, the more important first. */
  set(labels) {
    this.given = labels.map((label, place) => ({ ...label, place }));
    this.key = this.laid = undefined;
    this.draw();
  }

  show(on) {
    this.on = on;
    this.draw();
  }

  /** Find the labels that have plates to stand for, and lay them out anew where these are others, or the stage is. */
  lay() {
    const { camera, index, states, wide, version } = this.picture;
    const key = [wide, camera.fitScale, version].join();
    if (key === this.key) return;
    this.key = key;
    const some = ([left, bottom, right, top]) => index.some([left * wide, bottom, right * wide, top], states, () => true);
    const shown = this.given.filter(({ box }) => some(box));
    const laid = [wide, camera.fitScale, ...shown.map(({ place }) => place)].join();
    if (laid === this.laid) return;
    this.laid = laid;
    this.pen.font = getComputedStyle(this.node).font;
    for (const label of shown) label.size ??= [this.pen.measureText(label.words).width + 12, 20];
    this.labels = shown.map((label) => ({ ...label, x: label.x * wide }));
    this.starts = startsOf(this.labels, camera.fitScale);
    this.clear();
  }

  /** Bring what is seen in line with the view. Returns how many labels are seen. */
  draw() {
    if (!this.on || !this.given.length || !this.picture.ready) {
      this.clear();
      return 0;
    }
    this.lay();
    const { camera, pictures } = this.picture;
    this.taken = pictures.drawn.map((one) => framed(this.picture.toScreen(one.row), one));
    this.labels.forEach((label, at) => {
      const shown = this.starts[at] <= camera.zoom && camera.zoom < endOf(label) && this.place(label);
      if (shown) this.nodeOf(at).style.transform = shown;
      else if (this.nodes.has(at)) this.remove(at);
    });
    return this.nodes.size;
  }

  /** Where a label stands, as a style says it; null out of view, or where pictures leave no room for it. */
  place({ x, y, size: [width, height] }) {
    const { camera } = this.picture;
    const [left, top] = camera.toScreen(x, y);
    if (left < -width || left > camera.width + width || top < -height || top > camera.height + height) return null;
    const wanted = rectangle(left, top, width, height);
    const clear = clearOf(wanted, this.taken, camera.height);
    if (!clear) return null;
    this.taken.push(clear);
    return `translate(${Math.round(clear[0])}px, ${Math.round(clear[1])}px)`;
  }

  remove(at) {
    this.nodes.get(at).remove();
    this.nodes.delete(at);
  }

  nodeOf(at) {
    if (!this.nodes.has(at)) {
      const made = element("span", {}, this.labels[at].words);
      this.nodes.set(at, made);
      this.node.append(made);
    }
    return this.nodes.get(at);
  }

  clear() {
    this.nodes.clear();
    if (this.node.firstChild) this.node.replaceChildren();
  }
}
