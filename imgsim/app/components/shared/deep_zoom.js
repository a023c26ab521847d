// Tiles of a large scan over its picture on a stage, wherever the screen shows more pixels than the picture has.
//
// For tests: the stage's dataset.tiles is how many are shown, dataset.factor by what the scan is divided in them ("": none).

import { decode, element, set } from "./common.js";
import { box as laidBox, transform, unlaid } from "./orientation.js";

const PATIENCE = 120; // milliseconds at rest before any is fetched

/** `host` is an ImageStage; it calls `of` for another scan and `place` whenever the picture moved. */
export class DeepZoom {
  constructor(host) {
    this.host = host;
    this.layer = element("div", { class: "tiles", "aria-hidden": "true" });
    this.known = new Map(); // by address: the image, or null while it is on its way
    host.picture.append(this.layer);
  }

  /** Another scan: {address, width, height, side, factors}, or null for one that has no tiles. */
  of(tiles) {
    this.tiles = tiles;
    this.keep(new Map());
  }

  place() {
    const { tiles, host } = this;
    clearTimeout(this.timer);
    if (!tiles || !host.wide || host.stage.dataset.state !== "ready") return this.keep(new Map());
    const [left, top] = host.toStage(0, 0);
    this.scale = (host.scale * host.file[0]) / tiles.width;
    [this.layer.style.width, this.layer.style.height] = [tiles.width, tiles.height].map((side) => `${side}px`);
    this.layer.style.transform = `translate(${left}px, ${top}px) scale(${this.scale}) ${transform(host.lies, tiles.width, tiles.height)}`;
    this.timer = setTimeout(() => this.fill(), PATIENCE);
  }

  /** By what the scan is to be divided so that each pixel of the screen has one of its own; 0 where the picture will do. */
  factor() {
    const [needed, has] = [this.scale * devicePixelRatio, this.host.file[0] / this.tiles.width];
    if (needed <= has) return 0;
    return this.tiles.factors.filter((factor) => factor === 1 || (factor * needed <= 1 && factor * has < 1)).at(-1);
  }

  /** The tiles that are in sight, by their addresses: [left, top, width, height] in pixels of the scan. */
  sight(factor) {
    const { tiles, host } = this;
    const seen = [host.toImage(0, 0), host.toImage(host.stage.clientWidth, host.stage.clientHeight)];
    const [x0, y0, x1, y1] = laidBox(unlaid, host.lies, seen.flat()).map((edge) => Math.min(1, Math.max(0, edge)));
    const step = tiles.side * factor;
    const wanted = new Map();
    for (let top = Math.floor((y0 * tiles.height) / step) * step; top < y1 * tiles.height; top += step) {
      for (let left = Math.floor((x0 * tiles.width) / step) * step; left < x1 * tiles.width; left += step) {
        const region = [left, top, Math.min(step, tiles.width - left), Math.min(step, tiles.height - top)];
        const size = region.slice(2).map((side) => Math.ceil(side / factor));
        wanted.set(`${tiles.address}/${region.join(",")}/${size.join(",")}/0/default.jpg`, region);
      }
    }
    return wanted;
  }

  fill() {
    const factor = this.factor();
    const wanted = factor ? this.sight(factor) : new Map();
    this.wanted = wanted;
    this.divided = factor;
    for (const [address, region] of wanted) {
      if (this.known.has(address)) continue;
      this.known.set(address, null);
      decode(address).then(
        (image) => this.wanted.has(address) && this.put(address, image, region),
        () => {}, // the picture below stays: it is the same, less sharp
      );
    }
    if ([...wanted.keys()].every((address) => this.known.get(address))) this.keep(wanted);
    this.tell();
  }

  put(address, image, [left, top, width, height]) {
    if (this.known.get(address)) return; // asked for twice
    image.alt = "";
    Object.assign(image.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    this.known.set(address, image);
    this.layer.append(image);
    // What was there before, coarser or elsewhere, goes once all of it is covered.
    if ([...this.wanted.keys()].every((one) => this.known.get(one))) this.keep(this.wanted);
    this.tell();
  }

  /** Take away all tiles but these. */
  keep(wanted) {
    for (const [address, image] of this.known) {
      if (wanted.has(address)) continue;
      image?.remove();
      this.known.delete(address);
    }
    this.wanted = wanted;
    this.tell();
  }

  dispose() {
    clearTimeout(this.timer);
  }

  tell() {
    set(this.host.stage, "data-tiles", this.layer.childElementCount);
    set(this.host.stage, "data-factor", this.layer.childElementCount ? this.divided : "");
  }
}
