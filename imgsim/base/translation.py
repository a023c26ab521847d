"""Texts in the reader's language, by GNU gettext: English as it is written in the code, others from their catalogues.

A text stands whole in the code, with its values by name: ``tr("{shown:,} of {all:,} plates", shown=3, all=9)``. So
translators see a sentence and may turn it round. The catalogues lie in ``imgsim/locale``; a text that none of them has
is said in English. In which language a text is said depends on who asks: a thread says so with :func:`speaking`, or
the app for each of its readers with :func:`ask`.
"""

from __future__ import annotations

import gettext
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

ENGLISH = "en"
# What speakers of each call it.
LANGUAGES = {ENGLISH: "English", "de": "Deutsch", "fr": "Français", "fi": "Suomi"}
FOLDER = Path(__file__).parent.parent / "locale"
DOMAIN = "imgsim"
# Between groups of thousands, and before decimals.
_MARKS = {"de": (".", ","), "fr": ("\N{NARROW NO-BREAK SPACE}", ","), "fi": ("\N{NO-BREAK SPACE}", ",")}

_spoken: ContextVar[str | None] = ContextVar("language", default=None)
_asked: list[Callable[[], str | None]] = []


def tr(message: str, /, **values: object) -> str:
    """A text in the reader's language, its ``{values}`` filled in as :func:`str.format` does, numbers by his custom."""
    said = catalogue(language()).gettext(message) if message else ""
    return _filled(said, values)


def trn(one: str, many: str, number: int, /, **values: object) -> str:
    """A text that depends on a number, which it has as ``{n}``: ``trn("{n:,} plate", "{n:,} plates", 3)``."""
    return _filled(catalogue(language()).ngettext(one, many, number), {"n": number, **values})


def trc(context: str, message: str, /, **values: object) -> str:
    """A short text whose translation depends on where it stands, which `context` says and nobody sees."""
    return _filled(catalogue(language()).pgettext(context, message), values)


def marked(message: str) -> str:
    """The same text: it is said, and so translated with :func:`tr`, later, as the constants of a module are."""
    return message


def counted(one: str, many: str) -> tuple[str, str]:
    """The same two texts: they are said later, with :func:`trn`."""
    return one, many


def number(value: float, form: str = ",") -> str:
    """A number by the reader's custom: ``13,151``, in German ``13.151``; `form` as :func:`format` takes it."""
    return _Numbers().format_field(value, form)


def language() -> str:
    """The code of the language that is spoken here, one of :data:`LANGUAGES`: of the block, else of the reader."""
    if (spoken := _spoken.get()) is not None:
        return spoken
    return next((found for ask_reader in _asked if (found := ask_reader()) is not None), ENGLISH)


def ask(reader: Callable[[], str | None]) -> None:
    """Ask the app whose turn it is: `reader` gives the language of the reader that this thread serves, else None."""
    if reader not in _asked:
        _asked.append(reader)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language, one of :data:`LANGUAGES`, in this thread and until the end of the block."""
    before = _spoken.set(code if code in LANGUAGES else ENGLISH)
    try:
        yield
    finally:
        _spoken.reset(before)


def understood(wanted: str) -> str:
    """The language of :data:`LANGUAGES` that serves a reader best, by a header Accept-Language or a locale.

    ``"de-AT,de;q=0.9,en;q=0.5"`` gives ``"de"``; what names none of them, or cannot be read, ``"en"``.
    """
    ranked = []
    for place, part in enumerate(wanted.split(",")):
        tag, _, weight = part.strip().partition(";")
        code = tag.replace("_", "-").partition("-")[0].lower()
        try:
            share = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if code in offered() and share > 0:
            ranked.append((-share, place, code))
    return min(ranked)[2] if ranked else ENGLISH


@cache
def offered() -> tuple[str, ...]:
    """The languages that have a catalogue, English first."""
    return tuple(code for code in LANGUAGES if code == ENGLISH or gettext.find(DOMAIN, FOLDER, [code]))


@cache
def catalogue(code: str) -> gettext.NullTranslations:
    """The texts of a language, as the standard library's gettext reads them; of one without any, the English ones."""
    return gettext.translation(DOMAIN, FOLDER, [code], fallback=True)


class _Numbers(string.Formatter):
    """Formats as English does, and puts the reader's marks where the English ones are."""

    def format_field(self, value: Any, format_spec: str) -> str:
        said: str = format(value, format_spec)
        marks = _MARKS.get(language())
        if marks is None or isinstance(value, str | bool) or not hasattr(value, "__float__"):
            return said
        return said.translate({ord(","): marks[0], ord("."): marks[1]})


def _filled(said: str, values: dict[str, Any]) -> str:
    return _Numbers().vformat(said, (), values) if values else said
