"""The six decisions on a pair of plates, and what each of them means; pages say them with `tr`."""

from __future__ import annotations

from imgsim.base.translation import marked

SAME_PLATE = marked("same plate")
RE_ENGRAVED = marked("re-engraved copy")
MIRRORED_COPY = marked("mirrored copy")
SHARED_MOTIF = marked("shared motif")
UNRELATED = marked("unrelated")
UNSURE = marked("unsure")

DECISIONS: dict[str, str] = {
    SAME_PLATE: marked("Both were printed from one copperplate or woodblock."),
    RE_ENGRAVED: marked("The same image, engraved again by another hand."),
    MIRRORED_COPY: marked("The same image turned left to right, as a copy engraved straight from a print is."),
    SHARED_MOTIF: marked("A part of one is found in the other; the rest is another image."),
    UNRELATED: marked("Two images that have nothing from one another."),
    UNSURE: marked("Looked at, and left open."),
}
# Of these the whole image is one and the same.
WHOLE = (SAME_PLATE, RE_ENGRAVED, MIRRORED_COPY)
# These say that the two have to do with one another.
CONFIRMED = (*WHOLE, SHARED_MOTIF)
# What a record says that takes back an earlier one.
TAKEN_BACK = marked("taken back")
# What stands on a pair about which people differ. Nobody decides it, and no decision counts where it stands.
DISPUTED = marked("disputed")
