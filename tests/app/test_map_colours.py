"""What the map's points can be coloured by; by family and by what was decided, against plain loops."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from imgsim.app.components import decode_tones
from imgsim.app.parts import map_colours
from imgsim.app.services import colour_columns, server
from imgsim.charts.colours import NO_TONE
from imgsim.charts.decided_colours import (
    FAMILY,
    REVIEWED,
    VERDICT,
    colour_by_family,
    colour_by_reviewed,
    colour_by_verdict,
    family_ties,
)
from imgsim.collection import Collection, open_collection
from imgsim.collection.family_notes import FamilyNotes
from imgsim.reviews import SAME_PLATE, UNRELATED
from tests.app.asking import ask
from tests.herbals import COUNT


@pytest.fixture
def own(verified: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    """The verified collection, of one's own, for decisions are written to it."""
    shutil.copytree(verified / "herbals", tmp_path / "data" / "herbals")
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    return open_collection(tmp_path / "data" / "herbals")


def test_each_family_has_a_colour_and_its_ties_hold_it_together(own: Collection) -> None:
    families = own.families
    assert families is not None and len(families) > 0
    colours = colour_by_family(own)
    assert colours.unknown == "in no family" and set(colours.keys) == set(families.ids)
    sizes = [len(families.family(key)) for key in colours.keys]
    assert list(colours.counts) == sizes == sorted(sizes, reverse=True)
    for row, tone in enumerate(colours.tones.tolist()):
        family = families.of(row)
        assert (family is None and tone == NO_TONE) or colours.keys[tone] == family
    for key, name in zip(colours.keys, colours.names, strict=True):
        earliest = families.family(key).earliest
        assert name.endswith(own.catalogue.short_title(earliest.row))

    ties = family_ties(own)
    assert ties.dtype == np.int32 and len(ties) == sum(sizes) - len(sizes)
    held = {row: {row} for row in range(COUNT)}
    for one, other in ties.tolist():
        both = held[one] | held[other]
        held |= dict.fromkeys(both, both)
    for key in colours.keys:
        rows = {member.row for member in families.family(key).members}
        assert all(held[row] == rows for row in rows)


def test_plates_of_judged_pairs_are_told_from_the_others(own: Collection) -> None:
    assert colour_by_reviewed(own).names == ("not reviewed",)
    one, other = (str(own.catalogue.plate_ids[row]) for row in (2, 9))
    address = server.tones_url(own, REVIEWED, colour_by_reviewed(own))
    assert set(decode_tones(ask(address)[2]).tolist()) == {0}
    own.reviews.record(one, other, UNRELATED, reviewer="Ada")
    colours = colour_by_reviewed(own)
    assert (colours.names, colours.counts, colours.missing) == (("reviewed", "not reviewed"), (2, COUNT - 2), 0)
    assert np.flatnonzero(colours.tones == 0).tolist() == [2, 9]
    # Colours of other plates than the legend counted are never given for its own.
    status, headers, body = ask(address)
    assert (status, headers["cache-control"], body) == (204, "no-store", b"")
    status, headers, body = ask(server.tones_url(own, REVIEWED, colours))
    assert status == 200 and "immutable" in headers["cache-control"]
    assert decode_tones(body).tolist() == colours.tones.tolist()


def test_families_go_by_the_titles_that_people_gave_them(own: Collection, bare: Collection) -> None:
    assert {FAMILY, VERDICT, REVIEWED, "decade", "book", "place"} <= set(colour_columns.columns(own))
    assert not {FAMILY, VERDICT} & set(colour_columns.columns(bare))  # never compared
    assert colour_columns.chosen(own, FAMILY) == FAMILY and colour_columns.chosen(bare, FAMILY) == "decade"
    first, *others = colour_by_family(own).keys
    FamilyNotes(own.path).write(first, "Ada", title="The strawberry", note="", tags=[])
    named, *rest = map_colours.colouring(own, FAMILY).names
    assert named == "The strawberry" and rest == list(colour_by_family(own).names[1:]) and len(rest) == len(others)


def test_the_ties_come_as_pairs_of_rows(own: Collection) -> None:
    address = server.ties_url(own)
    status, _, body = ask(address)
    assert (status, body[:4]) == (200, b"IMGL")
    assert np.frombuffer(body, "<u4", offset=16).reshape(-1, 2).tolist() == family_ties(own).tolist()
    colours = colour_by_family(own)
    assert decode_tones(ask(server.tones_url(own, FAMILY, colours))[2]).tolist() == colours.tones.tolist()
    own.reviews.record("p002", "p008", UNRELATED, reviewer="Ada")  # a family of two
    assert ask(address)[0] == 204 and ask(server.ties_url(own))[0] == 200


def test_plates_have_the_colour_of_the_strongest_thing_that_is_proven_of_them(own: Collection) -> None:
    colours = colour_by_verdict(own)
    assert colours.names == ("same image", "mirrored", "shared detail", "nothing proven")  # no entry without a plate
    assert colours.counts == (7, 2, 2, COUNT - 11) and not colours.missing
    assert np.flatnonzero(colours.tones == 1).tolist() == [1, 18] and len(set(colours.palette)) == 4
    own.reviews.record("p002", "p008", SAME_PLATE, reviewer="Ada")
    again = colour_by_verdict(own)
    assert (again.names[0], again.counts[:2]) == ("same plate", (2, 5))
    assert again.palette[1:] == colours.palette  # what is proven keeps its colour, whatever else there is
