"""The table of plates, one row each; its row order is the order of every array of a collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
import pandas as pd

from imgsim.catalogue import dating, facets
from imgsim.catalogue.captions import cited, illustration, shorten
from imgsim.catalogue.column_words import is_known
from imgsim.catalogue.dates import DateInterval, Dates
from imgsim.catalogue.order import IN_BOOK
from imgsim.catalogue.standard_columns import INTEGERS, STANDARD, checked
from imgsim.errors import CollectionError, ImgsimError, PrepareAgain

_UNKNOWN = np.iinfo(np.int64).max


class Catalogue:
    """Plates and what is known of them; never changed after it is made.

    Parameters
    ----------
    frame : pandas.DataFrame
        The columns of :data:`~imgsim.catalogue.standard_columns.STANDARD` (texts '' where unknown, numbers missing),
        then the metadata's own columns as text. Sorted by plate_id, which is unique. What the columns of dates
        hold stands in :mod:`~imgsim.catalogue.dating`; where a row lacks them, they are made of its year or decade.

    Raises
    ------
    CollectionError
        The frame is not of that form.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame: pd.DataFrame = checked(frame)

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def plate_ids(self) -> tuple[str, ...]:
        """The ids in row order."""
        return tuple(self.frame["plate_id"].tolist())

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {plate_id: row for row, plate_id in enumerate(self.plate_ids)}

    def has(self, plate_id: str) -> bool:
        """Say whether there is a plate of that id."""
        return plate_id in self._rows

    @cached_property
    def pictures(self) -> Mapping[str, str]:
        """Plate id -> SHA-256 of its image file."""
        return dict(zip(self.plate_ids, self.frame["sha256"].tolist(), strict=True))

    def row(self, plate_id: str) -> int:
        """Return a plate's row; ImgsimError if there is no such plate."""
        try:
            return self._rows[plate_id]
        except KeyError:
            shown = repr(str(plate_id)[:80])
            raise ImgsimError(
                f"There is no plate {shown} in this collection."
            ) from None

    def record(self, row: int) -> dict[str, str | int | None]:
        """Return everything known of one plate, in column order; unknown texts are '', unknown numbers None."""
        return {name: values[codes[row]] for name, (codes, values) in self.coded.items()}

    @cached_property
    def coded(self) -> dict[str, tuple[np.ndarray, list]]:
        """Every column as int32 (n,) codes and the plain values they stand for, None last: quicker than any cell."""
        columns = {}
        for name in self.frame.columns:
            # Plates of one book share their texts, here too.
            codes, values = pd.factorize(self.frame[name], use_na_sentinel=True)
            plain = values.astype(np.int64) if str(name) in INTEGERS else values
            columns[str(name)] = codes.astype(np.int32), [*plain.tolist(), None]
        return columns

    def cells(self, column: str) -> list:
        """One column as plain values, in row order; nobody may change the list."""
        if column not in self._lists:
            codes, values = self.coded[column]
            self._lists[column] = np.array(values, dtype=object)[codes].tolist()
        return self._lists[column]

    @cached_property
    def _lists(self) -> dict[str, list]:
        return {}

    # ---- dates

    @cached_property
    def dates(self) -> Dates:
        """When the plates were printed, in row order."""
        return dating.dates_of(self.frame)

    @cached_property
    def _date_ranks(self) -> np.ndarray:
        return self.dates.ranks()

    def date(self, row: int) -> DateInterval:
        """When a plate was printed."""
        return self.dates[row]

    # ---- books

    @cached_property
    def books_known(self) -> bool:
        """Whether plates can be told apart by book: at least two books are named."""
        return len(set(self.coded["book"][1]) - {"", None}) > 1

    @cached_property
    def book_codes(self) -> np.ndarray:
        """int64 (n,): equal for plates of one book; -1 where no book is known."""
        codes, names = pd.factorize(self.frame["book"])
        return np.where(np.asarray(names == "")[codes], -1, codes).astype(np.int64)

    @cached_property
    def _place_in_book(self) -> np.ndarray:
        """int64 (n,): each row's place when sorted by book and by the order within it."""
        places = np.empty(len(self), dtype=np.int64)
        places[self._by_book] = np.arange(len(self))
        return places

    @cached_property
    def _by_book(self) -> np.ndarray:
        """int64 (n,): the rows sorted by book, by the order within it, and by id, as they are anyway."""
        codes, values = self.coded["book"]
        rank = np.empty(len(values), dtype=np.int64)
        rank[sorted(range(len(values) - 1), key=values.__getitem__)] = np.arange(len(values) - 1)
        return np.lexsort((self.frame[IN_BOOK].to_numpy(), rank[codes])).astype(np.int64)

    @cached_property
    def _book_rows(self) -> dict[str, np.ndarray]:
        codes, values = self.coded["book"]
        ordered = codes[self._by_book]
        starts = np.flatnonzero(np.diff(ordered, prepend=-1))
        return {
            values[code]: rows
            for code, rows in zip(ordered[starts].tolist(), np.split(self._by_book, starts[1:]), strict=True)
        }

    def book_rows(self, book: str) -> np.ndarray:
        """Return the rows of a book's plates in the order of printing, int64 (m,); empty for an unknown book."""
        return self._book_rows.get(book, np.empty(0, dtype=np.int64)).copy()

    def previous_next(self, row: int) -> tuple[str | None, str | None]:
        """Return the ids of the plates before and after this one in its book.

        Plates of no known book follow one another by name; None at either end.
        """
        rows = self._book_rows[self.cells("book")[row]]
        at = int(np.flatnonzero(rows == row)[0])
        before = self.plate_ids[rows[at - 1]] if at > 0 else None
        after = self.plate_ids[rows[at + 1]] if at + 1 < len(rows) else None
        return before, after

    # ---- finding

    @cached_property
    def _texts(self) -> facets.Texts:
        return facets.Texts(self.coded, len(self))

    @cached_property
    def _facets(self) -> list[facets.Facet]:
        understood = [c for c in self.frame.columns if is_known(str(c).removeprefix("metadata_"))]
        return facets.facets(self.frame, self.dates, understood, STANDARD)

    def facets(self) -> list[facets.Facet]:
        """Return the ways to narrow this catalogue down."""
        return list(self._facets)

    def search(
        self,
        text: str = "",
        choices: Mapping[str, Sequence[str]] | None = None,
        decades: tuple[int, int] | None = None,
    ) -> np.ndarray:
        """Find plates.

        Parameters
        ----------
        text : str
            Words, all of which must stand in a plate's id or in any of its fields; case and diacritics do not matter.
        choices : mapping
            Column -> the values of which one must be there; an empty list chooses nothing in particular.
        decades : (int, int), optional
            First and last decade, both included: plates that may be of one of their years. Those without a date are
            then left out.

        Returns
        -------
        ndarray of int64
            Rows, ascending.
        """
        found = facets.chosen(self.frame, self.dates, choices or {})
        if decades is not None:
            found &= self.dates.overlapping(decades[0], decades[1] + 9)
        if text.strip():
            found &= self._texts.matching(text)
        return np.flatnonzero(found).astype(np.int64)

    @cached_property
    def _numbers(self) -> dict[str, np.ndarray]:
        return {}

    def _filled(self, column: str) -> np.ndarray:
        if column not in self._numbers:
            self._numbers[column] = self.frame[column].to_numpy(dtype=np.int64, na_value=_UNKNOWN)
        return self._numbers[column]

    def order(
        self,
        rows: np.ndarray | Sequence[int],
        by: Literal["year", "book", "plate_id", "random"],
        seed: int = 0,
    ) -> np.ndarray:
        """Return rows in another order, int64: plates without a date or book last; 'random' repeats with its seed."""
        rows = np.asarray(rows, dtype=np.int64)
        if by == "plate_id":
            return np.sort(rows)
        if by == "random":
            # One number a plate, so that filters take plates away without shuffling the rest.
            return rows[np.argsort(np.random.default_rng(seed).random(len(self))[rows], kind="stable")]
        places = self._place_in_book[rows]
        if by == "year":
            return rows[np.lexsort((places, self._date_ranks[rows]))]
        if by == "book":
            return rows[np.lexsort((places, self.book_codes[rows] < 0))]
        raise ImgsimError(f"Plates cannot be sorted by {by!r}. Choose year, book, plate_id or random.")

    # ---- words for the screen

    def short_title(self, row: int, length: int = 60) -> str:
        """Return the title cut to what fits a caption; the book or the plate's id where there is no title."""
        title = " ".join(self.cells("title")[row].split())
        return shorten(title, length) or self.cells("book")[row] or self.plate_ids[row]

    def book_label(self, book: str) -> str:
        """Return a book's short title, date and id, e.g. for a list to choose from."""
        rows = self._book_rows.get(book)
        if rows is None:
            return book
        row = int(rows[0])
        date = self.dates[row]
        title = self.short_title(row)
        label = f"{title}, {date.words}" if date.dated else title
        return label if title == book else f"{label} ({book})"

    def reference(self, row: int) -> str:
        """Return author, title, place and date of a plate's book and its page, as far as they are known.

        What finds the plate again stands in its citation: see :mod:`imgsim.collection.citing`.
        """
        plate = self.record(row)
        page = plate["page"]
        parts = [
            cited(plate),
            f"p. {page}" if page is not None else "",
            illustration(plate) if plate["number"] is not None and page else "",
        ]
        return ", ".join(part for part in parts if part)

    def book_reference(self, book: str) -> str:
        """Return author, title, place and date of a book, from its first plate; ImgsimError if there is none."""
        rows = self._book_rows.get(book)
        if not book or rows is None:
            raise ImgsimError(
                f"There is no book {book[:80]!r} in this collection."
            )
        return cited(self.record(int(rows[0])))

    # ---- the file

    def to_parquet(self, target: Path | BinaryIO) -> None:
        """Write the catalogue."""
        self.frame.to_parquet(target, index=False, compression="zstd")

    @classmethod
    def from_parquet(cls, path: Path) -> Catalogue:
        """Read a catalogue; CollectionError if it is missing, damaged or of another form."""
        try:
            frame = pd.read_parquet(path)
        except Exception as error:
            # pyarrow raises its own kinds for damaged files, besides OSError and ValueError.
            raise CollectionError(
                f"{path} cannot be read as a catalogue: {error}.", PrepareAgain()
            ) from error
        return cls(frame)
