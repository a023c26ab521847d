"""What follows the neighbours: local features, their index, candidate pairs, matches, families; each under its key.

    features and mirrored embeddings -> index -> candidates -> matches -> families

Plates are described and pairs compared once for ever: results belong to the contents of the plates, and are taken from
the generation before or from what an interrupted run left.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import npy_bytes
from imgsim.generation import layout
from imgsim.prepare.compared_pairs import KnownPairs, compare, told_of
from imgsim.prepare.feature_stage import Descriptions
from imgsim.prepare.former_generation import candidates_before
from imgsim.prepare.matching_keys import MatchingKeys, families_key, index_files, marked
from imgsim.prepare.other_views import OtherViews
from imgsim.prepare.similarity_files import similarity_file, similarity_keys
from imgsim.prepare.stage import Made, Stage
from imgsim.prepare.stage_folder import stage_folder
from imgsim.prepare.voteless import STORE, Voteless

if TYPE_CHECKING:
    from imgsim.base.progress import Reporter
    from imgsim.generation.generation import Generation
    from imgsim.images.files import ImageFile
    from imgsim.prepare.catalogue_stage import CatalogueStage
    from imgsim.prepare.context import ChosenBackbone
    from imgsim.prepare.embedding_stages import VectorStages
    from imgsim.prepare.found_plates import Found
    from imgsim.prepare.processor import Processor
    from imgsim.prepare.work_folder import WorkStore
    from imgsim.verification.candidates import Candidates
    from imgsim.verification.matches import Matches


class MatchingStages:
    """The files of the matching: their keys at once, their contents when asked for.

    ``former`` is the generation whose results may be taken over. Unless ``asked``, nothing is described or
    compared: what the live generation has is kept as long as the plates are the same, and families are made anew from
    it if the metadata have changed. ``voteless``: what never counts; None where nothing is compared.
    """

    def __init__(
        self,
        processor: Processor,
        reporter: Reporter,
        live: Generation | None,
        store: WorkStore,
        found: Found,
        catalogue: CatalogueStage,
        backbones: Sequence[ChosenBackbone],
        vectors: VectorStages,
        former: Generation | None,
        descriptions: Descriptions | None,
        *,
        asked: bool,
        top: int | None,
        verifier: str,
        workers: int | None,
        voteless: Voteless | None,
        parted: Sequence[ChosenBackbone],
    ) -> None:
        from imgsim.verification.verifiers import SIFT, VERIFIERS

        # Where nothing is compared, a verifier that is not here is no hindrance.
        by = VERIFIERS.get(verifier) if asked else SIFT
        self._verifier = by.name
        self._processor, self._reporter, self._live, self._workers = processor, reporter, live, workers
        self._store, self._found, self._catalogue = store, found, catalogue
        self._backbones, self._vectors, self._top, self.former = backbones, vectors, top, former
        contents = list(catalogue.contents)
        self._given = descriptions
        self._contents, self._ids = contents, [plate.plate_id for plate in found.plates]
        self.compared = self.unchecked = 0
        self._counts: dict[str, Any] = {}
        self._kept: set[str] = set()
        self._voteless = voteless
        marks = voteless.marks if voteless is not None else {}
        drawn = [marked(content, marks) for content in contents]
        learning = voteless.key if voteless is not None else ""
        made = MatchingKeys(self._ids, contents, drawn, learning, backbones, parted, vectors, top, by, catalogue.key)
        if descriptions is not None:
            descriptions.excluded = marks
        if voteless is not None:
            made.facts |= voteless.facts
        self.following: dict[str, str] = {}  # what is quickly made of the matches, whether plates are compared or not
        self._features_key, self._pairs_key, self._candidates_key = made.features, made.pairs, made.candidates
        self.index_files = index_files()
        self.facts, self.keys = made.facts, made.files
        self._views = OtherViews(live, contents, backbones, parted, lambda: self._descriptions)
        if not asked:
            self._keep_former(made.plates)
        if layout.MATCHES in self.keys:
            matches = self.keys[layout.MATCHES]
            self.following = similarity_keys(matches, backbones, vectors)
            self.following[layout.FAMILIES] = families_key(matches, catalogue.key)
            self.keys |= self.following

    def _keep_former(self, plates: str) -> None:
        """Ask for nothing but what is there, under the keys that it has."""
        live = self._live
        former = live.manifest.get("matching", {}) if live is not None else {}
        same = former.get("plates") == plates
        kept = [file for file in self.keys if live is not None and same and live.has(file)]
        self.keys = {file: live.manifest["keys"][file] for file in kept} if live is not None else {}
        self.facts = dict(former) if kept else {}

    def damaged(self, kept: Sequence[str]) -> list[str]:
        """Files that would have to be made anew, but not in a run that compares nothing."""
        lost = [file for file in self.keys if file not in kept and file not in self.following]
        if layout.MATCHES in lost:
            lost += self.following
        for file in lost:
            del self.keys[file]
        return lost

    # -- making

    def stages(self) -> list[Stage]:
        """Features, index, mirrored embeddings, matches, families: what there is of it, in this order."""
        groups: list[tuple[Sequence[str], Callable[[], Made]]] = [
            ((*STORE, layout.FEATURE_SUMS), self._make_features),
            (self.index_files, lambda: {file: self._index_folder / Path(file).name for file in self.index_files}),
            *self._views.files(),
            ([layout.MATCHES], lambda: {layout.MATCHES: self.matches.to_parquet()}),
            *(([layout.pairs_file(b.name)], partial(self._similarities, b.name)) for b in self._backbones),
            ([layout.FAMILIES], lambda: {layout.FAMILIES: self._families()}),
        ]
        stages = [Stage({f: self.keys[f] for f in files if f in self.keys}, make) for files, make in groups]
        return [stage for stage in stages if stage.keys]

    def sound(self, kept: Sequence[str]) -> list[str]:
        """Those of these files that stand: what follows from matches that are made anew does not."""
        return [file for file in kept if layout.MATCHES in kept or file not in self.following]

    def take_over(self, kept: Sequence[str]) -> None:
        """Hear which files are taken over from the live generation, before any stage is made."""
        self._kept = self._views.kept = set(kept)

    def _make_features(self) -> Made:
        from imgsim.features.feature_store import FeatureStore

        folder = self.store_folder
        sums = npy_bytes(FeatureStore.open(folder, self._sizes).sums())
        return {**{file: folder / Path(file).name for file in STORE}, layout.FEATURE_SUMS: sums}

    @cached_property
    def _descriptions(self) -> Descriptions:
        """Everything that is known of the plates, and what was missing."""
        found = self._given
        assert found is not None, "plates are only described where they are compared"
        found.open()
        features = not set(STORE) <= self._kept
        files: dict[str, ImageFile] = {}
        for plate, content in zip(self._found.plates, self._contents, strict=True):
            files.setdefault(content, self._found.files[plate.plate_id])
        found.make(files, features=features, **self._views.lacking())
        return found

    @property
    def described(self) -> int:
        """How many plates were opened to be described."""
        return self._given.described if self._given is not None else 0

    @cached_property
    def _sizes(self) -> npt.NDArray[np.int64]:
        return np.array([[plate.width, plate.height] for plate in self._found.plates], np.int64)

    @cached_property
    def store_folder(self) -> Path:
        """Where the FeatureStore of all rows lies: in the live generation, or in the work folder."""
        if set(STORE) <= self._kept:
            assert self._live is not None
            return self._live.folder / layout.FEATURES
        found, voteless = self._descriptions, self._voteless
        assert voteless is not None, "features are only written where plates are compared"
        return stage_folder(
            self._store.stages,
            self.keys[layout.FEATURE_FILES[0]],
            lambda folder: voteless.write(folder, found.features, self._sizes),
            self._reporter.note,
        )

    @cached_property
    def marked(self) -> list[str]:
        """Each content with what stands for its parts that never count."""
        assert self._voteless is not None, "pairs are only asked for where plates are compared"
        return self._voteless.marked(self.store_folder)

    @cached_property
    def _index_folder(self) -> Path:
        """Where the index lies; made if need be."""
        from imgsim.features.feature_store import FeatureStore
        from imgsim.features.inverted_index import FeatureIndex

        if set(self.index_files) <= self._kept:
            assert self._live is not None
            return self._live.folder / layout.FEATURES
        features = FeatureStore.open(self.store_folder, self._sizes)

        def build(folder: Path) -> None:
            with self._reporter.stage("index", None) as stage:
                FeatureIndex.build(features, stage.update).save(folder)

        return stage_folder(self._store.stages, self.keys[self.index_files[0]], build, self._reporter.note)

    @cached_property
    def _candidates(self) -> Candidates:
        from imgsim.catalogue import Catalogue
        from imgsim.features.feature_store import FeatureStore
        from imgsim.features.inverted_index import FeatureIndex
        from imgsim.verification.candidate_sources import CandidateInputs
        from imgsim.verification.candidates import Candidates, candidates, sources

        assert self._top is not None, "candidates are only asked for where plates are compared"
        arrays = self._store.stage(self._candidates_key, {"pairs": np.int32, "sources": np.uint32})
        if arrays is not None:
            return Candidates(arrays["pairs"], arrays["sources"], tuple(one.name for one in sources()))
        found = candidates_before(self._live, self._candidates_key)
        if found is None:
            with self._reporter.stage("candidates", len(self._ids)) as stage:
                inputs = CandidateInputs(
                    embeddings={b.name: self._vectors.matrix(b.name) for b in self._backbones},
                    mirrored_embeddings=self._views.mirrored(),
                    store=FeatureStore.open(self.store_folder, self._sizes),
                    index=FeatureIndex.load(self._index_folder),
                    catalogue=Catalogue(self._catalogue.table.frame.copy()),  # a source may be a user's own
                    progress=stage.update,
                    workers=self._workers,
                    parts=self._views.parts(),
                )
                found = candidates(inputs, self._top)
            self._store.add_stage(self._candidates_key, {"pairs": found.pairs, "sources": found.sources})
        return found

    @cached_property
    def matches(self) -> Matches:
        """The matches of these plates: kept, or made now."""
        from imgsim.verification.matches import Matches

        live = self._live
        if layout.MATCHES in self._kept and live is not None:
            found = live.matches
            assert found is not None
            return found
        pairs = self._candidates.pairs
        known = KnownPairs(self._store.pairs, self._pairs_key, self._reporter.note)
        known.open(self.former)
        came = compare(
            self._processor, self._reporter, known, pairs, self.marked, self.store_folder, self._sizes,
            self._verifier,
        )  # fmt: skip
        self.compared = came.asked - len(came.failed)
        if came.failed:
            self._reporter.note(told_of(came.failed, self._ids))
        rows, proposed_by = pairs.tolist(), self._candidates.proposed_by()
        of = [(self.marked[a], self.marked[b]) for a, b in rows]
        there = [place for place, pair in enumerate(of) if pair in known]
        self.unchecked = len(rows) - len(there)
        table = known.table(
            [of[place] for place in there],
            [self._ids[rows[place][0]] for place in there],
            [self._ids[rows[place][1]] for place in there],
            [proposed_by[place] for place in there],
        )
        return Matches(table, self._catalogue.table)

    def _similarities(self, backbone: str) -> Made:
        return similarity_file(backbone, self.matches, self._vectors)

    def _families(self) -> bytes:
        from imgsim.families import find_families

        with self._reporter.stage("families", 1) as stage:
            frame = find_families(self._catalogue.table.frame, self.matches)
            stage.update(1)
        stream = io.BytesIO()
        frame.to_parquet(stream, index=False, compression="zstd")
        self._counts["families"] = int(frame["family_id"].nunique())
        return stream.getvalue()

    def counts(self) -> dict[str, Any]:
        """How many pairs have each verdict, and how many families there are; empty where nothing was compared."""
        if layout.MATCHES not in self.keys:
            return {}
        former = self._live.manifest["counts"] if self._live is not None else {}
        known = layout.MATCHES in self._kept and "matches" in former
        counts = {"matches": former["matches"] if known else self.matches.counts()}
        return counts | {"families": former.get("families", 0)} | self._counts
