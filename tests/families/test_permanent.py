"""Permanent ids of families: kept by what families share, told of where they merge, split, end and come back."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from imgsim.collection.family_ids import became, ended, former, history, named_families
from imgsim.collection.id_registry import Registry
from imgsim.families import Decisions, Families, find_families
from imgsim.families.permanent import FamilyEvent, KnownFamily, track
from tests.kin import catalogue_of, clique, matches_of, pair


def groups(*texts: str) -> list[frozenset[str]]:
    return [frozenset(text) for text in texts]


def fresh(first: int = 1) -> Iterator[str]:
    return (f"N{number}" for number in itertools.count(first))


def by(cause: str) -> Callable[[frozenset[str]], str]:
    return lambda plates: cause


def said(events: list[FamilyEvent]) -> list[tuple[str, str, str]]:
    return [(event.family_id, event.kind, event.other) for event in events]


KNOWN = [KnownFamily("F1", frozenset("abcde")), KnownFamily("F2", frozenset("xy")), KnownFamily("F3", frozenset("pqr"))]


@pytest.mark.parametrize(
    ("now", "ids", "events"),
    [
        (["abcde", "xy", "pqr"], ["F1", "F2", "F3"], []),
        (["pqr", "abcde", "xy"], ["F3", "F1", "F2"], []),
        (["abcdef", "xy", "pq"], ["F1", "F2", "F3"], [("F1", "grew", ""), ("F3", "shrank", "")]),
        (["abcdexy", "pqr"], ["F1", "F3"], [("F1", "grew", ""), ("F2", "merged", "F1")]),
        (["abc", "de", "xy", "pqr"], ["F1", "N1", "F2", "F3"], [("F1", "shrank", ""), ("N1", "split", "F1")]),
        (["abcde", "pqr"], ["F1", "F3"], [("F2", "ended", "")]),
        (["abcde", "xy", "pqr", "uv"], ["F1", "F2", "F3", "N1"], [("N1", "found", "")]),
        # One plate that went elsewhere takes no name along, and leaves its family's address leading somewhere.
        (["abcde", "pqrx"], ["F1", "F3"], [("F3", "grew", ""), ("F2", "ended", "F3")]),
        (["ax", "by", "pqr", "cz"], ["F2", "N1", "F3", "N2"], None),
    ],
)
def test_what_becomes_of_families(now: list[str], ids: list[str], events: list[tuple[str, str, str]] | None) -> None:
    found, happened = track(groups(*now), KNOWN, fresh())
    if events is not None:
        assert found == ids and said(happened) == events
    assert len(set(found)) == len(found)


def test_a_family_that_ended_comes_back_to_its_plates_and_to_no_others() -> None:
    known = [KnownFamily("F1", frozenset("abcdexy")), KnownFamily("F2", frozenset("xy"), live=False)]
    ids, events = track(groups("abcde", "xy"), known, fresh())
    assert ids == ["F1", "F2"] and ("F2", "back", "F1") in said(events)
    ids, _ = track(groups("abcde", "xlmn"), known, fresh())
    assert ids == ["F1", "N1"]


def test_of_two_that_share_as_much_the_older_id_stays() -> None:
    known = [KnownFamily("F1", frozenset("ab")), KnownFamily("F2", frozenset("cd"))]
    ids, events = track(groups("abcd"), known, fresh())
    assert ids == ["F1"] and ("F2", "merged", "F1") in said(events)


def test_over_random_histories_no_id_is_given_to_strangers() -> None:
    """A family that keeps its id shares a plate with what it was; no two have one id; ids that ended stay reserved."""
    for seed in range(200):
        draw = random.Random(seed)
        plates = [f"p{n}" for n in range(30)]
        known: dict[str, KnownFamily] = {}
        for _ in range(6):
            label = {plate: draw.randrange(14) for plate in plates}
            if known and draw.random() < 0.8:  # mostly as before, with some plates moved
                for family in known.values():
                    if family.live:
                        at = draw.randrange(14)
                        label |= {plate: at for plate in family.plates if draw.random() < 0.85}
            now = [frozenset(p for p in plates if label[p] == at) for at in range(14)]
            now = [group for group in now if len(group) > 1]
            ids, events = track(now, known.values(), fresh(len(known) + 1))
            assert len(set(ids)) == len(ids)
            for family_id, group in zip(ids, now, strict=True):
                if family_id in known:
                    assert known[family_id].plates & group
            gone = {event.family_id for event in events if event.kind in ("merged", "ended")}
            assert gone == {i for i, family in known.items() if family.live} - set(ids)
            known |= {i: KnownFamily(i, group) for i, group in zip(ids, now, strict=True)}
            known |= {i: KnownFamily(i, known[i].plates, live=False) for i in gone}
            again, nothing = track(now, known.values(), fresh(99))
            assert again == ids and not nothing


# ---- kept in the registry


def test_families_keep_their_ids_over_runs_and_decisions_and_say_why(tmp_path: Path) -> None:
    catalogue = catalogue_of(
        {name: (f"book {name}", 1700 + at) for at, name in enumerate("abcdefgh")}
    )
    matches = matches_of(catalogue, [*clique("abc"), *clique("ef"), pair("c", "e", inliers=20)])
    plain = Families(find_families(catalogue.frame, matches), catalogue)
    first = named_families(tmp_path, plain, by("the first run"))
    assert [(family.id, family.earliest.plate_id) for family in first.ordered()] == [("F0001", "a"), ("F0002", "e")]
    assert first.of(catalogue.row("f")) == "F0002" and first.family("F0002").earliest.direct
    # Nothing new is written where nothing is new.
    before = (tmp_path / "registry.sqlite").read_bytes()
    assert named_families(tmp_path, plain, by("another run")).ids == first.ids
    assert (tmp_path / "registry.sqlite").read_bytes() == before
    joined = plain.corrected(matches, Decisions({(2, 4): "same plate"}))
    merged = named_families(tmp_path, joined, by("Ada"))
    assert merged.ids == ("F0001",)
    assert became(merged, frozenset("ef")) == ["F0001"]
    assert [one.family_id for one in ended(tmp_path)] == ["F0002"]
    told = history(tmp_path, "F0002")
    assert [(record.event.kind, record.cause) for record in told] == [("found", "the first run"), ("merged", "Ada")]
    # Taken back, and both are what they were.
    assert named_families(tmp_path, plain, by("Ada")).ids == first.ids
    assert ended(tmp_path) == []
    known = former(tmp_path, "F0002")
    assert known is not None and known.plates == frozenset("ef")
    assert former(tmp_path, "F0009") is None


def test_where_nothing_can_be_written_the_known_keep_their_ids_and_new_ones_get_none(tmp_path: Path) -> None:
    catalogue = catalogue_of({name: (f"book {name}", 1700) for name in "abcd"})
    one = Families(find_families(catalogue.frame, matches_of(catalogue, [pair("a", "b")])), catalogue)
    both = Families(find_families(catalogue.frame, matches_of(catalogue, [pair("a", "b"), pair("c", "d")])), catalogue)
    assert named_families(tmp_path, one, by("run")).ids == ("F0001",)
    found = named_families(tmp_path, both, by("run"), write=False)
    assert set(found.ids) == {"F0001", "c"}
    assert len(Registry(tmp_path).database.read(lambda c: c.execute("SELECT * FROM families").fetchall(), [])) == 1
    nowhere = named_families(tmp_path / "is not there", both, by("run"))
    assert set(nowhere.ids) == {"a", "c"}
