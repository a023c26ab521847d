// Where the reader was on a page: coming back to the same plates, the page stands there again.

const WITHIN = 2500; // milliseconds in which the page may still be growing
const places = new Map(); // what is shown -> how far down; as long as the tab

const scroller = () => document.querySelector('[data-testid="stMain"]');

/** Keeps the place of a page while `node` is on it; `what` is what it shows, as text. */
export class Place {
  constructor(node) {
    this.node = node;
    this.what = null;
    this.stop = new AbortController();
    const keep = () => this.keep();
    // Before whatever leads away: afterwards the page has been emptied, and stands at its top.
    for (const deed of ["pointerdown", "keydown", "popstate"]) addEventListener(deed, keep, { capture: true, signal: this.stop.signal });
  }

  keep() {
    const main = scroller();
    if (main && this.what && this.node.isConnected) places.set(this.what, main.scrollTop);
  }

  /** Say what is shown; where that was shown before, and this is the first of it, go there. */
  shows(what) {
    const first = this.what === null;
    this.what = what;
    if (first && places.get(what)) this.go(places.get(what), performance.now());
  }

  go(top, since) {
    const main = scroller();
    if (!main || !this.node.isConnected || performance.now() - since > WITHIN) return;
    if (this.reached && Math.abs(main.scrollTop - this.reached) > 2) return; // the reader went on
    main.scrollTop = top;
    this.reached = main.scrollTop;
    if (Math.abs(main.scrollTop - top) > 1) requestAnimationFrame(() => this.go(top, since));
  }

  dispose() {
    this.stop.abort();
  }
}
