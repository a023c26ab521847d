// What the keys do to the boxes; the list that readers see is keyboard.py's.

import { ARROWS, stepped } from "../shared/box_grips.js";
import { KINDS } from "./boxes_model.js";

const STEP = 4; // stage pixels that an arrow key moves an edge

/** Do what a key says; whether it was one for the page. */
export function pressed(page, event) {
  if (event.ctrlKey || event.metaKey) return control(page, event);
  return page.split ? splitting(page, event) : plain(page, event);
}

function control(page, { key, shiftKey }) {
  const letter = key.toLowerCase();
  if (letter !== "z" && letter !== "y") return false;
  page.step(letter === "y" || shiftKey ? "redo" : "undo");
  return true;
}

function splitting(page, { key }) {
  const axis = page.split.upright ? 0 : 1;
  if (Object.hasOwn(ARROWS, key)) page.lineAt(page.split.at + ARROWS[key][axis] * page.pixels(STEP)[axis]);
  else if (key.toLowerCase() === "s") page.splitting();
  else if (key === "Enter") page.cut();
  else if (key === "Escape") page.draw(false);
  else return page.steer(key);
  return true;
}

function plain(page, { key, shiftKey }) {
  const one = page.current === null ? null : page.boxes.get(page.current);
  const acts = {
    b: () => page.begin(),
    s: () => page.splitting(),
    j: () => page.join(),
    delete: () => page.remove(),
    backspace: () => page.remove(),
    enter: () => page.save(),
    " ": () => page.mark(),
    escape: () => page.rest(),
  };
  const digit = ["1", "2", "3"].indexOf(key);
  const act = Object.hasOwn(acts, key.toLowerCase()) ? acts[key.toLowerCase()] : null;
  if (digit >= 0) page.type(KINDS[digit]);
  else if (act) act();
  else if (Object.hasOwn(ARROWS, key) && one) {
    const box = stepped(one.box, ...ARROWS[key], shiftKey, page.pixels(STEP), page.boxes.size);
    page.settle(one.number, box, `${shiftKey ? "size" : "move"} ${one.number}`);
  } else return page.steer(key);
  return true;
}
