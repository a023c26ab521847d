// A few short strings that the browser keeps from visit to visit. Nothing is shown.

import { component } from "./common.js";

const PLACE = "imgsim.";
// The answer costs a run of the page, and a run that begins while a click is being answered cuts that one short: the
// click would be lost. So the answer waits until nothing has been touched for so long, in ms, and a moment at first:
// what was clicked before this file arrived was not seen.
const QUIET = 1000;
const AT_FIRST = 500;
let touched = performance.now() - QUIET + AT_FIRST;
for (const sign of ["pointerdown", "click", "keydown"]) {
  document.addEventListener(sign, () => (touched = performance.now()), { capture: true, passive: true });
}
const substitute = new Map(); // where the browser keeps nothing: until the page is closed

function get(name) {
  try {
    return localStorage.getItem(PLACE + name) ?? "";
  } catch {
    return substitute.get(name) ?? "";
  }
}

function put(name, value) {
  substitute.set(name, value);
  try {
    if (value) localStorage.setItem(PLACE + name, value);
    else localStorage.removeItem(PLACE + name);
  } catch {
    // Blocked or full: what cannot be kept is asked again at the next visit.
  }
}

class Memory {
  constructor(root, send) {
    this.send = send;
    this.written = {};
  }

  update({ names, write, known }) {
    for (const [name, value] of Object.entries(write)) {
      // Once each: another tab may have changed it since.
      if (this.written[name] !== value) put(name, value);
      this.written[name] = value;
    }
    const kept = {};
    for (const [name, most] of Object.entries(names)) {
      const value = get(name);
      if (value && value.length <= most) kept[name] = value;
    }
    const told = JSON.stringify(kept);
    if (told === this.told || told === JSON.stringify(known)) return;
    this.told = told;
    clearTimeout(this.waiting);
    this.answer(kept);
  }

  answer(kept) {
    const left = touched + QUIET - performance.now();
    if (left > 0) this.waiting = setTimeout(() => this.answer(kept), left);
    else this.send.state("kept", kept);
  }

  dispose() {
    clearTimeout(this.waiting);
  }
}

export default component(Memory);
