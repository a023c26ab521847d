"""What is done with one plate: read once, opened once, and made into everything that is needed of it."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from imgsim.backbones import Backbone
from imgsim.errors import ImageError, ImgsimError
from imgsim.images.opening import open_image
from imgsim.images.thumbnails import thumbnail

# No thumbnail and no network needs a longer side; the decoder leaves twice as much, for the last filtered scaling.
# The same for every plate and every choice of backbones, so that a vector depends on its image alone.
READ_SIDE = 320

# A full disk, a limit on file sizes (ulimit -f), a quota.
_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class PlateFile(Protocol):
    """What is asked of an image file; :class:`imgsim.images.sources.ImageFile` is one."""

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
        write_whole(thumbnails / f"{digest}.webp", small)
    width, height = opened.size
    result = PlateResult(
        file.plate_id, digest, width, height, opened.original_mode, opened.frames, len(data), embeddings={}
    )
    return result, arrays


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under a temporary name and rename it, so that nobody ever reads half of it.

    Raises ImgsimError when the disk does not take it.
    """
    temporary = None
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        if error.errno in _FULL:
            from imgsim.collection.writing import disk_errors  # not above: workers start without collections

            with disk_errors(path.parent):  # it names the disk
                raise OSError(error.errno, error.strerror, str(path)) from error
        raise ImgsimError(
            f"{path} could not be written: {error.strerror or error}. Make room or choose another folder by --out."
        ) from error


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
