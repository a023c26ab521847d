"""What local geometry says of a plate's neighbours, in the words of the screen. No Streamlit here."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from imgsim.base import verdict_words as words
from imgsim.base.translation import marked, number, tr, trn
from imgsim.base.verdict_words import (
    CODE_OF,
    COPY,
    DETAIL,
    LOOK_ALIKE,
    MIRRORED,
    NEGATIVE,
    NOT_CHECKED,
    SAME,
    UNCHECKED,
)
from imgsim.collection.evidence import Evidence
from imgsim.verification.match_row import MatchRow

# By verdict, and by the short code of it that addresses and components use; in English, to be said with `tr`.
TITLES = {
    SAME: marked("Same image"),
    MIRRORED: marked("Mirrored"),
    NEGATIVE: marked("Negative"),
    DETAIL: marked("Shared detail"),
    COPY: marked("Copy by another hand"),
    LOOK_ALIKE: marked("Look-alike"),
    NOT_CHECKED: marked("Not checked"),
}
WORDS = {CODE_OF.get(verdict, UNCHECKED): title for verdict, title in TITLES.items()}
MEANINGS = {CODE_OF.get(verdict, UNCHECKED): meaning for verdict, meaning in words.MEANINGS.items()}


def badge(evidence: Evidence, row: int) -> dict[str, str]:
    """The mark on a card: what kind, its words, and a sentence for whoever rests the pointer on it."""
    code = evidence.code(row)
    found = evidence.known.get(int(row))
    if found is None or found.verdict == LOOK_ALIKE:
        said = tr(NOT_CHECKED if found is None else LOOK_ALIKE)
        return {"kind": code, "text": said, "title": sentence(found)}
    turned = words.turned(found.verdict, found.mirrored, found.negative)
    # A copy's words are long: how many places agree stands below.
    points = "" if found.verdict == COPY else f" · {number(found.inliers)}"
    return {"kind": code, "text": f"{tr(found.verdict)}{turned}{points}", "title": sentence(found)}


def reason(found: MatchRow | None) -> str:
    """Why it is called so, in a few words: `77 places agree, over 92 % of both`; "" where nobody looked."""
    if found is None:
        return ""
    if found.verdict == LOOK_ALIKE:
        if not found.inliers:
            return tr("no place agrees")
        return trn(
            "only {n:,} place agrees, as by chance", "only {n:,} places agree, as by chance", found.inliers
        )
    if math.isnan(found.coverage_a) or math.isnan(found.coverage_b):
        return trn("{n:,} place agrees", "{n:,} places agree", found.inliers)
    one, two = (f"{100 * min(share, 1):.0f}" for share in (found.coverage_a, found.coverage_b))
    if one == two:
        return trn(
            "{n:,} place agrees, over {share} % of both", "{n:,} places agree, over {share} % of both",
            found.inliers, share=one,
        )  # fmt: skip
    return trn(
        "{n:,} place agrees, over {one} % and {two} %", "{n:,} places agree, over {one} % and {two} %",
        found.inliers, one=one, two=two,
    )  # fmt: skip


def sentence(found: MatchRow | None, *, lettered: bool = False) -> str:
    """What was found, in one sentence or two.

    Parameters
    ----------
    lettered : whether the two plates are called A and B, not "your plate" and "this one".
    """
    code = UNCHECKED if found is None else CODE_OF[found.verdict]
    what = f"{tr(WORDS[code])}: {tr(MEANINGS[code])}"
    if found is None:
        return f"{what}."
    if found.verdict == LOOK_ALIKE:
        points = trn(
            "only {n:,} point agrees, as by chance", "only {n:,} points agree, as by chance", found.inliers
        )
        return f"{what} ({points if found.inliers else tr('no point agrees')})."
    added = (tr(", once turned left to right"), tr(", once inverted"))
    turned = words.turned(found.verdict, found.mirrored, found.negative, added)
    return f"{what}{turned}. {_points(found, lettered)}"


def _points(found: MatchRow, lettered: bool) -> str:
    points, shares = found.inliers, {"a": 100 * found.coverage_a, "b": 100 * found.coverage_b}
    if math.isnan(found.coverage_a):
        return trn("{n:,} point agrees.", "{n:,} points agree.", points)
    if lettered:
        return trn(
            "{n:,} point agrees, over {a:.0f} % of A and {b:.0f} % of B.",
            "{n:,} points agree, over {a:.0f} % of A and {b:.0f} % of B.",
            points, **shares,
        )  # fmt: skip
    return trn(
        "{n:,} point agrees, over {a:.0f} % of your plate and {b:.0f} % of this one.",
        "{n:,} points agree, over {a:.0f} % of your plate and {b:.0f} % of this one.",
        points, **shares,
    )  # fmt: skip


def summary(evidence: Evidence, rows: Sequence[int] | npt.NDArray[np.int64]) -> str:
    """How many of a list have which verdict: `2 same image, 1 mirrored, 14 look-alikes, 3 not checked`."""
    codes = [evidence.code(int(row)) for row in rows]
    parts = []
    for code, said in _COUNTED.items():
        count = codes.count(code)
        if count:
            parts.append(said(count))
    return ", ".join(parts)


_COUNTED: dict[str, Callable[[int], str]] = {
    CODE_OF[SAME]: lambda n: trn("{n:,} same image", "{n:,} same image", n),
    CODE_OF[MIRRORED]: lambda n: trn("{n:,} mirrored", "{n:,} mirrored", n),
    CODE_OF[NEGATIVE]: lambda n: trn("{n:,} negative", "{n:,} negative", n),
    CODE_OF[DETAIL]: lambda n: trn("{n:,} shared detail", "{n:,} shared details", n),
    CODE_OF[COPY]: lambda n: trn("{n:,} copy by another hand", "{n:,} copies by another hand", n),
    CODE_OF[LOOK_ALIKE]: lambda n: trn("{n:,} look-alike", "{n:,} look-alikes", n),
    UNCHECKED: lambda n: trn("{n:,} not checked", "{n:,} not checked", n),
}


def explanation() -> str:
    """What each verdict means, as Markdown."""
    return "\n".join(f"- **{tr(WORDS[code])}**: {tr(meaning)}" for code, meaning in MEANINGS.items())
