// What stands round the picture and over it: the toolbar, the legend, the tooltip, the line being drawn.

import { element, set, write } from "../shared/common.js";
import { number, tr, trn } from "../shared/translation.js";

export const MODES = [
  ["pan", tr("Pan"), tr("Drag moves the map; click a point to see its neighbours")],
  ["box", tr("Box"), tr("Drag a box round the plates to select (or hold Shift while dragging)")],
  ["lasso", tr("Lasso"), tr("Draw a line round the plates to select")],
];

// What can be switched on and off: its label, and what a press does.
const SWITCHES = {
  pictured: [tr("Pictures"), tr("Draw the plates' pictures once you have zoomed in"), tr("Draw points only")],
  labelled: [tr("Labels"), tr("Say what the regions have in common"), tr("Take the labels away")],
};

/** The buttons over the picture; `status` and `clear` are for the picture's corners, where they move nothing. */
export class Toolbar {
  /** on: setMode(name), middle, zoom(left, top, factor), reset(), select(rows), turn(name, on). */
  constructor(on) {
    this.modes = new Map();
    const group = element("div", { class: "group", role: "group", "aria-label": tr("What dragging does") });
    for (const [name, label, title] of MODES) {
      const button = press(label, title, () => on.setMode(name), { "data-testid": `imgsim-mode-${name}` });
      this.modes.set(name, button);
      group.append(button);
    }
    this.reset = press(tr("Back to all"), "", () => on.reset(), { "data-testid": "imgsim-reset" });
    this.switched = Object.fromEntries(Object.keys(SWITCHES).map((name) => [name, this.switch(name, on)]));
    this.clear = press(tr("Clear selection"), tr("Select nothing (Esc)"), () => on.select([]), { "data-testid": "imgsim-clear", hidden: true });
    this.status = element("span", { class: "status", role: "status", "data-testid": "imgsim-status" });
    this.node = element(
      "div",
      { class: "toolbar" },
      group,
      element(
        "div",
        { class: "group", role: "group", "aria-label": tr("Zoom") },
        press("−", tr("Zoom out (−)"), () => on.zoom(...on.middle, 1 / 1.6), { "aria-label": tr("Zoom out"), class: "square" }),
        press("+", tr("Zoom in (+)"), () => on.zoom(...on.middle, 1.6), { "aria-label": tr("Zoom in"), class: "square" }),
        this.reset,
      ),
      element("div", { class: "group", role: "group", "aria-label": tr("What is drawn") }, ...Object.values(this.switched)),
    );
  }

  /** Whether there is more to see than is in view. */
  back(needed) {
    set(this.reset, "data-needed", needed ? "yes" : null);
    set(this.reset, "title", needed ? tr("Show all plates (0 or Home)") : tr("All plates are in view"));
  }

  switch(name, on) {
    const [label] = SWITCHES[name];
    const turn = () => on.turn(name, button.getAttribute("aria-pressed") !== "true");
    const button = press(label, "", turn, { "data-testid": `imgsim-${name}`, hidden: true });
    return button;
  }

  /** on: by the name of what can be switched whether it is on, null where there is none. */
  switches(on) {
    for (const [name, button] of Object.entries(this.switched)) {
      const [, turnOn, turnOff] = SWITCHES[name];
      set(button, "hidden", on[name] === null);
      set(button, "aria-pressed", String(on[name]));
      set(button, "title", on[name] ? turnOff : turnOn);
    }
  }

  update(mode, shown, selected) {
    for (const [name, button] of this.modes) set(button, "aria-pressed", String(name === mode));
    set(this.clear, "hidden", selected === 0);
    const some = () => trn("{selected} of {n} plate selected", "{selected} of {n} plates selected", shown, { selected: number(selected) });
    write(this.status, selected ? some() : trn("{n} plate", "{n} plates", shown));
  }
}

function press(label, title, action, attributes = {}) {
  const button = element("button", { type: "button", title, ...attributes }, label);
  button.addEventListener("click", action);
  return button;
}

/** The box or lasso under way, drawn over the picture. */
export class Pencil {
  constructor() {
    this.node = element("canvas", { class: "pencil", "aria-hidden": "true" });
  }

  /** corners: [left, top] in CSS pixels; none wipes the drawing away. */
  draw(corners) {
    const { node } = this;
    const ratio = window.devicePixelRatio || 1;
    // Setting the size also wipes.
    node.width = Math.round(node.clientWidth * ratio);
    node.height = Math.round(node.clientHeight * ratio);
    if (corners.length < 2) return;
    const pen = node.getContext("2d");
    pen.scale(ratio, ratio);
    pen.beginPath();
    for (const [left, top] of corners) pen.lineTo(left, top);
    pen.closePath();
    pen.strokeStyle = pen.fillStyle = getComputedStyle(node).color;
    pen.lineWidth = 1.5;
    pen.setLineDash([5, 4]);
    pen.stroke();
    pen.globalAlpha = 0.1;
    pen.fill();
  }
}

const REST = 40; // ms the pointer rests before an image is asked for

export class Tooltip {
  constructor(stage) {
    this.stage = stage;
    this.image = element("img", { alt: "", decoding: "async" });
    this.title = element("div", { class: "title" });
    this.detail = element("div", { class: "detail" });
    this.node = element(
      "div",
      { class: "tooltip", hidden: true, "aria-hidden": "true", "data-testid": "imgsim-tooltip" },
      element("div", { class: "paper" }, this.image),
      this.title,
      this.detail,
    );
    this.image.addEventListener("load", () => set(this.node, "data-image", "shown"));
    this.image.addEventListener("error", () => set(this.node, "data-image", "none"));
    stage.append(this.node);
  }

  /** label: { row, title, detail, image } or null to hide; (left, top) in the stage, half: of what lies there. */
  show(label, left, top, half = 0) {
    if (!label) {
      clearTimeout(this.timer);
      this.row = undefined;
      set(this.node, "hidden", true);
      return;
    }
    if (label.row !== this.row) {
      clearTimeout(this.timer);
      this.row = label.row;
      set(this.node, "data-row", label.row);
      write(this.title, label.title);
      write(this.detail, label.detail);
      set(this.node, "data-image", label.image ? "waiting" : "none");
      this.image.removeAttribute("src");
      if (label.image) this.timer = setTimeout(() => set(this.image, "src", label.image), REST);
    }
    set(this.node, "hidden", false);
    this.place(left, top, half);
  }

  /** Beside the point, on whichever side has room; never over the edge of the picture. */
  place(left, top, half) {
    const gap = 14 + half;
    const [wide, high] = [this.node.offsetWidth, this.node.offsetHeight];
    const [roomX, roomY] = [this.stage.clientWidth, this.stage.clientHeight];
    const x = left + gap + wide <= roomX ? left + gap : left - gap - wide;
    const y = top + gap + high <= roomY ? top + gap : top - gap - high;
    const inX = Math.max(4, Math.min(x, roomX - wide - 4));
    const inY = Math.max(4, Math.min(y, roomY - high - 4));
    this.node.style.transform = `translate(${Math.round(inX)}px, ${Math.round(inY)}px)`;
  }

  dispose() {
    clearTimeout(this.timer);
  }
}
