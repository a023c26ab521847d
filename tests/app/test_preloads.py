"""What a page's document names of the scripts that the page will ask for."""

from __future__ import annotations

import re

import pytest

from imgsim.app.components import mounting
from imgsim.app.services import page_registry, preloads
from tests.pages import PAGES


@pytest.mark.parametrize("page", PAGES)
def test_every_script_that_is_named_is_there_once_with_all_that_it_imports(page: str) -> None:
    parts = (*preloads.EVERYWHERE, *page_registry.loads(page))
    assert len({*parts}) == len(parts)
    named = preloads.addresses("", parts)
    assert len({*named}) == len(named) > len(parts)
    for part in parts:  # a name that nothing has is a mistake here, or Streamlit's next version
        start = f"/static/js/{part}." if part not in mounting.ENTRIES else mounting.address(part, "")
        assert any(one.startswith(start) for one in named), part
    for one in named:
        file = mounting.file_at(one)
        path = mounting.FOLDER / file if file else preloads._STREAMLITS / one.removeprefix("/")
        for imported in re.findall(r"""(?:from|import) ?["'](\.[^"']+)["']""", path.read_text(encoding="utf-8")):
            there = (path.parent / imported).resolve()
            base, _, _ = one.rpartition(file or f"static/js/{path.name}")
            root = mounting.FOLDER if file else preloads._STREAMLITS
            assert base + there.relative_to(root.resolve()).as_posix() in named or there in preloads.begun()


def test_below_a_path_all_are_below_it() -> None:
    parts = ("plate_map", "Slider")
    plain = preloads.addresses("", parts)
    assert preloads.addresses("/a", parts) == tuple(f"/a{one}" for one in plain)


def test_what_streamlit_no_longer_has_is_left_out() -> None:
    assert preloads.addresses("", ("Phantasm",)) == ()
