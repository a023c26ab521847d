"""What Compare says of two plates once one is laid on the other."""

from __future__ import annotations

import numpy as np

from imgsim.app.services import text
from imgsim.base.translation import marked, tr, trn
from imgsim.base.verdict_words import (
    COPY,
    DETAIL,
    LOOK_ALIKE,
    MIRRORED,
    NEGATIVE,
    REVERSED,
    SAME,
    turned,
)
from imgsim.collection.registration import Registration

_VERDICTS = {
    SAME: marked("The same image"),
    MIRRORED: marked("The same image, mirrored"),
    NEGATIVE: marked("The same image, as a negative"),
    DETAIL: marked("A shared detail"),
    LOOK_ALIKE: marked("No shared lines found"),
    COPY: marked("Copy by another hand"),
}


def verdict(found: Registration | None) -> str:
    """The verdict, as a heading."""
    if found is None:
        return tr("Not compared")
    said = tr(_VERDICTS.get(found.verdict, found.verdict))
    return said + turned(found.verdict, found.mirrored, False) if found.verdict == COPY else said


def numbers(found: Registration | None) -> list[str]:
    """What was found, in short sentences without their full stops."""
    if found is None:
        return []
    if not found.found:
        return [
            trn(
                "No lines in common: at best {n:,} place would agree, which chance explains",
                "No lines in common: at best {n:,} places would agree, which chance explains",
                found.inliers,
            ),
            tr("B is laid on A only to fit: flip, turn or move it by hand"),
        ]
    agreeing = trn(
        "{n:,} place agree, over {a:.0f} % of A and {b:.0f} % of B",
        "{n:,} places agree, over {a:.0f} % of A and {b:.0f} % of B",
        found.inliers, a=100 * found.coverage_a, b=100 * found.coverage_b,
    )  # fmt: skip
    said = [agreeing, _laying(found)]
    if found.negative:
        said.append(tr("One is the negative of the other"))
    if found.printing:
        said.append(text.begun(tr(found.printing)))
    return said


def _laying(found: Registration) -> str:
    """How B was laid on A."""
    done = [tr(REVERSED) if found.verdict == COPY else tr("flipped")] if found.mirrored else []
    if abs(found.turn) >= 0.1:
        done.append(tr("turned by {degrees:.1f}°", degrees=abs(found.turn)))
    exact = np.isfinite(found.residual)
    done.append(tr("laid on A to {distance:.1f} px", distance=found.residual) if exact else tr("laid on A"))
    how = ", ".join(done)
    if found.bend is None:
        return tr("B is {how}", how=how)
    most = float(np.linalg.norm(found.bend, axis=2).max())
    return tr(
        "B is {how}; bent by up to {most:.0f} px, to {distance:.1f} px",
        how=how, most=most, distance=found.bent_residual,
    )  # fmt: skip


def finding(found: Registration) -> str:
    """What was found, in a few words."""
    if not found.found:
        return tr("no shared lines found")
    verdict = tr(found.verdict)
    return trn("{verdict}, {n:,} place agree", "{verdict}, {n:,} places agree", found.inliers, verdict=verdict)
