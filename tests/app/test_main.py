"""The app as a whole, without a browser: every page opens, whatever its address asks for, and the start is light."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from imgsim.app.services import page_registry, parameters
from imgsim.collection import Collection
from imgsim.errors import CollectionError
from tests import pages
from tests.herbals import COUNT
from tests.pages import PAGES, ROOT, param, words

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
    visit: Callable[..., AppTest], herbals: Collection, name: str, query: dict[str, str], said: str,
    kept: dict[str, str], passing: int,
) -> None:  # fmt: skip
    app = visit(name, **query)
    assert [one.value for one in app.title] and not app.error
    assert [one.value.replace("\\", "") for one in app.warning] == ([said] if said else [])
    count = f"{COUNT} plates, compared by toy."
    if "in.nothing" in kept or not passing:
        count = f"{passing} of {COUNT} plates pass the filters. Compared by toy."
    assert count in [caption.value for caption in app.sidebar.caption]
    wanted = {"collection": "herbals", "backbone": "toy", **kept}
    links = [parse_qs(one.proto.query_string) for one in app.sidebar if one.type == "page_link"]
    assert len(links) == sum(len(group) for group in page_registry.groups(herbals).values())
    for link in links:
        assert link == {key: [value] for key, value in wanted.items()}


def test_another_network_than_the_one_asked_for_is_not_used_in_silence(visit: Callable[..., AppTest]) -> None:
    app = visit("plate", plate="p003", collection="herbals", backbone="resnet99")
    assert param(app, "backbone") == "toy"
    for _ in range(2):
        said = [one.value.replace("\\", "") for one in app.warning]
        assert said == ["“herbals” was not prepared with resnet99, so toy compares. Its scores are others."]
        app.run()
    assert not visit("plate", plate="p003", collection="herbals").warning
    assert not visit("plate", plate="p003", collection="herbals", backbone="other").warning


@pytest.mark.parametrize("page", ["map", "reuse"])  # one draws the links in its fragment, the other does not
def test_a_page_that_fails_still_leads_to_the_others(
    herbals: Collection, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    whole = pages.visit(page)
    links = len(whole.sidebar.get("page_link"))
    assert links > 5

    def damaged(*_: object) -> None:
        raise CollectionError("matches.parquet is damaged.")

    monkeypatch.setattr("imgsim.app.parts.shell.lead", damaged)
    whole.run()
    assert whole.exception and len(whole.sidebar.get("page_link")) == links


def test_what_is_said_of_one_collection_is_not_said_in_another(bare: Collection) -> None:
    app = pages.visit("plate", plate="nope", collection=bare.name)
    assert ["There is no plate nope" in one.value for one in app.warning] == [True]
    box = next(one for one in app.sidebar.selectbox if one.label == "Collection")
    app = box.set_value(next(name for name in box.options if name != bare.name)).run()
    assert param(app, "collection") != bare.name
    assert not [one.value for one in app.warning if "nope" in one.value]


def test_a_warning_stays_on_every_page_until_it_is_read(visit: Callable[..., AppTest]) -> None:
    app = visit("plate", plate="nope", collection="elsewhere")
    said = [one.value for one in app.warning if "There is no" in one.value]
    assert len(said) == 2
    for _ in range(2):  # the address says what is shown by now
        app.run()
        assert [one.value for one in app.warning if "There is no" in one.value] == said
    app.button(key="read_0").click().run()
    assert [one.value for one in app.warning if "There is no" in one.value] == said[1:]
    app.button(key="read_0").click().run()
    assert not [one.value for one in app.warning if "There is no" in one.value]
    app.run()
    assert not [one.value for one in app.warning if "There is no" in one.value]



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
