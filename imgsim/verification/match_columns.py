"""The columns of a table of matches as arrays that nobody can change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from imgsim.verification.match_table import damaged

if TYPE_CHECKING:
    import pyarrow as pa

    from imgsim.catalogue import Catalogue

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Texts:
    """A column of which a handful of words is said again and again: int (n,) codes, and the words they stand for."""

    codes: npt.NDArray[np.integer[Any]]
    words: npt.NDArray[np.object_]

    def at(self, position: int) -> str:
        """One of the texts."""
        return str(self.words[self.codes[position]])

    def all(self, positions: npt.NDArray[np.integer[Any]] | None = None) -> npt.NDArray[np.object_]:
        """All of them, or those at some positions: one object for each word, shared by all rows."""
        found: npt.NDArray[np.object_] = self.words[self.codes if positions is None else self.codes[positions]]
        return found

    def are(self, word: str) -> npt.NDArray[np.bool_]:
        """Which of them are this word."""
        return np.asarray(self.words == word)[self.codes]


def texts(column: pa.ChunkedArray) -> Texts:
    """A column of texts."""
    encoded = column.combine_chunks().dictionary_encode()
    words = np.array(encoded.dictionary.to_pylist(), dtype=object)
    return Texts(fixed(encoded.indices.to_numpy().astype(np.min_scalar_type(len(words)))), words)


def numbers(column: pa.ChunkedArray) -> npt.NDArray[Any]:
    """A column of numbers or truths."""
    return fixed(column.to_numpy())


def rows_of(column: pa.ChunkedArray, catalogue: Catalogue) -> npt.NDArray[np.int64]:
    """The rows of plates; a plate comes in dozens of pairs, and is looked up once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    words = column.combine_chunks().dictionary_encode()
    rows = pc.index_in(words.dictionary, value_set=pa.array(catalogue.plate_ids, words.dictionary.type))
    if rows.null_count:
        unknown = words.dictionary[pc.index(rows.is_null(), True).as_py()].as_py()
        raise damaged(f"the plate {unknown[:80]!r} is not in the catalogue")
    return rows.to_numpy().astype(np.int64)[words.indices.to_numpy()]


def lists(column: pa.ChunkedArray) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """(all values one after another, where each row's begin and the last's end)."""
    import pyarrow.compute as pc

    whole = column.combine_chunks()
    lengths = pc.list_value_length(whole).to_numpy(zero_copy_only=False)
    return whole.flatten().to_numpy(), np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


class Geometry:
    """What lies where: the transform and the outlines of those pairs that have any. Of most pairs nothing agrees.

    Raises CollectionError where a transform does not have nine numbers.
    """

    def __init__(self, table: pa.Table) -> None:
        values, starts = lists(table["transform"])
        if np.any(np.diff(starts) != 9):
            raise damaged("a transform does not have nine numbers")
        transforms = values.reshape(-1, 9)
        outlines = {name: lists(table[name]) for name in ("region_a", "region_b")}
        there = ~np.isnan(transforms).all(axis=1)
        for _, begins in outlines.values():
            there |= np.diff(begins) > 0
        self._place = np.where(there, np.cumsum(there) - 1, -1).astype(np.int32)
        self._transforms = fixed(transforms[there])
        # What has no outline begins where the one before it ends, so the others' starts say all.
        self._regions = {
            name: (fixed(flat.copy()), fixed(np.append(begins[:-1][there], begins[-1])))
            for name, (flat, begins) in outlines.items()
        }

    def transforms(self, positions: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.float64]:
        """The transforms at some positions, (m, 9); NaN where there is none."""
        places = self._place[positions]
        found = np.full((len(places), 9), np.nan)
        found[places >= 0] = self._transforms[places[places >= 0]]
        return found

    def transform(self, position: int) -> npt.NDArray[np.float64]:
        """The transform of a pair, float64 (3, 3); NaN where there is none."""
        place = self._place[position]
        return np.full((3, 3), np.nan) if place < 0 else self._transforms[place].reshape(3, 3)

    def region(self, name: str, position: int) -> Floats:
        """An outline of a pair, float32 (m, 2); "region_a" or "region_b"."""
        place, (flat, starts) = self._place[position], self._regions[name]
        begin, end = (0, 0) if place < 0 else (starts[place], starts[place + 1])
        return flat[begin:end].reshape(-1, 2)

    def longest(self, name: str, positions: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.float64]:
        """The longer side of the box about each of some outlines, in pixels, (m,); 0 where there is none."""
        places, (flat, starts) = self._place[positions], self._regions[name]
        found = np.zeros(len(places))
        there = np.flatnonzero((places >= 0) & (starts[places + 1] > starts[places]))
        if not len(there):
            return found
        corners = flat.reshape(-1, 2)
        begin, end = starts[places[there]] // 2, starts[places[there] + 1] // 2
        # Of each outline from where it begins to where it ends; what lies between two of them is left out.
        most, least = (
            edge.reduceat(np.concatenate([corners, corners[:1]]), np.stack([begin, end], axis=1).ravel())[::2]
            for edge in (np.maximum, np.minimum)
        )
        found[there] = (most - least).max(axis=1)
        return found

    def corners(self, name: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
        """(positions that may have outlines, how many numbers each has, all numbers one after another)."""
        flat, starts = self._regions[name]
        return np.flatnonzero(self._place >= 0), np.diff(starts), flat


def fixed(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array, which nobody can change any more."""
    array = np.array(array) if array.base is None and not array.flags.owndata else array
    if array.flags.writeable:
        array.setflags(write=False)
    return array
