"""Families after one decision after another: only what the last one may change is worked out again."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from imgsim.base.verdict_words import LOOK_ALIKE, VERDICTS
from imgsim.families import Decisions, Families, family_list, find_families
from imgsim.reviews import CONFIRMED, UNRELATED
from tests.families.test_constraints import Said, decided, plates
from tests.kin import clique, matches_of, pair


def test_decision_after_decision_gives_what_all_at_once_would() -> None:
    rng = random.Random(11)
    names = "abcdefghijklmnopqrstuvwxyz"
    every = [a + b for at, a in enumerate(names) for b in names[at + 1 :]]
    for _ in range(6):
        pairs = [
            pair(two[0], two[1], rng.choice(VERDICTS), rng.choice([30, 60, 300]))
            for two in rng.sample(every, rng.choice([15, 30, 60]))
        ]
        catalogue = plates(*names)
        matches = matches_of(catalogue, pairs)
        before = Families(find_families(catalogue.frame, matches), catalogue)
        said: Said = {}
        for step in range(14):
            for two in rng.sample(sorted(said), min(len(said), rng.choice([0, 0, 1, 3]))):
                del said[two]  # taken back
            # Some are about pairs that are decided already, and say something else of them.
            some = [one["plate_a"] + one["plate_b"] for one in pairs] if step % 3 else every
            said |= {two: rng.choice([UNRELATED, *CONFIRMED]) for two in rng.sample(some, rng.choice([0, 1, 2]))}
            decisions = decided(catalogue, said)
            after = before.corrected(matches, decisions)
            whole = find_families(catalogue.frame, matches, decisions)
            pd.testing.assert_frame_equal(after.frame, whole)
            assert after.ordered() == Families(whole, catalogue).ordered()
            called = {family.earliest.plate_id: f"F{at}" for at, family in enumerate(after.ordered())}
            assert after.named(called).ordered() == Families(whole, catalogue, called).ordered()
            assert before.corrected(matches, decisions).frame.equals(after.frame)
        assert before.corrected(matches, Decisions()) is before


def test_only_what_a_decision_may_change_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = plates(*"abcmnoxyz")
    matches = matches_of(catalogue, [*clique("abc"), *clique("mno"), *clique("xyz"), pair("a", "m", LOOK_ALIKE)])
    before = Families(find_families(catalogue.frame, matches), catalogue)
    looked: list[str] = []

    def noted(*given: Any, rows: npt.NDArray[np.bool_], **more: Any) -> pd.DataFrame:
        looked.append("".join(catalogue.plate_ids[row] for row in np.flatnonzero(rows)))
        return find_families(*given, rows=rows, **more)

    monkeypatch.setattr(family_list, "find_families", noted)
    first: Said = {"bc": UNRELATED}
    for said in (first, first | {"xz": "same plate"}, {"xz": "same plate"}, first, {"ax": "same plate"}, {}):
        before.corrected(matches, decided(catalogue, said))
    assert looked == ["abc", "xyz", "abc", "abcxyz"]
