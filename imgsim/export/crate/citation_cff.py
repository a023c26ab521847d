"""CITATION.cff, version 1.2.0 of the Citation File Format (https://citation-file-format.github.io).

Every text is written as JSON writes it, which is YAML's double-quoted form: nothing in a title or a name can end it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from imgsim.export.crate.persons import Person
from imgsim.export.crate.statement import KEYWORDS, Statement
from imgsim.export.references.records import cleaned


def citation_cff(said: Statement) -> bytes:
    """Return the citation file of an export, UTF-8."""
    lines = [
        "cff-version: 1.2.0",
        "type: dataset",
        f"message: {_text('If you use these lists, cite them as below, and each plate by its own citation.')}",
        f"title: {_text(said.title)}",
        f"abstract: {_text(f'{said.about} {said.images}')}",
        "authors:",
        *(line for one in said.makers for line in _person(one)),
        f"version: {_text(said.version)}",
        f"date-released: {_text(said.day)}",
        *([f"license: {said.licence.spdx}"] if said.licence else []),
        "keywords:",
        *(f"  - {_text(word)}" for word in KEYWORDS),
    ]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _person(one: Person) -> Iterator[str]:
    # As a whole: which part of a name is the family's is for its bearer to say.
    yield f"  - name: {_text(one.name)}"
    if one.orcid:
        yield f"    orcid: {_text(one.address)}"


def _text(value: str) -> str:
    return json.dumps(cleaned(value), ensure_ascii=False)
