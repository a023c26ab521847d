"""The keys of the matching: what each of its files and pairs is made of, so that only what is stale is made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imgsim.base.hashing import key_of
from imgsim.generation import layout
from imgsim.prepare.feature_stage import mirrored_key, parts_key
from imgsim.prepare.options import DEFAULT_VERIFIER, Options

if TYPE_CHECKING:
    from imgsim.prepare.context import ChosenBackbone
    from imgsim.prepare.embedding_stages import VectorStages
    from imgsim.verification.verifiers import Verifier


# At the end of the key of matches that lack pairs which could not be compared: the next run is to try again.
UNCHECKED = " unchecked"


class MatchingKeys:
    """The keys of all that is made of these plates where they are compared.

    Parameters
    ----------
    ids, contents : of the plates, in the catalogue's order.
    marked : the contents, each with what stands for the parts of it that people drew and that never count.
    learning : what stands for all that is learned not to count.
    backbones : those whose neighbours are candidates.
    vectors : has the keys of their embeddings.
    parted : those of them that see the parts of plates.
    top : candidates of each source; None where none are asked for.
    verifier : describes and compares.
    catalogue : the key of the catalogue, which candidate sources of a user's own may look at.

    Attributes
    ----------
    features, pairs : of one plate's local features, and of what is found of a pair.
    candidates : of the pairs to compare.
    plates : of the plates and their contents.
    facts : what a manifest keeps of these.
    files : of each file but the families, in the order in which they are written.
    """

    def __init__(
        self,
        ids: Sequence[str],
        contents: Sequence[str],
        marked: Sequence[str],
        learning: str,
        backbones: Sequence[ChosenBackbone],
        parted: Sequence[ChosenBackbone],
        vectors: VectorStages,
        top: int | None,
        verifier: Verifier,
        catalogue: str,
    ) -> None:
        from imgsim.features.inverted_index import index_version
        from imgsim.verification.candidate_sources.by_parts import Parts
        from imgsim.verification.candidates import CANDIDATES_VERSION, brought_sources, source_versions
        from imgsim.verification.verifiers import brought_verifier, features_key, pairs_key

        self.features, self.pairs = features_key(verifier), pairs_key(verifier)
        self.plates = key_of(ids=ids, contents=contents)
        self.facts: dict[str, Any] = {
            "features": self.features,
            "pairs": self.pairs,
            "mirrored": {b.name: mirrored_key(b) for b in backbones},
            "plates": self.plates,
        }
        if parted:
            self.facts["parts"] = {b.name: parts_key(b) for b in parted}
        features = key_of(features=self.features, contents=marked, learning=learning)
        index = key_of(what="index", version=index_version(len(contents)), features=features)
        mirrored = {
            layout.mirrored_file(b.name): key_of(mirrored=mirrored_key(b), contents=contents)
            for b in backbones
        }
        parts = {layout.parts_file(b.name): key_of(parts=parts_key(b), contents=contents) for b in parted}
        self.candidates = key_of(
            what="candidates", version=CANDIDATES_VERSION, top=top, index=index, mirrored=mirrored,
            embeddings={b.name: vectors.keys[layout.embeddings_file(b.name)] for b in backbones}, **source_versions(),
            **({"parts": parts, "by_parts": Parts.version} if parts else {}),
            **({"catalogue": catalogue} if brought_sources() else {}),
        )  # fmt: skip
        self.facts |= {"candidates": self.candidates, **source_versions(), **brought_verifier(verifier)}
        matches = key_of(pairs=self.pairs, candidates=self.candidates, plates=self.plates)
        self.files: dict[str, str] = {
            **dict.fromkeys((*layout.FEATURE_FILES, *layout.BESIDE_FEATURES), features),
            **dict.fromkeys(index_files(), index),
            **mirrored,
            **parts,
            layout.MATCHES: matches,
        }


def marked(content: str, marks: Mapping[str, str]) -> str:
    """A content with what stands for its parts that never count; as it is where there are none."""
    return f"{content}-{marks[content]}" if content in marks else content


def verifier_of(options: Options, recorded: str | None) -> str:
    """The name of the verifier of a run: asked for, else the collection's, else imgsim's own.

    Raises
    ------
    ImgsimError
        There is no verifier of the name that was asked for; or plates are to be compared, and that verifier, or a
        candidate source of a user's own, is not what it must be: said before anything is made.
    """
    from imgsim.verification.candidates import sources
    from imgsim.verification.verifiers import SIFT, VERIFIERS, try_out

    if options.verifier is not None:
        VERIFIERS.get(options.verifier)
    name = (options.matching and options.verifier) or recorded or DEFAULT_VERIFIER
    if options.matching:
        sources()
        verifier = VERIFIERS.get(name)
        if verifier is not SIFT:
            try_out(verifier)
    return name


def index_files() -> tuple[str, ...]:
    """The files of the index within a generation."""
    from imgsim.features.inverted_index import INDEX_FILES

    return tuple(f"{layout.FEATURES}/{name}" for name in INDEX_FILES)


def families_key(matches: str, catalogue: str) -> str:
    """The key of the families, from those of the matches and the catalogue."""
    from imgsim.families import FAMILIES_VERSION

    return key_of(what="families", version=FAMILIES_VERSION, matches=matches, catalogue=catalogue)
