// The sidebar on a narrow screen, where it lies over the page (app/style.css): closed at first, and closed again by
// whoever goes on to another page. Nothing is shown.

import { component } from "../shared/common.js";

const NARROW = matchMedia("(max-width: 1099px)"); // as in style.css
let shown = null; // the page before; the module stays as long as the tab

class Narrow {
  update({ page }) {
    if (page !== shown && NARROW.matches) {
      // Streamlit's own button, so that its idea of what is open stays right; where it has none, nothing happens.
      document.querySelector('[data-testid="stSidebar"][data-collapsed="false"] [data-testid="stSidebarCollapseButton"] button')?.click();
    }
    shown = page;
  }

  dispose() {}
}

export default component(Narrow);
