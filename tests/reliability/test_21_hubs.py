"""Row 21: plates that are neighbours of everything are counted, and the pages Models and About say how uneven it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import skew

from imgsim.base.arrays import npy_bytes, npz_bytes
from imgsim.collection import open_collection
from imgsim.generation import layout
from imgsim.retrieval.neighbours import all_neighbours, hubness, random_pair_quantiles
from tests import pages
from tests.making import add_files, make, write_plates
from tests.reliability.tally import Tally

COUNT, K = 40, 10


def rows_with_a_hub(seed: int) -> np.ndarray:
    """Plates of which one lies in the middle of all the others."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(COUNT, 32))
    rows[7] = rows.mean(axis=0) * 5
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def occurrences(rows: np.ndarray) -> list[int]:
    """In how many plates' first ten each plate is, by plain sorting in float64."""
    found = [0] * len(rows)
    products = rows.astype(float) @ rows.astype(float).T
    for row in range(len(rows)):
        order = sorted((other for other in range(len(rows)) if other != row), key=lambda o: (-products[row, o], o))
        for other in order[:K]:
            found[other] += 1
    return found


@pytest.mark.parametrize("seed", range(3))
def test_the_pages_say_what_a_plain_count_says(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tally: Tally
) -> None:
    make(tmp_path / "data" / "hubs", write_plates(tmp_path / "images", COUNT))
    rows = rows_with_a_hub(seed)
    indices, values = all_neighbours(rows, COUNT - 1)
    add_files(
        tmp_path / "data" / "hubs",
        {
            layout.embeddings_file("toy"): npy_bytes(rows),
            layout.neighbours_file("toy"): npz_bytes(indices=indices, similarities=values),
            layout.background_file("toy"): npy_bytes(random_pair_quantiles(rows)),
        },
    )
    counts = occurrences(rows)
    expected = f"{float(skew(counts)):.1f}"
    assert int(np.argmax(counts)) == 7 and float(expected) > 1
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    with tally.attempt("what is counted"):
        facts = hubness(open_collection(tmp_path / "data" / "hubs").neighbour_table("toy")[0], K)
        assert facts["largest_row"] == 7 and facts["largest"] == max(counts) and facts["never"] == counts.count(0)
        assert facts["skew"] == pytest.approx(float(skew(counts)), abs=1e-4)
    with tally.attempt("the page Models"):
        app = pages.visit("models", collection="hubs", models="hubs")
        metrics = {metric.label: metric.value for metric in app.metric}
        assert metrics["Unevenness"] == expected
    with tally.attempt("the page About"):
        shown = pages.words(pages.visit("about", collection="hubs"))
        assert f"among the {K} nearest of {max(counts)} plates, and {counts.count(0)} plate" in shown


def test_a_run_records_it(tmp_path: Path, tally: Tally) -> None:
    make(tmp_path / "c", write_plates(tmp_path / "images", COUNT))
    collection = open_collection(tmp_path / "c")
    counts = occurrences(np.array(collection.embeddings("toy")))
    with tally.attempt("the manifest"):
        facts = collection.manifest["backbones"]["toy"]["hubness"]
        assert facts["largest"] == max(counts) and facts["never"] == counts.count(0)
        assert facts["skew"] == pytest.approx(float(skew(counts)), abs=1e-3)
