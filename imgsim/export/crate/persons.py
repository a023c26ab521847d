"""A person's name with their ORCID iD, where they wrote it beside: ``Ada Reader (0000-0002-1825-0097)``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from imgsim.errors import ImgsimError
from imgsim.export.references.records import cleaned

MOST = 120  # letters of a name
_ORCID = re.compile(r"\s*[(<\[]?\s*(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])\s*[)>\]]?\s*$")


@dataclass(frozen=True)
class Person:
    """A name as its bearer wrote it, and the sixteen digits of the ORCID iD; "" where none was given."""

    name: str
    orcid: str = ""

    @property
    def address(self) -> str:
        """The ORCID iD as its owner shows it; "" without one."""
        return f"https://orcid.org/{self.orcid}" if self.orcid else ""


NOBODY = Person("anonymous")  # as the Citation File Format writes that no author is named


def person(written: str) -> Person:
    """Take a name and an ORCID iD apart. What ends like one and is none stays a part of the name."""
    text = cleaned(written)
    found = _ORCID.search(text)
    if found is None or not found.start() or not valid(found[1].upper()):
        return Person(text)
    return Person(text[: found.start()].rstrip(" ,;"), found[1].upper())


def persons(written: Iterable[str]) -> tuple[Person, ...]:
    """Everybody once, in the order given; who wrote an ORCID iD anywhere is known by it everywhere."""
    given = [person(text) for text in written]
    orcids = {one.name.casefold(): one.orcid for one in given if one.orcid}
    known = [Person(one.name, one.orcid or orcids.get(one.name.casefold(), "")) for one in given if one.name]
    return tuple({one.orcid or one.name.casefold(): one for one in reversed(known)}.values())[::-1]


def maker(written: str) -> str:
    """A name that somebody gave to be named by. Raises ImgsimError for what is none, or whose ORCID iD is mistyped."""
    text = cleaned(written)
    found = _ORCID.search(text)
    if found is not None and not valid(found[1].upper()):
        raise ImgsimError(
            f"{found[1]} is no ORCID iD: its last digit does not fit the others. Look it up at orcid.org."
        )
    if not text or len(text) > MOST or (found is not None and not found.start()):
        raise ImgsimError(
            f"{text[:80]!r} cannot be named as who made an export: give a name of at most {MOST} letters, with an "
            "ORCID iD behind it if there is one."
        )
    return text


def valid(orcid: str) -> bool:
    """Whether the last digit fits the others (ISO 7064, MOD 11-2)."""
    total = 0
    for digit in orcid.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == orcid[-1]
