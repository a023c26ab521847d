"""What loses its vote: the parts that people drew, and what is learned to repeat over the plates of a book or source.

What was learned of plates that are all the same as before is taken from the generation before.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.hashing import key_of
from imgsim.collection.excluded_parts import BOOK, Boxes, ExcludedParts, by_content, idle, keys_of
from imgsim.collection.learned_parts import (
    SOURCE,
    CountingParts,
    Learned,
    Unit,
    boxes_by_content,
    learned_of,
    read_units,
    said_key,
    units_bytes,
    with_learned,
    with_word,
)
from imgsim.errors import CollectionError
from imgsim.generation import layout
from imgsim.prepare.matching_keys import marked

if TYPE_CHECKING:
    from imgsim.base.progress import Reporter
    from imgsim.features.extraction import Features
    from imgsim.generation.generation import Generation

# The files of all features, with what took votes away from them.
STORE = (*layout.FEATURE_FILES, layout.FEATURE_TONES, layout.FEATURE_VOTES, layout.LEARNED)


class Voteless:
    """The parts of these plates that never count.

    Parameters
    ----------
    folder : of the collection, where it lies what people said.
    frame, contents : the catalogue, and the SHA-256 of each of its plates.
    former : the generation that may know what is learned of a book.

    Attributes
    ----------
    drawn, marks : what was drawn on each scan, and what stands for it.
    facts : what a manifest keeps of it.
    key : what stands for all that is learned and for what was said of it.
    """

    def __init__(
        self, folder: Path, frame: pd.DataFrame, contents: Sequence[str], former: Generation | None, reporter: Reporter
    ) -> None:
        from imgsim.verification.repeated_parts import REPEATED_VERSION

        parts, books = ExcludedParts(folder).standing(), frame["book"].astype(str).tolist()
        self.drawn: Mapping[str, Boxes] = by_content(parts, contents, books)
        self.marks = keys_of(self.drawn)
        if said := idle(parts, contents, books):
            reporter.note(said)
        self._said = CountingParts(folder).standing()
        self.facts = {
            **({"excluded": self.marks} if self.marks else {}),
            **({"counting": said_key(self._said)} if self._said else {}),
        }
        self._contents, self._former, self._reporter = contents, former, reporter
        self._units = _units(contents, books, frame["root"].astype(str).tolist(), self.marks)
        self.key = key_of(version=REPEATED_VERSION, units=[unit[:3] for unit in self._units], said=said_key(self._said))

    def write(self, folder: Path, features: Callable[[str], Features], sizes: npt.ArrayLike) -> None:
        """Write the features of all plates into a folder, without the votes of what never counts, and what that is.

        ``features`` gives those of a content, all votes in place; ``sizes`` int (n, 2): width and height of the plates.
        """
        from imgsim.features.extraction import without_vote
        from imgsim.features.feature_store import VOUCH, FeatureStore, NpyWriter

        FeatureStore.write(folder, map(features, self._contents))
        store = FeatureStore.open(folder, sizes)
        vouch = folder / VOUCH
        shutil.copyfile(vouch, folder / Path(layout.FEATURE_VOTES).name)
        # Read into memory: what is mapped cannot be written anew on every system.
        store = FeatureStore(
            sizes, store.offsets, store.points, store.descriptors, np.array(store.vouch), tones=store.tones
        )
        row_of = {content: row for row, content in enumerate(self._contents)}

        def take(content: str) -> Features:
            return without_vote(store.features(row_of[content]), self.drawn.get(content, ()))

        units = with_word(self._learn(take), self._said)
        learned = boxes_by_content(units)
        with NpyWriter(vouch, np.bool_, ()) as file:
            for content in self._contents:
                file.append(without_vote(take(content), learned.get(content, ())).vouch)
        (folder / layout.LEARNED).write_bytes(units_bytes(units))

    def _learn(self, take: Callable[[str], Features]) -> list[Unit]:
        """What repeats in each unit; a source is looked at without what was found in its books."""
        from threadpoolctl import threadpool_limits

        from imgsim.features.descriptor_similarity import multiply_bytes
        from imgsim.features.extraction import without_vote

        known = self._known()
        found: list[Unit] = []
        multiply_bytes()
        # Two plates are too little for several threads: on a busy machine these wait for each other, eight times as
        # long.
        with threadpool_limits(1), self._reporter.stage("repeated parts", len(self._units)) as stage:
            for done, (scope, name, key, contents) in enumerate(self._units):
                unit = known.get((scope, name, key))
                if unit is None:
                    so_far = boxes_by_content(found)
                    plates = [without_vote(take(content), so_far.get(content, ())) for content in contents]
                    unit = _learned(scope, name, key, contents, plates)
                found.append(unit)
                stage.update(done + 1, len(self._units))
        return found

    def _known(self) -> dict[tuple[str, str, str], Unit]:
        try:
            units = learned_of(self._former) if self._former is not None else []
        except CollectionError as error:
            self._reporter.note(f"What repeats on plates is learned again: {error}")
            return {}
        return {(unit.scope, unit.name, unit.key): with_word([unit], ())[0] for unit in units}

    def boxes(self, store: Path) -> dict[str, Boxes]:
        """The parts that never count by content, drawn and learned, by what lies beside a store of features."""
        found = {content: tuple(boxes) for content, boxes in self.drawn.items()}
        for content, boxes in boxes_by_content(self._units_of(store)).items():
            found[content] = (*found.get(content, ()), *boxes)
        return found

    def _units_of(self, store: Path) -> list[Unit]:
        return read_units((store if (store / layout.LEARNED).exists() else store.parent) / layout.LEARNED)

    def marked(self, store: Path) -> list[str]:
        """Each content with what stands for its parts that never count, by what lies beside a store of features.

        Under these the results of a pair are kept: other parts that never count, another result.
        """
        marks = with_learned(self.marks, boxes_by_content(self._units_of(store)))
        return [marked(content, marks) for content in self._contents]


def _learned(scope: str, name: str, key: str, contents: Sequence[str], plates: Sequence[Features]) -> Unit:
    from imgsim.verification.repeated_parts import repeated_parts

    marks = [{contents[row]: box for row, box in mark.items()} for mark in repeated_parts(plates)]
    return Unit(scope, name, key, tuple(Learned(scope, name, boxes) for boxes in marks))


def _units(
    contents: Sequence[str], books: Sequence[str], roots: Sequence[str], marks: Mapping[str, str]
) -> list[tuple[str, str, str, list[str]]]:
    """Books and then sources, each with a key and its distinct scans in the order of their hashes, which is stable."""
    from imgsim.verification.repeated_parts import LEAST, REPEATED_VERSION

    found = []
    books_key = ""
    for scope, names in ((BOOK, books), (SOURCE, roots)):
        members: dict[str, set[str]] = {}
        for name, content in zip(names, contents, strict=True):
            if name:
                members.setdefault(name, set()).add(content)
        for name, own in sorted(members.items()):
            if len(own) < LEAST:
                continue
            ordered = sorted(own)
            marked = [f"{content}{marks.get(content, '')}" for content in ordered]
            # What is left to a source are the marks that its books do not show by themselves.
            key = key_of(version=REPEATED_VERSION, plates=marked, books=books_key)
            found.append((scope, name, key, ordered))
        books_key = key_of(books=[(unit[1], unit[2]) for unit in found])
    return found

