// How an image lies on a stage: turned by quarters, and flipped like in a mirror. The stage itself knows only the image
// as it lies; what is told in fractions of the image as it is in the file is converted here.

export const UPRIGHT = { turn: 0, flip: false };

/** The sides of an image as it lies, of its sides as it is in the file. */
export function sides({ turn }, wide, high) {
  return turn % 2 ? [high, wide] : [wide, high];
}

/** The CSS transform that lays an image of that size (in the file) so, its corner at the origin. */
export function transform({ turn, flip }, wide, high) {
  const moved = [[0, 0], [high, 0], [wide, high], [0, wide]][turn];
  const turned = `translate(${moved[0]}px, ${moved[1]}px) rotate(${90 * turn}deg)`;
  return flip ? `translate(${sides({ turn }, wide, high)[0]}px, 0px) scale(-1, 1) ${turned}` : turned;
}

/** Where a point of the file lies, both in fractions. */
export function laid({ turn, flip }, [x, y]) {
  const [left, top] = [[x, y], [1 - y, x], [1 - x, 1 - y], [y, 1 - x]][turn];
  return [flip ? 1 - left : left, top];
}

/** Which point of the file lies there. */
export function unlaid({ turn, flip }, [left, top]) {
  const across = flip ? 1 - left : left;
  return [[across, top], [top, 1 - across], [1 - across, 1 - top], [1 - top, across]][turn];
}

/** A box (x0, y0, x1, y1) after `way`, which is `laid` or `unlaid`; null stays null. */
export function box(way, lies, edges) {
  if (!edges) return null;
  const [[x0, y0], [x1, y1]] = [way(lies, edges.slice(0, 2)), way(lies, edges.slice(2))];
  return [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];
}

/** After a quarter turn clockwise, as it is seen. */
export function turned({ turn, flip }) {
  return { turn: (turn + (flip ? 3 : 1)) % 4, flip };
}

/** After a flip of left and right, as it is seen. */
export function flipped({ turn, flip }) {
  return { turn, flip: !flip };
}
