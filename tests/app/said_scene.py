"""Every page in every state that says something of its own, and a collection of which all that can be said is said."""

from __future__ import annotations

import shutil
from pathlib import Path

from imgsim.app.pages.models import PARTS
from imgsim.collection import open_collection
from imgsim.collection.decided import reviews_of
from tests.pages import PAGES

STATES: tuple[tuple[str, dict[str, str]], ...] = (
    *((name, {}) for name in PAGES),
    *(("models", {"models": part}) for part in PARTS),
    ("plate", {"plate": "p000"}), ("plate", {"plate": "p000", "view": "table"}),
    ("plate", {"plate": "p000", "view": "scores"}), ("compare", {"plate": "p000", "with_": "p006"}),
    ("map", {"plate": "p000"}), ("review", {"section": "worth", "precision": "0.6"}), ("review", {"section": "all"}),
    ("books", {"book": "book1", "and_": "book0"}), ("book", {"book": "book1"}), ("light_table", {"tray": "p000,p006"}),
)  # fmt: skip


def judge(data: Path) -> None:
    """Judge every pair of the collection "herbals" that was verified or found to look alike."""
    collection = open_collection(data / "herbals")
    assert collection.matches is not None
    reviews = reviews_of(collection.path)
    ids = collection.catalogue.plate_ids
    for at in range(len(collection.matches)):
        match = collection.matches.match(at)
        decision = "same plate" if match.verified else "unrelated"
        reviews.record(ids[match.a], ids[match.b], decision, reviewer="Ada")


def copied_and_judged(compared: Path, data: Path) -> Path:
    """A copy of a data folder, judged."""
    shutil.copytree(compared, data)
    judge(data)
    return data


def state_name(one: object) -> str:
    """What a test of a state is called."""
    return "-".join(one.values()) if isinstance(one, dict) else str(one)
