"""A made-up language that every text is in: ⟦the English one⟧. What a page says outside these marks was not marked.

Only what is data may stand there: titles, ids, dates, names, addresses, numbers.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from imgsim.base import translation

OPEN, SHUT = "⟦", "⟧"
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_INNERMOST = re.compile(f"{OPEN}[^{OPEN}{SHUT}]*{SHUT}")


class Pseudo(gettext.NullTranslations):
    """Every text between marks."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{SHUT}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"{OPEN}{msgid1 if n == 1 else msgid2}{SHUT}"

    def pgettext(self, context: str, message: str) -> str:
        return f"{OPEN}{message}{SHUT}"


@contextmanager
def spoken() -> Iterator[None]:
    """Whoever draws a page speaks it, under the code of a language that is not English: what is kept is kept by it."""
    with (
        patch.object(translation, "catalogue", lambda code: Pseudo()),
        patch.object(translation, "_asked", [lambda: "de"]),
    ):
        yield


def unmarked(said: str, data: Iterable[str] = ()) -> list[str]:
    """The lines of what a page says that have words outside the marks which are not in `data`."""
    before = ""
    while before != said:
        before, said = said, _INNERMOST.sub(" ", said)
    known = sorted((one for one in set(data) if _LETTERS.search(one)), key=len, reverse=True)
    found = []
    for line in said.splitlines():
        left = line
        for one in known:
            left = left.replace(one, " ")
        if _LETTERS.search(left):
            found.append(line.strip())
    return found
