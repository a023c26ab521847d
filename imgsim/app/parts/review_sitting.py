"""What the reader decided in this sitting, said while it goes on and where it ends."""

from __future__ import annotations

from datetime import UTC, datetime

from imgsim.app.parts import reviewer
from imgsim.app.services import kept_answers
from imgsim.base import translation
from imgsim.base.translation import tr
from imgsim.collection import Collection
from imgsim.reviews.sitting import sitting, written


def said(collection: Collection) -> str:
    """`In this sitting: 7 same plate, 2 unrelated.`; "" where the reader has decided nothing in it."""
    name = reviewer.name()
    by_one = kept_answers.answer(
        collection, "written by one reviewer", lambda shown: written(shown.records, name), name, keep=16
    )
    counted = sitting(by_one, datetime.now(UTC))
    if not counted:
        return ""
    decisions = ", ".join(f"{translation.number(count)} {tr(decision)}" for decision, count in counted.items())
    return tr("In this sitting: {decisions}.", decisions=decisions)
