"""What is done with one plate: read once, opened once, and made into everything that is needed of it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from imgsim.backbones import Backbone
from imgsim.backbones.known import READ_SIDE
from imgsim.base.writing import disk_errors, write_whole
from imgsim.errors import ImageError
from imgsim.images.decoding import open_image
from imgsim.images.thumbnails import thumbnail


class PlateFile(Protocol):
    """What is asked of an image file; :class:`imgsim.images.files.ImageFile` is one."""

    @property
    def plate_id(self) -> str: ...

    @property
    def file(self) -> str: ...

    def read(self) -> bytes: ...


Reader = Callable[[PlateFile], bytes]


def read_file(file: PlateFile) -> bytes:
    """Read a plate's bytes: the reader used unless a caller names another."""
    return file.read()


@dataclass(frozen=True)
class PlateResult:
    """A plate that could be read.

    Attributes
    ----------
    width, height : upright original, in pixels.
    embeddings : one float32 (dimension,) of length 1 for each backbone that was asked for.
    """

    plate_id: str
    sha256: str
    width: int
    height: int
    mode: str
    frames: int
    bytes: int
    embeddings: dict[str, np.ndarray]


@dataclass(frozen=True)
class PlateFailure:
    """A plate that is left out, and why."""

    plate_id: str
    file: str
    reason: str


def read_plate(
    file: PlateFile, backbones: Sequence[Backbone], *, thumbnails: Path | None, reader: Reader = read_file
) -> tuple[PlateResult, dict[str, np.ndarray]]:
    """Decode a plate once; write its thumbnail and shape it for each backbone.

    Returns the result, its embeddings still empty, and uint8 (channels, size, size) for each backbone.
    Raises ImageError when the plate cannot be used, ImgsimError when its thumbnail cannot be written.
    """
    try:
        data = reader(file)
        opened = open_image(data, reduce_to=READ_SIDE)
        arrays = {backbone.name: backbone.shape(opened.image) for backbone in backbones}
        digest = hashlib.sha256(data).hexdigest()
        small = None
        if thumbnails is not None and not (thumbnails / f"{digest}.webp").exists():
            small = thumbnail(opened.image)
    except ImageError:
        raise
    except MemoryError:
        raise ImageError("needs more memory than is free") from None
    except Exception as error:
        # Decoders meet damage that nobody foresaw; whatever they raise, it costs this plate and not the run.
        raise ImageError(f"could not be decoded ({type(error).__name__}: {error})") from error
    if thumbnails is not None and small is not None:
        with disk_errors(thumbnails):
            # Not to the disk at once: a whole run waits for that in the end, and thousands of times would be slow.
            write_whole(thumbnails / f"{digest}.webp", small, durable=False)
    width, height = opened.size
    result = PlateResult(
        file.plate_id, digest, width, height, opened.original_mode, opened.frames, len(data), embeddings={}
    )
    return result, arrays


def needed_backbones(
    file: PlateFile,
    backbones: Mapping[str, Backbone],
    needs: Callable[[PlateFile], set[str]] | Mapping[str, set[str]] | None,
) -> tuple[str, ...]:
    """Return the names of the backbones that a plate still needs, in the order of `backbones`."""
    if needs is None:
        return tuple(backbones)
    wanted = needs(file) if callable(needs) else needs.get(file.plate_id, set())
    return tuple(name for name in backbones if name in wanted)
