"""An index of the local features of a collection: which plates share lines with this one, wherever and however turned?

Descriptors are sorted into the cells of a two-level vocabulary learnt from the collection itself (Nister and Stewenius
2006), each with 64 bits that say where in its cell it lies (Hamming embedding; Jegou, Douze and Schmid 2008). A query
looks through the cells nearest to each of its features and keeps what differs in few bits. The plates with most of
these matches are then ranked anew by geometry: how many matches agree with one shift, turn and change of size. Margins,
cropping and rotation change none of that; a mirrored copy is found with :func:`~imgsim.features.extraction.mirrored`.
Everything follows from the collection and a fixed seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from imgsim.errors import CollectionError, PrepareAgain
from imgsim.features.extraction import Features
from imgsim.features.feature_store import FeatureStore, NpyWriter, map_npy
from imgsim.features.vocabulary import MANY_PLATES, Vocabulary
from imgsim.features.voting import best_votes

INDEX_VERSION = 1
MANY_VERSION = 1  # of what is done otherwise where there are many plates
BITS = 64
PROBES = 2  # cells looked through for each feature of the query
REACH = 22  # bits in which a match may differ; two random features differ in about 32
SOFT = 16.0
SHORTLIST = 160

# x, y as shares of the diagonal, log2 of the diameter as a share of it, angle: stored as int16.
_PLACE_UNITS = np.array([16384.0, 16384.0, 1024.0, 32767 / np.pi], np.float32)
_FILES: dict[str, tuple[type[np.generic], tuple[int | None, ...]]] = {
    "coarse": (np.float32, (None, 128)),
    "fine": (np.float32, (None, None, 128)),
    "projection": (np.float32, (128, BITS)),
    "starts": (np.int64, (None,)),
    "plates": (np.int32, (None,)),
    "signatures": (np.uint64, (None,)),
    "places": (np.int16, (None, 4)),
    "counts": (np.int32, (None,)),
}
INDEX_FILES = tuple(f"index_{name}.npy" for name in _FILES)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Quantised:
    """Features by their cells, to be looked up.

    words : int32 (n, probes); signatures : uint64 (n, probes); places : float32 (n, 4).
    """

    words: npt.NDArray[np.int32]
    signatures: npt.NDArray[np.uint64]
    places: npt.NDArray[np.float32]


@dataclass(frozen=True)
class FeatureIndex:
    """The vouching features of all plates, cell by cell.

    starts : int64 (cells + 1), where the entries of a cell begin; plates : int32 (N,), signatures : uint64 (N,) and
    places : int16 (N, 4) of each entry; counts : int32 (n,), entries of each plate.
    """

    vocabulary: Vocabulary
    projection: npt.NDArray[np.float32]
    starts: npt.NDArray[np.int64]
    plates: npt.NDArray[np.int32]
    signatures: npt.NDArray[np.uint64]
    places: npt.NDArray[np.int16]
    counts: npt.NDArray[np.int32]
    _centres: npt.NDArray[np.float32] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_centres", _centres(self.vocabulary, self.projection))

    def __len__(self) -> int:
        return len(self.counts)

    @classmethod
    def build(cls, store: FeatureStore, progress: Progress | None = None, *, seed: int = 0) -> FeatureIndex:
        """Learn the vocabulary from the collection and sort its features into it.

        ``progress(done, total)`` in features. Memory: 40 bytes a feature beside the vocabulary's training sample.
        """
        rng = np.random.default_rng(seed)
        projection = np.linalg.qr(rng.standard_normal((128, 128)))[0][:, :BITS].astype(np.float32)
        keep = np.flatnonzero(store.vouch)
        vocabulary = Vocabulary.learn(store.descriptors, keep, rng, len(store))
        centres = _centres(vocabulary, projection)
        words = np.empty(len(keep), np.int32)
        signatures = np.empty(len(keep), np.uint64)
        for start in range(0, len(keep), _BLOCK):
            part = slice(start, start + _BLOCK)
            rows = store.descriptors[keep[part]].astype(np.float32)
            found = vocabulary.assign(rows, 1)
            words[part] = found[:, 0]
            signatures[part] = _sign(rows @ projection, centres, found)[:, 0]
            if progress is not None:
                progress(min(start + _BLOCK, len(keep)), len(keep))
        # Stable: the entries of a cell stay in the order of plates, which the search relies on.
        order = np.argsort(words, kind="stable")
        starts = np.searchsorted(words[order], np.arange(len(vocabulary) + 1)).astype(np.int64)
        kept = keep[order]
        plates = (np.searchsorted(store.offsets, kept, side="right") - 1).astype(np.int32)
        diagonals = np.hypot(store.sizes[:, 0], store.sizes[:, 1]).astype(np.float32)
        places = np.empty((len(kept), 4), np.int16)
        for start in range(0, len(kept), _BLOCK):
            part = slice(start, start + _BLOCK)
            places[part] = np.rint(_places(store.points[kept[part]], diagonals[plates[part]]) * _PLACE_UNITS)
        counts = np.bincount(plates, minlength=len(store)).astype(np.int32)
        return cls(vocabulary, projection, starts, plates, signatures[order], places, counts)

    def save(self, folder: Path) -> None:
        """Write ``index_*.npy`` into a folder."""
        for name, (dtype, _) in _FILES.items():
            array = getattr(self.vocabulary if name in ("coarse", "fine") else self, name)
            with NpyWriter(folder / f"index_{name}.npy", dtype, array.shape[1:]) as file:
                file.append(array)

    @classmethod
    def load(cls, folder: Path) -> FeatureIndex:
        """Map what :meth:`save` wrote. Raises CollectionError where a file is missing, damaged or does not fit."""
        arrays: dict[str, Any] = {
            name: map_npy(folder / f"index_{name}.npy", dtype, shape)
            for name, (dtype, shape) in _FILES.items()
        }
        branches, total = len(arrays["coarse"]), len(arrays["plates"])
        starts, counts = arrays["starts"], arrays["counts"]
        sound = (
            branches > 0
            and arrays["fine"].shape[:2] == (branches, branches)
            and len(arrays["signatures"]) == len(arrays["places"]) == total
            and len(starts) == branches**2 + 1
            and starts[0] == 0
            and starts[-1] == total
            and bool((np.diff(starts) >= 0).all())
            and int(counts.sum()) == total
            and (not total or (arrays["plates"].min() >= 0 and arrays["plates"].max() < len(counts)))
        )
        if not sound:
            raise CollectionError(
                f"The files of the index of local features in {folder} do not fit each other.",
                PrepareAgain(),
            )
        vocabulary = Vocabulary(arrays.pop("coarse"), arrays.pop("fine"))
        return cls(vocabulary, **arrays)

    def quantise(self, plates: Iterable[Features], *, probes: int = PROBES) -> list[Quantised]:
        """Make plates ready to be looked up; many at once is faster than one by one."""
        plates = list(plates)
        kept = [np.flatnonzero(features.vouch) for features in plates]
        rows = [features.descriptors[keep] for features, keep in zip(plates, kept, strict=True)]
        stacked = np.concatenate(rows or [np.zeros((0, 128), np.uint8)]).astype(np.float32)
        words = self.vocabulary.assign(stacked, probes)
        signatures = _sign(stacked @ self.projection, self._centres, words)
        ends = np.cumsum([len(keep) for keep in kept])
        return [
            Quantised(
                words[end - len(keep) : end],
                signatures[end - len(keep) : end],
                _places(features.points[keep], np.float32(np.hypot(*features.size))),
            )
            for features, keep, end in zip(plates, kept, ends, strict=True)
        ]

    def query(
        self, features: Features, *, k: int, exclude: int | None = None, probes: int = PROBES
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """The plates that share most with these features, best first.

        ``exclude``: the query's own row; ``probes``: with more, fewer are missed and it takes longer.
        Returns (rows int64 (m,), scores float32 (m,), falling), m at most k. A score is the number of features that
        agree with one similarity transform, each weighed by how well it matches and how rare it is, 0 to 1.
        """
        return self.search(self.quantise([features], probes=probes)[0], k=k, exclude=exclude)

    def search(
        self, query: Quantised, *, k: int, exclude: int | None = None
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """As :meth:`query`, for features from :meth:`quantise`."""
        features, entries, weights = self._matches(query)
        plates = self.plates[entries]
        if exclude is not None:
            other = plates != exclude
            features, entries, weights, plates = (
                features[other],
                entries[other],
                weights[other],
                plates[other],
            )
        if not len(plates):
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        votes = np.bincount(plates, weights, minlength=len(self))
        wide = max(SHORTLIST, k)
        listed = np.flatnonzero(votes)
        if len(listed) > wide:
            listed = np.sort(listed[np.argsort(-votes[listed], kind="stable")[:wide]])
        place = np.full(len(self), -1)
        place[listed] = np.arange(len(listed))
        group = place[plates]
        keep = group >= 0
        scores = best_votes(
            group[keep],
            features[keep],
            weights[keep],
            query.places[features[keep]],
            self.places[entries[keep]] / _PLACE_UNITS,
            len(listed),
        )
        order = np.argsort(-scores, kind="stable")[:k]
        return listed[order].astype(np.int64), scores[order]

    def _matches(
        self, query: Quantised
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[np.float32]]:
        """Matches of the query's features: (feature, entry, weight), one for each feature, cell and plate."""
        probes = query.words.shape[1]
        words, signatures = query.words.ravel(), query.signatures.ravel()
        begin = self.starts[words]
        lengths = self.starts[words + 1] - begin
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        entries = np.repeat(begin - ends + lengths, lengths)
        entries += np.arange(total)
        distances = np.bitwise_count(self.signatures[entries] ^ np.repeat(signatures, lengths))
        near = np.flatnonzero(distances <= REACH)
        owners = np.searchsorted(ends, near, side="right")
        entries, distances = entries[near], distances[near]
        features = owners // probes
        # What is found everywhere says little (a stroke of hatching), whatever cell it lies in.
        often = np.bincount(features, minlength=len(query.words))
        plates = max(len(self), 1)
        rarity = (np.log1p(plates / np.maximum(often, 1)) / np.log1p(plates)).astype(np.float32)
        weights = _SOFTLY[distances] * rarity[features]
        # Entries of a cell are in the order of plates, so the matches of a feature with one plate are neighbours:
        # the best of them counts, or a plate full of equal strokes would be first everywhere.
        if len(owners):
            plates = self.plates[entries]
            first = np.flatnonzero(
                np.concatenate([[True], (owners[1:] != owners[:-1]) | (plates[1:] != plates[:-1])])
            )
            best = np.maximum.reduceat(weights, first)
            run = np.repeat(np.arange(len(first)), np.diff(np.append(first, len(owners))))
            at = np.flatnonzero(weights == best[run])
            at = at[np.concatenate([[True], run[at][1:] != run[at][:-1]])]
            features, entries, weights = features[at], entries[at], weights[at]
        return features, entries, weights


