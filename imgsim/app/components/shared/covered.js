// A page's keys rest while something lies over the page: a dialog, or what a button unfolds.
//
// S on Review decides about the pair on the screen. Under the export dialog nobody sees the pair, and whoever has just
// unfolded a note means to write. What lies over the page gets its keys; then they end here, for the keys of pages are
// listened to at the document. Escape and Tab are the browser's own way out and on, R draws the page again.
// The app's document loads this before anything of Streamlit's (services/first_page.py).

const OVER = '[data-testid="stDialog"], [data-testid="stPopoverBody"]';
const FREE = ["Escape", "Tab", "r", "R"];

/** Whether something lies over the page. */
export function covered() {
  return document.querySelector(OVER) !== null;
}

document.body.addEventListener("keydown", (event) => {
  const led = event.ctrlKey || event.metaKey || event.altKey;
  if (!led && !FREE.includes(event.key) && covered()) event.stopPropagation();
});
