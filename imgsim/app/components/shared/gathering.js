// The box on a plate that puts it in the tray or takes it out, wherever plates are shown.

import { element, set } from "./common.js";
import { tr } from "./translation.js";

/** A box, for whoever calls `tick` on it; [data-testid="imgsim-gather"]. */
export function box() {
  return element("button", { type: "button", class: "gather", tabindex: -1, hidden: true, role: "checkbox", "data-testid": "imgsim-gather" });
}

/** Whether a plate, that box and `node` round it, is in the tray; null where there is none. */
export function tick(found, node, named, into) {
  set(found, "hidden", into === null);
  set(found, "aria-checked", String(Boolean(into)));
  set(found, "aria-label", tr("In the tray: {plate}", { plate: named }));
  set(found, "title", into ? tr("Take it out of the tray") : tr("Put it in the tray; with Shift, all from the last one on"));
  set(node, "data-gathered", Boolean(into));
}

/** Of plates in order, those that a click means: that one, or with Shift all from the last that was clicked. */
export function meant(order, here, last, all) {
  const [one, two] = [here, last ?? here].map((each) => order.indexOf(each));
  return all && two >= 0 ? order.slice(Math.min(one, two), Math.max(one, two) + 1) : [here];
}

/** Whether a click on that box puts its plate in. */
export const into = (found) => found.getAttribute("aria-checked") !== "true";
