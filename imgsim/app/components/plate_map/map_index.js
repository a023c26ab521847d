// Which point is where: a uniform grid over the points, made once, so that a search looks at a few cells only.

const POINTS_A_CELL = 4;

export class PointIndex {
  /** xy: Float32Array of x, y pairs. */
  constructor(xy) {
    this.xy = xy;
    this.count = xy.length / 2;
    this.bounds = boundsOf(xy);
    const [x0, y0, x1, y1] = this.bounds;
    const area = Math.max((x1 - x0) * (y1 - y0), 1e-24);
    const cell = Math.sqrt((area * POINTS_A_CELL) / Math.max(1, this.count));
    // A thin cloud must not ask for millions of cells along its length.
    this.cell = Math.max(cell, (x1 - x0) / 2000, (y1 - y0) / 2000, 1e-12);
    this.columns = Math.floor((x1 - x0) / this.cell) + 1;
    this.rows = Math.floor((y1 - y0) / this.cell) + 1;
    this.sortIntoCells();
  }

  sortIntoCells() {
    const cells = new Uint32Array(this.count);
    this.starts = new Uint32Array(this.columns * this.rows + 1);
    for (let row = 0; row < this.count; row++) {
      cells[row] = this.cellOf(this.xy[2 * row], this.xy[2 * row + 1]);
      this.starts[cells[row] + 1]++;
    }
    for (let cell = 0; cell < this.starts.length - 1; cell++) this.starts[cell + 1] += this.starts[cell];
    const next = this.starts.slice(0, -1);
    this.order = new Uint32Array(this.count);
    for (let row = 0; row < this.count; row++) this.order[next[cells[row]]++] = row;
  }

  column(x) {
    return Math.min(this.columns - 1, Math.max(0, Math.floor((x - this.bounds[0]) / this.cell)));
  }

  line(y) {
    return Math.min(this.rows - 1, Math.max(0, Math.floor((y - this.bounds[1]) / this.cell)));
  }

  cellOf(x, y) {
    return this.line(y) * this.columns + this.column(x);
  }

  /** The shown point nearest to (x, y) within the radius, in data units; -1 if there is none. */
  nearest(x, y, radius, states) {
    let best = -1;
    let bestSquare = radius * radius;
    this.visit([x - radius, y - radius, x + radius, y + radius], states, (row, left, up) => {
      const square = (left - x) ** 2 + (up - y) ** 2;
      // On the same spot the higher row wins: it is the one drawn on top.
      if (square <= bestSquare) [best, bestSquare] = [row, square];
    });
    return best;
  }

  /** Call visitor(row, x, y) for each shown point inside the box [x0, y0, x1, y1]. */
  visit(box, states, visitor) {
    this.some(box, states, (row, x, y) => {
      visitor(row, x, y);
      return false;
    });
  }

  /** Whether test(row, x, y) holds for a shown point inside the box; none is asked after it. */
  some([x0, y0, x1, y1], states, test) {
    const { xy, order, starts } = this;
    const [first, last] = [this.column(x0), this.column(x1)];
    for (let line = this.line(y0); line <= this.line(y1); line++) {
      const begin = starts[line * this.columns + first];
      const end = starts[line * this.columns + last + 1];
      for (let place = begin; place < end; place++) {
        const row = order[place];
        const [x, y] = [xy[2 * row], xy[2 * row + 1]];
        if (states[row] && x >= x0 && x <= x1 && y >= y0 && y <= y1 && test(row, x, y)) return true;
      }
    }
    return false;
  }

  /** The shown points inside a polygon of [x, y] corners, by the even-odd rule. */
  inside(corners, states) {
    const found = [];
    const lefts = corners.map((corner) => corner[0]);
    const ups = corners.map((corner) => corner[1]);
    const box = [Math.min(...lefts), Math.min(...ups), Math.max(...lefts), Math.max(...ups)];
    this.visit(box, states, (row, x, y) => {
      if (isInside(corners, x, y)) found.push(row);
    });
    return found;
  }
}

export function boundsOf(xy) {
  const bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (let place = 0; place < xy.length; place += 2) {
    bounds[0] = Math.min(bounds[0], xy[place]);
    bounds[1] = Math.min(bounds[1], xy[place + 1]);
    bounds[2] = Math.max(bounds[2], xy[place]);
    bounds[3] = Math.max(bounds[3], xy[place + 1]);
  }
  if (!xy.length) return [-1, -1, 1, 1];
  // One point, or all on a line: give the picture some width to fit.
  if (bounds[2] - bounds[0] === 0) [bounds[0], bounds[2]] = [bounds[0] - 0.5, bounds[2] + 0.5];
  if (bounds[3] - bounds[1] === 0) [bounds[1], bounds[3]] = [bounds[1] - 0.5, bounds[3] + 0.5];
  return bounds;
}

function isInside(corners, x, y) {
  let inside = false;
  for (let now = 0, before = corners.length - 1; now < corners.length; before = now++) {
    const [x1, y1] = corners[now];
    const [x2, y2] = corners[before];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}
