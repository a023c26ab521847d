// Flying over the map to a plate: half a second, so that the eye sees from where to where.

const LASTS = 450; // ms
const CLOSE = 6; // zoom from which a plate's surroundings are seen

export class Flight {
  /** map: moved(move, flying), picture. */
  constructor(map) {
    this.map = map;
  }

  /** To the plate of this row, at least so close that its surroundings are seen; then arrived() is called. */
  to(row, arrived) {
    this.stop();
    const { picture } = this.map;
    const from = picture.camera.save();
    const goal = { x: picture.xy[2 * row], y: picture.xy[2 * row + 1], zoom: Math.max(from.zoom, CLOSE) };
    const begun = performance.now();
    const lasts = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : LASTS;
    const step = (now) => {
      const share = lasts ? Math.min(1, Math.max(0, (now - begun) / lasts)) : 1;
      this.frame = share < 1 ? requestAnimationFrame(step) : undefined;
      this.map.moved((camera) => camera.restore(between(from, goal, share * share * (3 - 2 * share))), true);
      if (share === 1) arrived();
    };
    step(begun);
  }

  stop() {
    cancelAnimationFrame(this.frame);
  }
}

/** The view a share of the way along; zoom grows by factors, or the end would rush. */
function between(from, goal, share) {
  const mixed = (one, other) => one + (other - one) * share;
  const zoom = from.zoom * (goal.zoom / from.zoom) ** share;
  return { x: mixed(from.x, goal.x), y: mixed(from.y, goal.y), zoom };
}
