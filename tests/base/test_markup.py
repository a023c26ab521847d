"""Templates: whatever is put into one is text, and what is missing is an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from imgsim.base.markup import rendered
from tests.hostile import FORMULAS


@pytest.fixture
def template(tmp_path: Path) -> Path:
    (tmp_path / "inner.css").write_text("p > a { }", encoding="utf-8")
    path = tmp_path / "page.html"
    path.write_text('<style>{% include "inner.css" %}</style><p title="{{ one }}">{{ one }}</p>', encoding="utf-8")
    return path


ATTACKS = [
    "<script>alert(1)</script>", '" onload="alert(1)', "' x='", "a & b", "{{ one }}", "{% raw %}",
    *filter(str.isprintable, FORMULAS),
]  # fmt: skip


@pytest.mark.parametrize("one", ATTACKS)
def test_text_stays_text(template: Path, one: str) -> None:
    filled = rendered(template, one=one)
    assert isinstance(filled, Markup)
    assert filled.count("<") == 4 and filled.count('"') == 2
    assert Markup(filled.partition('">')[2].removesuffix("</p>")).unescape() == one


def test_what_html_forbids_is_replaced(template: Path) -> None:
    assert ">\ufffd[2J\ufffd\ufffd\ufffd</p>" in rendered(template, one="\x1b[2J\u202e\ud800\x00")


def test_what_is_html_already_stays_so(template: Path) -> None:
    assert ">1 <b>2</b></p>" in rendered(template, one=Markup("1 <b>{}</b>").format(2))
    assert "p > a { }" in rendered(template, one="")


def test_what_is_missing_is_an_error(template: Path) -> None:
    with pytest.raises(UndefinedError, match="one"):
        rendered(template, other=1)
