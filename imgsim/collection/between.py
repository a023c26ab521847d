"""A reference set: some plates of a collection, such as one's new books, and what ties them to all the others.

    new = imgsim.open("mine").between("added:last")
    new.families, new.pairs, new.book_network

A tie is *between* the two sides if one of its plates is chosen and the other is not; what ties the chosen plates to one
another, or the others to one another, is left out. Which plates can be chosen, and under which names, tells
:func:`parts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.errors import ImgsimError

if TYPE_CHECKING:
    from imgsim.catalogue import Catalogue
    from imgsim.collection.book_network import BookNetwork
    from imgsim.families import Families, Family
    from imgsim.generation.generation import Generation
    from imgsim.verification.matches import Matches

ADDED, SOURCE, FOLDER, BOOK = "added", "source", "folder", "book"
LAST = f"{ADDED}:last"
_SHOWN = 5  # names in an error
Rows = npt.NDArray[np.integer] | int
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Part:
    """Some plates of a collection that have a name.

    Attributes
    ----------
    name : what it is asked for by, such as ``book:0904700600``; a link or a command of today finds it in years.
    kind : what they have in common: "added" (on one occasion), "source", "folder" or "book".
    value : the moment (UTC, ISO 8601), the last folder of the source's path, the folder, or the book's id.
    rows : int64 (m,), its plates.
    """

    name: str
    kind: str
    value: str
    rows: npt.NDArray[np.int64] = field(repr=False)


def parts(catalogue: Catalogue, moments: Mapping[str, str]) -> dict[str, Part]:
    """What can be chosen, by name: what was added together, sources (the latest first), folders, books.

    Parameters
    ----------
    moments : when each plate was added, by its id (see :meth:`imgsim.collection.id_registry.Registry.moments`); of
        those that are left out nothing is known.
    """
    frame = catalogue.frame
    added = [moments.get(plate, "") for plate in catalogue.plate_ids]
    found = sorted(_grouped(ADDED, added), key=lambda part: part.value, reverse=True)
    since: dict[str, str] = {}
    for root, moment in zip(frame["root"].tolist(), added, strict=True):
        since[root] = max(moment, since.get(root, ""))
    called = _short(list(since))
    sources = _grouped(SOURCE, [called[root] for root in frame["root"].tolist()])
    latest = {called[root]: moment for root, moment in since.items()}
    found += sorted(sources, key=lambda part: latest[part.value], reverse=True)
    found += _grouped(FOLDER, frame["folder"].tolist())
    found += _grouped(BOOK, frame["book"].tolist())
    return {part.name: part for part in found}


def telling(found: Iterable[Part], plates: int) -> list[Part]:
    """Of parts only those that tell plates apart: none of all ``plates``, and of several with the same the first."""
    seen: dict[bytes, Part] = {}
    for part in found:
        if len(part.rows) < plates:
            seen.setdefault(part.rows.tobytes(), part)
    return list(seen.values())


@dataclass(frozen=True, eq=False)
class Between:
    """Chosen plates against all others, and only what is between the two. Made by ``Collection.between``.

    Attributes
    ----------
    catalogue, matches : the plates, and what the lines say of their pairs; None where these were never compared.
    ask_families : gives the families after what people decided; None likewise.
    names : of the parts that are chosen; any plate of one of them is.
    chosen : bool (n,), which plates are, in the order of the catalogue; read-only.
    """

    names: tuple[str, ...]
    chosen: Mask = field(repr=False)
    catalogue: Catalogue = field(repr=False)
    matches: Matches | None = field(repr=False)
    ask_families: Callable[[], Families | None] = field(repr=False)

    def crosses(self, a: Rows, b: Rows) -> Mask:
        """Whether pairs of rows are between the sides: bool, of the shape to which ``a`` and ``b`` broadcast."""
        return np.asarray(self.chosen[a] != self.chosen[b])

    def joined(self, families: Iterable[Family]) -> list[Family]:
        """Those of some families that have plates on both sides, in the order given."""
        return [one for one in families if len(set(self.chosen[list(one.rows)].tolist())) == 2]

    @property
    def families(self) -> list[Family]:
        """The same of the collection, after what people decided; none where plates were never compared."""
        every = self.ask_families()
        return [] if every is None else self.joined(every.ordered())

    @property
    def pairs(self) -> pd.DataFrame:
        """The verified pairs between the sides, as in the frame of ``matches``; empty where never compared."""
        if self.matches is None:
            return pd.DataFrame()
        frame = self.matches.frame
        crossing = self.crosses(frame["row_a"].to_numpy(), frame["row_b"].to_numpy())
        return frame[crossing & self.matches.verified].reset_index(drop=True)

    @property
    def book_network(self) -> BookNetwork | None:
        """Which books share images across the sides; None where plates were never compared."""
        from imgsim.collection.book_network import BookNetwork

        families = self.ask_families()
        if families is None or self.matches is None:
            return None
        return BookNetwork(families, self.matches, self.catalogue, self.chosen)


def between(
    generation: Generation,
    moments: Mapping[str, str],
    ask_families: Callable[[], Families | None],
    names: Iterable[str],
) -> Between:
    """The plates of the parts of these names against all others; see ``Collection.between``, which knows the rest."""
    known = parts(generation.catalogue, moments)
    asked = tuple(dict.fromkeys(_latest(known) if name == LAST else name for name in names))
    if not asked:
        raise ImgsimError(f"Nothing is chosen to be set against the other plates. Name one of: {_told(known)}.")
    chosen = np.zeros(len(generation.catalogue), dtype=bool)
    for name in asked:
        if name not in known:
            raise ImgsimError(
                f"No plates of this collection are called {name[:80]!r}. Name {LAST!r}, or one of: {_told(known)}."
            )
        chosen[known[name].rows] = True
    if chosen.all():
        raise ImgsimError(
            f"Every plate of this collection is chosen by {', '.join(map(repr, asked))}, and none is left that they "
            f"could be set against. Choose fewer: one of {_told(known)}."
        )
    chosen.setflags(write=False)
    return Between(asked, chosen, generation.catalogue, generation.matches, ask_families)


def _latest(known: dict[str, Part]) -> str:
    return next((name for name, part in known.items() if part.kind == ADDED), LAST)


def _told(known: dict[str, Part]) -> str:
    shown = ", ".join(repr(name) for name in list(known)[:_SHOWN])
    return shown + (f" and {len(known) - _SHOWN:,} more" if len(known) > _SHOWN else "")


def _grouped(kind: str, values: list[str]) -> list[Part]:
    codes, names = pd.factorize(np.array(values, dtype=object))
    order = np.argsort(codes, kind="stable").astype(np.int64)
    rows = np.split(order, np.cumsum(np.bincount(codes, minlength=len(names)))[:-1])
    return [
        Part(f"{kind}:{name}", kind, str(name), rows[at])
        for at, name in sorted(enumerate(names), key=lambda pair: str(pair[1])) if name
    ]  # fmt: skip


def _short(roots: list[str]) -> dict[str, str]:
    """Each source by the end of its path, as much of it as tells it from the others: no way to it is in a link."""
    steps = {root: PurePath(root.replace("\\", "/")).parts for root in roots}
    found = {}
    for root, own in steps.items():
        most = max(map(len, steps.values()), default=1)
        for length in range(1, most + 1):
            if sum(other[-length:] == own[-length:] for other in steps.values()) == 1:
                break
        found[root] = "/".join(own[-length:]) if own else root
    return found
