"""All matches of a collection: checked once, asked by plate and by pair."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.verdict_words import COPY, LOOK_ALIKE, PRINTINGS, PROBABLY_SAME_PLATE, VERDICTS
from imgsim.verification.impressions import across, calibrated
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
        rows = [_rows_of(table[name], catalogue) for name in ("plate_a", "plate_b")]
        if np.any(rows[0] >= rows[1]):
            raise damaged("a pair is not in the order of its ids, or a plate is matched with itself")
        order = np.lexsort((rows[1], rows[0]))
        if not np.array_equal(order, np.arange(len(order))):
            table, rows = table.take(order), [found[order] for found in rows]
        self._table = table.combine_chunks()
        self._a, self._b = (_fixed(found.astype(np.int32)) for found in rows)
        self._plates = len(catalogue)
        # One number a pair, ascending: how `between` finds it.
        self._pairs = self._a.astype(np.int64) * max(1, self._plates) + self._b
        if np.any(np.diff(self._pairs) == 0):
            raise damaged("a pair comes twice")
        self._scalars = {name: _fixed(_numpy(self._table[name])) for name in _SCALARS}
        self._transforms = (
            _fixed(_flat(self._table["transform"]).reshape(-1, 9)) if self._nines() else _none()
        )
        self._regions = {name: _lists(self._table[name]) for name in ("region_a", "region_b")}
        self._check_values(catalogue)
        self._take_back(catalogue)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, catalogue: Catalogue) -> Matches:
        """Matches from a table of the columns of matches.parquet; further columns are left out."""
        return cls(to_table(frame), catalogue)

    @classmethod
    def from_parquet(cls, data: bytes, catalogue: Catalogue) -> Matches:
        """Matches from the bytes of matches.parquet. Raises CollectionError for anything else."""
        return cls(read_table(data), catalogue)

    def to_parquet(self) -> bytes:
        """The bytes of matches.parquet."""
        return table_bytes(self._table)

    def __len__(self) -> int:
        return len(self._a)

    @property
    def table(self) -> pa.Table:
        """The columns of :func:`schema`, pairs in the order of their plates."""
        return self._table

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a pair: the columns of matches.parquet, and row_a, row_b (int32) in the catalogue.

        The lists (transform, region_a, region_b) stay in Arrow: a hundred thousand pairs would be as many arrays.
        """
        columns: dict[str, Any] = {
            "plate_a": self._table["plate_a"].to_pandas(),
            "plate_b": self._table["plate_b"].to_pandas(),
            "row_a": self._a,
            "row_b": self._b,
            **self._scalars,
        }
        for name in ("transform", "region_a", "region_b"):
            columns[name] = pd.arrays.ArrowExtensionArray(self._table[name])
        return pd.DataFrame(columns)

    @cached_property
    def verified(self) -> npt.NDArray[np.bool_]:
        """bool (n_pairs,): which rows of the frame are more than look-alikes."""
        return _fixed(self._scalars["verdict"] != LOOK_ALIKE)

    def counts(self) -> dict[str, int]:
        """How many pairs have each verdict."""
        return {verdict: int(np.count_nonzero(self._scalars["verdict"] == verdict)) for verdict in VERDICTS}

    def match(self, position: int) -> MatchRow:
        """The pair at a row of the frame."""
        values = {
            name: column[position].item() for name, column in self._scalars.items() if name not in _TEXTS
        }
        texts: dict[str, Any] = {name: str(self._scalars[name][position]) for name in _TEXTS}
        regions: dict[str, Any] = {
            name: flat[starts[position] : starts[position + 1]].reshape(-1, 2)
            for name, (flat, starts) in self._regions.items()
        }
        a, b = int(self._a[position]), int(self._b[position])
        return MatchRow(
            a=a, b=b, transform=self._transforms[position].reshape(3, 3), **values, **texts, **regions
        )

    def of(self, row: int) -> list[MatchRow]:
        """Everything known of a plate, seen from it: verified first, then by inliers, then by plate id."""
        starts, positions = self._by_plate
        if not 0 <= row < self._plates:
            return []
        return [self.match(int(at)).seen_from(row) for at in positions[starts[row] : starts[row + 1]]]

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
    def _by_plate(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Where each plate's pairs begin, and the pairs themselves in the order of :meth:`of`."""
        ends, others = np.concatenate([self._a, self._b]), np.concatenate([self._b, self._a])
        positions = np.tile(np.arange(len(self), dtype=np.int64), 2)
        inliers = self._scalars["inliers"][positions]
        order = np.lexsort((others, -inliers, ~self.verified[positions], ends))
        starts = np.searchsorted(ends[order], np.arange(self._plates + 1)).astype(np.int64)
        return starts, positions[order]

    # -- checks

    def _nines(self) -> bool:
        lengths = np.diff(_lists(self._table["transform"])[1])
        if np.any(lengths != 9):
            raise damaged("a transform does not have nine numbers")
        return bool(len(lengths))

    def _check_values(self, catalogue: Catalogue) -> None:
        scalars, verified = self._scalars, self.verified
        for name, allowed in (("verdict", VERDICTS), ("model", MODELS), ("printing", PRINTINGS)):
            odd = set(scalars[name]) - set(allowed) - {COPY}
            if odd:
                raise damaged(f"{str(min(odd))[:80]!r} is not a {name}")
        if any(len(text) > MOST_LETTERS for text in set(scalars["sources"])):
            raise damaged("the sources of a pair are no list of words")
        if np.any(scalars["inliers"] < 0):
            raise damaged("a pair has fewer than no inliers")
        for name in ("coverage_a", "coverage_b"):
            if not np.all((scalars[name] >= 0) & (scalars[name] <= 1)):
                raise damaged(f"a {name} is not between 0 and 1")
        if not np.all(scalars["residual"][verified] >= 0) or np.isinf(scalars["residual"]).any():
            raise damaged("a residual is not a number")
        transforms = self._transforms[verified].reshape(-1, 3, 3)
        if not np.isfinite(transforms).all() or np.any(np.abs(np.linalg.det(transforms)) < 1e-12):
            raise damaged("a transform cannot be inverted")
        widths, heights = (catalogue.frame[name].to_numpy(np.float64) for name in ("width", "height"))
        for name, rows in (("region_a", self._a), ("region_b", self._b)):
            flat, starts = self._regions[name]
            corners = np.diff(starts)
            if np.any(corners % 2) or np.any(corners > 2 * MOST_CORNERS):
                raise damaged(f"a {name} is no outline")
            owners = np.repeat(rows, corners // 2)
            sizes = np.stack([widths[owners], heights[owners]], axis=1)
            points = flat.reshape(-1, 2)
            # A little outside is where a transform may put it; far outside nothing was ever found.
            if not np.all((points >= -sizes) & (points <= 2 * sizes)):
                raise damaged(f"a {name} lies outside its plate")

    def _take_back(self, catalogue: Catalogue) -> None:
        """Leave PROBABLY_SAME_PLATE only where it is calibrated."""
        import pyarrow as pa

        printing = self._scalars["printing"]
        said = np.flatnonzero(printing == PROBABLY_SAME_PLATE)
        sizes = catalogue.frame[["width", "height"]].to_numpy(np.float64)
        parts = np.zeros((len(said), 2))
        for side, (name, rows) in enumerate((("region_a", self._a), ("region_b", self._b))):
            flat, starts = self._regions[name]
            for place, at in enumerate(said):
                region = flat[starts[at] : starts[at + 1]].reshape(-1, 2)
                parts[place, side] = across(region, sizes[rows[at]])
        scalars = {name: column[said] for name, column in self._scalars.items()}
        kept = [
            calibrated(
                mirrored=bool(scalars["mirrored"][place]),
                across=float(parts[place].min()),
                coverage=float(min(scalars["coverage_a"][place], scalars["coverage_b"][place])),
                stiff=float(scalars["residual"][place]),
            )
            for place in range(len(said))
        ]
        lost = said[~np.array(kept, dtype=bool)]
        if not len(lost):
            return
        printing = printing.copy()
        printing[lost] = ""
        self._scalars["printing"] = _fixed(printing)
        column = self._table.schema.get_field_index("printing")
        values = pa.array(printing, type=pa.string())
        self._table = self._table.set_column(column, self._table.schema.field(column), values)


_TEXTS = ("verdict", "model", "printing", "sources")
_SCALARS = (
    "verdict", "inliers", "mirrored", "negative", "coverage_a", "coverage_b", "residual", "model", "printing",
    "sources", "possible",
)  # fmt: skip


def _rows_of(column: pa.ChunkedArray, catalogue: Catalogue) -> npt.NDArray[np.int64]:
    """The rows of plates; a plate comes in dozens of pairs, and is looked up once."""
    words = column.combine_chunks().dictionary_encode()
    ids = words.dictionary.to_pylist()
    unknown = [plate_id for plate_id in ids if not catalogue.has(plate_id)]
    if unknown:
        raise damaged(f"the plate {unknown[0][:80]!r} is not in the catalogue")
    return np.array([catalogue.row(plate_id) for plate_id in ids], np.int64)[words.indices.to_numpy()]


def _numpy(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    import pyarrow as pa

    if pa.types.is_string(column.type):
        # A handful of different words: one object each, shared by all rows.
        words = column.combine_chunks().dictionary_encode()
        return np.array([*words.dictionary.to_pylist(), ""], dtype=object)[words.indices.to_numpy()]
    return column.to_numpy()


def _flat(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    return column.combine_chunks().flatten().to_numpy()


def _lists(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """(all values one after another, where each row's begin and the last's end)."""
    import pyarrow.compute as pc

    lengths = pc.list_value_length(column.combine_chunks()).to_numpy(zero_copy_only=False)
    return _fixed(_flat(column)), np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _none() -> npt.NDArray[np.float64]:
    return np.empty((0, 9))


def _fixed(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array = np.array(array) if array.base is None and not array.flags.owndata else array
    if array.flags.writeable:
        array.setflags(write=False)
    return array
