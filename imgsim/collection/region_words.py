"""Which words tell some plates from others: those of their titles, else their categories, else their books.

A word is telling by the share of the plates that have it, and by how much greater that is than among the others. (The
class-based counterpart of tf-idf, Grootendorst, BERTopic, arXiv 2203.05794, here with shares for counts and the
logarithm of their quotient: what stands everywhere weighs nothing.)
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from imgsim.catalogue.captions import shorten
from imgsim.catalogue.standard_columns import STANDARD
from imgsim.catalogue.values import searchable

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from imgsim.catalogue import Catalogue

Rows = npt.NDArray[np.int64]

TITLES, CATEGORIES, BOOKS, NOTHING = "titles", "categories", "books", ""
_KNOWN = 0.5  # of all plates, or their words say little of a map
_MOST_WORDS = 3
_LONGEST = 36  # letters of what is written together
_FEWEST = 3  # plates with a word
_SHARE = 0.25  # of the plates
_LIFT = 1.6  # times more frequent than among the others
_BESIDE = 0.45  # of the first word's weight: what is less telling does not stand beside it
_WORD = re.compile(r"[^\W\d_]{3,}")
# What joins words in the languages of old books, or says how a book was made: frequent, and no subject.
_JOINING = """
    the and for with from that this which their its his her our are was were being have has had not all any some other
    others also more most many much both each every than then when where who whose what how upon unto into under over
    out per several containing wherein whereof therein thereof hereby together according
    les des une aux avec dans pour par sur sous leur leurs ses son cet cette ces qui que quoi dont est sont ont ete
    der die das den dem ein eine einer eines einem einen und oder mit von vom zum zur aus auf bey bei fur fuer nach
    nebst wie auch welche welcher welches derer deren dieser diese dieses sich ist sind wird werden uber ueber
    quae qui quod cum sive seu vel non sunt ejus eius eorum earum suis suae sua pro sub super inter ante post
    atque necnon nec hoc haec hic illa ille
    del della delle dei degli dello con che nel nella nelle sono una uno gli alla alle dal dalla
    van het een met door ende zijn naar voor tot uit aan
    los las como mas sus uma dos com och som med till det
    edition editions editio second third fourth corrected enlarged revised improved augmented volume volumes vol tome
    part parts band theil book books auctore autore author authors printed published compleat complete new nova
    description descriptions figure figures plate plates illustrated engraved engravings copper
"""
_NO_SUBJECT = frozenset(_JOINING.split())


def source_of(catalogue: Catalogue) -> str:
    """What tells the plates of a catalogue apart in words: TITLES, CATEGORIES, BOOKS, or NOTHING."""
    return next((kind for kind in (TITLES, CATEGORIES, BOOKS) if _tells(catalogue, kind)), NOTHING)


class Counted(NamedTuple):
    """Of how many plates how many have each word, int64 (words,)."""

    having: Rows
    plates: int


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Which words each plate has (0 or 1, n x words, sparse), and how each is written."""

    has: csr_array
    spelling: tuple[str, ...]

    @classmethod
    def of(cls, catalogue: Catalogue, source: str) -> Vocabulary:
        """The words of a catalogue from one of the sources; each as most write it."""
        from scipy.sparse import csr_array

        kinds, kind_of = _terms(catalogue, source)
        places: dict[str, int] = {}
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        starts, found = [0], list[int]()
        for terms in kinds:
            for key, term in {searchable(term): term for term in reversed(terms)}.items():
                spellings[key][term] += 1
                found.append(places.setdefault(key, len(places)))
            starts.append(len(found))
        has = csr_array((np.ones(len(found), dtype=np.int64), found, starts), shape=(len(kinds), max(1, len(places))))
        most = (min(spellings[key].items(), key=_better)[0] for key in places)
        return cls(has[kind_of], tuple(shorten(term, _LONGEST) for term in most))

    def count(self, rows: Rows) -> Counted:
        """How often each word is among some plates."""
        return Counted(np.asarray(self.has[rows].sum(axis=0), dtype=np.int64).ravel(), len(rows))

    def telling(self, here: Counted, there: Counted) -> list[int]:
        """The most telling words of some plates among those around, the best first; none where nothing tells them."""
        share = here.having / here.plates
        with np.errstate(divide="ignore", invalid="ignore"):
            lift = share / (there.having / there.plates)
            weight = np.round(share * np.log(lift), 9)  # so that no machine's last digit changes the order
        known = (here.having >= _FEWEST) & (share >= _SHARE) & (lift >= _LIFT)
        ranked = sorted(np.flatnonzero(known).tolist(), key=lambda word: (-weight[word], self.spelling[word]))
        return [word for word in ranked if weight[word] >= _BESIDE * weight[ranked[0]]]

    def having(self, word: int, rows: Rows) -> Rows:
        """Those of some plates that have a word."""
        found: Any = self.has[rows][:, [word]].tocoo()
        return rows[np.sort(found.coords[0])]

    def written(self, words: list[int]) -> tuple[str, ...]:
        """As many of them as a label has room for, one at least."""
        said: list[str] = []
        for word in words[:_MOST_WORDS]:
            if said and len(", ".join([*said, self.spelling[word]])) > _LONGEST:
                break
            said.append(self.spelling[word])
        return tuple(said)


def _better(spelled: tuple[str, int]) -> tuple[bool, int, str]:
    """The order of spellings of a word: not in capitals, if any is not; then the most frequent."""
    word, count = spelled
    return word.isupper(), -count, word


def _tells(catalogue: Catalogue, source: str) -> bool:
    """Whether at least half of the plates have terms of a kind, and not all the same."""
    kinds, kind_of = _terms(catalogue, source)
    having = np.array([bool(terms) for terms in kinds], dtype=bool)[kind_of]
    return sum(map(bool, kinds)) > 1 and bool(having.sum() >= _KNOWN * len(having))


def _terms(catalogue: Catalogue, source: str) -> tuple[list[list[str]], Rows]:
    """What plates are called by, as it is written: the words of their title, their categories, or their book.

    Returns the terms of plates that have the same, and int64 (n,), which of these each plate has.
    """
    frame = catalogue.frame
    columns = {TITLES: ["title"], BOOKS: ["book"]}.get(source) or _category_columns(catalogue)
    cells = list(zip(*(frame[name].tolist() for name in columns), strict=True))
    kinds = {kind: at for at, kind in enumerate(dict.fromkeys(cells))}
    said = [[term for cell in kind for term in _said(catalogue, source, cell) if searchable(term)] for kind in kinds]
    return said, np.array([kinds[kind] for kind in cells], dtype=np.int64)


def _said(catalogue: Catalogue, source: str, cell: str) -> list[str]:
    """The terms of one cell."""
    if source == TITLES:
        return [word for word in _WORD.findall(cell) if searchable(word) not in _NO_SUBJECT]
    plain = " ".join(cell.split())
    return [catalogue.book_label(cell) if source == BOOKS else plain] if plain else []


def _category_columns(catalogue: Catalogue) -> list[str]:
    """The column of categories, and those of the metadata's own that sort plates into kinds."""
    own = [one.column for one in catalogue.facets() if one.kind == "choice" and one.column not in STANDARD]
    return ["category", *own]
