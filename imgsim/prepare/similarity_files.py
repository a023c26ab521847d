"""The similarity of each pair that was compared, by every backbone: noted once, for millions of pairs take seconds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from imgsim.base.arrays import npy_bytes
from imgsim.base.hashing import key_of
from imgsim.generation import layout
from imgsim.prepare.stage import Made
from imgsim.retrieval.neighbours import pair_similarities

if TYPE_CHECKING:
    from imgsim.prepare.context import ChosenBackbone
    from imgsim.prepare.embedding_stages import VectorStages
    from imgsim.verification.matches import Matches

# Raise it when the similarity of two plates is worked out in another way.
SIMILARITIES_VERSION = 1


def similarity_keys(matches: str, backbones: Sequence[ChosenBackbone], vectors: VectorStages) -> dict[str, str]:
    """The key of each backbone's file, from those of the matches and of its embeddings."""
    return {
        layout.pairs_file(b.name): key_of(
            what="similarities of pairs", version=SIMILARITIES_VERSION, matches=matches,
            embeddings=vectors.keys[layout.embeddings_file(b.name)],
        )
        for b in backbones
    }  # fmt: skip


def similarity_file(backbone: str, matches: Matches, vectors: VectorStages) -> Made:
    """A backbone's file: float32 (n_pairs,), in the order of the matches."""
    return {layout.pairs_file(backbone): npy_bytes(pair_similarities(vectors.matrix(backbone), *matches.rows.T))}
