"""All matches of a collection: checked once, asked by plate and by pair."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.verdict_words import COPY, LOOK_ALIKE, PRINTINGS, PROBABLY_SAME_PLATE, VERDICTS
from imgsim.verification.impressions import calibrated, in_working_copy
from imgsim.verification.match_columns import Geometry, fixed, numbers, rows_of, texts
from imgsim.verification.match_row import MODELS, MatchRow
from imgsim.verification.match_table import MOST_LETTERS, damaged, read_table, schema, table_bytes, to_table

if TYPE_CHECKING:
    import pyarrow as pa

    from imgsim.catalogue import Catalogue

# No outline needs more corners: what has more was not written by imgsim.
MOST_CORNERS = 4096


class Matches:
    """All pairs that were verified, look-alikes included. Never changed after it is made.

    "Probably the same plate" is taken back where an earlier version of the matching said it of scans in which it was
    never measured to hold; all that this asks of a pair is in the table, so nothing is compared again for it.

    Parameters
    ----------
    table : the columns of :func:`schema`, in any order of rows.
    catalogue : the plates that the pairs are of.

    Raises
    ------
    CollectionError
        A pair that names unknown plates, comes twice, or has values that no match can have.
    """

    def __init__(self, table: pa.Table, catalogue: Catalogue) -> None:
        try:
            table = table.select(schema().names).cast(schema()).combine_chunks()
            table.validate(full=True)
        except Exception as error:  # pyarrow's errors are of many kinds
            raise damaged(f"its columns are not those of matches ({error})") from None
        if any(column.null_count for column in table.columns):
            raise damaged("values are missing")
        rows = [rows_of(table[name], catalogue) for name in ("plate_a", "plate_b")]
        if np.any(rows[0] >= rows[1]):
            raise damaged("a pair is not in the order of its ids, or a plate is matched with itself")
        self._plates = len(catalogue)
        # One number a pair, ascending: how `between` finds it.
        self._pairs = rows[0] * max(1, self._plates) + rows[1]
        if np.any(np.diff(self._pairs) < 0):
            order = np.argsort(self._pairs, kind="stable")
            table, rows, self._pairs = table.take(order), [found[order] for found in rows], self._pairs[order]
        self._a, self._b = (fixed(found.astype(np.int32)) for found in rows)
        if np.any(np.diff(self._pairs) == 0):
            raise damaged("a pair comes twice")
        table = table.combine_chunks()
        self._texts = {name: texts(table[name]) for name in _TEXTS}
        self._numbers = {name: numbers(table[name]) for name in _NUMBERS}
        self._geometry = Geometry(table)
        self._check_values(catalogue)
        self._table: pa.Table | None = table
        self._again: Callable[[], pa.Table] | None = None
        self._take_back(catalogue)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, catalogue: Catalogue) -> Matches:
        """Matches from a table of the columns of matches.parquet; further columns are left out."""
        return cls(to_table(frame), catalogue)

    @classmethod
    def from_parquet(cls, data: bytes, catalogue: Catalogue) -> Matches:
        """Matches from the bytes of matches.parquet. Raises CollectionError for anything else.

        Of the table only the bytes are kept: it is ten times as large, and hardly anybody asks for it.
        """
        made = cls(read_table(data), catalogue)
        made._table, made._again = None, lambda: cls(read_table(data), catalogue).table
        return made

    def to_parquet(self) -> bytes:
        """The bytes of matches.parquet."""
        return table_bytes(self.table)

    def __len__(self) -> int:
        return len(self._a)

    @property
    def table(self) -> pa.Table:
        """The columns of :func:`schema`, pairs in the order of their plates."""
        if self._table is None:
            assert self._again is not None
            return self._again()
        return self._table

    @property
    def rows(self) -> npt.NDArray[np.int32]:
        """int32 (n_pairs, 2), the plates of each pair, the first with the smaller row."""
        return np.stack([self._a, self._b], axis=1)

    def column(self, name: str, positions: npt.NDArray[np.integer[Any]] | None = None) -> npt.NDArray[Any]:
        """One column of the frame as an array, at some positions or all: texts as objects.

        There are all but the ids of the plates and the lists.
        """
        if name in self._texts:
            return self._texts[name].all(positions)
        values = {"row_a": self._a, "row_b": self._b, **self._numbers}[name]
        return values if positions is None else values[positions]

    def are(self, name: str, word: str) -> npt.NDArray[np.bool_]:
        """bool (n_pairs,): which pairs have this word in a column of texts."""
        return self._texts[name].are(word)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a pair: the columns of matches.parquet, and row_a, row_b (int32) in the catalogue.

        The lists (transform, region_a, region_b) stay in Arrow: a hundred thousand pairs would be as many arrays. It is
        several times as large as all else that is known of the pairs: what asks for a few columns takes them from
        :meth:`column`.
        """
        table = self.table
        columns: dict[str, Any] = {
            "plate_a": table["plate_a"].to_pandas(),
            "plate_b": table["plate_b"].to_pandas(),
            **{name: self.column(name) for name in ("row_a", "row_b", *_COLUMNS)},
        }
        for name in ("transform", "region_a", "region_b"):
            columns[name] = pd.arrays.ArrowExtensionArray(table[name])
        return pd.DataFrame(columns)

    @cached_property
    def verified(self) -> npt.NDArray[np.bool_]:
        """bool (n_pairs,): which rows of the frame are more than look-alikes."""
        return fixed(~self._texts["verdict"].are(LOOK_ALIKE))

    def counts(self) -> dict[str, int]:
        """How many pairs have each verdict."""
        return {verdict: int(np.count_nonzero(self._texts["verdict"].are(verdict))) for verdict in VERDICTS}

    def match(self, position: int) -> MatchRow:
        """The pair at a row of the frame."""
        values = {name: column[position].item() for name, column in self._numbers.items()}
        said: dict[str, Any] = {name: column.at(position) for name, column in self._texts.items()}
        regions: dict[str, Any] = {name: self._geometry.region(name, position) for name in ("region_a", "region_b")}
        a, b = int(self._a[position]), int(self._b[position])
        return MatchRow(a=a, b=b, transform=self._geometry.transform(position), **values, **said, **regions)

    def of(self, row: int) -> list[MatchRow]:
        """Everything known of a plate, seen from it: verified first, then by inliers, then by plate id."""
        if not 0 <= row < self._plates:
            return []
        starts, positions = self._as_second
        first, end = np.searchsorted(self._a, (row, row + 1))
        at = np.concatenate([np.arange(first, end), positions[starts[row] : starts[row + 1]]])
        others = np.where(self._a[at] == row, self._b[at], self._a[at])
        at = at[np.lexsort((others, -self._numbers["inliers"][at], ~self.verified[at]))]
        return [self.match(one).seen_from(row) for one in at.tolist()]

    def between(self, row_a: int, row_b: int) -> MatchRow | None:
        """The match of two plates, seen from the first; None if they were not compared."""
        position = self.place(row_a, row_b)
        return None if position is None else self.match(position).seen_from(row_a)

    def evidence(self, row: int, rows: Iterable[int]) -> list[MatchRow | None]:
        """What is known of a plate and each of others, seen from it; None where they were not compared."""
        return [self.between(row, int(other)) for other in rows]

    def positions(
        self, rows_a: npt.NDArray[np.integer], rows_b: npt.NDArray[np.integer]
    ) -> npt.NDArray[np.int64]:
        """Where the pairs of two lists of plates (m,) stand in the frame, int64 (m,); -1 for what was not compared."""
        low = np.minimum(rows_a, rows_b).astype(np.int64)
        high = np.maximum(rows_a, rows_b).astype(np.int64)
        wanted = low * max(1, self._plates) + high
        at = np.searchsorted(self._pairs, wanted)
        inside = (low >= 0) & (low < high) & (high < self._plates) & (at < len(self._pairs))
        found = np.full(len(wanted), -1, dtype=np.int64)
        found[inside] = np.where(self._pairs[at[inside]] == wanted[inside], at[inside], -1)
        return found

    def place(self, row_a: int, row_b: int) -> int | None:
        """Where the pair of two plates stands in the frame; None if they were not compared."""
        at = int(self.positions(np.array([row_a]), np.array([row_b]))[0])
        return None if at < 0 else at

    @cached_property
    def _as_second(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Where the pairs begin of which each plate is the second, and these pairs; those of the first are in order."""
        starts = np.concatenate([[0], np.cumsum(np.bincount(self._b, minlength=self._plates))])
        return starts, np.argsort(self._b)

    # -- checks

    def _check_values(self, catalogue: Catalogue) -> None:
        said, scalars, verified = self._texts, self._numbers, self.verified
        for name, allowed in (("verdict", VERDICTS), ("model", MODELS), ("printing", PRINTINGS)):
            odd = set(said[name].words) - set(allowed) - {COPY}
            if odd:
                raise damaged(f"{str(min(odd))[:80]!r} is not a {name}")
        if any(len(text) > MOST_LETTERS for text in said["sources"].words):
            raise damaged("the sources of a pair are no list of words")
        if np.any(scalars["inliers"] < 0):
            raise damaged("a pair has fewer than no inliers")
        for name in ("coverage_a", "coverage_b"):
            if not np.all((scalars[name] >= 0) & (scalars[name] <= 1)):
                raise damaged(f"a {name} is not between 0 and 1")
        if not np.all(scalars["residual"][verified] >= 0) or np.isinf(scalars["residual"]).any():
            raise damaged("a residual is not a number")
        transforms = self._geometry.transforms(np.flatnonzero(verified)).reshape(-1, 3, 3)
        if not np.isfinite(transforms).all() or np.any(np.abs(np.linalg.det(transforms)) < 1e-12):
            raise damaged("a transform cannot be inverted")
        widths, heights = (catalogue.frame[name].to_numpy(np.float64) for name in ("width", "height"))
        for name, rows in (("region_a", self._a), ("region_b", self._b)):
            positions, corners, flat = self._geometry.corners(name)
            if np.any(corners % 2) or np.any(corners > 2 * MOST_CORNERS):
                raise damaged(f"a {name} is no outline")
            owners = np.repeat(rows[positions], corners // 2)
            sizes = np.stack([widths[owners], heights[owners]], axis=1)
            points = flat.reshape(-1, 2)
            # A little outside is where a transform may put it; far outside nothing was ever found.
            if not np.all((points >= -sizes) & (points <= 2 * sizes)):
                raise damaged(f"a {name} lies outside its plate")

    def _take_back(self, catalogue: Catalogue) -> None:
        """Leave PROBABLY_SAME_PLATE only where it is calibrated."""
        import pyarrow as pa

        printing = self._texts["printing"]
        said = np.flatnonzero(printing.are(PROBABLY_SAME_PLATE))
        sides = catalogue.frame[["width", "height"]].to_numpy(np.float64).max(axis=1)
        scalars = {name: column[said] for name, column in self._numbers.items()}
        in_scan = [
            in_working_copy(self._geometry.longest(name, said), sides[rows[said]])
            for name, rows in (("region_a", self._a), ("region_b", self._b))
        ]
        kept = calibrated(
            mirrored=scalars["mirrored"],
            across=np.minimum(*in_scan),
            coverage=np.minimum(scalars["coverage_a"], scalars["coverage_b"]),
            stiff=scalars["residual"],
        )
        lost = said[~kept]
        if not len(lost):
            return
        values = printing.all()
        values[lost] = ""
        table, column = self.table, self.table.schema.get_field_index("printing")
        self._table = table.set_column(column, table.schema.field(column), pa.array(values, type=pa.string()))
        self._texts["printing"] = texts(self._table["printing"])


_TEXTS = ("verdict", "model", "printing", "sources")
_NUMBERS = ("inliers", "mirrored", "negative", "coverage_a", "coverage_b", "residual", "possible")
# As they stand in the frame.
_COLUMNS = (
    "verdict", "inliers", "mirrored", "negative", "coverage_a", "coverage_b", "residual", "model", "printing",
    "sources", "possible",
)  # fmt: skip
