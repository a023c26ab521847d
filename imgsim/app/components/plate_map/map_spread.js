// How the points fill the stage: neither axis of a map means anything, so a wide stage may widen it; and the denser the
// points lie on the screen, the smaller and fainter they are, so that many on a heap still differ from few.

export const MANY = 1000; // plates of which no few stand for all: their pictures come only as one zooms in
const WIDEST = 1.6; // more would tear what lies together apart
const STEP = 0.02; // no less is worth working everything out anew
const SOLID = 0.85; // opacity of a point that stands free
const FAINT = 0.5; // and of one in the thick of it
const SMALLEST = 2.4; // CSS pixels
const LARGEST = 9;

/** CSS pixels round so many points, all in view, that the pictures of those at the edge take: none has more where few are. */
export function border(count) {
  return count > MANY ? 0 : Math.min(84, Math.max(42, 650 / Math.sqrt(Math.max(1, count))));
}

/** How much wider than it is a map of these bounds is to be drawn on a stage. */
export function widening([x0, y0, x1, y1], width, height) {
  const wanted = width / height / ((x1 - x0) / (y1 - y0));
  return Math.round(Math.min(WIDEST, Math.max(1, wanted)) / STEP) * STEP;
}

/** The points so much wider. */
export function widened(xy, factor) {
  if (factor === 1) return xy;
  return xy.map((value, place) => (place % 2 ? value : value * factor));
}

/** Size (CSS pixels) and opacity of so many points; spacing: CSS pixels from a point to the next, at most of them. */
export function dots(shown, zoom, spacing) {
  const full = Math.min(LARGEST, Math.max(SMALLEST, 34 / Math.max(1, shown) ** 0.22));
  const size = Math.min(16, full * Math.max(1, zoom) ** 0.3);
  const free = Math.min(1, spacing / size); // 1: most stand free
  return {
    size: Math.max(Math.min(size, SMALLEST), size * (0.75 + 0.25 * free)),
    opacity: FAINT + (SOLID - FAINT) * free,
  };
}
