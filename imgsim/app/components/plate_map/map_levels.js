// From which scale on a plate's picture is drawn: worked out once for all scales, so that no two pictures ever lie on
// each other, what is seen stays seen while one zooms in, and nothing comes or goes while one moves the map.

export const SLOT = 72; // CSS pixels of a picture's place, square
const CROWD = 5; // plates at most in a place, the picture's own among them; where more are, points say it better
const LEVELS = 56; // each 1.2 times the scale of the one before
const STRETCH = 4; // ms at one go: frames are to be drawn meanwhile

export class Levels {
  /** done(): the scales are known. */
  constructor(done) {
    this.done = done;
    this.clear(0);
  }

  /** from: px for a data unit from which a row has its picture; room: data units to its nearest other plate. */
  clear(count) {
    this.stop();
    this.from = new Float64Array(count).fill(Infinity);
    this.room = new Float32Array(count);
    this.front = new Uint8Array(count);
    this.spacing = Infinity; // data units from a plate to its nearest other, for half of them at most
  }

  /** Work the scales out for the shown rows, a little at a time. */
  rate(index, states) {
    this.stop();
    const next = {
      from: new Float64Array(index.count).fill(Infinity),
      room: new Float32Array(index.count),
      front: fronts(index, states),
    };
    const work = rating(index, next);
    const go = () => {
      const until = performance.now() + STRETCH;
      while (performance.now() < until) {
        if (!work.next().done) continue;
        Object.assign(this, next, { spacing: median(next.room.filter((_, row) => next.front[row])) });
        this.done();
        return;
      }
      this.timer = setTimeout(go);
    };
    this.timer = setTimeout(go);
  }

  stop() {
    clearTimeout(this.timer);
  }

  /** Whether so many plates lie round a place that a picture would hide too much. */
  crowded(index, x, y, scale) {
    return crowded(index, this.front, x, y, SLOT / scale / 2);
  }
}

function median(values) {
  return values.length > 1 ? values.sort()[values.length >> 1] : Infinity;
}

/** Of plates on the very same spot, copies of one picture, the one that is drawn on top. */
function fronts(index, states) {
  const front = new Uint8Array(index.count);
  const spots = new BigUint64Array(index.xy.buffer, index.xy.byteOffset, index.count);
  const taken = new Set();
  for (let row = index.count - 1; row >= 0; row--) {
    if (!states[row] || taken.has(spots[row])) continue;
    taken.add(spots[row]);
    front[row] = 1;
  }
  return front;
}

function* rating(index, { from, room, front }) {
  const { xy } = index;
  let waiting = Array.from(front.keys()).filter((row) => front[row]);
  // By chance, always the same: neighbours in the catalogue are often neighbours on the map.
  const chance = (row) => Math.imul(row + 1, 2654435761) >>> 0;
  waiting.sort((one, other) => chance(one) - chance(other));
  let steps = 0;
  for (const row of waiting) {
    if (++steps % 128 === 0) yield;
    room[row] = nearest(index, front, row);
  }
  const [x0, y0, x1, y1] = index.bounds;
  const extent = Math.max(x1 - x0, y1 - y0);
  for (let level = 0; level < LEVELS && waiting.length; level++) {
    const scale = (SLOT / extent) * 2 ** (level / 4);
    const reach = SLOT / scale;
    const last = level === LEVELS - 1; // zooming in never ends without a picture
    const later = [];
    for (const row of waiting) {
      if (++steps % 128 === 0) yield;
      const [x, y] = [xy[2 * row], xy[2 * row + 1]];
      const box = [x - reach, y - reach, x + reach, y + reach];
      const free = (last || !crowded(index, front, x, y, reach / 2)) && !index.some(box, front, (other) => from[other] <= scale);
      if (free) from[row] = scale;
      else later.push(row);
    }
    waiting = later;
  }
}

function crowded(index, front, x, y, half) {
  let plates = 0;
  return index.some([x - half, y - half, x + half, y + half], front, () => ++plates > CROWD);
}

/** How far the nearest other plate is, the greater of aside and up. */
function nearest(index, front, row) {
  const [x, y] = [index.xy[2 * row], index.xy[2 * row + 1]];
  const [x0, y0, x1, y1] = index.bounds;
  const most = Math.max(x1 - x0, y1 - y0);
  for (let reach = index.cell / 2; ; reach *= 2) {
    let found = Infinity;
    index.visit([x - reach, y - reach, x + reach, y + reach], front, (other, left, up) => {
      if (other !== row) found = Math.min(found, Math.max(Math.abs(left - x), Math.abs(up - y)));
    });
    if (found < Infinity) return found;
    if (reach > most) return most;
  }
}
