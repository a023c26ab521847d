"""What the tests of row 23 share: the app on a small collection, and the addresses of everything that it serves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit

from imgsim.collection import Collection, open_collection, settings
from imgsim.export.iiif import Addresses
from tests.book_scans import write_scans
from tests.e2e.serving import Served, serve
from tests.herbals import make_herbals
from tests.making import add_matches, make, match_values

ALLOWED = "plates.example.org"
EVIL = "evil.example"
STREAM = "/_stcore/stream"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the collection "herbals", with a family, and of "scans", whose plates are cut out of pages."""
    folder = make_herbals(tmp_path_factory.mktemp("other_pages"))
    add_matches(folder / "herbals", [match_values("p000", "p006"), match_values("p006", "p012")])
    make(folder / "scans", write_scans(folder.parent / "books"))
    return folder


@pytest.fixture(scope="module")
def app(data: Path) -> Iterator[Served]:
    """The app, which also answers to the name ALLOWED."""
    with serve(data, environ={"IMGSIM_ALLOW_HOST": ALLOWED}) as served:
        yield served


@pytest.fixture
def herbals(data: Path) -> Iterator[Collection]:
    """The collection; nothing may have been decided or opened in it when a test ends."""
    collection = open_collection(data / "herbals")
    settings.open_iiif(collection.path, False)
    yield collection
    assert not (collection.path / "reviews.sqlite").exists()
    assert json.loads((collection.path / settings.FILE).read_bytes()) == {"iiif_open_to_other_pages": False}


def of_streamlit(kind: str) -> str:
    """The path of a file that Streamlit's own page loads, by its ending."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    return re.findall(rf"""(?:src|href)="\.(/static/[^"]*/index[^"]*\.{kind})""", page)[0]


def paths(collection: Collection) -> dict[str, str]:
    """One address of everything that is served."""
    base = f"/collections/herbals/{collection.generation}"
    sha256 = collection.catalogue.record(0)["sha256"]
    scans = open_collection(collection.path.parent / "scans").generation
    return {
        "a page": "/", "a deep page": "/plate?collection=herbals&plate=p000", "health": "/_stcore/health",
        "the host's configuration": "/_stcore/host-config", "a script": of_streamlit("js"),
        "uploads": "/_stcore/upload_file/a/b", "media": "/media/x.png",
        "a thumbnail": f"{base}/thumbnails/{sha256}.webp", "labels": f"{base}/labels.json",
        "a plate": f"{base}/plates?id=p000", "a page of a book": f"/collections/scans/{scans}/pages?id=p001&size=320",
        "points": f"{base}/map/toy/pca.bin", "agents": "/_stcore/agent/interact",
        "a manifest": Addresses("", "herbals").plate("p000"),
        "incoming": f"/incoming/{'0' * 32}/a.png",
    }  # fmt: skip
