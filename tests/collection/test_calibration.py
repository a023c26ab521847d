"""Where the line across lists stands, against independent oracles, and what is said of it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from imgsim.collection import open_collection
from imgsim.collection.calibration import (
    FEWEST_IMAGES,
    NONE,
    RANDOM,
    RARE,
    VERIFIED,
    Calibration,
    calibrated,
)
from imgsim.collection.score_worth import worth
from imgsim.errors import CollectionError
from imgsim.retrieval.neighbours import BACKGROUND_SIZE, random_pair_quantiles
from tests.herbals import make_herbals
from tests.making import add_matches, make, match_values, write_plates

NO_BACKGROUND = np.empty(0, np.float32)


def pairs(seed: int, verified: int = 80, alike: int = 900) -> tuple[np.ndarray, np.ndarray]:
    """Scores of re-uses and of look-alikes, which overlap, float32; and which is which."""
    numbers = np.random.default_rng(seed)
    scores = np.concatenate([numbers.normal(0.9, 0.07, verified), numbers.normal(0.7, 0.08, alike)])
    return np.clip(scores, -1, 1).astype(np.float32), np.arange(verified + alike) < verified


def drawn(
    scores: np.ndarray,
    truth: np.ndarray,
    *,
    images: int = 40,
    plates: int = 500,
    background: np.ndarray = NO_BACKGROUND,
) -> Calibration:
    return calibrated(worth("toy", scores.astype(np.float64), truth), images, background, plates)


def wrong(scores: np.ndarray, truth: np.ndarray, at: float) -> int:
    """How many pairs lie on the wrong side of a line."""
    above = scores >= np.float32(at)
    return int((above & ~truth).sum() + (~above & truth).sum())


@pytest.mark.parametrize("seed", range(12))
def test_the_line_is_where_a_re_use_becomes_likelier_than_a_look_alike(seed: int) -> None:
    scores, truth = pairs(seed)
    found = drawn(scores, truth)
    assert found.basis == VERIFIED and found.threshold is not None
    fitted = IsotonicRegression().fit(scores, truth).predict(scores)
    assert np.array_equal(scores >= np.float32(found.threshold), fitted > 0.5)
    # and no other line leaves fewer pairs on the wrong side
    least = wrong(scores, truth, found.threshold)
    assert all(wrong(scores, truth, at) >= least for at in np.linspace(-1, 1, 4001))


def test_the_line_has_as_few_decimals_as_put_every_pair_on_its_side() -> None:
    truth = np.array([False] * 20 + [True] * 20)
    for low, high, line in (
        (0.7, 0.955, 0.95), (0.9, 0.91735, 0.91), (0.9111, 0.91735, 0.917), (0.91711, 0.91735, 0.9173),
    ):  # fmt: skip
        scores = np.array([low] * 20 + [high] * 20, np.float32)
        at = drawn(scores, truth).threshold
        assert at == line
        assert np.array_equal(scores >= np.float32(at), truth)


@pytest.mark.parametrize(
    ("scores", "truth", "images"),
    [
        (*pairs(1), FEWEST_IMAGES - 1),  # one image and its copies tell nothing of others
        (
            np.array([0.9, 0.8, 0.7], np.float32),
            np.array([True, True, True]),
            5,
        ),  # three right ones prove nothing
        (pairs(2)[0], np.zeros(980, dtype=bool), 0),
        (np.linspace(0, 1, 200, dtype=np.float32), np.arange(200) % 3 == 0, 50),  # the score tells nothing
        (np.empty(0, np.float32), np.empty(0, dtype=bool), 0),
    ],
)
def test_too_little_is_verified_and_random_pairs_draw_the_line(
    scores: np.ndarray, truth: np.ndarray, images: int
) -> None:
    numbers = np.random.default_rng(5)
    embeddings = numbers.normal(size=(300, 16)).astype(np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    background = random_pair_quantiles(embeddings)
    found = drawn(scores, truth, images=images, plates=300, background=background)
    assert found.basis == RANDOM and found.threshold is not None
    left, right = np.triu_indices(300, 1)
    every = np.einsum("ij,ij->i", embeddings[left].astype(np.float64), embeddings[right]).astype(np.float32)
    reaching = int((every >= np.float32(found.threshold)).sum())
    assert abs(reaching - len(every) / RARE) <= len(every) / BACKGROUND_SIZE + 1


def test_a_handful_of_plates_gets_no_line_and_says_nothing_false() -> None:
    background = np.linspace(0.1, 1, BACKGROUND_SIZE, dtype=np.float32)
    few = drawn(np.empty(0, np.float32), np.empty(0, dtype=bool), images=0, plates=45, background=background)
    assert (few.threshold, few.basis) == (None, NONE)
    # 990 pairs are too few for one in a thousand, 1,035 are not
    enough = drawn(
        np.empty(0, np.float32), np.empty(0, dtype=bool), images=0, plates=46, background=background
    )
    assert enough.basis == RANDOM
    none = drawn(np.empty(0, np.float32), np.empty(0, dtype=bool), images=0, plates=1)
    assert none.threshold is None and none.meaning(0.9) == ""


def test_equal_scores_at_the_top_are_all_above_the_line() -> None:
    background = np.concatenate([np.linspace(0, 0.5, 9901), np.ones(100)]).astype(np.float32)
    found = drawn(
        np.empty(0, np.float32), np.empty(0, dtype=bool), images=0, plates=900, background=background
    )
    assert found.threshold == 1.0
    assert "of random pairs, only 1 in 100 reaches it" in found.meaning(1.0)


@pytest.mark.parametrize("at", [-1.0, 0.5, 0.75, 0.9, 0.97, 1.0])
def test_what_is_said_of_a_score_is_counted(at: float) -> None:
    scores, truth = pairs(3)
    background = np.sort(np.random.default_rng(4).uniform(0, 1, BACKGROUND_SIZE)).astype(np.float32)
    found = drawn(scores, truth, background=background)
    above = scores >= np.float32(at)
    assert found.reached(at) == (above.sum(), (above & truth).sum())
    said = found.meaning(at)
    counted = re.match(r"of (\d+) compared pairs that reach it, (\w+) shows? the same picture", said)
    if above.sum() > 1:
        assert counted
        whole = int(counted[1])
        part = {"all": whole, "none": 0}.get(counted[2]) if not counted[2].isdigit() else int(counted[2])
        assert part is not None
        assert whole == min(100, above.sum())
        assert part / whole == pytest.approx((above & truth).sum() / above.sum(), abs=0.011)
    else:
        assert not counted
    share = (background >= np.float32(at)).mean()
    if share >= 0.1:
        assert f"of 100 random pairs, {100 * share:.0f} reach it" in said
    elif share > 1 / BACKGROUND_SIZE:
        one_in = float(re.findall(r"1 in ([\d,]+)", said)[0].replace(",", ""))
        assert one_in == pytest.approx(1 / share, rel=0.05)
    else:
        assert "1 in 10,000 at most" in said


def test_a_collection_calibrates_each_backbone_by_what_is_verified(tmp_path: Path) -> None:
    folder = make_herbals(tmp_path) / "herbals"
    ids = open_collection(folder).catalogue.plate_ids
    plain = open_collection(folder)
    assert plain.matches is None
    assert plain.calibration("toy").basis == NONE  # 24 plates make 276 pairs
    # the six most alike pairs of other plates are re-uses, and many others only look alike
    embeddings = plain.embeddings("toy")
    scores = embeddings @ embeddings.T
    left, right = np.triu_indices(len(ids), 1)
    order = np.argsort(-scores[left, right])
    rows = [(int(left[at]), int(right[at])) for at in order]
    used: set[int] = set()
    verified: list[tuple[int, int]] = []
    for a, b in rows:
        if not {a, b} & used and len(verified) < 6:
            verified.append((a, b))
            used |= {a, b}
    lowest = min(scores[a, b] for a, b in verified)
    alike = [(a, b) for a, b in rows if scores[a, b] < lowest][:60]
    add_matches(
        folder,
        [match_values(ids[a], ids[b]) for a, b in verified]
        + [match_values(ids[a], ids[b], "look-alike") for a, b in alike],
    )
    collection = open_collection(folder)
    found = collection.calibration("toy")
    assert found.basis == VERIFIED and found.threshold is not None
    assert found.reached(found.threshold) == (6, 6)
    assert collection.calibration("toy") is found  # once
    other = collection.calibration("other")
    assert other is not found and other.compared.judged == found.compared.judged
    with pytest.raises(CollectionError, match="no embeddings of 'nope'"):
        collection.calibration("nope")


@pytest.mark.parametrize("count", [1, 2, 5])
def test_the_smallest_collections_have_a_calibration(tmp_path: Path, count: int) -> None:
    make(tmp_path / "few", write_plates(tmp_path / "images", count))
    found = open_collection(tmp_path / "few").calibration("toy")
    assert found.threshold is None
    assert bool(found.meaning(0.5)) == (count > 1)
