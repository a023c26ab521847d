// Where the map looks: a centre and a scale, between data units and CSS pixels. The y axis points up.

const MOST_ZOOM = 1000;
const LEAST_ZOOM = 0.5;
const MARGIN = 0.92; // of the picture is filled by the points when all of them are in view

export class Camera {
  constructor() {
    this.bounds = [-1, -1, 1, 1];
    this.width = this.height = 1;
    this.border = 0; // CSS pixels that stay free round the points at least
    this.fit();
  }

  get fitScale() {
    const [x0, y0, x1, y1] = this.bounds;
    const wide = this.within(this.width) / Math.max(x1 - x0, 1e-12);
    const high = this.within(this.height) / Math.max(y1 - y0, 1e-12);
    return Math.min(wide, high);
  }

  /** How much of a side the points fill when all of them are in view; a small stage gives half to the border at most. */
  within(side) {
    return Math.min(side * MARGIN, Math.max(side - 2 * this.border, side / 2));
  }

  /** Pixels for one data unit. */
  get scale() {
    return this.fitScale * this.zoom;
  }

  fit() {
    const [x0, y0, x1, y1] = this.bounds;
    this.x = (x0 + x1) / 2;
    this.y = (y0 + y1) / 2;
    this.zoom = 1;
  }

  resize(width, height) {
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
  }

  toScreen(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, (this.y - y) * this.scale + this.height / 2];
  }

  toData(left, top) {
    return [(left - this.width / 2) / this.scale + this.x, this.y - (top - this.height / 2) / this.scale];
  }

  /** Zoom so that the place under (left, top) stays where it is. */
  zoomAt(left, top, factor) {
    const [x, y] = this.toData(left, top);
    this.zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, this.zoom * factor));
    this.x = x - (left - this.width / 2) / this.scale;
    this.y = y + (top - this.height / 2) / this.scale;
    this.stayNear();
  }

  pan(right, down) {
    this.x -= right / this.scale;
    this.y += down / this.scale;
    this.stayNear();
  }

  centre(x, y) {
    [this.x, this.y] = [x, y];
    this.stayNear();
  }

  /** Whether all points are in view. */
  get seesAll() {
    const [x0, y0, x1, y1] = this.bounds;
    const [left, top] = this.toScreen(x0, y1);
    const [right, bottom] = this.toScreen(x1, y0);
    return left >= 0 && top >= 0 && right <= this.width && bottom <= this.height;
  }

  /** The centre never leaves the points, so that nobody gets lost in the white. */
  stayNear() {
    const [x0, y0, x1, y1] = this.bounds;
    this.x = Math.min(x1, Math.max(x0, this.x));
    this.y = Math.min(y1, Math.max(y0, this.y));
  }

  save() {
    return { x: this.x, y: this.y, zoom: this.zoom };
  }

  restore({ x, y, zoom }) {
    Object.assign(this, { x, y, zoom });
    this.stayNear();
  }
}
