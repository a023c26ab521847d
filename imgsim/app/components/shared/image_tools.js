// Another look at an image: inverted, with more or less contrast, in full screen. Nothing of it changes the image.

import { element, set } from "./common.js";
import { press } from "./image_stage.js";
import { tr } from "./translation.js";

const CONTRAST = { min: "50", max: "300", step: "10", value: "100" }; // per cent

/** Buttons that change how images look; `changed(filter)` is told the CSS filter. */
export class Looks {
  constructor(changed) {
    this.changed = changed;
    this.inverted = false;
    this.invert = press("◐", tr("Black for white (I)"), () => this.toggle(), { "aria-label": tr("Invert"), class: "square", "aria-pressed": "false", "data-testid": "imgsim-invert" });
    this.contrast = element("input", { type: "range", "aria-label": tr("Contrast"), title: tr("Contrast"), class: "contrast", ...CONTRAST });
    this.contrast.addEventListener("input", () => this.tell());
  }

  toggle() {
    this.inverted = !this.inverted;
    set(this.invert, "aria-pressed", String(this.inverted));
    this.tell();
  }

  tell() {
    const parts = [this.inverted && "invert(1)", this.contrast.value !== CONTRAST.value && `contrast(${this.contrast.value}%)`];
    this.changed(parts.filter(Boolean).join(" "));
  }
}

/** A button that shows a node on the whole screen, and brings it back. */
export function fullScreen(node) {
  const act = () => (document.fullscreenElement ? document.exitFullscreen() : node.requestFullscreen());
  return press(tr("Full screen"), tr("On the whole screen; Esc comes back"), () => act()?.catch?.(() => {}), {
    hidden: !document.fullscreenEnabled, "data-testid": "imgsim-full",
  });
}
