"""What the tests of whole runs share with those of the stages."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgsim.catalogue import Catalogue
from imgsim.collection import open_collection
from imgsim.verification.candidate_sources import CANDIDATE_SOURCES
from imgsim.verification.verifiers import VERIFIERS, Verifier
from tests.extensions import bring, shown
from tests.making import make, write_plates
from tests.prepare.conftest import no_waiting, quickly
from tests.verification.toy_verifier import EVERY, TOY

__all__ = ["no_waiting", "quickly"]


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collection of eight plates without matches; leave it as it is."""
    folder = tmp_path_factory.mktemp("matches")
    make(folder / "plates", write_plates(folder / "images", 8))
    return folder / "plates"


@pytest.fixture(scope="session")
def catalogue(pristine: Path) -> Catalogue:
    """Its catalogue."""
    return open_collection(pristine).catalogue


@pytest.fixture
def copied(pristine: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(pristine, tmp_path / "plates"))


@pytest.fixture
def none_left() -> Iterator[None]:
    """What a test brings is gone after it."""
    yield
    for name in ("toy", "same page", "magsac", "odd"):
        CANDIDATE_SOURCES.forget(name)
        VERIFIERS.forget(name)


@pytest.fixture(params=EVERY)
def verifier(
    request: pytest.FixtureRequest, none_left: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Verifier:
    """Each verifier in its turn: imgsim's own, one that a test brings, and the one of the documents."""
    bring(monkeypatch, tmp_path / "mine", toy=TOY, magsac=shown("verifiers.md"))
    return VERIFIERS.get(request.param)
