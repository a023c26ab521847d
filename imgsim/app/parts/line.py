"""The line across a list of neighbours, in words. No Streamlit here."""

from __future__ import annotations

from imgsim.app.parts import neighbour_query
from imgsim.app.services import state, text
from imgsim.collection import Collection
from imgsim.collection.calibration import VERIFIED as FROM_VERIFIED
from imgsim.collection.listing import ABOVE, BELOW, COPIED, PARTED, VERIFIED, Listing

Heading = tuple[str, str]  # its words, and what they mean


def headings(collection: Collection, found: Listing, now: state.State) -> dict[int, Heading]:
    """What stands over each section of a list that has any plates."""
    at = neighbour_query.line(collection, now)
    words: dict[int, Heading] = {}
    if found.first:
        words[VERIFIED] = (f"{found.first:,} verified", "their lines agree, whatever they score")
    if found.copied:
        words[COPIED] = (
            text.count(found.copied, "copy by another hand", "copies by another hand"),
            "the same, drawn anew: their lines do not agree",
        )
    if found.parted:
        words[PARTED] = (f"{found.parted:,} found by a part", "a part of one is nearer to the other than what follows")
    others = " of the others" if found.first or found.copied else ""
    if at is None:
        words[BELOW] = (f"The nearest{others}", "")
    else:
        words[ABOVE] = (f"{found.above:,}{' more' * bool(others)} at {at:g} or more", "above the line")
        means = f"the nearest{others}" if found.above else f"none{others} reaches it: these are the nearest"
        words[BELOW] = (f"Below the line at {at:g}", means)
    there = set(found.sections)
    return {section: words[section] for section in sorted(there)}


def remainder(collection: Collection, found: Listing, now: state.State) -> str:
    """How far the list reaches, in a sentence."""
    at = neighbour_query.line(collection, now)
    if found.next is None:
        return f"This is every plate that meets the conditions: {found.allowed:,}."
    if found.beyond and at is not None:
        verb = "reaches" if found.beyond == 1 else "reach"
        return f"{text.count(found.beyond, 'more plate')} {verb} {at:g}: raise “At most” to list them."
    return f"The next of {text.count(found.allowed, 'plate')} scores {found.next:.3f}: raise “At most” to list more."


def meaning(collection: Collection, now: state.State) -> str:
    """Where the line comes from and what it means here, in a sentence."""
    calibrated, at = collection.calibration(now.backbone), neighbour_query.line(collection, now)
    backbone = text.plain(now.backbone)
    if at is None:
        return (
            f"No line is drawn: {text.count(len(collection.catalogue), 'plate')} are too few to tell which scores of "
            f"{backbone} are rare here. Put one where you like."
        )
    means = calibrated.meaning(at)
    if at != calibrated.threshold:
        which = "chosen" if calibrated.threshold is None else f"chosen (calibrated: {calibrated.threshold:g})"
    elif calibrated.basis == FROM_VERIFIED:
        which = f"calibrated for {backbone} here"
    else:
        which = f"calibrated for {backbone} here by random pairs, for too few are verified"
    return f"The line at {at:g} is {which}" + (f": {means}." if means else ".")
