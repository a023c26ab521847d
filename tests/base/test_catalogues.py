"""The catalogues of texts: of what the code says, whole, and with the marks and values of the English texts."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog

from imgsim.base import translation
from tests import catalogues

CODES = translation.offered()[1:]
# What must stand in a translation as often as in the English text: bold, code, tags, links of Markdown.
_MARKS = re.compile(r"\*\*|`|</?\w+|\]\(")


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return catalogues.template()


def values(text: str) -> set[str]:
    """The values that a text takes, with their formats: ``n:,``."""
    fields = string.Formatter().parse(text)
    return {f"{name}:{form}" for _, name, form, _ in fields if name is not None}


def pairs(catalogue: Catalog) -> Iterator[tuple[str, str, bool]]:
    """Every English text with its translation, a counted one once for each form; whether it is counted."""
    for message in catalogue:
        if not message.id:
            continue
        if isinstance(message.id, str):
            yield message.id, str(message.string), False
        else:
            for form in message.string or ():
                yield message.id[1], str(form), True


def test_the_code_says_what_can_be_translated(texts: Catalog) -> None:
    said = {message.id if isinstance(message.id, str) else message.id[0] for message in texts if message.id}
    assert len(said) > 200 and "Open this plate" in said
    for text in said:
        values(text)  # no brace stands alone


@pytest.mark.parametrize("code", CODES)
def test_a_catalogue_has_every_text_of_the_code_and_no_other(code: str, texts: Catalog) -> None:
    updated = catalogues.updated(code, texts)
    assert catalogues.untranslated(updated) == []
    file = catalogues.path_of(code)
    assert file.read_bytes() == catalogues.written(updated), "run: python -m tests.catalogues"
    assert file.with_suffix(".mo").read_bytes() == catalogues.compiled(updated), "run: python -m tests.catalogues"


@pytest.mark.parametrize("code", CODES)
def test_a_translation_has_the_values_and_marks_of_its_text(code: str) -> None:
    wrong = []
    for text, said, counted in pairs(catalogues.read(code)):
        lacking, foreign = values(text) - values(said), values(said) - values(text)
        # A form for one alone may say "one" instead of the number.
        if foreign or (lacking and not (counted and lacking <= {"n:", "n:,"})):
            wrong.append((text, said, "values"))
        if Counter(_MARKS.findall(text)) != Counter(_MARKS.findall(said)):
            wrong.append((text, said, "marks"))
        if text[:1].isspace() != said[:1].isspace() or text[-1:].isspace() != said[-1:].isspace():
            wrong.append((text, said, "space at an end"))
    assert wrong == []


def test_what_a_catalogue_lacks_is_told() -> None:
    found = Catalog(locale="de", domain=translation.DOMAIN)
    found.add("Save", "Sichern")
    found.add("Undo", "")
    found.add(("{n} plate", "{n} plates"), ("{n} Tafel", ""))
    assert catalogues.untranslated(found) == ["Undo", "{n} plate"]
