"""An image from outside that is searched for."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from imgsim.app.services import text
from imgsim.collection import Collection, open_collection
from tests.app.toy_network import use_toy
from tests.pages import check, visit, words
from tests.tiny import TINY


def test_an_upload_finds_itself_first(
    visit: Callable[..., AppTest], herbals: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    plate = herbals.catalogue.row("p005")
    use_toy(monkeypatch, herbals)
    app = visit("search", threshold="-1", view="table")
    app.file_uploader[0].upload("scan.png", herbals.plate_bytes(plate), "image/png")
    check(app.run())
    table = app.dataframe[0].value
    assert table["Id"].iloc[0] == "p005"
    assert table["Similarity"].iloc[0] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"%!PS-Adobe-3.0 EPSF", os.urandom(4000)]
)
def test_a_bad_upload_is_refused_in_a_sentence(visit: Callable[..., AppTest], content: bytes) -> None:
    app = visit("search")
    app.file_uploader[0].upload("**bad** <b>.png", content, "image/png")
    check(app.run())
    assert len(app.error) == 1
    assert "cannot be searched" in app.error[0].value
    assert text.plain("**bad** <b>.png") in app.error[0].value


@pytest.fixture
def sample(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collection]:
    monkeypatch.setenv("IMGSIM_DATA", str(prepared))
    yield open_collection(prepared / "sample")
    st.cache_resource.clear()  # it keeps the network that a test put there


def seek(
    monkeypatch: pytest.MonkeyPatch, collection: Collection, content: bytes, vector: np.ndarray
) -> AppTest:
    """Bring an image, whose embedding is given: the network has tests of its own."""

    class Embedder:
        def __init__(self, *_: object) -> None:
            self.backbone = TINY

        def embed_arrays(self, arrays: np.ndarray) -> np.ndarray:
            return np.stack([vector] * len(arrays))

    monkeypatch.setattr("imgsim.backbones.embedder.Embedder", Embedder)
    st.cache_resource.clear()
    app = visit("search", collection=collection.name, view="table", fold="no")
    app.file_uploader[0].upload("scan.png", content, "image/png")
    return check(app.run(timeout=120))


def test_both_searches_are_merged_and_what_is_proven_comes_first(
    sample: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    matches = sample.matches
    assert matches is not None
    row = max(range(len(sample.catalogue)), key=lambda row: sum(one.verified for one in matches.of(row)))
    known = {one.b: one for one in matches.of(row) if one.verified}
    # a network that sees nothing in it, so that the lines have to find it
    vector = -sample.embeddings("plates18").mean(axis=0)
    vector /= np.linalg.norm(vector)
    app = seek(monkeypatch, sample, sample.plate_bytes(row), vector)
    table = app.dataframe[0].value
    ids = sample.catalogue.plate_ids
    assert table["Id"].iloc[0] == ids[row]
    assert set(table["Id"][1 : 1 + len(known)]) == {ids[other] for other in known}
    for plate_id, verdict, inliers in zip(table["Id"], table["Verdict"], table["Points"], strict=True):
        other = known.get(sample.catalogue.row(plate_id))
        if other is not None:
            assert (verdict.lower(), inliers) == (other.verdict, other.inliers)
    assert len(table) == 20 and (table["Verdict"][1 + len(known) :].isin(["Look-alike", "Not checked"])).all()


def test_without_local_features_likeness_alone_answers_and_says_so(
    bare: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_toy(monkeypatch, bare)
    app = visit("search", view="table")
    app.file_uploader[0].upload("scan.png", bare.plate_bytes(5), "image/png")
    check(app.run())
    assert app.dataframe[0].value["Id"].iloc[0] == "p005" and len(app.dataframe[0].value) == 20
    assert "the lines of these plates were never compared" in words(app)
    assert "python precompute.py --name herbals" in words(app)


def test_an_image_without_lines_is_answered_by_likeness_and_says_why(
    sample: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.BytesIO()
    Image.new("L", (300, 400), 250).save(stream, "PNG")
    app = seek(monkeypatch, sample, stream.getvalue(), sample.embeddings("plates18")[4])
    assert len(app.dataframe[0].value) == 20
    assert app.dataframe[0].value["Id"].iloc[0] == sample.catalogue.plate_ids[4]
    assert "By its lines nothing can be looked for" in words(app)
