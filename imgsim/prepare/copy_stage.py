"""Copies by another hand among the neighbours that are no matches: which are asked about, and what comes of it.

A plate's first neighbours by cosine of which its lines do not agree are compared by another verifier
(:mod:`imgsim.verification.copies`). What is found stands in a table of its own, so that verdicts on lines stay what
they are; it is kept by the contents of the two plates, like theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from imgsim.base.hashing import key_of
from imgsim.base.verdict_words import COPY
from imgsim.errors import WeightsError
from imgsim.generation import layout
from imgsim.prepare.compared_pairs import KnownPairs, compare, told_of
from imgsim.prepare.feature_stage import Descriptions
from imgsim.prepare.options import DEFAULT_COPIES
from imgsim.prepare.stage import Made, Stage
from imgsim.prepare.stage_folder import stage_folder

if TYPE_CHECKING:
    import pyarrow as pa

    from imgsim.base.progress import Reporter
    from imgsim.generation.generation import Generation
    from imgsim.images.files import ImageFile
    from imgsim.prepare.catalogue_stage import CatalogueStage
    from imgsim.prepare.embedding_stages import VectorStages
    from imgsim.prepare.found_plates import Found
    from imgsim.prepare.matching_stage import MatchingStages
    from imgsim.prepare.processor import Processor
    from imgsim.prepare.vector_lookup import VectorLookup
    from imgsim.prepare.voteless import Voteless
    from imgsim.prepare.work_folder import WorkStore

VERIFIER = "copies"
SOURCE = "first neighbours"


def copies_wanted(asked: int | None, recorded: int | None, note: Callable[[str], None]) -> int | None:
    """How many rejected neighbours of a plate are asked about: as asked for, else as the collection has it, else
    :data:`~imgsim.prepare.options.DEFAULT_COPIES` where the networks are on this machine; None where nobody said.

    Raises WeightsError where they were asked for and cannot be had.
    """
    from imgsim.verification.copies.copy_export import make_networks
    from imgsim.verification.copies.copy_networks import networks_folder, networks_key, present

    if asked:
        if not present():
            note("making the networks that find copies by another hand, once; it takes a minute")
            make_networks(networks_folder())
        networks_key()
    if asked is not None:
        return asked
    return recorded if recorded is not None else DEFAULT_COPIES if present() else None


class CopyStage:
    """The table of copies: its key at once, its content when asked for. ``count`` neighbours of each plate are asked
    about; 0: none, and there is no table."""

    def __init__(
        self, processor: Processor, reporter: Reporter, live: Generation | None, former: Generation | None,
        store: WorkStore, found: Found, catalogue: CatalogueStage, vectors: VectorStages, known: VectorLookup,
        matching: MatchingStages, voteless: Voteless | None, backbone: str, count: int,
    ) -> None:  # fmt: skip
        self._processor, self._reporter, self._former = processor, reporter, former
        self._store, self._found = store, found
        self._vectors, self._matching, self._backbone, self._count = vectors, matching, backbone, count
        self._voteless = voteless
        self._contents, self._ids = list(catalogue.contents), [plate.plate_id for plate in found.plates]
        self.keys: dict[str, str] = {}
        self.facts: dict[str, str] = {}
        self.compared = 0
        self._copies: int | None = None
        matches = matching.keys.get(layout.MATCHES)
        if voteless is None:
            self._keep(live, matches)  # nothing is compared
            return
        if not count or matches is None:
            return
        from imgsim.verification.copies.copy_networks import networks_key
        from imgsim.verification.copies.copy_pairs import PAIRS_VERSION
        from imgsim.verification.copies.copy_points import POINTS_VERSION

        try:
            networks = networks_key()
        except WeightsError as error:
            kept = "what was found is kept" if self._keep(live, matches) else "none is known of these plates"
            reporter.note(f"No copies by another hand are looked for, and {kept}: {error}")
            return
        features = key_of(what="copy points", version=POINTS_VERSION, networks=networks)
        self._pairs_key = key_of(what="copy pairs", version=PAIRS_VERSION, features=features)
        self.facts = {"copies": self._pairs_key}
        self.keys[layout.COPIES] = key_of(
            pairs=self._pairs_key, count=count, matches=matches, backbone=backbone,
            neighbours=vectors.keys[layout.neighbours_file(backbone)],
        )  # fmt: skip
        self._descriptions = Descriptions(
            processor, reporter, store, [], known, None, features, VERIFIER, store.copy_features
        )

    def _keep(self, live: Generation | None, matches: str | None) -> bool:
        """Ask for the table that is there, if there is one: it stands as long as the matches do."""
        if live is None or not live.has(layout.COPIES) or live.manifest["keys"].get(layout.MATCHES) != matches:
            return False
        self.keys = {layout.COPIES: live.manifest["keys"][layout.COPIES]}
        self.facts = {"copies": live.manifest["matching"]["copies"]}
        return True

    def stages(self) -> list[Stage]:
        """The table, where there is to be one."""
        return [Stage(self.keys, self._make)] if self.keys else []

    def counts(self, live: Generation | None) -> dict[str, int]:
        """How many pairs are copies; empty where none were asked about."""
        if not self.keys:
            return {}
        if self._copies is None:  # the table was taken over
            return {"copies": live.manifest["counts"].get("copies", 0)} if live is not None else {}
        return {"copies": self._copies}

    def _make(self) -> Made:
        from imgsim.verification.match_table import table_bytes

        table = self._table()
        self._copies = table["verdict"].to_pylist().count(COPY)
        return {layout.COPIES: table_bytes(table)}

    def _table(self) -> pa.Table:
        pairs = self._asked()
        known = KnownPairs(self._store.copy_pairs, self._pairs_key, self._reporter.note)
        known.open(self._former, layout.COPIES)
        marked = self._matching.marked
        of = [(marked[a], marked[b]) for a, b in pairs.tolist()]
        new = np.array([pair not in known for pair in of], dtype=bool)
        if new.any():
            folder, rows = self._described(pairs[new])
            place = np.full(len(self._ids), -1, np.int32)
            place[rows] = np.arange(len(rows), dtype=np.int32)
            plates = [self._found.plates[row] for row in rows]
            sizes = np.array([[plate.width, plate.height] for plate in plates], np.int64)
            came = compare(
                self._processor, self._reporter, known, place[pairs[new]], [marked[row] for row in rows],
                folder, sizes, VERIFIER, stage="copies",
            )  # fmt: skip
            self.compared = came.asked - len(came.failed)
            if came.failed:
                self._reporter.note(told_of(came.failed, [self._ids[row] for row in rows]))
        there = [at for at, pair in enumerate(of) if pair in known]
        ids = [[self._ids[pairs[at, side]] for at in there] for side in (0, 1)]
        return known.table([of[at] for at in there], ids[0], ids[1], [SOURCE] * len(there))

    def _asked(self) -> npt.NDArray[np.int32]:
        """The pairs to ask about, rows int32 (m, 2), the first below the second. Equal files are the same plate."""
        matches = self._matching.matches
        indices = self._vectors.neighbours(self._backbone)
        verified = matches.verified
        asked = set()
        for row, others in enumerate(indices.tolist()):
            left = self._count
            for other in others:
                if not left:
                    break
                at = matches.place(row, other)
                if self._contents[row] == self._contents[other] or (at is not None and verified[at]):
                    continue
                asked.add((min(row, other), max(row, other)))
                left -= 1
        return np.array(sorted(asked), np.int32).reshape(-1, 2)

    def _described(self, pairs: npt.NDArray[np.int32]) -> tuple[Path, npt.NDArray[np.int64]]:
        """(folder of a FeatureStore, the rows of the plates in it) of all plates in pairs."""
        from imgsim.features.extraction import without_vote
        from imgsim.features.feature_store import FeatureStore

        rows = np.unique(pairs).astype(np.int64)
        found = self._descriptions
        found.open()
        files: dict[str, ImageFile] = {}
        for row in rows.tolist():
            files.setdefault(self._contents[row], self._found.files[self._found.plates[row].plate_id])
        found.make(files, features=True)
        assert self._voteless is not None, "there is a table only where plates are compared"
        boxes = self._voteless.boxes(self._matching.store_folder)
        plates = (
            without_vote(found.features(content), boxes.get(content, ()))
            for content in (self._contents[row] for row in rows)
        )
        key = key_of(what="copy points", features=found.key, contents=[self._matching.marked[row] for row in rows])
        folder = stage_folder(
            self._store.stages, key, lambda folder: FeatureStore.write(folder, plates), self._reporter.note
        )
        return folder, rows
