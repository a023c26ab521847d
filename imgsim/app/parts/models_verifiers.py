"""The verifiers beside one another: how many pairs each finds, where they disagree, and what people say of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from imgsim.app.parts import drawn_after
from imgsim.app.parts.another_hand import networks_missing
from imgsim.app.services import caches, commands, remedies
from imgsim.base.markup import rendered
from imgsim.base.translation import number, tr, trn
from imgsim.collection import Collection
from imgsim.collection.verifier_comparison import Judgement, VerifierComparison, compare_verifiers
from imgsim.errors import AddCopies
from imgsim.verification.verifiers import SIFT

_TABLE = Path(__file__).with_suffix(".html")


def show(collection: Collection) -> None:
    """Draw the part."""
    found = caches.answer(collection, "verifiers", compare_verifiers, keep=6, told=tr("Counting pairs …"))
    assert found is not None  # else the part is not offered
    _table(collection, found)
    if found.copies is None:
        _only_lines(collection)
        return
    st.caption(
        tr(
            "Each verifier is asked about other pairs: lines about all likely counterparts, copies by another hand "
            "about the first neighbours whose lines do not agree. So the numbers of two rows are of two sets of "
            "pairs; what people decided is the only measure that both share."
        )
    )
    _disagreeing(collection, found)


def _table(collection: Collection, found: VerifierComparison) -> None:
    given = str(collection.manifest["parameters"].get("verifier", SIFT.name))
    named = tr("SIFT and geometry") if given == SIFT.name else given
    means = tr("Whether the lines of two plates agree ({verifier}).", verifier=named)
    rows = [(tr("Lines"), means, found.lines)]
    if found.copies is not None:
        means = tr("Whether two plates show the same things in the same places, drawn anew (XFeat and LighterGlue).")
        rows.append((tr("Copies by another hand"), means, found.copies))
    st.html(rendered(_TABLE, lines=[_line(*row) for row in rows]))


def _line(label: str, means: str, of: Judgement) -> dict[str, Any]:
    return {
        "label": label,
        "means": means,
        "asked": number(of.asked),
        "found": number(of.found),
        "confirmed": _part(of.confirmed_found, of.confirmed),
        "rejected": _part(of.rejected_found, of.rejected),
    }


def _part(found: int, decided: int) -> str:
    return tr("{found:,} of {every:,}", found=found, every=decided) if decided else tr("none decided")


def _only_lines(collection: Collection) -> None:
    with st.container(border=True):
        st.markdown(tr("**Only one verifier has looked at these plates.**"))
        st.markdown(
            tr(
                "A picture that somebody drew anew shares no line with its model. A second verifier finds such "
                "copies by their arrangement. Prepare the collection once more with it, in a terminal, then reload "
                "this page:"
            )
        )
        if networks_missing():
            remedy = remedies.words(AddCopies())
            st.code(remedy.command, language=None)
        st.code(commands.prepare(collection.path, "--copies", "3"), language=None)


def _disagreeing(collection: Collection, found: VerifierComparison) -> None:
    st.markdown(tr("## Where they disagree"))
    if not (found.differ or found.only_copies):
        st.caption(
            trn(
                "Of {n:,} pair that both were asked about, the second finds none.",
                "Of {n:,} pairs that both were asked about, the second finds none.",
                found.both,
            )
        )
        return
    differ, only = len(found.differ), len(found.only_copies)
    if only:
        said = trn(
            "Of {n:,} pair that both were asked about, {differ:,} share no line and are copies by another hand; "
            "{only:,} more were never compared by their lines. The surest come first.",
            "Of {n:,} pairs that both were asked about, {differ:,} share no line and are copies by another hand; "
            "{only:,} more were never compared by their lines. The surest come first.",
            found.both, differ=differ, only=only,
        )  # fmt: skip
    else:
        said = trn(
            "Of {n:,} pair that both were asked about, {differ:,} share no line and are copies by another hand. The "
            "surest come first.",
            "Of {n:,} pairs that both were asked about, {differ:,} share no line and are copies by another hand. The "
            "surest come first.",
            found.both, differ=differ,
        )  # fmt: skip
    st.caption(said)
    drawn_after.pairs_listed(collection, [*found.differ, *found.only_copies], "verifiers_differ")
