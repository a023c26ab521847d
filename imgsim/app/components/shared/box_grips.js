// A box that is pulled at its handles or moved whole, in any unit.

import { element } from "./common.js";

const HANDLES = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The eight handles of a box; each says in its data-handle which edges it pulls. */
export function handles() {
  return HANDLES.map((handle) => element("span", { class: `handle ${handle}`, "data-handle": handle }));
}

const within = (least, step, most) => Math.min(most, Math.max(least, step));

/** A box moved as far as the edges of the image (right and bottom) let it. */
export function moved([x0, y0, x1, y1], across, down, [right, bottom]) {
  const [dx, dy] = [within(-x0, across, right - x1), within(-y0, down, bottom - y1)];
  return [x0 + dx, y0 + dy, x1 + dx, y1 + dy];
}

/** A box after a drag from start to now: `handle` is one of those, "all" for the whole box, or "new" for another one. */
export function dragged(box, handle, start, now, sides) {
  let [x0, y0, x1, y1] = box;
  if (handle === "all") return moved(box, now[0] - start[0], now[1] - start[1], sides);
  if (handle === "new") [x0, y0, x1, y1] = [...start, ...now];
  else {
    if (handle.includes("w")) x0 = now[0];
    if (handle.includes("e")) x1 = now[0];
    if (handle.includes("n")) y0 = now[1];
    if (handle.includes("s")) y1 = now[1];
  }
  const [across, upright] = [[x0, x1].map((x) => within(0, x, sides[0])), [y0, y1].map((y) => within(0, y, sides[1]))];
  return [Math.min(...across), Math.min(...upright), Math.max(...across), Math.max(...upright)];
}

/** A box after an arrow key: moved whole, or with its right or lower edge moved, at least one step wide and high. */
export function stepped(box, across, down, sizing, [stepX, stepY], [right, bottom]) {
  const [x0, y0, x1, y1] = box;
  if (!sizing) return moved(box, across * stepX, down * stepY, [right, bottom]);
  const grown = (low, high, by, most) => within(Math.min(low + Math.abs(by), high), high + by, most);
  return [
    x0, y0,
    across ? grown(x0, x1, across * stepX, right) : x1,
    down ? grown(y0, y1, down * stepY, bottom) : y1,
  ];
}

/** Put an element where a box lies on the stage. */
export function lay(node, [left, top], [right, bottom]) {
  const { style } = node;
  style.transform = `translate(${left}px, ${top}px)`;
  style.width = `${Math.max(1, right - left)}px`;
  style.height = `${Math.max(1, bottom - top)}px`;
}
