"""What worker processes do for the matching: describe a plate, and compare one plate with several.

Functions of this module are sent to :func:`imgsim.workers.pool.process_files`, which loses one plate, and not the run,
to a file that hangs or crashes its decoder.
"""

from __future__ import annotations

import functools
import hashlib
import multiprocessing
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from imgsim.backbones.known import READ_SIDE
from imgsim.base.verdict_words import LOOK_ALIKE
from imgsim.errors import ImageError
from imgsim.features.descriptor_similarity import multiply_bytes
from imgsim.features.extraction import WORKING_SIDE, Features
from imgsim.images.decoding import open_image, opened_for
from imgsim.verification.match import Match, look_alike
from imgsim.verification.verifiers import SIFT, VERIFIERS
from imgsim.verification.verifiers.verifier import checked_features, checked_match

if TYPE_CHECKING:
    from imgsim.backbones import Backbone
    from imgsim.features.feature_store import FeatureStore
    from imgsim.workers.plate_work import PlateFile

# Plates whose features a worker keeps at hand: candidates of one plate are often candidates of the next.
KEPT = 256


@dataclass(frozen=True)
class PlateDescription:
    """The local features of a plate, and the embeddings of its mirror image.

    ``features`` is None where they were not asked for.
    """

    plate_id: str
    sha256: str
    features: Features | None
    embeddings: dict[str, np.ndarray] = field(default_factory=dict)


def describe(
    file: PlateFile, backbones: Sequence[Backbone], *, features: bool = True, verifier: str = SIFT.name
) -> tuple[PlateDescription, dict[str, np.ndarray]]:
    """Open a plate; describe it by its local features, and shape it, flipped left to right, for each backbone.

    ``verifier`` is the name of the one that describes. Raises ImageError when the plate cannot be used.
    """
    try:
        data = file.read()
        opened = open_image(data, reduce_to=WORKING_SIDE)
        found = None
        if features:
            by = VERIFIERS.get(verifier)
            found = checked_features(by.describe(opened.image, opened.size), by, opened.size)
        arrays = {}
        if backbones:
            # Decoded as precompute decodes it for its own embedding, so that a copy and its mirror image are one.
            read = opened_for(data, opened, READ_SIDE).image
            flipped = read.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            arrays = {backbone.name: backbone.shape(flipped) for backbone in backbones}
        return PlateDescription(file.plate_id, hashlib.sha256(data).hexdigest(), found), arrays
    except ImageError:
        raise
    except MemoryError:
        raise ImageError("needs more memory than is free") from None
    except Exception as error:
        # Decoders meet damage that nobody foresaw; whatever they raise, it costs this plate and not the run.
        raise ImageError(f"could not be described ({type(error).__name__}: {error})") from error


@dataclass(frozen=True)
class Group:
    """One plate and those it is to be compared with, by row in the store; it stands for a file in the pool."""

    row: int
    others: tuple[int, ...]

    @property
    def plate_id(self) -> str:
        return str(self.row)

    @property
    def file(self) -> str:
        return f"the plate in row {self.row}"

    def read(self) -> bytes:
        return b""


@dataclass(frozen=True)
class Compared:
    """The matches of a group, in the order of its others."""

    plate_id: str
    matches: list[Match]
    embeddings: dict[str, np.ndarray] = field(default_factory=dict)


def compare(
    group: PlateFile, backbones: Sequence[Backbone], *, folder: str, sizes: bytes, verifier: str = SIFT.name
) -> tuple[Compared, dict[str, np.ndarray]]:
    """Compare the plates of a Group, whose features lie in ``folder``; ``sizes`` are int64 (n, 2), width and height."""
    assert isinstance(group, Group)
    take, by = _reader(folder, sizes), VERIFIERS.get(verifier)
    first = take(group.row)
    found = [checked_match(by.compare(first, take(other)), by) for other in group.others]
    return Compared(
        group.plate_id, [compact(one, first, take(other)) for one, other in zip(found, group.others, strict=True)]
    ), {}


@functools.lru_cache(maxsize=1)
def _reader(folder: str, sizes: bytes) -> Any:
    from imgsim.features.feature_store import FeatureStore

    _stand_back()
    store: FeatureStore = FeatureStore.open(Path(folder), np.frombuffer(sizes, np.int64).reshape(-1, 2))
    return functools.lru_cache(maxsize=KEPT)(store.features)


def _stand_back() -> None:
    """Leave the machine to whoever looks at the plates meanwhile: one thread, and a little less than its share."""
    import cv2

    multiply_bytes()
    cv2.setNumThreads(1)
    if hasattr(os, "nice") and multiprocessing.parent_process() is not None:
        os.nice(5)


def compact(found: Match, a: Features, b: Features) -> Match:
    """A match without the points that agree, its outlines inside the plates.

    A transform without an inverse ties nothing: that is a look-alike.
    """
    transform = np.asarray(found.transform, np.float64)
    sound = np.isfinite(transform).all() and abs(np.linalg.det(transform)) > 1e-12
    if found.verdict == LOOK_ALIKE or not sound or not found.residual >= 0:
        return look_alike(int(found.inliers), bool(found.mirrored))
    nothing = np.zeros((0, 2), np.float32)
    regions = [
        np.clip(np.asarray(region, np.float32).reshape(-1, 2), 0, np.array(plate.size, np.float32))
        for region, plate in ((found.region_a, a), (found.region_b, b))
    ]
    coverages = [min(1.0, max(0.0, float(value))) for value in (found.coverage_a, found.coverage_b)]
    return Match(
        found.verdict, int(found.inliers), bool(found.mirrored), coverages[0], coverages[1], transform, found.model,
        float(found.residual), regions[0], regions[1], found.printing, nothing, nothing,
    )  # fmt: skip
