"""Maps are judged by whom they place together, never by their coordinates."""

from __future__ import annotations

import numpy as np
import pytest

from imgsim.errors import ImgsimError
from imgsim.retrieval.neighbours import all_neighbours
from imgsim.retrieval.projections import METHODS, method_key, principal_components, project
from tests.benchmarks.projections import trustworthiness

# UMAP compiles itself for half a minute when it is first used on a machine: once is enough here.
QUICK = tuple(method for method in METHODS if method != "umap")


def clusters(count: int = 240, dimension: int = 32, seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(max(1, count // 12), dimension))
    rows = centres[generator.integers(0, len(centres), count)] + 0.3 * generator.normal(
        size=(count, dimension)
    )
    if count > 6:
        rows[5] = rows[6]
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def check_shape(points: np.ndarray, count: int) -> None:
    assert points.shape == (count, 2)
    assert points.dtype == np.float32
    assert np.isfinite(points).all()
    assert np.abs(points).max(initial=0) <= 1
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-3)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 7])
def test_few_plates_get_a_map_too(method: str, count: int) -> None:
    check_shape(project(clusters(count), None, method), count)


@pytest.mark.parametrize("method", QUICK)
@pytest.mark.parametrize("count", [8, 9, 20, 95])
def test_small_collections(method: str, count: int) -> None:
    check_shape(project(clusters(count), None, method), count)


@pytest.mark.parametrize("method", QUICK)
def test_maps_are_the_same_every_time_and_whoever_finds_the_neighbours(method: str) -> None:
    embeddings = np.unique(clusters(), axis=0)
    first = project(embeddings, None, method)
    np.testing.assert_array_equal(first, project(embeddings, all_neighbours(embeddings, 200), method))
    np.testing.assert_array_equal(first, project(embeddings, all_neighbours(embeddings, 4), method))


def test_tsne_and_umap_keep_neighbours_together() -> None:
    embeddings = clusters(400)
    pca = trustworthiness(embeddings, project(embeddings, None, "pca"))
    for method in ("tsne", "umap"):
        points = project(embeddings, None, method)
        check_shape(points, 400)
        assert trustworthiness(embeddings, points) > max(0.93, pca)
    np.testing.assert_array_equal(points, project(embeddings, None, "umap"))


@pytest.mark.parametrize("method", METHODS)
def test_identical_plates_do_not_break_a_map(method: str) -> None:
    check_shape(project(np.full((40, 4), 0.5, dtype=np.float32), None, method), 40)


@pytest.mark.parametrize("method", METHODS)
def test_copies_of_one_picture_lie_on_one_spot_among_its_kin(method: str) -> None:
    plates = np.unique(clusters(200), axis=0)
    copies = np.concatenate([plates[:90], np.repeat(plates[90:91], 60, axis=0), plates[91:]])
    points = project(copies, all_neighbours(copies, 100), method)
    check_shape(points, len(copies))
    assert len(np.unique(points[90:150], axis=0)) == 1
    once = np.concatenate([points[:91], points[150:]])
    assert len(np.unique(once, axis=0)) == len(plates)
    if method != "pca":  # where it lies does not depend on how many copies there are
        alone = project(plates, None, method)
        distances = [np.linalg.norm(xy - xy[90], axis=1) for xy in (once, alone)]
        np.testing.assert_allclose(distances[0] / distances[0].max(), distances[1] / distances[1].max(), atol=1e-5)


def test_components_equal_those_of_a_singular_value_decomposition() -> None:
    embeddings = clusters(100, 10).astype(np.float64)
    points = principal_components(embeddings.astype(np.float32), 3)
    centred = embeddings - embeddings.mean(axis=0)
    u, s, v = np.linalg.svd(centred, full_matrices=False)
    for component in range(3):
        sign = np.sign(v[component][np.abs(v[component]).argmax()])
        np.testing.assert_allclose(points[:, component], u[:, component] * s[component] * sign, atol=1e-4)


def test_components_that_do_not_exist_are_zero() -> None:
    points = principal_components(np.array([[1.0], [0.5]], dtype=np.float32), 2)
    assert points.shape == (2, 2)
    assert (points[:, 1] == 0).all()


def test_trustworthiness_agrees_with_scikit_learn() -> None:
    from sklearn.manifold import trustworthiness as theirs

    embeddings = clusters(150)
    points = np.random.default_rng(1).normal(size=(150, 2))
    assert trustworthiness(embeddings, points) == pytest.approx(
        theirs(embeddings, points, n_neighbors=12), abs=1e-3
    )


def test_progress_reaches_its_end() -> None:
    for method in METHODS:
        told: list[tuple[int, int]] = []
        project(clusters(300), None, method, progress=lambda *step, told=told: told.append(step))
        # How often it is told of depends on how fast the machine is.
        assert len(told) > (0 if method == "pca" else 1)
        assert told == sorted(told)
        assert told[-1][0] == told[-1][1]
        assert told == sorted(told)


def test_unknown_methods_are_refused_with_those_there_are() -> None:
    with pytest.raises(ImgsimError, match="pca, umap, tsne"):
        project(clusters(20), None, "isomap")


def test_the_key_names_everything_that_shapes_a_map() -> None:
    keys = {method_key(method, seed) for method in METHODS for seed in (0, 1)}
    assert len(keys) == 6
    assert "opentsne" in method_key("tsne")
