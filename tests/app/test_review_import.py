"""Reviews of others taken in, and citations pasted into the search box, as Streamlit runs them without a browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.components import PairEvent
from imgsim.app.parts import found as found_view
from imgsim.app.parts import review_import, reviewing
from imgsim.collection import Collection, open_collection
from imgsim.collection.citing import family_citation, plate_citation
from imgsim.collection.corrected import families_of
from imgsim.collection.decided import reviews_of
from imgsim.collection.id_registry import Registry
from imgsim.export.iiif import family_manifest
from imgsim.reviews import Reviews
from tests.herbals import HOSTILE, make_herbals
from tests.making import add_matches, make, match_values, write_plates
from tests.pages import check, visit, words

PAIRS = [match_values("p000", "p006", inliers=200), match_values("p001", "p018", "mirrored", inliers=90)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("decisions")
    folder = make_herbals(base)
    add_matches(folder / "herbals", PAIRS)
    # And a collection of which a plate is gone.
    images = write_plates(base / "few", 4)
    make(folder / "few", images)
    (images / "p002.png").unlink()
    make(folder / "few", images)
    return folder


@pytest.fixture
def herbals(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collection:
    shutil.copytree(made, tmp_path / "data")
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    return open_collection(tmp_path / "data" / "herbals")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The conflicts that the report draws, as they are given to the component."""
    items: list[dict[str, Any]] = []

    def pair_list(*, items: Sequence[dict[str, Any]], **_: Any) -> PairEvent:
        given[:] = list(items)
        return PairEvent()

    given = items
    monkeypatch.setattr(review_import, "pair_list", pair_list)
    return items


def of_others(herbals: Collection, tmp_path: Path) -> bytes:
    """What Paul decided: one pair as Ada did, two that he sees in another way, one about a plate that is not here."""
    other = Reviews(tmp_path / "paul.sqlite", lambda: herbals.catalogue.pictures)
    other.record("p000", "p006", "re-engraved copy", reviewer="Paul", note="another hatching")
    other.record("p001", "p018", "mirrored copy", reviewer="Paul")
    other.record("p005", "p022", "unrelated", reviewer="Paul")
    other.record("p000", "elsewhere", "unrelated", reviewer="Paul")
    return other.to_csv(herbals.catalogue, collection="other", date="2026-11-22")


def imported(herbals: Collection, tmp_path: Path) -> AppTest:
    reviews = reviews_of(herbals)
    reviews.record("p000", "p006", "same plate", reviewer="Ada")
    reviews.record("p001", "p018", "mirrored copy", reviewer="Ada")
    app = visit("review", section="all", collection="herbals")
    app.file_uploader[0].upload("reviews.csv", of_others(herbals, tmp_path), "text/csv")
    return check(app.run())


def go(app: AppTest, page: str, **query: str) -> AppTest:
    for key, value in query.items():
        app.query_params[key] = value
    app.switch_page(f"imgsim/app/pages/{page}.py")
    return check(app.run())


def test_conflicts_are_shown_with_both_pictures_and_both_names(
    herbals: Collection, tmp_path: Path, shown: list[dict[str, Any]]
) -> None:
    app = imported(herbals, tmp_path)
    told = words(app)
    assert "Imported: 3 new records" in told and "1 conflict:" in told
    (pair,) = shown
    pictures = herbals.catalogue.pictures
    assert pictures["p000"] in pair["left"]["src"] and pictures["p006"] in pair["right"]["src"]
    assert [word["text"] for word in pair["words"]] == ["now disputed"]
    day = reviewing.day(reviews_of(herbals).all()[0].when)
    assert pair["lines"] == [
        f"Here: Ada says same plate, {day}",
        f"In the file: Paul says re-engraved copy, {day}: “another hatching”",
    ]
    # What is refused is listed: the plate, and the line of the file.
    frames = {tuple(frame.value.columns): frame.value for frame in app.dataframe}
    assert frames["Plate",]["Plate"].tolist() == ["elsewhere"]
    (row,) = frames["Row",]["Row"].tolist()
    assert row.startswith("Line 5:") and "elsewhere" in row
    assert "elsewhere" not in {plate for review in reviews_of(herbals).all() for plate in review.pair}


