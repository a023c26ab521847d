// The map of the plates. Python sends what is shown (plate_map.py); zoom, pan and selection live here.

import { base64, bytes, component, element, keyCaps, rgb, set, styles, write } from "../shared/common.js";
import { tr } from "../shared/translation.js";
import { rowsOf } from "./map_files.js";
import { Finger } from "./map_finger.js";
import { Flight } from "./map_flight.js";
import { Input } from "./map_input.js";
import { Legend } from "./map_legend.js";
import { Loader } from "./map_loader.js";
import { Pencil, Toolbar, Tooltip } from "./map_panel.js";
import { Overview } from "./map_overview.js";
import { Picture } from "./map_picture.js";
import { Regions } from "./map_regions.js";
import { Search } from "./map_search.js";
import { locate, tell } from "./map_telling.js";

const PATIENCE = 5000; // ms until a click that nobody answered is taken back
const NO_WEBGL =
  tr("This browser cannot draw the map: it has no WebGL2. Every other page works without it; for the map, try another browser.");
// Coming back to the page finds the same view of the same points, and the same plates selected in any projection.
const views = new Map(); // points address -> camera
const selections = new Map(); // labels address, the same for every projection -> rows

class PlateMap {
  constructor(root, send, data) {
    this.send = send;
    this.mode = "pan";
    this.data = {};
    this.canvas = element("canvas", { tabindex: 0, role: "application", "data-testid": "imgsim-map" });
    this.pencil = new Pencil();
    this.lost = null; // why it says that no plate is to be seen
    this.message = element("div", { class: "message", role: "status" }, tr("Loading the map …"));
    this.finger = new Finger(this);
    this.keys = element("p", { class: "keys", "aria-hidden": "true" });
    this.toolbar = new Toolbar(this);
    this.loader = new Loader(this, () => this.arrive());
    this.search = new Search(this);
    this.flight = new Flight(this);
    this.overview = new Overview(this);
    const over = [this.pencil.node, this.keys, this.finger.heard, this.toolbar.status, this.message, this.toolbar.clear];
    this.stage = element("div", { class: "stage" }, this.canvas, ...over, this.overview.node);
    this.stage.style.height = tall(data.height);
    this.tooltip = new Tooltip(this.stage);
    this.toolbar.node.append(this.search.node);
    this.legend = new Legend((place, but) => this.send.trigger("legend", [place, but]));
    root.append(element("div", { class: "map" }, this.toolbar.node, this.stage, this.legend.node));
    try {
      this.start();
    } catch (error) {
      console.warn("imgsim:", error.message);
      this.say(NO_WEBGL, true);
    }
  }

