// A plate on paper: its picture, whole, with what is outlined on it, or words where there is no picture.

import { element, set } from "./common.js";
import { outline } from "./outline.js";
import { tr } from "./translation.js";

export function paper(item) {
  const image = element("img", { loading: "lazy", decoding: "async", draggable: "false", alt: item.alt });
  const none = element("span", { class: "none", hidden: true }, `${tr("no image")}\n${item.id}`);
  const missing = () => {
    set(image, "hidden", true);
    set(none, "hidden", false);
  };
  image.addEventListener("error", missing);
  if (item.src) image.src = item.src;
  else missing();
  const drawn = outline(item.outline);
  return element("span", { class: "paper" }, image, none, ...(drawn ? [drawn] : []));
}