def test_the_importers_word_is_never_that_of_the_pair(
    herbals: Collection, tmp_path: Path, shown: list[dict[str, Any]]
) -> None:
    app = imported(herbals, tmp_path)
    table = next(frame.value for frame in app.dataframe if "Decision" in frame.value.columns)
    row = table[(table["Plate A"] == "p000") & (table["Plate B"] == "p006")].iloc[0]
    assert row["Decision"] == "disputed"
    assert row["Who says what"] == "re-engraved copy (Paul); same plate (Ada)"
    assert "2 pairs decided**, 1 disputed" in words(app).replace("**2", "2")
    app = visit("compare", plate="p000", **{"with": "p006", "collection": "herbals"})
    told = words(app).replace("\\", "")
    assert "**Disputed:** re-engraved copy" in told and "same plate" in told and "Decided:" not in told
    assert reviewing.mark(herbals, "p000", "p006")["review"] == "disputed"
    columns = reviewing.columns(herbals, "p000", [herbals.catalogue.row("p006")])
    assert columns["review"] == ["disputed"] and columns["review_disputed"] == ["yes"]
    assert columns["review_said"] == ["re-engraved copy (Paul); same plate (Ada)"]
    # Nothing follows from it: the family is the one that the lines found.
    families = families_of(herbals)
    assert families is not None
    assert (
        families.of(herbals.catalogue.row("p000")) == families.of(herbals.catalogue.row("p006")) is not None
    )


def test_the_report_stays_until_it_is_closed(
    herbals: Collection, tmp_path: Path, shown: list[dict[str, Any]]
) -> None:
    app = imported(herbals, tmp_path)
    check(app.run())
    assert "Imported: 3 new records" in words(app) and shown
    # In another section there is the way back to it.
    shown.clear()
    app = go(app, "review", section="queue")
    assert "Imported: 3 new records" in words(app) and not shown
    check(app.button(key="open_report").click().run())
    assert "1 conflict:" in words(app) and shown
    # After another page, too; not in another collection.
    app = go(app, "browse", section="all")
    app = go(app, "review", section="all")
    assert "1 conflict:" in words(app)
    app = go(app, "review", section="all", collection="few")
    assert "Imported" not in words(app)
    app = go(app, "review", section="all", collection="herbals")
    check(app.button(key="close_report").click().run())
    assert "Imported" not in words(app)
    assert "Imported" not in words(go(app, "review", section="queue"))


def test_a_report_of_thousands_of_lines_stays_small_and_counts_all(herbals: Collection) -> None:
    rows = "\n".join(f"nobody{n},p000,unrelated,Paul" for n in range(3000))
    app = visit("review", section="all", collection="herbals")
    app.file_uploader[0].upload(
        "r.csv", f"plate_a_id,plate_b_id,decision,reviewer\n{rows}\n".encode(), "text/csv"
    )
    check(app.run())
    assert "3,000 plates are not in this collection" in words(app) and "3,000 rows were refused" in words(app)
    frame = next(frame.value for frame in app.dataframe if "Plate" in frame.value.columns)
    assert len(frame) == 501 and frame["Plate"].iloc[-1] == "… and 2,500 more"
    assert len(repr(app.session_state["_imgsim_merged"])) < 200_000


def test_a_manifest_says_who_decided(herbals: Collection) -> None:
    families = families_of(herbals)
    assert families is not None

    def summary() -> str:
        return str(family_manifest(herbals, families.ids[0], "http://127.0.0.1:8501")["summary"]["en"][0])

    assert "compared by a program" in summary() and "Nobody has decided about a pair of them yet." in summary()
    members = [member.plate_id for member in families.family(families.ids[0]).members]
    for who in ("Ada", "Paul"):
        made = reviews_of(herbals).record(members[0], members[1], "same plate", reviewer=who)
    assert f"Ada and Paul decided about 1 pair on {made.when[:10]}." in summary()
    reviews_of(herbals).path.write_bytes(b"no database" * 400)
    told = family_manifest(herbals, families.ids[0], "http://127.0.0.1:8501", families)["summary"]["en"][0]
    assert "What people decided about them cannot be read." in told


# ---- the search box


