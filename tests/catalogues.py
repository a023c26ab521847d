"""``python -m tests.catalogues``: gather the texts of the code, and bring the catalogues of all languages up to date.

Writes each language's ``imgsim.po`` (translations that still fit stay, new and changed texts are empty) and the
``imgsim.mo`` that imgsim reads. Translators edit the ``.po`` and run this again. ``--untranslated CODE`` lists what a
catalogue lacks, and ends with 1 where there is anything; ``--begin CODE`` begins one, of ``LANGUAGES``.
"""

from __future__ import annotations

import argparse
import ast
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from imgsim.app import pages
from imgsim.app.services import browser_words, page_registry
from imgsim.base.translation import DOMAIN, ENGLISH, FOLDER, LANGUAGES

CODE = FOLDER.parent
# What a call marks: `tr("text")`, `trn("one", "many", n)`, `trc("where", "text")`, `count(n, "one", "many")`.
KEYWORDS = {
    "tr": None, "trn": (1, 2), "trc": ((1, "c"), 2), "marked": None, "counted": (1, 2), "count": (2, 3),
}  # fmt: skip
# Of the head: what would make every file another one each time it is written, or says nothing.
_LEFT_OUT = tuple(
    f'"{name}'.encode()
    for name in ("POT-Creation-", "PO-Revision-", "Report-Msgid-", "Last-Translator", "Language-Team", "Generated-By")
)
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)
METHODS = [
    ("**.py", "tests.catalogues:code"),
    ("**.js", "tests.catalogues:scripts"),
    ("**.html", "tests.catalogues:templates"),
]


def code(fileobj: Any, keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[int, str, Any, list[str]]]:
    """The texts of Python code, as Babel asks for them. Its own way sees no call within an f-string."""
    written = fileobj.read().decode("utf-8")
    lines = written.splitlines()
    for node in ast.walk(ast.parse(written)):
        name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name in keywords:
            texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
            before = lines[node.lineno - 2].strip("# ") if node.lineno > 1 else ""
            comments = [before] if before.startswith(tuple(comment_tags)) else []
            yield node.lineno, name, tuple(text if isinstance(text, str) else None for text in texts), comments


def scripts(
    fileobj: Any, keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[int, str, Any, list[str]]]:
    """The texts of scripts, as Babel asks for them. Its own way sees no call within a template string."""
    texts, counted = browser_words.said_in(fileobj.read().decode("utf-8"))
    yield from ((1, "tr", text, []) for text in texts)
    yield from ((1, "trn", pair, []) for pair in counted)


def templates(fileobj: Any, keywords: Any, comment_tags: Any, options: Any) -> Any:
    """The texts of Jinja templates, as Babel asks for them."""
    from jinja2.ext import babel_extract

    return babel_extract(fileobj, list(keywords), comment_tags, options)


def template() -> Catalog:
    """All texts of the code, in the order of files, without the places where they stand: these move all the time."""
    found = Catalog(domain=DOMAIN, project="imgsim", charset="utf-8", header_comment="# The texts of imgsim.")
    said = extract_from_dir(CODE, METHODS, keywords=KEYWORDS, comment_tags=("Translators:",))
    for file, _, message, comments, context in sorted(said, key=lambda one: one[:2]):
        found.add(message, None, [(file, 1)], auto_comments=comments, context=context)
    for page in pages.PAGES:
        found.add(page_registry.purpose(page), None, [(f"app/pages/{page.name}.py", 1)])
    return found


def path_of(code: str) -> Path:
    """Where the catalogue of a language lies."""
    return FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(code: str) -> Catalog:
    """The catalogue of a language; an empty one where there is none yet."""
    file = path_of(code)
    if not file.exists():
        return Catalog(locale=code, domain=DOMAIN, project="imgsim", charset="utf-8")
    with file.open("rb") as opened:
        return read_po(opened, locale=code, domain=DOMAIN)


def updated(code: str, texts: Catalog) -> Catalog:
    """The catalogue of a language with these texts, and without those that nobody says any more."""
    found = read(code)
    found.update(texts, no_fuzzy_matching=True, update_header_comment=False)
    found.obsolete.clear()
    return found


def written(catalogue: Catalog) -> bytes:
    """A catalogue as its file: the same bytes for the same texts, whenever it is written."""
    out = io.BytesIO()
    write_po(out, catalogue, width=110, omit_header=False, include_lineno=False, sort_by_file=False)
    return b"\n".join(line for line in out.getvalue().split(b"\n") if not line.startswith(_LEFT_OUT))


def compiled(catalogue: Catalog) -> bytes:
    """A catalogue as gettext reads it: the same bytes for the same texts, too."""
    catalogue.creation_date = catalogue.revision_date = _ANY_DAY
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """The texts that a catalogue lacks, a counted one where a form is missing."""
    lacking = []
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and (not all(forms) or message.fuzzy):
            lacking.append(message.id if isinstance(message.id, str) else message.id[0])
    return lacking


def main(arguments: list[str]) -> int:
    """Run the command line."""
    cli = argparse.ArgumentParser(prog="python -m tests.catalogues", description=__doc__.splitlines()[0])
    cli.add_argument("--untranslated", metavar="CODE", help="list what the catalogue of this language lacks")
    others = [code for code in LANGUAGES if code != ENGLISH]
    cli.add_argument("--begin", choices=others, help="begin the catalogue of this language")
    given = cli.parse_args(arguments)
    texts = template()
    if given.untranslated:
        lacking = untranslated(updated(given.untranslated, texts))
        print("\n".join(map(repr, lacking)))
        return int(bool(lacking))
    for code in others:
        if code != given.begin and not path_of(code).exists():
            continue
        path_of(code).parent.mkdir(parents=True, exist_ok=True)
        found = updated(code, texts)
        path_of(code).write_bytes(written(found))
        path_of(code).with_suffix(".mo").write_bytes(compiled(found))
        print(f"{code}: {len(found)} texts, {len(untranslated(found))} of them not translated")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
