// What the modes are called and what each of them shows. {a} and {b} stand for the plates' letters with their colour.

export const MODES = [
  { name: "flicker", label: "Flicker", says: "One plate after the other in the same place: whatever jumps is different." },
  { name: "opacity", label: "Opacity", says: "B lies on A like tracing paper. Move the slider to see through it." },
  {
    name: "overlay",
    label: "Red and cyan",
    says: ["Lines only in A are ", ["red", "red"], ", lines only in B are ", ["cyan", "cyan"], ", and where both have ink it is ", ["black", "black"], "."],
  },
  { name: "swipe", label: "Swipe", says: "A to the left of the line, B to the right of it. Drag the line." },
  { name: "side", label: "Side by side", says: "Zoom and move either: the other follows. The points are places found in both." },
  {
    name: "difference",
    label: "Difference",
    says: ["Ink only in A is ", ["orange", "only-a"], ", ink only in B is ", ["blue", "only-b"], ", lines that agree are ", ["grey", "both"], ". Thicker inking does not count."],
  },
];

export const NAMES = MODES.map(({ name }) => name);

/** The plain text of what a mode says. */
export function plainly(says) {
  return Array.isArray(says) ? says.map((part) => (Array.isArray(part) ? part[0] : part)).join("") : says;
}
