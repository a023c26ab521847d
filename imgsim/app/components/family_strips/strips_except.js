// The box under a plate by which it is left out of what is decided of a whole family.

import { element, set } from "../shared/common.js";
import { tr } from "../shared/translation.js";

/** A box, for whoever calls `tick` on its plate; [data-testid="imgsim-except"]. */
export function box(alt) {
  return element(
    "button",
    { type: "button", class: "compare except", tabindex: -1, role: "checkbox", "data-testid": "imgsim-except",
      "aria-label": tr("Except {plate}", { plate: alt }), title: tr("Nothing is decided about a plate that is ticked") },
    tr("Except this one"),
  );
}

/** Whether a plate is left out; null where nothing is asked of all of them, and each has its own buttons. */
export function tick(node, out) {
  for (const button of node.querySelectorAll(".compare")) set(button, "hidden", button.classList.contains("except") === (out === null));
  set(node.querySelector(".except"), "aria-checked", String(Boolean(out)));
  set(node, "data-excepted", Boolean(out));
}
