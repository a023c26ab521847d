// What the map says of itself to tests and scripts, on its canvas ([data-testid="imgsim-map"]).
//
// dataset.points, shown, query, neighbours and verified ("1,2,3"), selected and found (counts), finger (the row under it,
// by keyboard), faint (whether all but what is selected or found is), zoom (1: all in view), centre, mode, hovered,
// pictures, ties and regions (how many are drawn) and pending ("true" from a click to its answer) tell the state; imgsimLocate(row) gives { x, y, inside }, the row's place in viewport pixels.

import { set } from "../shared/common.js";

export function tell({ picture, canvas, data, finger, mode }) {
  const { camera } = picture;
  const state = {
    points: data.count,
    shown: picture.shown,
    selected: picture.selected,
    found: picture.found,
    faint: String(picture.faint),
    query: picture.query ?? "",
    neighbours: picture.neighbours.join(","),
    verified: picture.verified?.join(",") ?? "",
    finger: finger.row < 0 ? "" : finger.row,
    hovered: picture.hovered < 0 ? "" : picture.hovered,
    zoom: camera.zoom.toFixed(3),
    centre: `${camera.x.toPrecision(6)},${camera.y.toPrecision(6)}`,
    pictures: picture.pictures.drawn.length,
    ties: picture.lines.drawn,
    mode,
  };
  for (const [name, value] of Object.entries(state)) set(canvas, `data-${name}`, value);
}

export function locate({ picture, canvas, data, ready }, row) {
  if (!ready || !(row >= 0 && row < data.count)) return null;
  const [left, top] = picture.toScreen(row);
  const box = canvas.getBoundingClientRect();
  const inside = left >= 0 && top >= 0 && left < box.width && top < box.height;
  return { x: box.left + left, y: box.top + top, inside };
}
