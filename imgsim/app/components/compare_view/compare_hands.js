// Wheel, pointer, pinch and keys on the stage of Compare.

import { apply, inverse, scaleAt } from "./compare_camera.js";
import { wheelPixels } from "../shared/common.js";
import { NAMES } from "./compare_words.js";

const TYPED = "input:not([type=range]), textarea, select, [contenteditable=true], [role=combobox], [role=listbox], [role=option], [role=dialog] *";

export class Hands {
  constructor(view) {
    this.view = view;
    this.pointers = new Map();
    this.stop = new AbortController();
    const { stage, divider } = view;
    const on = (target, name, act, more = {}) => target.addEventListener(name, act, { signal: this.stop.signal, ...more });
    on(stage, "wheel", (event) => this.wheel(event), { passive: false });
    on(stage, "pointerdown", (event) => this.down(event));
    on(stage, "pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) on(stage, name, (event) => this.up(event));
    on(stage, "dblclick", (event) => {
      if (view.camera.zoom > 1.01) view.camera.reset();
      else this.zoomAt(this.at(event), 2.5);
      view.draw();
    });
    on(divider, "keydown", (event) => this.slide(event));
    // The whole page listens, so that the keys work without a click on the plates first.
    on(document, "keydown", (event) => this.key(event));
  }

  dispose() {
    this.stop.abort();
  }

  /** The place of an event in its pane, and which pane it is. */
  at(event) {
    const { stage, camera, mode } = this.view;
    const box = stage.getBoundingClientRect();
    const [left, top] = [event.clientX - box.left - stage.clientLeft, event.clientY - box.top - stage.clientTop];
    const second = mode === "side" && left > stage.clientWidth / 2;
    return { left: second ? left - (stage.clientWidth - camera.width) : left, top, second };
  }

  /** Whether a pane shows B in a frame of its own. */
  own({ second }) {
    return second && this.view.printed;
  }

  zoomAt(place, factor) {
    const { view } = this;
    const { camera } = view;
    if (!this.own(place)) {
      camera.zoomAt(place.left, place.top, factor);
      return;
    }
    // In B's own frame: zoom about the middle, then bring the place of B back under the pointer.
    const off = [place.left - camera.width / 2, place.top - camera.height / 2];
    const before = camera.scale;
    camera.zoomAt(camera.width / 2, camera.height / 2, factor);
    const share = camera.scale / before - 1;
    this.pan(place, -off[0] * share, -off[1] * share);
  }

  pan(place, right, down) {
    const { view } = this;
    const { camera, matrix } = view;
    if (!this.own(place)) {
      camera.pan(right, down);
      return;
    }
    const per = scaleAt(matrix, camera.x, camera.y) / camera.scale;
    const [x, y] = apply(matrix, camera.x, camera.y);
    const [nextX, nextY] = apply(inverse(matrix), x - right * per, y - down * per);
    camera.pan((camera.x - nextX) * camera.scale, (camera.y - nextY) * camera.scale);
  }

  /** Whether the plates have the focus, which a click gives and Esc takes. */
  get held() {
    return this.view.stage.matches(":focus-within");
  }

  /** The wheel is the page's until the plates have the focus; two fingers spread on a touchpad mean the plates alone. */
  wheel(event) {
    if (!this.held && !event.ctrlKey) {
      this.view.hint();
      return;
    }
    event.preventDefault();
    const factor = Math.exp(-wheelPixels(event) * (event.ctrlKey ? 0.01 : 0.0018));
    this.zoomAt(this.at(event), Math.min(4, Math.max(0.25, factor)));
    this.view.draw();
  }

  down(event) {
    const { view } = this;
    if (event.button !== 0) return;
    view.stage.setPointerCapture(event.pointerId);
    const place = this.at(event);
    this.pointers.set(event.pointerId, place);
    this.began = this.pointers.size === 1 ? [event.clientX, event.clientY] : null;
    this.dividing = this.pointers.size === 1 && event.composedPath().includes(view.divider);
    if (this.dividing) view.divider.focus({ preventScroll: true });
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const { view } = this;
    const now = { ...this.at(event), second: before.second };
    if (view.mode === "side" && now.second !== this.at(event).second) return;
    this.pointers.set(event.pointerId, now);
    if (this.dividing) {
      view.split = Math.min(1, Math.max(0, now.left / view.stage.clientWidth));
    } else if (this.pointers.size === 1) {
      this.pan(before, now.left - before.left, now.top - before.top);
    } else {
      const other = [...this.pointers].find(([id]) => id !== event.pointerId)[1];
      const far = (place) => Math.max(1, Math.hypot(place.left - other.left, place.top - other.top));
      this.pan(before, (now.left - before.left) / 2, (now.top - before.top) / 2);
      this.zoomAt({ left: (now.left + other.left) / 2, top: (now.top + other.top) / 2, second: before.second }, far(now) / far(before));
    }
    view.draw();
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    const still = this.began && Math.hypot(event.clientX - this.began[0], event.clientY - this.began[1]) < 4;
    if (event.type === "pointerup" && still && !this.dividing) {
      const box = this.view.stage.getBoundingClientRect();
      this.view.observing.clicked(event.clientX - box.left - this.view.stage.clientLeft, event.clientY - box.top - this.view.stage.clientTop);
    }
    this.dividing = false;
  }

  slide(event) {
    const { view } = this;
    const by = { ArrowLeft: -0.02, ArrowRight: 0.02, Home: -1, End: 1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    view.split = Math.min(1, Math.max(0, view.split + by));
    view.draw();
  }

  key(event) {
    const { view } = this;
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || target.matches?.(TYPED)) return;
    const pressed = (target.matches?.("button, a[href], summary, [role=button]") ?? false) && (event.key === " " || event.key === "Enter");
    const slid = target.matches?.("input[type=range], [role=slider]") && /^(Arrow|Home|End|Page)/.test(event.key);
    if (pressed || slid) return;
    const act = event.shiftKey && event.key.startsWith("Arrow") ? this.shifted(event.key) : this.plain(event.key);
    if (!act) return;
    event.preventDefault();
    act();
    view.draw();
  }

  shifted(key) {
    const [right, down] = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[key];
    return () => this.view.camera.pan(right, down);
  }

  plain(key) {
    const { view } = this;
    const { camera } = view;
    const zoom = (factor) => () => camera.zoomAt(camera.width / 2, camera.height / 2, factor);
    const keys = {
      " ": () => view.swap(),
      ArrowLeft: () => view.ask("previous"),
      ArrowRight: () => view.ask("next"),
      Escape: () => (this.held ? view.stage.getRootNode().activeElement.blur() : view.ask("back")),
      "+": zoom(1.4),
      "=": zoom(1.4),
      "-": zoom(1 / 1.4),
      0: () => camera.reset(),
    };
    NAMES.forEach((name, i) => (keys[i + 1] = () => view.choose(name)));
    return Object.hasOwn(keys, key) ? keys[key] : null;
  }
}
