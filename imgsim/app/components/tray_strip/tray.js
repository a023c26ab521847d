// The plates of a tray in a row.
//
// For tests: [data-testid="imgsim-tray"] is the list, dataset.count its length; each li has data-id, and data-away where
// the collection does not have the plate.

import { component, element, set, styles, write } from "../shared/common.js";
import { tr } from "../shared/translation.js";

class Tray {
  constructor(root, send) {
    this.send = send;
    this.name = element("strong", {}, tr("Tray"));
    this.told = element("span", { class: "told", role: "status" });
    this.list = element("ul", { "data-testid": "imgsim-tray", "aria-label": tr("Plates in the tray") });
    root.append(element("div", { class: "tray" }, element("div", { class: "head" }, this.name, this.told), this.list));
  }

  update({ items, told }) {
    write(this.told, told);
    const key = JSON.stringify(items);
    if (key === this.key) return;
    const grown = items.length > this.list.children.length;
    this.key = key;
    set(this.list, "data-count", items.length);
    this.list.replaceChildren(...items.map((item) => this.plate(item)));
    if (grown) this.list.scrollLeft = this.list.scrollWidth; // what was put in last is seen
  }

  plate({ id, src, title }) {
    const shown = src ? element("img", { src, alt: title, draggable: "false" }) : element("span", { class: "away" }, "?");
    const open = element("button", { type: "button", class: "plate", title, disabled: !src, "aria-label": title }, shown);
    open.addEventListener("click", () => this.send.trigger("clicked", id));
    const out = element("button", { type: "button", class: "out", title: tr("Take out"), "aria-label": tr("Take out {title}", { title }) }, "×");
    out.addEventListener("click", () => this.send.trigger("remove", id));
    return element("li", { "data-id": id, "data-away": !src }, open, out);
  }

  dispose() {}
}

export default component(Tray, ...(await styles([], "tray.css", import.meta.url)));
