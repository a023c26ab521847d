"""What the tests of the app share: prepared collections that they leave as they are, and what was drawn of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app import components
from imgsim.app.parts import exporting
from imgsim.app.services import server
from imgsim.app.services.ready_exports import Store
from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED
from imgsim.collection import Collection, open_collection
from tests import pages
from tests.app import models_scene, reuse_scene, review_scene
from tests.app.drawn import Drawn, watched
from tests.app.iiif_scene import make_iiif
from tests.app.models_scene import see_with_other
from tests.app.queried import ALIKE, PART, QUERY, SAME, TURNED
from tests.app.said_scene import copied_and_judged
from tests.herbals import make_herbals
from tests.making import add_matches, make, match_values, write_plates
from tests.pages import replace_component


def _with_matches(data: Path, base: Path, pairs: list[dict[str, Any]]) -> Path:
    shutil.copytree(data, base / "data")
    add_matches(base / "data" / "herbals", pairs)
    return base / "data"


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the collection "herbals", never verified."""
    return make_herbals(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="session")
def verified(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as `plain`, with matches and families."""
    return _with_matches(plain, tmp_path_factory.mktemp("verified"), reuse_scene.PAIRS)


@pytest.fixture(scope="session")
def several(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as `plain`, with others: of four plates in one book, of one plate, and one seen by two networks."""
    base = tmp_path_factory.mktemp("several")
    data = base / "data"
    shutil.copytree(plain, data)
    make(data / "x_one", write_plates(base / "one" / "book", 4))
    make(data / "x_alone", write_plates(base / "two" / "book", 1))
    make(data / "x_study", write_plates(base / "three" / "book", 8), backbones=["toy", "resnet18"])
    return data


@pytest.fixture(scope="session")
def near_matches(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as `plain`, with matches of one plate: in its own book, in a later one, and a look-alike."""
    return _with_matches(
        plain,
        tmp_path_factory.mktemp("near"),
        [
            match_values(QUERY, "p001"),
            match_values(QUERY, "p004", MIRRORED),
            match_values(QUERY, "p014", DETAIL),
            match_values(QUERY, "p009", "look-alike"),
        ],
    )


@pytest.fixture(scope="session")
def evidenced(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as `plain`, with a match of every kind of one plate."""
    return _with_matches(
        plain,
        tmp_path_factory.mktemp("evidence"),
        [
            match_values(QUERY, SAME, inliers=90, printing="probably re-engraved"),
            match_values(QUERY, TURNED, MIRRORED, inliers=1234, coverage_a=0.25, coverage_b=0.75),
            match_values(QUERY, PART, DETAIL, mirrored=True),
            match_values(QUERY, ALIKE, LOOK_ALIKE),
            match_values("p004", "p005"),  # within one book
        ],
    )


@pytest.fixture(scope="session")
def judgeable(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as `plain`, with pairs to judge; "unverified" beside it has none."""
    data = _with_matches(plain, tmp_path_factory.mktemp("review"), review_scene.PAIRS)
    shutil.copytree(plain / "herbals", data / "unverified")
    return data


@pytest.fixture(scope="session")
def exportable(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as `plain`, with a family of three, a mirrored pair, a look-alike."""
    return _with_matches(
        plain,
        tmp_path_factory.mktemp("dialog"),
        [
            match_values("p000", "p006", inliers=200),
            match_values("p006", "p012", inliers=150),
            match_values("p001", "p018", "mirrored"),
            match_values("p003", "p007", "look-alike"),
        ],
    )


@pytest.fixture(scope="session")
def two_networks(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as `plain`, seen by two networks: "toy", and "other", which finds every verified copy."""
    data = tmp_path_factory.mktemp("models") / "data"
    shutil.copytree(plain, data)
    see_with_other(data / "herbals")
    return data


@pytest.fixture(scope="session")
def compared(two_networks: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as `two_networks`, with matches."""
    return _with_matches(two_networks, tmp_path_factory.mktemp("compared"), models_scene.PAIRS)


@pytest.fixture(scope="session")
def judged(compared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as `compared`, its pairs judged by Ada."""
    return copied_and_judged(compared, tmp_path_factory.mktemp("judged") / "data")


@pytest.fixture(scope="session")
def iiif_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the collections that manifests are asked of, see :func:`make_iiif`."""
    return make_iiif(tmp_path_factory.mktemp("iiif"))


@pytest.fixture(scope="session")
def folder(plain: Path) -> Path:
    """The data folder that a module's tests look at; a module may have another."""
    return plain


@pytest.fixture
def herbals(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """The collection "herbals" of that folder, and an app that sees it."""
    monkeypatch.setenv("IMGSIM_DATA", str(folder))
    return open_collection(folder / "herbals")


@pytest.fixture
def bare(several: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """The collection "herbals" among several, never verified."""
    monkeypatch.setenv("IMGSIM_DATA", str(several))
    return open_collection(several / "herbals")


@pytest.fixture
def own(judgeable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """The collection "herbals" with pairs to judge, of one's own, for reviews are written to it."""
    shutil.copytree(judgeable / "herbals", tmp_path / "data" / "herbals")
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    return open_collection(tmp_path / "data" / "herbals")


@pytest.fixture
def odd(iiif_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """The collection of odd ids, forms and terms."""
    monkeypatch.setenv("IMGSIM_DATA", str(iiif_folder))
    return open_collection(iiif_folder / "odd")


@pytest.fixture
def visit(herbals: Collection) -> Callable[..., AppTest]:
    """Open a page with a state in its address: visit("plate", plate="p003")."""
    return pages.visit


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The cards of the last list of neighbours that was drawn: without a browser nobody sees them."""
    found: list[dict[str, Any]] = []
    real = components.thumbnail_grid

    def fake(**given: Any) -> Any:
        if given["key"] == "neighbour_grid":
            found[:] = given["items"]
        return real(**given)

    monkeypatch.setattr("imgsim.app.parts.neighbourhood.thumbnail_grid", fake)
    replace_component(monkeypatch, "thumbnail_grid", fake)
    return found


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store of its own for the export dialog and for what serves."""
    own = Store()
    monkeypatch.setattr(exporting, "STORE", own)
    monkeypatch.setattr(server, "STORE", own)
    yield own


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """What the components of a page are given, and what they are to answer."""
    return watched(monkeypatch)
