"""The pages as Streamlit runs them, without a browser: every page, every control, hostile data, broken links."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.services import page_registry, parameters, text
from imgsim.collection import Collection
from imgsim.collection.citing import plate_citation
from tests.app.toy_network import use_toy
from tests.herbals import COUNT
from tests.making import make, write_plates
from tests.pages import PAGES, ROOT, check, param, words

# ---- every page opens


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_without_any_state(visit: Callable[..., AppTest], name: str) -> None:
    app = visit(name)
    assert len(app.title) == 1
    assert param(app, "collection") == "herbals"
    assert param(app, "backbone") == "toy"


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("view", list(parameters.VIEWS))
def test_every_page_opens_with_a_plate(visit: Callable[..., AppTest], name: str, view: str) -> None:
    app = visit(name, plate="p003", threshold="-1", view=view, backbone="other")
    assert param(app, "plate") == "p003"
    assert param(app, "backbone") == "other"


# What an address asks for; what is said of it; what of it is kept, in the address and in every link; plates that pass.
MANGLED: list[tuple[dict[str, str], str, dict[str, str], int]] = [
    (
        {"plate": "../../etc/passwd"},
        "There is no plate ../../etc/passwd in this collection, and there never was.", {}, COUNT,
    ),
    (
        {"collection": "../x", "backbone": "no"},
        "There is no collection “../x” here, so “herbals” is open.", {}, COUNT,
    ),
    (
        {"page": "-5", "per_page": "999999", "top_k": "many", "threshold": "nan"}, "",
        {"per_page": "240"}, COUNT,
    ),
    (
        {"decades": "1700-x", "sort": "worst", "map": "nope", "colour": "root", "view": "x"}, "",
        {"colour": "root"}, COUNT,
    ),
    (
        {"in_place": "Atlantis", "in_nothing": "x", "text": "<b>" * 200}, "",
        {"in.place": "Atlantis", "in.nothing": "x", "text": "<b>" * 200}, 0,
    ),
    ({"in_nothing": "x"}, "", {"in.nothing": "x"}, COUNT),  # a column that is not here filters nothing
    ({"seed": "9" * 5000, "page": "1e9", "when": "", "fold": "maybe"}, "", {}, COUNT),
    ({"text": "y" * 5000}, "", {"text": "y" * 1000}, 0),
]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("query", "said", "kept", "passing"), MANGLED)
def test_a_mangled_link_opens_its_page_with_what_can_be_read_of_it_and_says_the_rest(
    visit: Callable[..., AppTest], name: str, query: dict[str, str], said: str, kept: dict[str, str], passing: int
) -> None:
    app = visit(name, **query)
    assert [one.value for one in app.title] and not app.error
    assert [one.value.replace("\\", "") for one in app.warning] == ([said] if said else [])
    count = f"{COUNT} plates, compared by toy."
    if "in.nothing" in kept or not passing:
        count = f"{passing} of {COUNT} plates pass the filters. Compared by toy."
    assert count in [caption.value for caption in app.sidebar.caption]
    wanted = {"collection": "herbals", "backbone": "toy", **kept}
    links = [parse_qs(one.proto.query_string) for one in app.sidebar if one.type == "page_link"]
    assert len(links) == sum(len(group) for group in page_registry.groups().values())
    for link in links:
        assert link == {key: [value] for key, value in wanted.items()}


@pytest.mark.parametrize(("query", "said", "kept", "passing"), MANGLED)
def test_browse_shows_the_plates_that_a_mangled_link_leaves(
    visit: Callable[..., AppTest], query: dict[str, str], said: str, kept: dict[str, str], passing: int
) -> None:
    app = visit("browse", **query)
    if passing:
        assert f"{passing} plates" in [caption.value for caption in app.main.caption]
        assert next(one for one in app.selectbox if one.label == "Plates a page").value == int(kept.get("per_page", 60))
        assert next(one for one in app.selectbox if one.label == "Sort by").value == "year"
    else:
        assert "**No plate passes these filters.**" in words(app)


# ---- Browse


def test_browse_shows_all_plates_and_filters_them(visit: Callable[..., AppTest]) -> None:
    app = visit()
    assert f"{COUNT} plates" in words(app)
    place = next(widget for widget in app.multiselect if widget.label == "Place")
    place.set_value(["London"])
    check(app.run())
    assert param(app, "in.place") == "London"
    assert "12 plates that pass the filters" in words(app)
    check(next(button for button in app.button if button.label == "Clear all").click().run())
    assert "in.place" not in app.query_params
    assert f"{COUNT} plates" in words(app)


def test_browse_offers_facets_for_metadata_columns_of_any_name(visit: Callable[..., AppTest]) -> None:
    assert [slider.label for slider in visit().slider] == ["Decade"]
    # facets beyond the first few are drawn once they are opened, or used
    app = visit(in_style="woodcut")
    assert {"Place", "Author", "Book", "Style"} <= {widget.label for widget in app.multiselect}
    assert next(widget for widget in app.multiselect if widget.label == "Style").value == ["woodcut"]
    assert "12 plates that pass the filters" in words(app)


def test_browse_searches_words_without_accents_and_says_when_nothing_is_found(
    visit: Callable[..., AppTest],
) -> None:
    app = visit()
    app.text_input[0].set_value("elizabeth")
    check(app.run())
    assert "8 plates that pass" in words(app)
    app.text_input[0].set_value("no such word anywhere")
    check(app.run())
    assert "No plate passes these filters" in words(app)
    check(next(button for button in app.button if button.label == "Clear all filters").click().run())
    assert f"{COUNT} plates" in words(app)


def test_the_decade_slider_leaves_the_address_when_it_is_wide_open(visit: Callable[..., AppTest]) -> None:
    app = visit()
    app.slider[0].set_value((1700, 1710))
    check(app.run())
    assert param(app, "decades") == "1700-1710"
    assert "12 plates that pass" in words(app)
    app.slider[0].set_value((1700, 1720))
    check(app.run())
    assert "decades" not in app.query_params


# ---- Plate


def test_a_plate_has_its_record_its_citation_and_its_neighbours_in_the_book(
    visit: Callable[..., AppTest], herbals: Collection
) -> None:
    app = visit("plate", plate="p003")
    assert app.code[0].value == plate_citation(herbals, herbals.catalogue.row("p003"))
    check(next(button for button in app.button if "Next" in button.label).click().run())
    assert param(app, "plate") == "p004"
    check(next(button for button in app.button if "Previous" in button.label).click().run())
    assert param(app, "plate") == "p003"


def test_the_nearest_are_listed_though_nothing_reaches_the_line(
    visit: Callable[..., AppTest], herbals: Collection
) -> None:
    app = visit("plate", plate="p003", threshold="1", other_books="no", top_k="50", view="table")
    indices, similarities = herbals.neighbour_table("toy")
    row = herbals.catalogue.row("p003")
    table = app.dataframe[0].value
    ids = herbals.catalogue.plate_ids
    assert table["Id"].tolist() == [ids[other] for other in indices[row]] and len(table) == COUNT - 1
    assert table["Similarity"].tolist() == pytest.approx(similarities[row].tolist())
    assert set(table["Line"]) == {"below"}
    assert "**Below the line at 1** none reaches it: these are the nearest" in words(app).replace("\\", "")
    assert f"every plate that meets the conditions: {COUNT - 1}" in words(app)


def test_the_line_divides_the_list(visit: Callable[..., AppTest], herbals: Collection) -> None:
    _, similarities = herbals.neighbour_table("toy")
    scores = similarities[herbals.catalogue.row("p003")]
    at = round(float(scores[4] + scores[5]) / 2, 6)
    app = visit("plate", plate="p003", threshold=f"{at}", other_books="no", top_k="10", view="table")
    assert app.dataframe[0].value["Line"].tolist() == ["above"] * 5 + ["below"] * 5
    assert f"5 at {at:g} or more" in words(app).replace("\\", "")
    app = visit("plate", plate="p003", threshold=f"{at}", other_books="no", top_k="4", view="table")
    assert f"1 more plate reaches {at:g}" in words(app)


def test_a_chosen_line_is_in_the_address_and_emptying_the_field_takes_it_out(
    visit: Callable[..., AppTest], herbals: Collection
) -> None:
    app = visit("plate", plate="p003")
    assert "threshold" not in app.query_params
    assert herbals.calibration("toy").threshold is None and app.number_input[0].value is None
    assert "too few to tell which scores" in words(app)  # 24 plates
    check(app.number_input[0].set_value(0.5).run())
    assert param(app, "threshold") == "0.5"
    assert "The line at 0.5 is chosen" in words(app)
    check(app.number_input[0].set_value(None).run())
    assert "threshold" not in app.query_params


def test_the_table_has_every_plate_of_the_list(visit: Callable[..., AppTest]) -> None:
    app = visit("plate", plate="p003", threshold="-1", top_k="50", view="table")
    table = app.dataframe[0].value
    # other books only: the 18 plates of the three other books
    assert len(table) == 18
    assert "book0" not in set(table["Book"])
    assert list(table["Similarity"]) == sorted(table["Similarity"], reverse=True)
    assert table["Above"].str.fullmatch(r"\d+(\.\d+)? %").all()


def test_earlier_and_later_leave_out_plates_without_a_year(visit: Callable[..., AppTest]) -> None:
    query = {"plate": "p008", "threshold": "-1", "top_k": "50", "view": "table", "other_books": "no"}
    earlier = visit("plate", **query, when="earlier").dataframe[0].value
    assert set(earlier["Year"]) == {"1700"} and len(earlier) == 6
    later = visit("plate", **query, when="later").dataframe[0].value
    assert set(later["Year"]) == {"1720"} and len(later) == 6


# ---- Map, Search, About


def test_filters_hold_on_the_map_and_the_page_says_so(visit: Callable[..., AppTest]) -> None:
    app = visit("map", in_place="London", plate="p003", threshold="-1")
    assert f"Showing 12 of {COUNT} plates" in words(app)
    check(next(button for button in app.button if button.label == "Show all plates").click().run())
    assert "in.place" not in app.query_params


def test_an_upload_finds_itself_first(
    visit: Callable[..., AppTest], herbals: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    plate = herbals.catalogue.row("p005")
    use_toy(monkeypatch, herbals)
    app = visit("search", threshold="-1", view="table")
    app.file_uploader[0].upload("scan.png", herbals.plate_bytes(plate), "image/png")
    check(app.run())
    table = app.dataframe[0].value
    assert table["Id"].iloc[0] == "p005"
    assert table["Similarity"].iloc[0] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"%!PS-Adobe-3.0 EPSF", os.urandom(4000)]
)
def test_a_bad_upload_is_refused_in_a_sentence(visit: Callable[..., AppTest], content: bytes) -> None:
    app = visit("search")
    app.file_uploader[0].upload("**bad** <b>.png", content, "image/png")
    check(app.run())
    assert len(app.error) == 1
    assert "cannot be searched" in app.error[0].value
    assert text.plain("**bad** <b>.png") in app.error[0].value


def test_about_lists_what_was_skipped_and_what_it_was_made_with(visit: Callable[..., AppTest]) -> None:
    app = visit("about")
    skipped = app.dataframe[0].value
    assert list(skipped["File"]) == ["book0/broken.png"]
    assert {metric.label: metric.value for metric in app.metric}["Plates"] == str(COUNT)


def test_about_tells_how_the_table_was_understood(
    visit: Callable[..., AppTest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = write_plates(tmp_path / "images", 4)
    table = tmp_path / "table.csv"
    table.write_bytes("file,title\np000.png,Gärten\np001.png,Gärten\nlost*.png,Höfe\n".encode("mac_roman"))
    make(tmp_path / "mine", images, metadata=table)
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path))
    app = visit("about", collection="mine")
    shown = words(app)
    assert "Books are not told apart" in shown and "2 of 4 plates found their row in the table" in shown
    assert "1 row without a plate" in shown and "read as Mac Roman" in shown and "Gärten" in shown
    listed = next(frame.value for frame in app.dataframe if "Reason" in frame.value and "What" in frame.value)
    assert listed["Name"].tolist() == ["lost*.png", "p002", "p003"]
    make(tmp_path / "mine", None, book_by="title")
    shown = words(visit("about", collection="mine"))
    assert "1 book, by the column" in shown and "2 plates of no known book" in shown


# ---- start


def test_the_start_loads_no_heavy_library(plain: Path) -> None:
    script = (
        "import sys; from streamlit.testing.v1 import AppTest\n"
        "for page in ('browse', 'reuse', 'books', 'plate', 'compare', 'map', 'search', 'about'):\n"
        "    app = AppTest.from_file('app.py', default_timeout=30)\n"
        "    app.query_params['plate'] = 'p003'\n"
        "    if page != 'browse': app.switch_page(f'imgsim/app/pages/{page}.py')\n"
        "    app.run(); assert not app.exception, app.exception\n"
        "print([n for n in ('torch', 'torchvision', 'umap', 'cv2', 'sklearn', 'openTSNE') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "IMGSIM_DATA": str(plain), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip().endswith("[]"), done.stdout + done.stderr


def test_a_fragment_that_comes_late_leaves_the_links_of_the_page_that_is_open() -> None:
    """The links are those of the page that drew the sidebar: a fragment of the page before must not touch them."""

    def page() -> None:
        import streamlit as st

        from imgsim.app.parts import shell

        with st.sidebar:
            st.session_state[shell._LINKS] = "books", st.container()
        shell.links("compare")
        st.text("compare wrote nothing")

    app = AppTest.from_function(page).run()
    assert not app.exception and app.text[0].value == "compare wrote nothing"
    assert not app.sidebar.caption
