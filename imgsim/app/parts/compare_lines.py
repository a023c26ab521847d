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
from imgsim.base.translation import number, tr, trn
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


def show(collection: Collection, row_a: int, row_b: int, prepared: str) -> None:
    """Draw the part, if anything agrees; ``prepared`` is what Compare says of the printing."""
    try:
        found = caches.fact(
            collection, "lines", partial(measure_lines, collection, row_a, row_b), row_a, row_b,
            keep=128, told=tr("Measuring the lines …"),
        )  # fmt: skip
    except ImgsimError as unread:
        st.caption(tr("How exactly the lines lie cannot be measured: {why}", why=text.plain(unread)))
        return
    if found is None:
        return
    with st.container(key="compare_lines"):
        st.markdown(tr("## How exactly the lines lie"), help=_help())
        left, right = st.columns([5, 7], gap="medium")
        with left:
            st.markdown(said(found))
            if (found.reason == "exact") != (prepared == PROBABLY_SAME_PLATE):
                st.caption(
                    tr(
                        "The plates were prepared with another version of imgsim, which decided otherwise. "
                        "Prepare the collection again to have this in all lists."
                    )
                )
            st.html(table(found))
        with right:
            st.html(picture(collection, row_b, found))


def _help() -> str:
    return tr(
        "{marks} ({term}) were found on both plates. B is laid on A, turned, moved and stretched as one stiff sheet; "
        "then it is bent smoothly, as damp paper bends (a cubic polynomial). What still lies apart is the "
        "**residual**. Impressions of one plate leave hardly any; a copyist's hand strays. It is given in thousandths "
        "of the plate's diagonal, which do not depend on the size of the scan, and in pixels.",
        marks=MARKS.title,
        term=tr(MARKS.term),
    )


def said(found: Lines) -> str:
    """What lies apart says, in a sentence or two of Markdown."""
    return {
        "exact": tr(
            "**The lines lie as exactly as those of two impressions of one plate do:** probably the same plate."
        ),
        "stray": tr(
            "**The lines stray further than those of impressions as a rule.** They may have been cut anew; but wear, "
            "heavy ink and uneven paper do the same. So nothing is said of the plate they were printed from."
        ),
        "unlike": tr(
            "**The strokes look less alike than those of impressions as a rule.** They may have been cut anew; but "
            "wear and heavy ink do the same. So nothing is said of the plate they were printed from."
        ),
        "few": trn(
            "**Too few points to tell:** {n} agrees, {least} are needed.",
            "**Too few points to tell:** {n} agree, {least} are needed.",
            len(found.off),
            least=LEAST_POINTS,
        ),
        "small": _small(found),
        "partial": tr(
            "**Too little agrees to tell:** {share:.0f} % of the lines, where {least:.0f} % are needed.",
            share=100 * found.coverage,
            least=100 * LEAST_COVERAGE,
        ),
        "mirrored": tr(
            "**One picture is the mirror image of the other**, which no second impression of a plate is, counterproofs "
            "apart. So nothing is said of the plate they were printed from."
        ),
        "detail": tr(
            "**Only a part agrees**, and a steady hand takes over a part as exactly as a plate prints it. So nothing "
            "is said of the plate they were printed from."
        ),
    }[found.reason]


def _small(found: Lines) -> str:
    if found.reduced:
        return tr(
            "**Too small a scan to tell:** the agreeing part is {across:.0f} px long, once the scan is reduced to "
            "{side} px as all are; {least} are needed to tell an impression from a careful copy.",
            across=found.across,
            side=WORKING_SIDE,
            least=LEAST_ACROSS,
        )
    return tr(
        "**Too small a scan to tell:** the agreeing part is {across:.0f} px long; {least} are needed to tell an "
        "impression from a careful copy.",
        across=found.across,
        least=LEAST_ACROSS,
    )


def table(found: Lines) -> str:
    """The numbers, with what each must be, as HTML."""
    rows = [
        (
            tr("Lies apart, as a stiff sheet"),
            f"{tr('After B was turned, moved and stretched.')} {APART.hint}",
            _apart(found.stiff, found.pixel),
            tr("at most {limit:.2f}", limit=MOST_STIFF),
        ),
        (
            tr("Lies apart, smoothly bent"),
            f"{tr('After a smooth distortion, too, as damp paper brings it about.')} {APART.hint}",
            _apart(found.smooth, found.pixel),
            tr("at most {limit:.2f}", limit=MOST_OFF),
        ),
        (
            STROKES.title,
            STROKES.hint,
            number(found.similarity, ".3f"),
            tr("at least {limit:.3f}", limit=LEAST_LIKENESS),
        ),
        (AGREEING.title, AGREEING.hint, number(len(found.off)), tr("at least {limit}", limit=LEAST_POINTS)),
        (
            tr("Agreeing part"),
            tr(
                "Its longer side in the scan that shows less of it; scans are looked at reduced to {side} px, and "
                "pixels are counted there",
                side=WORKING_SIDE,
            ),
            tr("{length:.0f} px", length=found.across),
            tr("at least {limit} px", limit=LEAST_ACROSS),
        ),
        (
            tr("Share that agrees"),
            tr("Of the lines of the picture of which less agrees"),
            tr("{share:.0f} %", share=100 * found.coverage),
            tr("at least {share:.0f} %", share=100 * LEAST_COVERAGE),
        ),
    ]
    return rendered(_HERE / "compare_lines.html", rows=rows, unit=THOUSANDTHS)


def _apart(thousandths: float, pixel: float) -> str:
    return tr("{apart:.2f} thousandths, {pixels:.2f} px", apart=thousandths, pixels=thousandths * pixel)


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
    words = tr(
        "What lies apart on plate B, {times} times as long: blue within the limit ({share} of the points), orange "
        "beyond it",
        times=LONGER,
        share=text.share(round(1000 * within), 1000),
    )
    # As an image of its own: Streamlit takes drawings out of the HTML that it is given.
    drawn = rendered(_HERE / "strays.svg", width=width, height=height, stroke=f"{stroke:.1f}", arrows=arrows)
    image = f"data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()}"
    plate = server.plate_url(collection, row)
    return rendered(_HERE / "strays.html", plate=plate, arrows=image, words=words)
