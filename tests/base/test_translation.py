"""Texts in the reader's language, against catalogues that the standard library's gettext reads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from imgsim.base import translation
from imgsim.base.translation import number, speaking, tr, trc, trn, understood
from tests.catalogues import compiled


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A German catalogue of four texts, and one for Finnish that has none."""
    for code in ("de", "fi"):
        texts = Catalog(locale=code, domain=translation.DOMAIN)
        if code == "de":
            texts.add("Save", "Sichern")
            texts.add("{shown:,} of {all:,} are {share:.1f} %", "{share:.1f} % sind {shown:,} von {all:,}")
            texts.add(("{n:,} plate", "{n:,} plates"), ("{n:,} Tafel", "{n:,} Tafeln"))
            texts.add("Save", "Retten", context="a castle")
        file = tmp_path / code / "LC_MESSAGES" / "imgsim.mo"
        file.parent.mkdir(parents=True)
        file.write_bytes(compiled(texts))
    monkeypatch.setattr(translation, "FOLDER", tmp_path)
    monkeypatch.setattr(translation, "_asked", [])
    forget()
    yield
    forget()


def forget() -> None:
    translation.offered.cache_clear()
    translation.catalogue.cache_clear()


def test_english_is_what_stands_in_the_code() -> None:
    assert tr("Save") == "Save" and tr("") == "" and tr("{a} of {a:,}") == "{a} of {a:,}"
    assert tr("{a:,} of {b:.2f} {c}", a=13151, b=0.5, c="x") == "13,151 of 0.50 x"
    assert [trn("{n:,} plate", "{n:,} plates", n) for n in (0, 1, 1000)] == ["0 plates", "1 plate", "1,000 plates"]
    assert number(1234.5, ",.2f") == "1,234.50"


@pytest.mark.usefixtures("german")
def test_a_language_has_its_words_order_plurals_and_marks() -> None:
    with speaking("de"):
        assert tr("Save") == "Sichern" and trc("a castle", "Save") == "Retten"
        assert tr("{shown:,} of {all:,} are {share:.1f} %", shown=1000, all=13151, share=7.6) == (
            "7,6 % sind 1.000 von 13.151"
        )
        assert [trn("{n:,} plate", "{n:,} plates", n) for n in (1, 2000)] == ["1 Tafel", "2.000 Tafeln"]
        assert tr("{name} of {n:,}", name="Vol. 1,2", n=1000) == "Vol. 1,2 of 1.000"  # data stays as it is
        with speaking("fi"):
            assert tr("Save") == "Save" and number(13151) == "13\N{NO-BREAK SPACE}151"
        assert tr("Save") == "Sichern"
    assert tr("Save") == "Save"


@pytest.mark.usefixtures("german")
def test_each_thread_and_reader_has_its_own_language() -> None:
    heard: list[str] = []
    readers: list[str | None] = ["fi", "de"]
    translation.ask(lambda: readers[-1] if readers else None)
    heard.append(tr("Save"))
    readers.pop()
    heard.append(tr("Save"))
    with speaking("de"):  # goes before the reader's, as what is written into a file has its own
        other = threading.Thread(target=lambda: heard.append(tr("Save")))
        other.start()
        other.join()
        heard.append(tr("Save"))
    readers.clear()
    heard.append(tr("Save"))
    assert heard == ["Sichern", "Save", "Save", "Sichern", "Save"]


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"), ("fr-FR,fr;q=0.9,fi;q=0.8", "fi"), ("en;q=0.4, de;q=0.6", "de"),
        ("de_DE", "de"), ("fr", "en"), ("", "en"), ("*", "en"), ("de;q=0", "en"), ("de;q=x,fi", "fi"), (";;,,", "en"),
        ("EN-GB,de;q=0.9", "en"),
    ],
)  # fmt: skip
def test_what_a_browser_asks_for_is_understood(header: str, code: str) -> None:
    assert understood(header) == code


@pytest.mark.usefixtures("german")
def test_only_what_has_a_catalogue_is_offered() -> None:
    assert translation.offered() == ("en", "de", "fi")
    with speaking("nothing"):
        assert translation.language() == "en"
