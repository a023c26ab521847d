"""The line across a list of neighbours, in words. No Streamlit here."""

from __future__ import annotations

from imgsim.app.parts import neighbour_query
from imgsim.app.services import state, text
from imgsim.base.translation import tr, trn
from imgsim.collection import Collection
from imgsim.collection.calibration import VERIFIED as FROM_VERIFIED
from imgsim.collection.listing import ABOVE, BELOW, COPIED, PARTED, VERIFIED, Listing

Heading = tuple[str, str]  # its words, and what they mean


def headings(collection: Collection, found: Listing, now: state.State) -> dict[int, Heading]:
    """What stands over each section of a list that has any plates."""
    at = neighbour_query.line(collection, now)
    words: dict[int, Heading] = {}
    if found.first:
        words[VERIFIED] = (tr("{number:,} verified", number=found.first), tr("their lines agree, whatever they score"))
    if found.copied:
        words[COPIED] = (
            text.count(found.copied, "copy by another hand", "copies by another hand"),
            tr("the same, drawn anew: their lines do not agree"),
        )
    if found.parted:
        words[PARTED] = (
            tr("{number:,} found by a part", number=found.parted),
            tr("a part of one is nearer to the other than what follows"),
        )
    others = bool(found.first or found.copied)
    if at is None:
        words[BELOW] = (tr("The nearest of the others") if others else tr("The nearest"), "")
    else:
        words[ABOVE] = (
            tr("{number:,} more at {line:g} or more", number=found.above, line=at)
            if others
            else tr("{number:,} at {line:g} or more", number=found.above, line=at),
            tr("above the line"),
        )
        words[BELOW] = (tr("Below the line at {line:g}", line=at), _below(found.above > 0, others))
    there = set(found.sections)
    return {section: words[section] for section in sorted(there)}


def _below(some_above: bool, others: bool) -> str:
    """What it means to stand below the line; ``others``: beside those that are listed before it."""
    if some_above:
        return tr("the nearest of the others") if others else tr("the nearest")
    if others:
        return tr("none of the others reaches it: these are the nearest")
    return tr("none reaches it: these are the nearest")


def remainder(collection: Collection, found: Listing, now: state.State) -> str:
    """How far the list reaches, in a sentence."""
    at = neighbour_query.line(collection, now)
    if found.next is None:
        return tr("This is every plate that meets the conditions: {number:,}.", number=found.allowed)
    if found.beyond and at is not None:
        return trn(
            "{n:,} more plate reaches {line:g}: raise “At most” to list them.",
            "{n:,} more plates reach {line:g}: raise “At most” to list them.",
            found.beyond,
            line=at,
        )
    return tr(
        "The next of {plates} scores {score:.3f}: raise “At most” to list more.",
        plates=text.count(found.allowed, "plate", "plates"),
        score=found.next,
    )


def meaning(collection: Collection, now: state.State) -> str:
    """Where the line comes from and what it means here, in a sentence."""
    calibrated, at = collection.calibration(now.backbone), neighbour_query.line(collection, now)
    backbone = text.plain(now.backbone)
    if at is None:
        return trn(
            "No line is drawn: {n:,} plate is too few to tell which scores of {network} are rare here. Put one where "
            "you like.",
            "No line is drawn: {n:,} plates are too few to tell which scores of {network} are rare here. Put one where "
            "you like.",
            len(collection.catalogue),
            network=backbone,
        )
    if at == calibrated.threshold:
        if calibrated.basis == FROM_VERIFIED:
            where = tr("The line at {line:g} is measured for {network} here", line=at, network=backbone)
        else:
            where = tr(
                "The line at {line:g} is measured for {network} here by random pairs, for too few are verified",
                line=at,
                network=backbone,
            )
    elif calibrated.threshold is None:
        where = tr("The line at {line:g} is chosen", line=at)
    else:
        where = tr(
            "The line at {line:g} is chosen (measured: {calibrated:g})", line=at, calibrated=calibrated.threshold
        )
    means = calibrated.meaning(at)
    return tr("{line}: {meaning}.", line=where, meaning=means) if means else f"{where}."