  start() {
    const { canvas } = this;
    this.picture = new Picture(canvas, () => this.tell(), () => this.name(), () => this.search.sparing);
    this.regions = new Regions(this.picture);
    this.canvas.after(this.regions.node);
    this.input = new Input(canvas, this);
    this.observer = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = this.stage;
      if (clientWidth && clientHeight) this.picture.resize(clientWidth, clientHeight);
    });
    this.observer.observe(this.stage);
    canvas.imgsimLocate = (row) => locate(this, row);
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    canvas.addEventListener("webglcontextrestored", () => {
      this.picture.restart();
      this.refresh();
    });
  }

  // --- what Python sends -------------------------------------------------------------------------------------

  update(data, dark) {
    const before = this.data;
    [this.data, this.dark] = [data, dark];
    this.answered();
    this.stage.style.height = tall(data.height);
    set(this.canvas, "aria-label", data.label);
    keyCaps(this.keys, data.keys);
    if (!this.picture) return;
    this.search.update(data);
    const { loader } = this;
    if (data.points !== before.points || (loader.failed && !loader.loading)) {
      this.ready = false;
      loader.points();
      return;
    }
    if (before.tones !== data.tones) this.search.spare(false);
    if (data.tones !== loader.coloured) loader.colours();
    if (data.ties !== before.ties) loader.lines();
    if (data.labels !== before.labels) loader.titles();
    if (data.regions !== before.regions) loader.regions();
    this.refresh();
  }

  /** The points are there. */
  arrive() {
    const { points } = this.data;
    this.asked = undefined;
    this.finger.lift();
    if (views.has(points)) this.picture.restore(views.get(points));
    this.ready = true;
    this.refresh();
  }

  /** What the search found changed. */
  mark() {
    if (!this.ready) return;
    this.picture.setStates(this.mask, this.chosen, this.search.rows);
    this.search.tell();
  }

  /** Bring the picture in line with the last data. */
  refresh() {
    const { data, picture } = this;
    if (!this.ready) return;
    // A page that does not know of the last selection yet says nothing new.
    if (data.selected !== null && (this.asked ?? data.selected) === data.selected) {
      this.chosen = rowsOf(bytes(data.selected), data.count);
      this.asked = undefined;
    }
    this.mask = data.visible === null ? null : bytes(data.visible);
    const current = this.loader.coloured === data.tones; // else colours are on their way, and legend and palette wait for them
    if (current) picture.setPalette(data.palette.map(rgb), rgb(data.none), this.dark);
    picture.setPictures(data.pictures, data.pictured);
    picture.setMarks(data.query, data.neighbours, data.verified);
    picture.setStates(this.mask, this.chosen, this.search.rows);
    this.search.tell();
    this.toolbar.update(this.mode, picture.shown, picture.selected);
    this.regions.show(data.labelled);
    this.toolbar.switches({ pictured: data.pictures && data.pictured, labelled: data.regions && data.labelled });
    if (current) this.legend.update(data, picture.colours);
  }

  say(text, alarm = false) {
    this.canvas.style.visibility = alarm ? "hidden" : "";
    set(this.message, "hidden", text === null);
    set(this.message, "role", alarm ? "alert" : "status");
    write(this.message, text ?? "");
  }

  get chosen() {
    return selections.get(this.data.labels ?? this.data.points) ?? [];
  }

  set chosen(rows) {
    selections.set(this.data.labels ?? this.data.points, rows);
  }

  // --- what the user does: called by the toolbar and by the pointer and keys -----------------------------------

  setMode(mode) {
    this.mode = mode;
    this.toolbar.update(mode, this.picture?.shown ?? 0, this.picture?.selected ?? 0);
    set(this.canvas, "data-mode", mode);
  }

  get middle() {
    return [this.stage.clientWidth / 2, this.stage.clientHeight / 2];
  }

  /** What can be switched, the plates' pictures or the labels, from now on, or not; the address says so, too. */
  turn(name, on) {
    this.data = { ...this.data, [name]: on };
    this.refresh();
    this.send.trigger(name, on);
  }

  zoom(left, top, factor) {
    this.moved((camera) => camera.zoomAt(left, top, factor));
  }

  pan(right, down) {
    this.moved((camera) => camera.pan(right, down));
  }

  reset() {
    this.moved((camera) => camera.fit());
  }

  moved(move, flying = false) {
    if (!this.ready) return;
    if (!flying) this.flight.stop();
    move(this.picture.camera);
    views.set(this.data.points, this.picture.save());
    this.tooltip.show(null);
    this.picture.draw();
  }

  hover(left, top) {
    if (!this.ready) return;
    const row = left === null ? -1 : this.picture.rowAt(left, top);
    this.picture.hover(row);
    this.canvas.style.cursor = row < 0 ? "" : "pointer";
    this.describe(row);
  }

  /** What stands beside a plate's point or picture; -1 takes it away. Returns what it says. */
  describe(row) {
    const label = row < 0 ? null : this.loader.label(row);
    const half = (this.picture.pictures.of(row)?.width ?? 0) / 2;
    this.tooltip.show(label, ...(label ? this.picture.toScreen(row) : [0, 0]), half);
    return label;
  }

  click(left, top, twice) {
    const row = this.ready ? this.picture.rowAt(left, top) : -1;
    if (row >= 0) this.ask(row);
    else if (twice) this.reset();
  }

  /** Ask Python for a plate's neighbours. */
  ask(row) {
    this.send.trigger("clicked", row);
    if (row === this.data.query) return;
    // The query turns black here and now; its neighbours come with the answer. Drawing waits until the question is
    // on its way, which Streamlit sends in a timer too.
    this.canvas.dataset.pending = "true";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.picture.setMarks(row, []);
      this.timer = setTimeout(() => {
        this.answered();
        this.picture.setMarks(this.data.query, this.data.neighbours, this.data.verified);
      }, PATIENCE);
    });
  }

  answered() {
    clearTimeout(this.timer);
    delete this.canvas.dataset.pending;
  }

  /** A box or lasso through these corners, under way or done. */
  outline(corners, done) {
    this.pencil.draw(done ? [] : corners);
    if (done && corners.length > 2 && this.ready) this.select(this.picture.rowsInside(corners));
  }

  select(rows) {
    this.chosen = rows;
    this.picture.setStates(this.mask, rows, this.search.rows);
    this.toolbar.update(this.mode, this.picture.shown, this.picture.selected);
    const mask = new Uint8Array(Math.ceil(this.data.count / 8));
    for (const row of rows) mask[row >> 3] |= 1 << (row & 7);
    this.asked = rows.length ? base64(mask) : "";
    this.send.trigger("selected", this.asked);
  }

  escape() {
    this.input.cancel();
    this.pencil.draw([]);
    this.finger.lift();
    this.hover(null);
    if (this.picture.selected) this.select([]);
  }

  // --- what follows from it, and the end -------------------------------------------------------------------------

  tell() {
    if (!this.ready) return;
    this.overview.follow();
    this.toolbar.back(!this.picture.camera.seesAll);
    const nothing = this.picture.nothing;
    if (this.lost !== nothing) this.say((this.lost = nothing));
    tell(this);
  }

  /** The labels go with the frame that was drawn. */
  name() {
    set(this.canvas, "data-regions", this.regions.draw());
  }

  dispose() {
    this.gone = true;
    this.answered();
    this.observer?.disconnect();
    this.input?.dispose();
    this.search.dispose();
    this.flight.stop();
    this.tooltip.dispose();
    this.picture?.dispose();
  }
}

/** Taller in a tall window, but never so tall that the legend is out of sight. */
function tall(height) {
  return `max(${height}px, min(64vh, 60vw, ${1.5 * height}px))`;
}

export default component(PlateMap, ...(await styles([], "map.css", import.meta.url)));
