"""The state in an address: written, read back, mangled. What holds for every page: tests/app/test_page_contract.py."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from imgsim.app.pages import book, browse, models, plate, reuse
from imgsim.app.pages import map as map_page
from imgsim.app.parts.reuse_conditions import CONDITIONS
from imgsim.app.services import page_registry, parameters, state
from imgsim.errors import ImgsimError
from tests.app.other_values import another

# The whole address as it was before pages had states of their own: links of that time must go on working.
ADDRESS = {
    "collection": "herbals", "backbone": "toy", "plate": "bm01/img 007", "text": "ä & = ?", "decades": "1700-1750",
    "reused": "yes", "sort": "random", "seed": "7", "per_page": "120", "page": "3", "top_k": "50",
    "threshold": "0.8132", "other_books": "no", "when": "later", "fold": "no", "unfolded": "b", "view": "table",
    "map": "pca", "colour": "place", "order": "similarity", "verdict": "same-unchecked", "with": "bm02/img 001",
    "compare": "swipe", "family": "F0001", "find": "curtis & sons", "printed": "1720-1780", "books": "3",
    "mirrored": "yes", "negative": "yes", "works": "yes",
    "from": "London", "to": "Dublin - Cork", "years": "10-40", "leaf": "2",
    "arranged": "clustered", "book": "0904700600", "and": "0904700601", "sheet": "4", "section": "worth",
    "asked": "mirrored", "precision": "0.5", "box": "0.0-0.125-0.5-1.0", "versus": "other", "first": "6",
    "models": "agreement", "found": "second", "sharing": "2", "part": "3", "draw": "9",
    "page_id": "flora/p 001", "pages": "unsure", "pages_of": "flora", "pages_sheet": "2", "door": "own",
    "draft": "0a1b", "hand": "yes", "sought": "rose é", "legend": "only|a%20b|", "selection": "00000000-AQID",
    "pictures": "no", "labels": "no",
    "tray": "bm01/img 007,a%2Cb%25", "spread": "2",
    "between": "added:2026-11-30T08:26:30+00:00,book:a%2Cb",
    "laid": "time", "size": "large", "tag": "after Fuchs", "agree": "detail-same", "judged": "no",
    "in.place": ["Edinburgh", "London, again"], "in.x.y": ["="],
}  # fmt: skip
READ: dict[str, Any] = {
    "collection": "herbals", "backbone": "toy", "plate": "bm01/img 007", "text": "ä & = ?", "decades": (1700, 1750),
    "choices": (("place", ("Edinburgh", "London, again")), ("x.y", ("=",))),
    "reused": True, "sort": "random", "seed": 7, "per_page": 120, "page": 3, "top_k": 50, "threshold": 0.8132,
    "other_books": False, "when": "later", "fold": False, "unfolded": "b", "view": "table", "projection": "pca",
    "colour": "place", "order": "similarity", "verdicts": ("same", "unchecked"), "other": "bm02/img 001",
    "compare": "swipe", "family": "F0001", "reuse_text": "curtis & sons", "reuse_decades": (1720, 1780),
    "reuse_books": 3, "reuse_mirrored": True, "reuse_negative": True, "reuse_works": True, "reuse_from": "London",
    "reuse_to": "Dublin - Cork", "reuse_years": (10, 40), "reuse_page": 2, "arranged": "clustered",
    "book_a": "0904700600", "book_b": "0904700601", "book_page": 4, "desk": "worth", "asked": "mirrored",
    "precision": 0.5, "box": (0.0, 0.125, 0.5, 1.0), "versus": "other", "first": 6, "models": "agreement",
    "found_by": "second", "sharing": 2, "models_page": 3, "draw": 9, "book_scan": "flora/p 001",
    "pages_asked": "unsure", "pages_book": "flora", "pages_sheet": 2, "door": "own", "draft": "0a1b", "hand": True,
    "tray": ("bm01/img 007", "a,b%"), "spread": 2, "size": "large",
    "reuse_tag": "after Fuchs", "reuse_verdicts": ("detail", "same"), "reuse_judged": "no",
    "sought": "rose é", "legend": "only|a%20b|", "selection": "00000000-AQID", "pictured": False, "labelled": False,
    "family_view": "time", "between": ("added:2026-11-30T08:26:30+00:00", "book:a,b"),
}  # fmt: skip
QUERY = {name: [value] if isinstance(value, str) else value for name, value in ADDRESS.items()}


def test_an_address_of_before_says_the_same_on_every_page() -> None:
    told: dict[str, Any] = {}
    for page in page_registry.registered().values():
        now = state.from_query(QUERY, page.State)
        told |= {field.name: getattr(now, field.name) for field in fields(now)}
    assert told == READ
    assert set(READ) == set(state.held())  # no field of any page is untried


def test_a_state_survives_its_address() -> None:
    written: dict[str, Any] = {}
    for page in page_registry.registered().values():
        now = page.State(**{field.name: READ[field.name] for field in fields(page.State)})
        query = state.to_query(now)
        assert state.from_query({key: [v] if isinstance(v, str) else v for key, v in query.items()}, page.State) == now
        written |= query
        assert state.to_query(page.State()) == {}
    assert written == ADDRESS


def test_only_a_line_that_was_chosen_is_in_the_address_and_it_belongs_to_its_backbone() -> None:
    assert state.from_query({}).threshold is None and state.to_query(state.State(threshold=None)) == {}
    assert state.from_query({"threshold": ["0.94"], "by": ["lines"]}).threshold == 0.94  # an old link
    chosen = state.State(collection="a", backbone="toy", threshold=0.9)
    assert state.changed(chosen, plate="p").threshold == 0.9
    assert state.changed(chosen, backbone="other").threshold is None
    assert state.changed(chosen, backbone="other", threshold=0.94).threshold == 0.94
    assert state.changed(chosen, collection="b").threshold is None
    # the backbone that a link leaves out is filled in without a change of its line
    assert state.changed(state.State(threshold=0.9), backbone="toy").threshold == 0.9


def test_another_filter_begins_at_page_one_and_another_collection_without_filters() -> None:
    before = browse.State(collection="a", backbone="b", plate="p", text="x", page=4, per_page=120, top_k=9)
    assert state.changed(before, text="y").page == 1
    assert state.changed(before, page=5).page == 5
    after = state.changed(before, collection="other")
    assert (after.plate, after.text, after.backbone, after.page, after.top_k) == ("", "", "", 1, 9)
    assert after.per_page == 120


@pytest.mark.parametrize(
    ("page", "field", "begun"),
    [
        *((browse, field, "page") for field in ("text", "decades", "choices", "reused", "sort", "seed", "per_page")),
        *((reuse, field, "reuse_page") for field in CONDITIONS),
        (book, "book_a", "book_page"),
        *((models, field, "models_page") for field in ("backbone", "versus", "first", "models", "found_by", "sharing")),
        (plate, "plate", "box"),
        (plate, "plate", "unfolded"),
        (map_page, "colour", "legend"),
    ],
)
def test_what_depends_on_a_choice_begins_anew_with_it(page: page_registry.Page, field: str, begun: str) -> None:
    plain = page.State()
    held = state.held()
    before = replace(plain, **{begun: another(held[begun]), field: another(held[field])})
    after = state.changed(before, **{field: getattr(plain, field)})
    assert getattr(after, begun) == getattr(plain, begun)
    # what is said to stay stays, and another field moves nothing
    told = getattr(before, begun)  # what is said to stay stays, and another field moves nothing
    assert getattr(state.changed(before, **{field: "x", begun: told}), begun) == told
    assert getattr(state.changed(before, family="F0001"), begun) == told


def test_a_field_that_no_page_has_cannot_be_changed() -> None:
    with pytest.raises(TypeError, match="no page has the field platte"):
        state.changed(state.State(), platte="p003")


def test_no_two_pages_have_a_field_or_a_parameter_of_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True, slots=True)
    class Field(state.State):
        arranged: str = parameters.parameter("", "arranged_here", parameters.short)

    @dataclass(frozen=True, slots=True)
    class InTheAddress(state.State):
        kept: str = parameters.parameter("", "arranged", parameters.short)

    @dataclass(frozen=True, slots=True)
    class Twice(state.State):
        one: str = parameters.parameter("", "same", parameters.short)
        two: str = parameters.parameter("", "same", parameters.short)

    @dataclass(frozen=True, slots=True)
    class Facet(state.State):
        one: str = parameters.parameter("", "in.place", parameters.short)

    @dataclass(frozen=True, slots=True)
    class Nowhere(state.State):
        kept: str = ""

    before = state.held()
    for kind in (Field, InTheAddress, Twice, Facet, Nowhere):
        with pytest.raises(ImgsimError, match=r"taken already|no parameter"):
            state.hold(kind)
        assert state.held() == before
