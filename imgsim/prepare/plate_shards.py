"""What is made of plates: a pure function over shards of them. Each file is read once, and opened once for everything.

Shards are cut by the run and a network sees them whole, so that a vector does not depend on which worker made it.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image

from imgsim.backbones.known import READ_SIDE
from imgsim.base.writing import disk_errors, write_whole
from imgsim.errors import ImageError
from imgsim.images.content import length, sha256
from imgsim.images.decoding import OpenedImage, open_image, opened_for
from imgsim.images.files import ImageFile
from imgsim.images.overheard import overheard
from imgsim.images.plate_parts import PARTS, parts_of
from imgsim.images.thumbnails import thumbnail
from imgsim.prepare.options import DEFAULT_VERIFIER

if TYPE_CHECKING:
    from imgsim.backbones.engines import Engine, Forward
    from imgsim.features.extraction import Features


WebP = bytes


class PlateFile(Protocol):
    """What is asked of an image file; :class:`imgsim.images.files.ImageFile` is one."""

    @property
    def plate_id(self) -> str: ...

    @property
    def file(self) -> str: ...

    def read(self) -> bytes: ...


@dataclass(frozen=True)
class Asked:
    """A plate, and what is wanted of it: names of backbones that are to see it, upright, flipped or in parts, and
    features; and a thumbnail, where the job makes some."""

    file: PlateFile
    backbones: frozenset[str] = frozenset()
    mirrored: frozenset[str] = frozenset()
    features: bool = False
    parts: frozenset[str] = frozenset()
    thumbnail: bool = True

    @property
    def described(self) -> bool:
        """Whether anything is wanted but the embedding of the plate as it stands."""
        return self.features or bool(self.mirrored or self.parts)


@dataclass(frozen=True)
class PlateResult:
    """A plate that could be read.

    Attributes
    ----------
    width, height : upright original, in pixels.
    embeddings, mirrored : float32 (dimension,) of length 1 of the plate, and of the plate flipped left to right, for
        each backbone that was asked for.
    parts : float32 (PARTS, dimension), the rows of length 1, of the plate's parts (:mod:`imgsim.images.plate_parts`).
    features : None where they were not asked for, or where ``undescribed`` says why there are none.
    warned : what decoders said while it was opened.
    thumbnail : WebP, until it is written; b"" where none was asked for.
    """

    plate_id: str
    sha256: str
    width: int
    height: int
    mode: str
    frames: int
    bytes: int
    embeddings: dict[str, np.ndarray] = field(default_factory=dict)
    mirrored: dict[str, np.ndarray] = field(default_factory=dict)
    parts: dict[str, np.ndarray] = field(default_factory=dict)
    features: Features | None = None
    undescribed: str = ""
    warned: tuple[str, ...] = ()
    thumbnail: WebP = b""


@dataclass(frozen=True)
class PlateFailure:
    """A plate that is left out, and why."""

    plate_id: str
    file: str
    reason: str


@dataclass(frozen=True)
class Job:
    """What all shards of a run share; small enough to be sent along with each.

    Attributes
    ----------
    number : other for every job, so that a worker knows whether its networks are still those that are asked for.
    engines : of each backbone that is asked for.
    batch_size : plates that a network sees at once.
    forward : False where workers only read and shape, and the parent runs the networks (on a GPU).
    thumbnails : whether there are to be any.
    verifier : name of the one that describes.
    """

    number: str
    engines: Mapping[str, Engine]
    batch_size: int
    forward: bool = True
    thumbnails: bool = False
    verifier: str = DEFAULT_VERIFIER


# How a network sees a plate: as it is, flipped left to right, or the part of this number.
WHOLE, FLIPPED, FIRST_PART = range(3)
# What a plate is to a network: (backbone, how it sees it) -> uint8 (channels, size, size).
Shaped = dict[tuple[str, int], np.ndarray]
Opened = tuple[str, PlateResult, Shaped]  # the first is its file
Reader = Callable[[PlateFile], bytes | Path]


def read_file(file: PlateFile) -> bytes | Path:
    """Read a plate's bytes, or say where they lie: the reader used unless a caller names another."""
    return file.content() if isinstance(file, ImageFile) else file.read()


def look_at(
    shard: Sequence[Asked], *, job: Job, reader: Reader = read_file
) -> list[Opened | PlateFailure] | list[PlateResult | PlateFailure]:
    """Make of each plate of a shard what is asked for.

    Returns one result a plate, in their order; where the job runs no networks, with what these are to see.
    """
    opened: list[Opened | PlateFailure] = []
    for asked in shard:
        with overheard() as said:
            try:
                file, result, shaped = open_plate(asked, job, reader)
            except ImageError as error:
                opened.append(PlateFailure(asked.file.plate_id, asked.file.file, str(error)))
                continue
        opened.append((file, replace(result, warned=tuple(said)), shaped))
    return embedded(opened, _networks(job), job.batch_size) if job.forward else opened


