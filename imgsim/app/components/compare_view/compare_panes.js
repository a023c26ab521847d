// Which part of the stage shows which plate, and where places of the plates come to lie on it.

import { scaleAt } from "./compare_camera.js";

const KINDS = { opacity: "mix", overlay: "overlay", swipe: "swipe", difference: "difference" };

/**
 * The panes of the stage. Each has a rectangle in pixels of the canvas, a view [x, y, per]: the place in its left top
 * corner and the plate's pixels a pixel of the canvas, and what it shows.
 */
export function panesOf(compare) {
  const { camera, mode, dpr, shown, split, matrix } = compare;
  const { width, height } = compare.canvas;
  const per = 1 / (camera.scale * dpr);
  const view = [...camera.toPlate(0, 0), per];
  const whole = { rect: [0, 0, width, height], view };
  if (mode === "swipe" && compare.exchanged) {
    const left = Math.round(split * width);
    return [
      { rect: [0, 0, left, height], view, kind: "b" },
      { rect: [left, 0, width - left, height], view: [view[0] + left * per, view[1], per], kind: "a" },
    ];
  }
  if (mode !== "side") return [{ ...whole, kind: KINDS[mode] ?? shown }];
  const half = Math.round(camera.width * dpr);
  const right = { rect: [width - half, 0, half, height], view, kind: "b" };
  if (compare.printed) {
    const [x, y] = compare.toB(camera.x, camera.y);
    const own = scaleAt(matrix, camera.x, camera.y) * per;
    Object.assign(right, { view: [x - (half / 2) * own, y - (height / 2) * own, own], kind: "printed" });
  }
  return [{ rect: [0, 0, half, height], view, kind: "a" }, right];
}

/** Pairs of places [xA, yA, xB, yB] as places on the canvas, one for each pane. */
export function placesOn(panes, points) {
  return points.map(([xa, ya, xb, yb]) =>
    panes.map(({ rect: [left, top], view: [x, y, per], kind }) => {
      const [px, py] = kind === "printed" ? [xb, yb] : [xa, ya];
      return [left + (px - x) / per, top + (py - y) / per];
    }),
  );
}

/**
 * The numbered places to draw, { number, at, words, chosen }, and the rectangles that they lie in: side by side on both
 * plates, else where B lies on A. Of all points those that are wanted in this mode, and always those with words.
 */
export function pointsOn(compare, panes) {
  const { mode, data } = compare;
  const { chosen } = compare.observing;
  const { width, height } = compare.canvas;
  const said = new Map();
  for (const { number, text } of compare.noted ? data.observed.said : []) said.set(number, [...(said.get(number) ?? []), text]);
  const all = mode === "side" ? compare.points : compare.marked;
  const laid = compare.found && compare.unmoved;
  const wanted = laid ? data.points.filter(([number]) => all || said.has(number) || number === chosen) : [];
  const whole = mode === "side" ? panes : [{ ...panes[0], rect: [0, 0, width, height] }];
  const at = placesOn(whole, wanted.map(([, ...place]) => place));
  return {
    rects: whole.map(({ rect }) => rect),
    points: wanted.map(([number], i) => ({ number, at: at[i], words: said.get(number)?.join(" / "), chosen: number === chosen })),
  };
}
