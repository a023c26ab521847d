// The boxes of a page while they are being corrected, with everything that was done to them. Nothing of the screen.
//
// A box is { number, box: [x0, y0, x1, y1], kind, score }, its edges whole pixels of the page. Lists are never changed, only
// replaced, so that each step is kept as it was.

export const KINDS = ["illustration", "ornament", "initial"];

/** Boxes as text: equal where nobody would call them different. */
export function written(list) {
  return JSON.stringify(inOrder(list).map(({ number, box, kind, score }) => [number, box, kind, score]));
}

const inOrder = (list) => [...list].sort((one, two) => one.number - two.number);

export function area([x0, y0, x1, y1]) {
  return (x1 - x0) * (y1 - y0);
}

export class Boxes {
  /** cuts: [[number, box, kind, score]]; size: [width, height] of the page; next: the first number that no box ever had. */
  constructor(cuts, size, next) {
    this.size = size;
    this.next = next;
    this.least = Math.max(2, Math.round(Math.min(...size) / 200)); // smaller ones are slips of the hand
    const list = inOrder(cuts.map(([number, box, kind, score]) => ({ number, box, kind, score })));
    this.steps = [list];
    this.at = 0;
    this.kept = written(list);
  }

  get list() {
    return this.steps[this.at];
  }

  get dirty() {
    return written(this.list) !== this.kept;
  }

  get undoable() {
    return this.at > 0;
  }

  get redoable() {
    return this.at < this.steps.length - 1;
  }

  get(number) {
    return this.list.find((one) => one.number === number);
  }

  /** Take these boxes for those that are kept elsewhere. */
  keep(text) {
    this.kept = text;
  }

  undo() {
    if (this.undoable) this.at -= 1;
    this.run = null;
  }

  redo() {
    if (this.redoable) this.at += 1;
    this.run = null;
  }

  discard() {
    const list = JSON.parse(this.kept).map(([number, box, kind, score]) => ({ number, box, kind, score }));
    this.put(list);
  }

  /** Add a box; returns its number, or null where it is too small for one. */
  add(box, kind = KINDS[0]) {
    const whole = this.whole(box);
    if (!this.large(whole)) return null;
    const number = this.fresh();
    this.put([...this.list, { number, box: whole, kind, score: 1 }]);
    return number;
  }

  /** Put a box elsewhere; steps of one `run` are undone together. */
  place(number, box, run = null) {
    const whole = this.whole(box);
    if (this.large(whole)) this.change([number], () => ({ box: whole }), run);
  }

  type(numbers, kind) {
    this.change(numbers, () => ({ kind }));
  }

  remove(numbers) {
    this.put(this.list.filter((one) => !numbers.includes(one.number)));
  }

  /** Cut a box in two at an x (upright) or a y; the larger part keeps the number. Returns that of the other, or null. */
  split(number, upright, at) {
    const one = this.get(number);
    const [x0, y0, x1, y1] = one.box;
    const line = Math.round(at);
    const parts = upright ? [[x0, y0, line, y1], [line, y0, x1, y1]] : [[x0, y0, x1, line], [x0, line, x1, y1]];
    if (!parts.every((part) => this.large(part))) return null;
    const [larger, smaller] = area(parts[1]) > area(parts[0]) ? [parts[1], parts[0]] : parts;
    const fresh = this.fresh();
    const others = this.list.filter((other) => other !== one);
    this.put([...others, { ...one, box: larger, score: 1 }, { ...one, number: fresh, box: smaller, score: 1 }]);
    return fresh;
  }

  /** Make one box of several, under the smallest of their numbers and of the largest one's kind. Returns it, or null. */
  join(numbers) {
    const joined = this.list.filter((one) => numbers.includes(one.number));
    if (joined.length < 2) return null;
    const edges = [0, 1, 2, 3].map((edge) => joined.map((one) => one.box[edge]));
    const box = [Math.min(...edges[0]), Math.min(...edges[1]), Math.max(...edges[2]), Math.max(...edges[3])];
    const { kind } = joined.reduce((best, one) => (area(one.box) > area(best.box) ? one : best));
    const number = Math.min(...joined.map((one) => one.number));
    this.put([...this.list.filter((one) => !joined.includes(one)), { number, box, kind, score: 1 }]);
    return number;
  }

  // --- helpers

  fresh() {
    return Math.max(this.next, ...this.list.map((one) => one.number + 1));
  }

  /** What a person touched is as sure as can be; what is as it was stays as it is. */
  change(numbers, how, run = null) {
    const changed = this.list.map((one) => {
      if (!numbers.includes(one.number)) return one;
      const other = { ...one, ...how(one) };
      const same = other.kind === one.kind && other.box.every((edge, place) => edge === one.box[place]);
      return same ? one : { ...other, score: 1 };
    });
    this.put(changed, run);
  }

  put(list, run = null) {
    const next = inOrder(list);
    if (written(next) === written(this.list)) return;
    const goesOn = run !== null && run === this.run && this.undoable;
    this.steps = [...this.steps.slice(0, goesOn ? this.at : this.at + 1), next];
    this.at = this.steps.length - 1;
    this.run = run;
  }

  whole([x0, y0, x1, y1]) {
    const [right, bottom] = this.size;
    const edge = (value, most) => Math.min(most, Math.max(0, Math.round(value)));
    return [edge(x0, right), edge(y0, bottom), edge(x1, right), edge(y1, bottom)];
  }

  large([x0, y0, x1, y1]) {
    return x1 - x0 >= this.least && y1 - y0 >= this.least;
  }
}
