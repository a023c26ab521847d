"""The state in an address: written, read back, mangled."""

from __future__ import annotations

from dataclasses import fields

from imgsim.app.services import parameters, state


def test_every_field_has_a_place_in_the_address() -> None:
    assert {field.name for field in fields(state.State)} == {*parameters.PARSERS, "choices"}
    names = [name for name, _ in parameters.PARSERS.values()]
    assert len(set(names)) == len(names)  # two fields of one name would overwrite one another


def test_a_state_survives_its_address() -> None:
    full = state.State(
        collection="herbals",
        backbone="toy",
        plate="bm01/img 007",
        text="ä & = ?",
        decades=(1700, 1750),
        choices=(("place", ("Edinburgh", "London, again")), ("x.y", ("=",))),
        sort="random",
        seed=7,
        per_page=120,
        page=3,
        top_k=50,
        threshold=0.8132,
        other_books=False,
        when="later",
        fold=False,
        unfolded="b",
        view="table",
        projection="pca",
        colour="place",
        reuse_text="curtis & sons",
        reuse_decades=(1720, 1780),
        reuse_books=3,
        reuse_mirrored=True,
        reuse_works=True,
        reuse_from="London",
        reuse_to="Dublin - Cork",
        reuse_page=2,
        arranged="clustered",
        book_a="0904700600",
        book_b="0904700601",
        box=(0.0, 0.125, 0.5, 1.0),
        versus="other",
        first=6,
        models="agreement",
        found_by="second",
        sharing=2,
        models_page=3,
        draw=9,
        reused=True,
        order="similarity",
        verdicts=("same", "unchecked"),
        other="bm02/img 001",
        compare="swipe",
        family="F0001",
        reuse_years=(10, 40),
        book_page=4,
        desk="worth",
        asked="mirrored",
        precision=0.5,
    )
    # Every field is tried, also one that is new.
    untried = [f.name for f in fields(state.State) if getattr(full, f.name) == getattr(state.State(), f.name)]
    assert untried == []
    query = state.to_query(full)
    assert state.from_query({key: [v] if isinstance(v, str) else v for key, v in query.items()}) == full
    assert state.to_query(state.State()) == {}


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
    before = state.State(collection="a", backbone="b", plate="p", text="x", page=4, top_k=9)
    assert state.changed(before, text="y").page == 1
    assert state.changed(before, page=5).page == 5
    after = state.changed(before, collection="other")
    assert (after.plate, after.text, after.backbone, after.page, after.top_k) == ("", "", "", 1, 9)
