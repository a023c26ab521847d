// From plate to plate with the arrow keys. picture: xy, count, states, camera and ready, as map_picture.js has them.

/** The shown row nearest to a place on the canvas, however far; -1 where nothing is shown. */
export function nearestTo(picture, left, top) {
  let [best, least] = [-1, Infinity];
  shownPlaces(picture, (row, x, y) => {
    const far = Math.hypot(x - left, y - top);
    if (far < least) [best, least] = [row, far];
  });
  return best;
}

/**
 * The next shown row from this one to the right (1, 0), left (-1, 0), down (0, 1) or up (0, -1); -1 for none. Straight
 * ahead counts for more than aside. Rows on the very same spot follow each other by number, or none could be reached.
 */
export function beyond(picture, from, right, down) {
  const [left, top] = picture.toScreen(from);
  let [best, least] = [-1, Infinity];
  shownPlaces(picture, (row, x, y) => {
    const ahead = (x - left) * right + (y - top) * down;
    const aside = Math.abs((x - left) * down) + Math.abs((y - top) * right);
    const later = (row - from) * (right + down);
    let cost = ahead + 2 * aside + (aside > ahead ? 1e6 : 0);
    if (ahead === 0 && aside === 0) cost = later / picture.count - 1;
    if (row === from || ahead < 0 || (ahead === 0 && (aside > 0 || later < 0)) || cost >= least) return;
    [best, least] = [row, cost];
  });
  return best;
}

function shownPlaces({ ready, camera, xy, states, count }, visit) {
  if (!ready) return;
  for (let row = 0; row < count; row++) if (states[row]) visit(row, ...camera.toScreen(xy[2 * row], xy[2 * row + 1]));
}
