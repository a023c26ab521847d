"""What local geometry says of a plate's neighbours, in the words of the screen. No Streamlit here."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from imgsim.base import verdict_words as words
from imgsim.base.verdict_words import CODE_OF, COPY, LOOK_ALIKE, NOT_CHECKED, UNCHECKED, VERDICTS
from imgsim.collection.evidence import Evidence
from imgsim.verification.match_row import MatchRow

# By verdict, and by the short code of it that addresses and components use.
TITLES = {verdict: verdict.capitalize() for verdict in (*VERDICTS[:-1], COPY, VERDICTS[-1], NOT_CHECKED)}
WORDS = {CODE_OF.get(verdict, UNCHECKED): title for verdict, title in TITLES.items()}
MEANINGS = {CODE_OF.get(verdict, UNCHECKED): meaning for verdict, meaning in words.MEANINGS.items()}


def badge(evidence: Evidence, row: int) -> dict[str, str]:
    """The mark on a card: what kind, its words, and a sentence for whoever rests the pointer on it."""
    code = evidence.code(row)
    found = evidence.known.get(int(row))
    if found is None or found.verdict == LOOK_ALIKE:
        return {"kind": code, "text": WORDS[code].lower(), "title": sentence(found)}
    turned = words.turned(found.verdict, found.mirrored, found.negative)
    # A copy's words are long: how many places agree stands below.
    number = "" if found.verdict == COPY else f" · {found.inliers:,}"
    return {
        "kind": code,
        "text": f"{WORDS[code].lower()}{turned}{number}",
        "title": sentence(found),
    }


def reason(found: MatchRow | None) -> str:
    """Why it is called so, in a few words: `77 places agree, over 92 % of both`; "" where nobody looked."""
    if found is None:
        return ""
    if found.verdict == LOOK_ALIKE:
        return "no place agrees" if not found.inliers else f"only {_places(found.inliers)}, as by chance"
    if math.isnan(found.coverage_a) or math.isnan(found.coverage_b):
        return _places(found.inliers)
    one, two = (_share(min(share, 1)) for share in (found.coverage_a, found.coverage_b))
    return f"{_places(found.inliers)}, over {f'{one} of both' if one == two else f'{one} and {two}'}"


def _places(number: int) -> str:
    return "1 place agrees" if number == 1 else f"{number:,} places agree"


def sentence(found: MatchRow | None) -> str:
    """What was found, in one sentence."""
    if found is None:
        return f"{WORDS[UNCHECKED]}: {MEANINGS[UNCHECKED]}."
    code = CODE_OF[found.verdict]
    if found.verdict == LOOK_ALIKE:
        points = "no point agrees" if not found.inliers else f"only {_points(found.inliers)}, as by chance"
        return f"{WORDS[code]}: {MEANINGS[code]} ({points})."
    turned = words.turned(
        found.verdict, found.mirrored, found.negative, (", once turned left to right", ", once inverted")
    )
    over = ""
    if not math.isnan(found.coverage_a):
        over = f", over {_share(found.coverage_a)} of your plate and {_share(found.coverage_b)} of this one"
    return f"{WORDS[code]}: {MEANINGS[code]}{turned}. {_points(found.inliers).capitalize()}{over}."


def _points(number: int) -> str:
    return "1 point agrees" if number == 1 else f"{number:,} points agree"


def _share(value: float) -> str:
    return f"{100 * value:.0f} %"


def summary(evidence: Evidence, rows: Sequence[int] | npt.NDArray[np.int64]) -> str:
    """How many of a list have which verdict: `2 same image, 1 mirrored, 14 look-alikes, 3 not checked`."""
    codes = [evidence.code(int(row)) for row in rows]
    parts = []
    for code, word in WORDS.items():
        number = codes.count(code)
        if number:
            plural = "s" if number > 1 and code in ("detail", "alike") else ""
            said = "copies by another hand" if number > 1 and code == CODE_OF[COPY] else f"{word.lower()}{plural}"
            parts.append(f"{number:,} {said}")
    return ", ".join(parts)


def explanation() -> str:
    """What each verdict means, as Markdown."""
    return "\n".join(f"- **{WORDS[code]}**: {meaning}" for code, meaning in MEANINGS.items())
