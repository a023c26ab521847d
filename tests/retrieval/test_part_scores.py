"""How near plates are by their parts, against plain loops."""

from __future__ import annotations

import numpy as np
import pytest

from imgsim.errors import ImgsimError
from imgsim.retrieval.part_scores import LESS, found_by_parts, own_part_scores, part_scores

Rows = np.ndarray


def unit(seed: int, *shape: int) -> Rows:
    made = np.random.default_rng(seed).normal(size=shape)
    return (made / np.linalg.norm(made, axis=-1, keepdims=True)).astype(np.float32)


def cropped(seed: int, count: int, dimension: int = 24) -> tuple[Rows, Rows]:
    """Plates and their parts; the last is a crop of the first, and near to its third part alone."""
    rows, parts = unit(seed, count, dimension), unit(seed + 1, count, 5, dimension)
    near = parts[0, 2] + 0.2 * unit(seed + 2, dimension)
    rows[-1] = near / np.linalg.norm(near)
    return rows, parts


def test_the_nearest_part_counts_a_little_lower() -> None:
    rows, parts = cropped(1, 40)
    query = rows[-1]
    found = part_scores(rows @ query, query, parts)
    for plate in range(40):
        assert found[plate] == pytest.approx(max(float(part @ query) for part in parts[plate]) - LESS, abs=1e-5)
    assert found.dtype == np.float32 and found.argmax() == 0 and found[0] > (rows @ query)[:-1].max()
    own = own_part_scores(rows @ rows[0], rows, parts[0])
    assert own.argmax() == 39 and own[39] == pytest.approx(found[0], abs=1e-6)
    assert own[7] == pytest.approx(max(float(part @ rows[7]) for part in parts[0]) - LESS, abs=1e-5)


def test_of_many_plates_only_the_parts_of_the_nearest_are_looked_at() -> None:
    rows, parts = unit(3, 4000, 8), unit(4, 4000, 5, 8)
    query = unit(5, 8)
    wholes = rows @ query
    found = part_scores(wholes, query, parts)
    looked = np.flatnonzero(found > -1)
    assert len(looked) == 500 and wholes[looked].min() >= np.sort(wholes)[-500]
    every = (parts @ query).max(axis=1) - LESS
    np.testing.assert_allclose(found[looked], every[looked], atol=1e-6)
    assert found[np.argsort(wholes)[-500:]].argmax() == every[np.argsort(wholes)[-500:]].argmax()


def plainly(rows: Rows, parts: Rows, top: int) -> set[tuple[int, int]]:
    pairs = set()
    for a in range(len(rows)):
        whole = rows @ rows[a]
        near = np.maximum((parts @ rows[a]).max(axis=1), (rows @ parts[a].T).max(axis=1)) - LESS
        score = np.maximum(whole, near)
        first = [b for b in np.argsort(-score).tolist() if b != a][:top]
        pairs |= {(a, b) for b in first if near[b] > whole[b]}
    return pairs


@pytest.mark.parametrize(("count", "top"), [(40, 3), (1100, 5), (6, 20), (2, 1)])
def test_what_parts_bring_is_what_a_plain_loop_says(count: int, top: int) -> None:
    rows, parts = cropped(6, count)
    told: list[tuple[int, int]] = []
    blocks = list(found_by_parts(rows, parts, top, lambda done, total: told.append((done, total))))
    found = [pair for one in blocks for pair in zip(*(side.tolist() for side in one), strict=True)]
    assert set(found) == plainly(rows, parts, top) and len(set(found)) == len(found)
    assert max(np.bincount([a for a, _ in found])) <= top
    assert (0, count - 1) in found and (count - 1, 0) in found
    assert told[-1] == (count, count) and told == sorted(told)


def test_what_the_whole_finds_as_near_is_not_said_to_be_found_by_a_part() -> None:
    rows = unit(9, 12, 16)
    parts = np.repeat(rows[:, None], 5, axis=1)
    assert [one for _, others in found_by_parts(rows, parts, 4) for one in others.tolist()] == []


@pytest.mark.parametrize("count", [0, 1])
def test_of_no_other_plate_nothing_is_found(count: int) -> None:
    assert list(found_by_parts(unit(1, count, 4), unit(2, count, 5, 4), 3)) == []
    assert part_scores(np.zeros(0, np.float32), unit(1, 4), unit(2, 0, 5, 4)).shape == (0,)


@pytest.mark.parametrize("shape", [(9, 5, 4), (8, 5, 3), (8, 4)])
def test_parts_of_other_plates_are_refused(shape: tuple[int, ...]) -> None:
    rows = unit(1, 8, 4)
    with pytest.raises(ImgsimError, match=r"parts of plates have the shape .* but there are 8 plates"):
        part_scores(rows @ rows[0], rows[0], unit(2, *shape))
    with pytest.raises(ImgsimError, match="parts of plates"):
        list(found_by_parts(rows, unit(2, *shape), 3))
