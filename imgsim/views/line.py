"""The line across a list of neighbours, in words. No Streamlit here."""

from __future__ import annotations

from imgsim.collection import Collection
from imgsim.collection.calibration import VERIFIED as FROM_VERIFIED
from imgsim.views import listing, neighbour_query, state, text
from imgsim.views.listing import ABOVE, BELOW, VERIFIED

Heading = tuple[str, str]  # its words, and what they mean


def headings(collection: Collection, found: listing.Listing, now: state.State) -> dict[int, Heading]:
    """What stands over each section of a list that has any plates."""
    at = neighbour_query.line(collection, now)
    words: dict[int, Heading] = {}
    if found.first:
        words[VERIFIED] = (f"{found.first:,} verified", "their lines agree, whatever they score")
    if at is None:
        words[BELOW] = ("The nearest" + (" of the others" if found.first else ""), "")
    else:
        means = collection.calibration(now.backbone).meaning(at).partition(";")[0]
        more = " more" if found.first else ""
        if found.above:
            words[ABOVE] = (
                f"{found.above:,}{more} at {at:g} or more",
                f"above the line; {means}" if means else "above the line",
            )
            words[BELOW] = (f"Below the line at {at:g}", "the nearest of the others")
        else:
            words[BELOW] = (f"Below the line at {at:g}", f"no{more or ' plate'} reaches it; these are the nearest")
    there = set(found.sections)
    return {section: heading for section, heading in words.items() if section in there}


def remainder(collection: Collection, found: listing.Listing, now: state.State) -> str:
    """How far the list reaches, in a sentence."""
    at = neighbour_query.line(collection, now)
    if found.next is None:
        return f"This is every plate that meets the conditions: {found.allowed:,}."
    if found.beyond and at is not None:
        verb = "reaches" if found.beyond == 1 else "reach"
        return f"{text.count(found.beyond, 'more plate')} {verb} {at:g}: raise “At most” to list them."
    return f"The next of {text.count(found.allowed, 'plate')} scores {found.next:.3f}: raise “At most” to list more."


def meaning(collection: Collection, now: state.State) -> str:
    """Where the line comes from and what it means here, in a few sentences."""
    calibration, at = collection.calibration(now.backbone), neighbour_query.line(collection, now)
    backbone = text.plain(now.backbone)
    if at is None:
        return (
            f"No line is drawn: {text.count(len(collection.catalogue), 'plate')} are too few to tell which scores of "
            f"{backbone} are rare here. Put one where you like."
        )
    if at != calibration.threshold:
        which = f"The line at {at:g} is yours."
    elif calibration.basis == FROM_VERIFIED:
        which = (
            f"The line at {at:g} is calibrated for {backbone} here: above it more pairs share their lines than only "
            "look alike, below it fewer."
        )
    else:
        which = (
            f"The line at {at:g} is calibrated for {backbone} here, by pairs of plates drawn at random: too few are "
            "verified to draw it by those."
        )
    means = calibration.meaning(at)
    return f"{which} At {at:g} or more: {means}." if means else which
