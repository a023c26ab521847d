"""How exactly the lines of two plates lie on each other, in words, numbers and a picture: a part of Compare."""

from __future__ import annotations

import base64
from functools import partial
from pathlib import Path

import numpy as np
import streamlit as st

from imgsim.app.services import caches, server, text
from imgsim.base.markup import rendered
from imgsim.base.terms import AGREEING, APART, MARKS, STROKES, THOUSANDTHS
from imgsim.base.verdict_words import PROBABLY_SAME_PLATE
from imgsim.collection import Collection
from imgsim.collection.registration import Lines, measure_lines
from imgsim.errors import ImgsimError
from imgsim.features.working_copy import WORKING_SIDE
from imgsim.verification.impressions import (
    LEAST_ACROSS,
    LEAST_COVERAGE,
    LEAST_LIKENESS,
    LEAST_POINTS,
    MOST_OFF,
    MOST_STIFF,
)

# Arrows are drawn so many times as long as what they stand for; more of them would hide the plate.
LONGER, MOST_ARROWS = 20, 400
_HERE = Path(__file__).parent
_WITHIN, _BEYOND = "#0072b2", "#d55e00"

_HELP = (
    f"{MARKS.title} ({MARKS.term}) were found on both plates. B is laid on A, turned, moved and stretched as "
    "one stiff sheet; then it is bent smoothly, as damp paper bends (a cubic polynomial). What still lies apart is the "
    "**residual**. Impressions of one plate leave hardly any; a copyist's hand strays. It is given in thousandths of "
    "the plate's diagonal, which do not depend on the size of the scan, and in pixels."
)


def show(collection: Collection, row_a: int, row_b: int, prepared: str) -> None:
    """Draw the part, if anything agrees; ``prepared`` is what Compare says of the printing."""
    try:
        found = caches.fact(
            collection, "lines", partial(measure_lines, collection, row_a, row_b), row_a, row_b,
            keep=128, told="Measuring the lines …",
        )  # fmt: skip
    except ImgsimError as unread:
        st.caption(f"How exactly the lines lie cannot be measured: {text.plain(unread)}")
        return
    if found is None:
        return
    with st.container(key="compare_lines"):
        st.markdown("## How exactly the lines lie", help=_HELP)
        left, right = st.columns([5, 7], gap="medium")
        with left:
            st.markdown(said(found))
            if (found.reason == "exact") != (prepared == PROBABLY_SAME_PLATE):
                st.caption(
                    "The plates were prepared with another version of imgsim, which decided otherwise. "
                    "Prepare the collection again to have this in all lists."
                )
            st.html(table(found))
        with right:
            st.html(picture(collection, row_b, found))


def said(found: Lines) -> str:
    """What lies apart says, in a sentence or two of Markdown."""
    looked = f", once the scan is reduced to {WORKING_SIDE} px as all are" if found.reduced else ""
    nothing = "So nothing is said of the plate they were printed from."
    return {
        "exact": "**The lines lie as exactly as those of two impressions of one plate do:** probably the same plate.",
        "stray": "**The lines stray further than those of impressions as a rule.** They may have been cut anew; but "
        f"wear, heavy ink and uneven paper do the same. {nothing}",
        "unlike": "**The strokes look less alike than those of impressions as a rule.** They may have been cut anew; "
        f"but wear and heavy ink do the same. {nothing}",
        "few": f"**Too few points to tell:** {len(found.off)} agree, {LEAST_POINTS} are needed.",
        "small": f"**Too small a scan to tell:** the agreeing part is {found.across:.0f} px long{looked}; "
        f"{LEAST_ACROSS} are needed to tell an impression from a careful copy.",
        "partial": f"**Too little agrees to tell:** {_percent(found.coverage)} of the lines, where "
        f"{_percent(LEAST_COVERAGE)} are needed.",
        "mirrored": "**One picture is the mirror image of the other**, which no second impression of a plate is, "
        f"counterproofs apart. {nothing}",
        "detail": "**Only a part agrees**, and a steady hand takes over a part as exactly as a plate prints it. "
        + nothing,
    }[found.reason]


def table(found: Lines) -> str:
    """The numbers, with what each must be, as HTML."""
    rows = [
        (
            "Lies apart, as a stiff sheet",
            f"After B was turned, moved and stretched. {APART.hint}",
            f"{found.stiff:.2f} thousandths, {found.stiff * found.pixel:.2f} px",
            f"at most {MOST_STIFF:.2f}",
        ),
        (
            "Lies apart, smoothly bent",
            f"After a smooth distortion, too, as damp paper brings it about. {APART.hint}",
            f"{found.smooth:.2f} thousandths, {found.smooth * found.pixel:.2f} px",
            f"at most {MOST_OFF:.2f}",
        ),
        (
            STROKES.title,
            STROKES.hint,
            f"{found.similarity:.3f}",
            f"at least {LEAST_LIKENESS:.3f}",
        ),
        (AGREEING.title, AGREEING.hint, f"{len(found.off):,}", f"at least {LEAST_POINTS}"),
        (
            "Agreeing part",
            "Its longer side in the scan that shows less of it; scans are looked at reduced to "
            f"{WORKING_SIDE} px, and pixels are counted there",
            f"{found.across:.0f} px",
            f"at least {LEAST_ACROSS} px",
        ),
        (
            "Share that agrees",
            "Of the lines of the picture of which less agrees",
            _percent(found.coverage),
            f"at least {_percent(LEAST_COVERAGE)}",
        ),
    ]
    return rendered(_HERE / "compare_lines.html", rows=rows, unit=THOUSANDTHS)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def picture(collection: Collection, row: int, found: Lines) -> str:
    """Plate B with an arrow at each point, as HTML."""
    record = collection.catalogue.record(row)
    width, height = int(str(record["width"])), int(str(record["height"]))
    stroke = max(width, height) / 320
    arrows = []
    for (x, y), (dx, dy) in zip(found.places[:MOST_ARROWS], found.off[:MOST_ARROWS], strict=True):
        # From where the smooth distortion says to where the point lies, the point itself at the head.
        ends = {"x1": x - LONGER * dx, "y1": y - LONGER * dy, "x2": x, "y2": y}
        colour = _WITHIN if np.hypot(dx, dy) <= found.limit else _BEYOND
        arrows.append({**{name: f"{value:.1f}" for name, value in ends.items()}, "colour": colour})
    within = float(np.mean(np.hypot(*found.off.T) <= found.limit))
    words = (
        f"What lies apart on plate B, {LONGER} times as long: blue within the limit "
        f"({text.share(round(1000 * within), 1000)} of the points), orange beyond it"
    )
    # As an image of its own: Streamlit takes drawings out of the HTML that it is given.
    drawn = rendered(_HERE / "strays.svg", width=width, height=height, stroke=f"{stroke:.1f}", arrows=arrows)
    image = f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"
    plate = server.plate_url(collection, row)
    return rendered(_HERE / "strays.html", plate=plate, arrows=image, words=words)