def index_version(plates: int) -> int | str:
    """What stands in the key of an index of so many plates for how it is made."""
    return INDEX_VERSION if plates <= MANY_PLATES else f"{INDEX_VERSION}, many {MANY_VERSION}"


_BLOCK = 65536
_SOFTLY = np.exp(-((np.arange(BITS + 1) / SOFT) ** 2)).astype(np.float32)


def _centres(vocabulary: Vocabulary, projection: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return vocabulary.fine.reshape(-1, projection.shape[0]) @ projection


def _sign(
    projected: npt.NDArray[np.float32], centres: npt.NDArray[np.float32], words: npt.NDArray[np.int32]
) -> npt.NDArray[np.uint64]:
    """On which side of its cell's centre each feature lies, in 64 directions: uint64, shaped as ``words``."""
    out = np.empty(words.shape, np.uint64)
    for probe in range(words.shape[1]):
        bits = projected > centres[words[:, probe]]
        out[:, probe] = np.packbits(bits, axis=1).view(np.uint64)[:, 0]
    return out


def _places(points: npt.NDArray[np.float32], diagonal: Any) -> npt.NDArray[np.float32]:
    """Points (n, 4) in pixels as shares of the plate's diagonal: x, y, log2 of the diameter, angle (-pi to pi)."""
    out = np.empty((len(points), 4), np.float32)
    out[:, :2] = (points[:, :2].T / diagonal).T
    out[:, 2] = np.log2(np.maximum(points[:, 2] / diagonal, 1e-6))
    out[:, 3] = (points[:, 3] + np.pi) % (2 * np.pi) - np.pi
    return out
