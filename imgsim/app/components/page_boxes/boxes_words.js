// What the kinds of boxes are called.

import { tr } from "../shared/translation.js";

export const KIND_WORDS = {
  illustration: { word: tr("illustration"), label: tr("Illustration"), says: tr("The chosen box is an illustration") },
  ornament: { word: tr("ornament"), label: tr("Ornament"), says: tr("The chosen box is an ornament") },
  initial: { word: tr("initial"), label: tr("Initial"), says: tr("The chosen box is an initial") },
};
