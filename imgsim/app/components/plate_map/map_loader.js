// The map's files on their way into the picture: the points first, then their colours and titles.

import { fetchLabels, fetchPoints, fetchTies, fetchTones } from "./map_files.js";

export class Loader {
  /** map: data, picture, gone, say(text, alarm), and ready(), called once the points are in the picture. */
  constructor(map, ready) {
    this.map = map;
    this.ready = ready;
    this.labels = null; // { id, title, thumbnail, detail }: lists by row
  }

  async points() {
    const { map } = this;
    const { points, count } = map.data;
    this.loading = true;
    this.failed = false;
    map.say("Loading the map …");
    try {
      const xy = await fetchPoints(points, count);
      if (map.data.points !== points || map.gone) return;
      map.picture.setPoints(xy);
    } catch (error) {
      if (map.data.points !== points) return;
      this.failed = true;
      map.say(`The map could not be loaded: ${error.message}. Reload the page to try again.`, true);
      return;
    } finally {
      if (map.data.points === points) this.loading = false;
    }
    map.say(null);
    this.ready();
    this.colours();
    this.lines();
    this.titles();
  }

  async colours() {
    const { map } = this;
    const { tones, count } = map.data;
    const places = tones ? await fetchTones(tones, count).catch((error) => warn("colours", error)) : null;
    if (map.data.tones === tones && map.ready && !map.gone) map.picture.setTones(places);
  }

  async lines() {
    const { map } = this;
    const { ties } = map.data;
    const rows = ties ? await fetchTies(ties).catch((error) => warn("ties", error)) : null;
    if (map.data.ties === ties && map.ready && !map.gone) map.picture.setTies(rows);
  }

  async titles() {
    const { labels, count } = this.map.data;
    const found = labels ? await fetchLabels(labels, count).catch((error) => warn("titles", error)) : null;
    if (this.map.data.labels === labels) this.labels = found;
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

/** The map is of use without its colours or titles, so it goes on without them. */
function warn(what, error) {
  console.warn(`imgsim: the map's ${what} could not be loaded:`, error.message);
  return null;
}
