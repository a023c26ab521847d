// The buttons, sliders and sentences around the stage of Compare.

import { element, keyCaps, set, write } from "../shared/common.js";
import { tr } from "../shared/translation.js";
import { IDENTITY } from "./compare_camera.js";
import { MODES, NAMES, parts, plainly } from "./compare_words.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Controls {
  constructor(view) {
    this.view = view;
    this.timer = null;
    this.delay = 700;
    this.sentence = element("p", { class: "sentence", "data-testid": "imgsim-sentence", "aria-live": "polite" });
    this.makeOwn();
    this.top = this.makeTop();
    this.foot = this.makeFoot();
    this.keys = element("p", { class: "keys" });
  }

  /** A button; after a press with the pointer the keys go to the stage again, so that Space swaps. */
  press(label, title, action, more = {}) {
    const button = element("button", { type: "button", title, ...more }, label);
    button.addEventListener("click", (event) => {
      action();
      if (event.detail > 0) this.view.stage.focus({ preventScroll: true });
    });
    return button;
  }

  toggle(label, title, name, more = {}) {
    const { view } = this;
    const button = this.press(label, title, () => {
      view[name] = !view[name];
      if (name === "bending") view.adjusted();
      if (name === "positive") view.develop();
      this.update();
      view.draw();
    }, { "data-name": name, ...more });
    (this.toggles ??= []).push([button, name]);
    return button;
  }

  slider(label, attributes, read, wrote) {
    const input = element("input", { type: "range", ...attributes });
    const value = element("output", {});
    input.addEventListener("input", () => {
      wrote(Number(input.value));
      write(value, read());
      this.view.draw();
    });
    const made = element("label", { class: "slider" }, element("span", {}, label), input, value);
    made.refresh = (number) => {
      input.value = number;
      write(value, read());
    };
    return made;
  }

  makeTop() {
    const { view } = this;
    this.modes = MODES.map(({ name, label }, i) =>
      this.press("", `${label} (${i + 1})`, () => view.choose(name), { "data-mode": name, "aria-label": label, "aria-keyshortcuts": i + 1 }),
    );
    this.modes.forEach((button, i) => button.append(element("span", { class: "cap", "aria-hidden": "true" }, String(i + 1)), MODES[i].label));
    return element(
      "div",
      { class: "toolbar" },
      element("div", { class: "group modes", role: "group", "aria-label": tr("How to compare") }, ...this.modes),
      element("div", { class: "owns" }, ...this.own.map(([, node]) => node)),
    );
  }

  /** The zoom, and a button that saves what is seen. */
  makeEnd() {
    const { view } = this;
    const middle = () => [view.camera.width / 2, view.camera.height / 2];
    this.percent = element("span", { class: "percent" });
    const zoom = (factor) => () => {
      view.camera.zoomAt(...middle(), factor);
      view.draw();
    };
    return [
      element(
        "div",
        { class: "group", role: "group", "aria-label": tr("Zoom") },
        this.press("−", tr("Zoom out (−)"), zoom(1 / 1.5), { "aria-label": tr("Zoom out"), class: "square" }),
        this.press(this.percent, tr("Show all (0)"), () => {
          view.camera.reset();
          view.draw();
        }, { "aria-label": tr("Show all"), class: "zoomed" }),
        this.press("+", tr("Zoom in (+)"), zoom(1.5), { "aria-label": tr("Zoom in"), class: "square" }),
      ),
      this.press(tr("Save PNG"), tr("Save what is shown as a picture, with a caption"), () => view.save(), { "data-testid": "imgsim-save" }),
    ];
  }

  /** What one mode alone has. */
  makeOwn() {
    const { view } = this;
    this.swap = this.press(tr("Swap"), tr("Show the other plate (Space)"), () => view.swap(), { "data-testid": "imgsim-swap" });
    this.automatic = this.press(tr("Automatic"), "", () => this.auto(!this.timer), { "data-testid": "imgsim-auto", "aria-pressed": "false" });
    this.every = this.slider(
      tr("every"), { min: 200, max: 1400, step: 50, "aria-label": tr("Milliseconds between swaps"), "data-testid": "imgsim-delay" },
      () => `${(this.delay / 1000).toFixed(2)} s`,
      (value) => (this.delay = value),
    );
    this.opacity = this.slider(
      "A", { min: 0, max: 100, step: 1, "aria-label": tr("Opacity of B, per cent"), "data-testid": "imgsim-opacity" },
      () => `B ${Math.round(view.mix * 100)} %`,
      (value) => (view.mix = value / 100),
    );
    this.tolerance = this.slider(
      tr("Ignore shifts up to"), { min: 1, max: 8, step: 0.5, "aria-label": tr("Ignore shifts up to, pixels"), "data-testid": "imgsim-tolerance" },
      () => `${view.tolerance} px`,
      (value) => (view.tolerance = value),
    );
    const own = {
      flicker: [this.swap, this.automatic, this.every],
      opacity: [this.opacity],
      difference: [this.tolerance],
      side: [
        this.toggle(tr("Points"), tr("Mark places found in both plates"), "points"),
        this.toggle(tr("Lines"), tr("Join them"), "lines"),
        this.toggle(tr("B as printed"), tr("Show B as it is, not laid on A"), "printed", { "data-testid": "imgsim-printed" }),
      ],
    };
    this.own = Object.entries(own).map(([mode, parts]) => [mode, element("div", { class: "own" }, ...parts)]);
  }

  /** How B is laid by hand. */
  makeHand() {
    const { view } = this;
    const nudge = (label, title, move) => this.press(label, title, () => view.adjust(move), { class: "square", "aria-label": title });
    const step = () => Math.max(1, 2 / view.camera.scale);
    const shift = (label, title, right, down) =>
      this.press(label, title, () => view.adjust({ right: right * step(), down: down * step() }), { class: "square", "aria-label": title });
    this.reset = this.press(tr("Reset"), tr("Lay B as it was"), () => view.adjust(null));
    this.hand = element(
      "div",
      { class: "group", role: "group", "aria-label": tr("Lay B by hand"), "data-testid": "imgsim-hand" },
      this.press(tr("Flip"), tr("Flip B left to right"), () => view.adjust({ flip: -1 }), { "data-testid": "imgsim-flip" }),
      this.press(tr("Turn"), tr("Turn B by 90 degrees"), () => view.adjust({ quarters: 1 })),
      shift("←", tr("Move B left"), -1, 0), shift("→", tr("Move B right"), 1, 0),
      shift("↑", tr("Move B up"), 0, -1), shift("↓", tr("Move B down"), 0, 1),
      nudge("−", tr("Make B smaller"), { grow: 1 / 1.005 }),
      nudge("+", tr("Make B larger"), { grow: 1.005 }),
      this.reset,
    );
    this.adjusting = false;
    this.byHand = this.press(tr("Adjust"), tr("Lay B by hand"), () => {
      this.adjusting = !this.adjusting;
      this.update();
    }, { "aria-pressed": "false" });
  }

  /** Below the plates: what the mode shows, how it is drawn, the zoom. */
  makeFoot() {
    this.makeHand();
    this.evened = this.toggle(tr("Even paper"), tr("Blank out the paper's tone, stains and shadows"), "even", { "data-testid": "imgsim-even" });
    this.bends = this.toggle(tr("Bend B to fit"), tr("Bend B so that it follows A; off, B lies on A like a stiff sheet"), "bending", { "data-testid": "imgsim-bend" });
    this.inverted = this.toggle(tr("Inverted"), tr("Show the negative with dark lines on light paper; off, as it was scanned"), "positive", { "data-testid": "imgsim-inverted" });
    this.marked = this.toggle(tr("Points"), tr("Number the places found in both plates; click one to write what you observe there"), "marked", { "data-testid": "imgsim-marked" });
    this.noted = this.toggle(tr("Notes"), tr("Show what was observed beside its number"), "noted", { "data-testid": "imgsim-noted" });
    this.said = element("span", { class: "said", role: "status" });
    return element("div", { class: "toolbar foot" }, this.said, this.sentence,
      element("div", { class: "own right" }, this.inverted, this.evened, this.bends, this.marked, this.noted, this.byHand, this.hand, ...this.makeEnd()));
  }

  /** Swap by itself, until told to stop or the tab is hidden; never where the system asks for little motion. */
  auto(on) {
    clearTimeout(this.timer);
    this.timer = null;
    if (on && !calm.matches && this.view.mode === "flicker") {
      const turn = () => {
        if (!document.hidden) this.view.swap();
        this.timer = setTimeout(turn, this.delay);
      };
      this.timer = setTimeout(turn, this.delay);
    }
    set(this.automatic, "aria-pressed", String(Boolean(this.timer)));
  }

  say(text) {
    write(this.said, text);
  }

  zoomed() {
    write(this.percent, `${Math.round(this.view.camera.zoom * 100)} %`);
  }

  update() {
    const { view } = this;
    const { mode } = view;
    keyCaps(this.keys, view.data.keys ?? []);
    this.modes.forEach((button) => set(button, "aria-pressed", String(button.dataset.mode === mode)));
    for (const [name, node] of this.own) set(node, "hidden", name !== mode);
    for (const [button, name] of this.toggles) set(button, "aria-pressed", String(view[name]));
    set(this.automatic, "disabled", calm.matches);
    set(this.automatic, "title", calm.matches ? tr("Your system asks for little motion: swap with Space") : tr("Swap by itself"));
    set(this.evened, "hidden", mode === "overlay" || mode === "difference");
    set(this.inverted, "hidden", !view.data.negative);
    set(this.bends, "hidden", !view.ownBend || view.renderer.name !== "webgl2" || (mode === "side" && view.printed));
    set(this.bends, "disabled", view.moves !== IDENTITY);
    set(this.marked, "hidden", mode === "side" || !view.data.points?.length);
    set(this.noted, "hidden", !view.data.observed?.said.length);
    const open = this.adjusting || view.found === false;
    set(this.byHand, "hidden", view.found === false);
    set(this.byHand, "aria-pressed", String(open));
    set(this.hand, "hidden", !open);
    set(this.reset, "disabled", view.moves === IDENTITY);
    this.every.refresh(this.delay);
    this.opacity.refresh(Math.round(view.mix * 100));
    this.tolerance.refresh(view.tolerance);
    const { says } = MODES[NAMES.indexOf(mode)] ?? MODES[0];
    if (this.says === says) return;
    this.says = says;
    set(this.sentence, "title", plainly(says)); // where it is cut
    this.sentence.replaceChildren(...parts(says).map(([part, tone]) => (tone ? element("b", { class: `tone ${tone}` }, part) : part)));
  }
}
