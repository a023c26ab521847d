// The map's files on their way into the picture: the points first, then their colours and titles.

import { tr } from "../shared/translation.js";
import { fetchLabels, fetchPoints, fetchRegions, fetchTies, fetchTones } from "./map_files.js";

const CHANGED = Symbol("changed");
const SOON = 150; // ms: decisions that come one upon the other do not set the page spinning
const LATER = 1000; // ms until it is asked again

export class Loader {
  /** map: data, picture, gone, say(text, alarm), and ready(), called once the points are in the picture. */
  constructor(map, ready) {
    this.map = map;
    this.ready = ready;
    this.coloured = undefined; // the address of the colours that the picture has
    this.labels = null; // { id, title, thumbnail, detail }: lists by row
  }

  async points() {
    const { map } = this;
    const { points, count } = map.data;
    this.loading = true;
    this.coloured = undefined;
    this.failed = false;
    map.say(tr("Loading the map …"));
    try {
      const xy = await fetchPoints(points, count);
      if (map.data.points !== points || map.gone) return;
      map.regions.set([]);
      map.picture.setPoints(xy);
    } catch (error) {
      if (map.data.points !== points) return;
      this.failed = true;
      map.say(tr("The map could not be loaded: {why}. Reload the page to try again.", { why: error.message }), true);
      return;
    } finally {
      if (map.data.points === points) this.loading = false;
    }
    map.say(null);
    this.ready();
    this.colours();
    this.lines();
    this.titles();
    this.regions();
  }

  /** The points' colours. Palette and legend are of these colours, so they are brought in line with them, and not before. */
  async colours() {
    const { map } = this;
    const { tones, count } = map.data;
    const places = tones ? await fetchTones(tones, count).catch((error) => this.missed("colours", error)) : null;
    if (map.data.tones !== tones || !map.ready || map.gone || places === CHANGED) return;
    map.picture.setTones(places);
    this.coloured = tones;
    map.refresh();
  }

  async lines() {
    const { map } = this;
    const { ties } = map.data;
    const rows = ties ? await fetchTies(ties).catch((error) => this.missed("ties", error)) : null;
    if (map.data.ties === ties && map.ready && !map.gone && rows !== CHANGED) map.picture.setTies(rows);
  }

  /** The map is of use without its colours or ties; where a decision changed them, the page is to be drawn anew. */
  missed(what, error) {
    if (!error.changed) return warn(what, error);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.map.gone) return;
      this.map.send.trigger("changed", true);
      // The page says nothing new where a decision was taken back meanwhile.
      this.timer = setTimeout(() => this.map.gone || [this.colours(), this.lines()], LATER);
    }, SOON);
    return CHANGED;
  }

  async titles() {
    const { labels, count } = this.map.data;
    const found = labels ? await fetchLabels(labels, count).catch((error) => warn("titles", error)) : null;
    if (this.map.data.labels === labels) this.labels = found;
  }

  async regions() {
    const { map } = this;
    const { regions } = map.data;
    const labels = regions ? await fetchRegions(regions).catch((error) => warn("labels", error)) : null;
    if (map.data.regions === regions && map.ready && !map.gone) map.regions.set(labels ?? []);
  }

  /** What is said of a plate: { row, title, detail, image }; null until the titles are there. */
  label(row) {
    const { labels } = this;
    if (!labels) return null;
    const { thumbnail } = this.map.data;
    const cells = { row, id: labels.id[row], thumbnail: labels.thumbnail[row] };
    const template = cells.thumbnail || !thumbnail?.includes("{thumbnail}") ? thumbnail : "";
    const image = template?.replace(/\{(row|id|thumbnail)\}/g, (_, name) => encodeURIComponent(cells[name]));
    return { row, title: labels.title[row] || cells.id, detail: labels.detail?.[row] ?? "", image };
  }
}

function warn(what, error) {
  console.warn(`imgsim: the map's ${what} could not be loaded:`, error.message);
  return null;
}
