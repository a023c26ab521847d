// Where the plates stand: 3x3 matrices written by rows, the bend between two plates, and the camera over plate A.

export const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];

export function times(m, n) {
  const out = new Array(9);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      out[3 * row + column] = m[3 * row] * n[column] + m[3 * row + 1] * n[3 + column] + m[3 * row + 2] * n[6 + column];
    }
  }
  return out;
}

export function inverse(m) {
  const [a, b, c, d, e, f, g, h, i] = m;
  const [p, q, r] = [e * i - f * h, f * g - d * i, d * h - e * g];
  const by = 1 / (a * p + b * q + c * r);
  return [p, c * h - b * i, b * f - c * e, q, a * i - c * g, c * d - a * f, r, b * g - a * h, a * e - b * d].map((x) => x * by);
}

export function apply(m, x, y) {
  const w = m[6] * x + m[7] * y + m[8];
  return [(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w];
}

/** How many pixels of B one of A is, near a place of A. */
export function scaleAt(m, x, y) {
  const [[x0, y0], [x1, y1], [x2, y2]] = [apply(m, x, y), apply(m, x + 1, y), apply(m, x, y + 1)];
  return Math.sqrt(Math.abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)));
}

/** The matrix from A to B that lays B, as large as fits, in the middle of A. */
export function fitted(a, b) {
  const scale = Math.max(b.width / a.width, b.height / a.height);
  return [scale, 0, (b.width - a.width * scale) / 2, 0, scale, (b.height - a.height * scale) / 2, 0, 0, 1];
}

/** A move in A's frame, about a place: flipped (-1 or 1), turned by quarters, grown, shifted. */
export function moved({ flip = 1, quarters = 0, grow = 1, right = 0, down = 0 }, x, y) {
  const [cos, sin] = [[1, 0], [0, 1], [-1, 0], [0, -1]][((quarters % 4) + 4) % 4];
  const linear = [grow * flip * cos, -grow * sin, 0, grow * flip * sin, grow * cos, 0, 0, 0, 1];
  return times([1, 0, x + right, 0, 1, y + down, 0, 0, 1], times(linear, [1, 0, -x, 0, 1, -y, 0, 0, 1]));
}

/** What is added in B at a place of A: `nodes` by `nodes` pairs, spread over A from corner to corner, rows first. */
export class Bend {
  constructor(values, nodes, size) {
    Object.assign(this, { values, nodes, size });
  }

  at(x, y) {
    const last = this.nodes - 1;
    const place = (value, side) => Math.min(last, Math.max(0, (value / side) * last));
    const [across, down] = [place(x, this.size.width), place(y, this.size.height)];
    const [left, top] = [Math.min(last - 1, Math.floor(across)), Math.min(last - 1, Math.floor(down))];
    const [u, v] = [across - left, down - top];
    const value = (column, row, part) => this.values[2 * (row * this.nodes + column) + part];
    return [0, 1].map(
      (part) =>
        (value(left, top, part) * (1 - u) + value(left + 1, top, part) * u) * (1 - v) +
        (value(left, top + 1, part) * (1 - u) + value(left + 1, top + 1, part) * u) * v,
    );
  }
}

const MOST = 40; // times the fitted size

/** The place (x, y) of A in the middle of a pane, and how large it is shown; zoom 1 shows all of `bounds`. */
export class Camera {
  constructor() {
    this.bounds = [0, 0, 1, 1];
    this.width = this.height = 1;
    this.reset();
  }

  get scale() {
    const [x0, y0, x1, y1] = this.bounds;
    return Math.min(this.width / (x1 - x0), this.height / (y1 - y0)) * this.zoom;
  }

  reset() {
    const [x0, y0, x1, y1] = this.bounds;
    [this.x, this.y, this.zoom] = [(x0 + x1) / 2, (y0 + y1) / 2, 1];
  }

  resize(width, height) {
    [this.width, this.height] = [Math.max(1, width), Math.max(1, height)];
    this.hold();
  }

  /** A pane's pixel as a place of A, and back. */
  toPlate(left, top) {
    return [this.x + (left - this.width / 2) / this.scale, this.y + (top - this.height / 2) / this.scale];
  }

  toPane(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, (y - this.y) * this.scale + this.height / 2];
  }

  zoomAt(left, top, factor) {
    const [x, y] = this.toPlate(left, top);
    this.zoom = Math.min(MOST, Math.max(1, this.zoom * factor));
    const [nowX, nowY] = this.toPlate(left, top);
    this.x += x - nowX;
    this.y += y - nowY;
    this.hold();
  }

  pan(right, down) {
    this.x -= right / this.scale;
    this.y -= down / this.scale;
    this.hold();
  }

  /** What is smaller than the pane stays in its middle; what is larger covers it. */
  hold() {
    const [x0, y0, x1, y1] = this.bounds;
    const inside = (value, low, high, half) => (2 * half >= high - low ? (low + high) / 2 : Math.min(high - half, Math.max(low + half, value)));
    this.x = inside(this.x, x0, x1, this.width / 2 / this.scale);
    this.y = inside(this.y, y0, y1, this.height / 2 / this.scale);
  }
}

/** All of A and as much of B as lies on it or near it: half of A's side beyond each edge at most. */
export function boundsOf(a, b, matrix) {
  const back = inverse(matrix);
  let [x0, y0, x1, y1] = [0, 0, a.width, a.height];
  for (const [x, y] of [[0, 0], [b.width, 0], [b.width, b.height], [0, b.height]]) {
    const [left, top] = apply(back, x, y);
    if (!Number.isFinite(left) || !Number.isFinite(top)) continue;
    [x0, y0, x1, y1] = [Math.min(x0, left), Math.min(y0, top), Math.max(x1, left), Math.max(y1, top)];
  }
  return [Math.max(x0, -a.width / 2), Math.max(y0, -a.height / 2), Math.min(x1, 1.5 * a.width), Math.min(y1, 1.5 * a.height)];
}