def searched(herbals: Collection, text: str, **query: str) -> AppTest:
    app = visit("browse", collection="herbals", **query)
    app.text_input(key="_text").set_value(text).run()
    return check(app)


def keys(app: AppTest) -> list[str]:
    return [str(button.key) for button in app.button if str(button.key).startswith("found_")]


def test_a_citation_of_a_plate_leads_to_it(herbals: Collection) -> None:
    row = herbals.catalogue.row("p004")
    citation = plate_citation(herbals, row)
    for text in (citation, herbals.catalogue.pictures["p004"], herbals.catalogue.pictures["p004"][:9]):
        app = searched(herbals, text)
        assert "**Plate p004**" in words(app) and len(app.get("image")) == 1, text
        check(app.button(key="found_0_open").click().run())
        assert "Record" in words(app) and app.code[0].value == citation
        assert "text" not in app.query_params


def test_a_citation_may_be_longer_than_any_other_search(herbals: Collection) -> None:
    citation = "A title of " + "many words " * 60 + plate_citation(herbals, herbals.catalogue.row("p004"))
    assert len(citation) > 600
    assert "**Plate p004**" in words(searched(herbals, citation))


def test_words_and_ids_that_are_here_are_searched_for_as_ever(herbals: Collection) -> None:
    for text in ("London", "p004", "rose", "zzzz"):
        app = searched(herbals, text)
        assert not keys(app) and "**Plate" not in words(app), text


def test_a_family_and_one_that_is_no_more(herbals: Collection) -> None:
    families = families_of(herbals)
    assert families is not None
    family = families.family(families.ids[0])
    for text in (family.id, family_citation(herbals, family)):
        app = searched(herbals, text)
        assert f"**Family {family.id}**" in words(app)
        check(app.button(key="found_0_open").click().run())
        assert app.query_params["family"] in (family.id, [family.id])
    for other in list(families.ids):
        members = [member.plate_id for member in families.family(other).members]
        reviews_of(herbals).record(members[0], members[1], "unrelated", reviewer="Ada")
    assert not len(families_of(herbals) or ())
    app = searched(herbals, family.id)
    assert "No family any more" in words(app) and not keys(app)


def test_a_plate_that_is_gone_is_shown_with_its_last_picture(herbals: Collection) -> None:
    few = open_collection(herbals.path.parent / "few")
    entry = Registry(few.path).entry("p002")
    assert entry is not None and Registry(few.path).thumbnail("p002")
    app = visit("browse", collection="few")
    for text in ("p002", entry.sha256[:12]):
        app.text_input(key="_text").set_value(text).run()
        told = words(check(app)).replace("\\", "")
        assert "**Plate p002**" in told and "Gone." in told and len(app.get("image")) == 1
    # From another collection, only by what can be no words.
    app = searched(herbals, entry.sha256[:12])
    assert "**Plate p002**" in words(app)


def test_an_id_and_a_picture_that_disagree_are_both_offered(herbals: Collection) -> None:
    citation = plate_citation(herbals, herbals.catalogue.row("p004"))
    other = herbals.catalogue.pictures["p009"]
    app = searched(herbals, citation.replace(herbals.catalogue.pictures["p004"][:12], other[:12]))
    told = words(app)
    assert "**Plate p004**" in told and "**Plate p009**" in told and "disagree" in told
    assert keys(app) == ["found_0_open", "found_1_open"]


@pytest.mark.parametrize(
    "text", [*HOSTILE, "[imgsim, collection “../..”, plate “<b>x</b>”, picture 0123456789ab]."]
)
def test_hostile_searches_show_no_find(herbals: Collection, text: str) -> None:
    app = searched(herbals, text)
    assert not keys(app)


def test_what_is_found_is_shown_as_it_stands(herbals: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    from imgsim.collection.identifying import HERE, Found

    odd = [
        Found("herbals", herbals.path, "plate", text, HERE, told=text, book=text, file=text)
        for text in HOSTILE[:6]
    ]
    monkeypatch.setattr(found_view, "_found", lambda *_: odd)
    told = words(searched(herbals, "anything"))
    for sign in ("<script", "<img", "*bold*", "](http"):
        assert not re.search(rf"(?<!\\){re.escape(sign)}", told), sign
