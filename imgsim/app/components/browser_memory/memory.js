// A few short strings that the browser keeps from visit to visit, as cookies: the app has them with the first thing that
// the browser asks for. Nothing is shown.

import { component } from "../shared/common.js";

const PLACE = "imgsim.";
const YEAR = 365 * 24 * 60 * 60; // seconds

class Memory {
  constructor() {
    this.written = {};
  }

  update({ write }) {
    for (const [name, value] of Object.entries(write)) {
      // Once each: another tab may have changed it since.
      if (this.written[name] !== value) put(name, value);
      this.written[name] = value;
    }
  }

  dispose() {}
}

function put(name, value) {
  const age = value ? YEAR : 0;
  try {
    document.cookie = `${PLACE}${name}=${encodeURIComponent(value)}; path=/; max-age=${age}; samesite=strict`;
  } catch {
    // Blocked: what cannot be kept is asked again at the next visit.
  }
}

export default component(Memory);
