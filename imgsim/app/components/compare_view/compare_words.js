// What the modes are called and what each of them shows.

import { tr } from "../shared/translation.js";

export const MODES = [
  { name: "flicker", label: tr("Flicker"), says: tr("One plate after the other in the same place: whatever jumps is different.") },
  { name: "opacity", label: tr("Opacity"), says: tr("B lies on A like tracing paper. Move the slider to see through it.") },
  {
    name: "overlay",
    label: tr("Red and cyan"),
    says: tr("Lines only in A are {red}, lines only in B are {cyan}, and where both have ink it is {black}."),
  },
  { name: "swipe", label: tr("Swipe"), says: tr("A to the left of the line, B to the right of it. Drag the line.") },
  {
    name: "side",
    label: tr("Side by side"),
    says: tr("Zoom and move either: the other follows. The points are places found in both."),
  },
  {
    name: "difference",
    label: tr("Difference"),
    says: tr("Ink only in A is {orange}, ink only in B is {blue}, lines that agree are {grey}. Thicker inking does not count."),
  },
];

export const NAMES = MODES.map(({ name }) => name);

// Words in their colour: what a reader reads, and the class that the style sheet has.
const TONES = {
  red: [tr("red"), "red"],
  cyan: [tr("cyan"), "cyan"],
  black: [tr("black"), "black"],
  orange: [tr("orange"), "only-a"],
  blue: [tr("blue"), "only-b"],
  grey: [tr("grey"), "both"],
};

/** What a mode says, in parts: [text, class of its colour, if it has one] each. */
export function parts(says) {
  return says.split(/\{(\w+)\}/).map((part, at) => (at % 2 ? TONES[part] : [part]));
}

/** The plain text of what a mode says. */
export function plainly(says) {
  return parts(says).map(([text]) => text).join("");
}
