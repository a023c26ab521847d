"""The six decisions on a pair of plates, and what each of them means."""

from __future__ import annotations

SAME_PLATE = "same plate"
RE_ENGRAVED = "re-engraved copy"
MIRRORED_COPY = "mirrored copy"
SHARED_MOTIF = "shared motif"
UNRELATED = "unrelated"
UNSURE = "unsure"

DECISIONS: dict[str, str] = {
    SAME_PLATE: "Both were printed from one copperplate or woodblock.",
    RE_ENGRAVED: "The same image, engraved again by another hand.",
    MIRRORED_COPY: "The same image turned left to right, as a copy engraved straight from a print is.",
    SHARED_MOTIF: "A part of one is found in the other; the rest is another image.",
    UNRELATED: "Two images that have nothing from one another.",
    UNSURE: "Looked at, and left open.",
}
# Of these the whole image is one and the same.
WHOLE = (SAME_PLATE, RE_ENGRAVED, MIRRORED_COPY)
# These say that the two have to do with one another.
CONFIRMED = (*WHOLE, SHARED_MOTIF)
# What a record says that takes back an earlier one.
TAKEN_BACK = "taken back"
# What stands on a pair about which people differ. Nobody decides it, and no decision counts where it stands.
DISPUTED = "disputed"