def open_plate(asked: Asked, job: Job, reader: Reader = read_file) -> Opened:
    """Read and open a plate once; make its thumbnail, find its features, and shape it for each backbone.

    Raises ImageError when the plate cannot be used.
    """
    file, shaped = asked.file, Shaped()
    try:
        data = reader(file)
        large = _open_to_describe(data) if asked.features else open_image(data, reduce_to=READ_SIDE)
        digest = sha256(data)
        small = b""
        wanted = job.thumbnails and asked.thumbnail
        if asked.backbones or asked.mirrored or asked.parts or wanted:
            # A decoder that reduces is asked again, so that a vector depends on the bytes of the image alone.
            read = opened_for(data, large, READ_SIDE).image if asked.features else large.image
            shaped = _shaped(asked, job, read)
            if wanted:
                small = thumbnail(read)
    except ImageError:
        raise
    except MemoryError:
        raise ImageError("needs more memory than is free") from None
    except Exception as error:
        # Decoders meet damage that nobody foresaw; whatever they raise, it costs this plate and not the run.
        raise ImageError(f"could not be decoded ({type(error).__name__}: {error})") from error
    features, why = _features(large, job.verifier) if asked.features else (None, "")
    width, height = large.size
    result = PlateResult(
        file.plate_id, digest, width, height, large.original_mode, large.frames, length(data),
        features=features, undescribed=why, thumbnail=small,
    )  # fmt: skip
    return file.file, result, shaped


def _shaped(asked: Asked, job: Job, image: Image.Image) -> Shaped:
    views: list[tuple[frozenset[str], int, Image.Image]] = [(asked.backbones, WHOLE, image)]
    if asked.mirrored:
        views.append((asked.mirrored, FLIPPED, image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    if asked.parts:
        views += [(asked.parts, number, part) for number, part in enumerate(parts_of(image), FIRST_PART)]
    return {
        (name, view): engine.backbone.shape(seen)
        for names, view, seen in views
        for name, engine in job.engines.items()
        if name in names
    }


def _open_to_describe(data: bytes | Path) -> OpenedImage:
    from imgsim.features.working_copy import open_to_describe

    return open_to_describe(data)


def _features(opened: OpenedImage, verifier: str) -> tuple[Features | None, str]:
    """The features of a plate, or why there are none: it can be seen and compared by its embedding all the same."""
    from imgsim.verification.verifiers import verifier_named
    from imgsim.verification.verifiers.verifier import checked_features

    by = verifier_named(verifier)
    try:
        return checked_features(by.describe(opened.image, opened.size), by, opened.size), ""
    except MemoryError:
        return None, "needs more memory than is free"
    except Exception as error:
        return None, f"could not be described ({type(error).__name__}: {error})"


def thumbnail_written(one: PlateResult | PlateFailure, folder: Path | None) -> PlateResult | PlateFailure:
    """Write a plate's thumbnail as ``<sha256>.webp`` where it is missing, and take it off the result.

    Raises ImgsimError where it cannot be written.
    """
    if folder is None or isinstance(one, PlateFailure) or not one.thumbnail:
        return one
    path = folder / f"{one.sha256}.webp"
    if not path.exists():
        with disk_errors(folder):
            # Not to the disk at once: a whole run waits for that in the end, and thousands of times would be slow.
            write_whole(path, one.thumbnail, durable=False)
    return replace(one, thumbnail=b"")


def embedded(
    opened: Sequence[Opened | PlateFailure], networks: Mapping[str, Forward], batch_size: int
) -> list[PlateResult | PlateFailure]:
    """Run the networks over opened plates; one in which a network sees nothing is left out."""
    waiting: dict[str, list[tuple[PlateResult, int, np.ndarray]]] = {name: [] for name in networks}
    for one in opened:
        if not isinstance(one, PlateFailure):
            _, result, shaped = one
            for (name, view), array in shaped.items():
                waiting[name].append((result, view, array))
    for name, network in networks.items():
        for start in range(0, len(waiting[name]), batch_size):
            batch = waiting[name][start : start + batch_size]
            vectors = network(np.stack([array for _, _, array in batch]))
            for (result, view, _), vector in zip(batch, vectors, strict=True):
                _keep(result, name, view, vector)
    return [one if isinstance(one, PlateFailure) else _seen(one[0], one[1]) for one in opened]


def _keep(result: PlateResult, name: str, view: int, vector: np.ndarray) -> None:
    if view == WHOLE:
        result.embeddings[name] = vector.copy()
    elif view == FLIPPED:
        result.mirrored[name] = vector.copy()
    else:
        rows = result.parts.setdefault(name, np.zeros((PARTS, len(vector)), np.float32))
        rows[view - FIRST_PART] = vector


def _seen(file: str, result: PlateResult) -> PlateResult | PlateFailure:
    for name, vector in result.embeddings.items():
        # No cosine can be taken of such a row; found later, it would end the run.
        if not _usable(vector):
            return PlateFailure(result.plate_id, file, f"{name} sees nothing in it: its embedding is empty")
    mirrored = {name: vector for name, vector in result.mirrored.items() if _usable(vector)}
    parts = {name: rows for name, rows in result.parts.items() if all(map(_usable, rows))}
    if len(mirrored) == len(result.mirrored) and len(parts) == len(result.parts):
        return result
    return replace(result, mirrored=mirrored, parts=parts)


def _usable(vector: np.ndarray) -> bool:
    return bool(np.isfinite(vector).all() and vector.any())


_loaded: tuple[str, dict[str, Forward]] = ("", {})


def _networks(job: Job) -> Mapping[str, Forward]:
    """The networks of a job, loaded once in this process; one thread each in a worker, which has one core."""
    global _loaded
    if _loaded[0] != job.number:
        threads = 1 if multiprocessing.parent_process() is not None else None
        _loaded = (
            job.number,
            {name: engine.load(job.batch_size, threads) for name, engine in job.engines.items()},
        )
    return _loaded[1]
