"""What the tests of the app share: prepared collections that they leave as they are, and what was drawn of them."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from imgsim.collection import Collection, open_collection
from tests.app.drawn import Drawn, watched
from tests.herbals import make_herbals
from tests.making import add_matches, match_values

# Books: p000-p005 book0 1700, p006-p011 book1 1710, p012-p017 book2 1720, p018-p023 book3 without a year.
# Even plates were printed in London, odd ones in Edinburgh.
PAIRS = [
    match_values("p000", "p006", inliers=200),
    match_values("p006", "p012", inliers=150),
    match_values("p000", "p012", inliers=120),
    match_values("p001", "p018", "mirrored", inliers=90),
    match_values("p002", "p008", inliers=80, printing="probably re-engraved"),
    match_values("p003", "p007", inliers=70),
    match_values(
        "p004",
        "p014",
        "shared detail",
        inliers=60,
        coverage_a=0.2,
        coverage_b=0.9,
        transform=np.diag([2.0, 2.0, 1.0]).ravel(),
    ),
    match_values("p005", "p022", "look-alike"),
]


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the collection "herbals", never verified."""
    return make_herbals(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="session")
def verified(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, with matches and families."""
    folder = tmp_path_factory.mktemp("verified") / "data"
    shutil.copytree(plain, folder)
    add_matches(folder / "herbals", PAIRS)
    return folder


@pytest.fixture(scope="session")
def folder(verified: Path) -> Path:
    """The data folder that a module's tests look at; a module may have another."""
    return verified


@pytest.fixture
def herbals(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """The collection "herbals" of that folder, and an app that sees it."""
    monkeypatch.setenv("IMGSIM_DATA", str(folder))
    return open_collection(folder / "herbals")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """What the components of a page are given, and what they are to answer."""
    return watched(monkeypatch)
