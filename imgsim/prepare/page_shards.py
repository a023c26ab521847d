"""What is made of pages: pure functions over shards of them. The illustrations are found, then cut out."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PIL import Image

from imgsim.base.writing import disk_errors, write_whole
from imgsim.catalogue.book_pages import ILLUSTRATION, Cut, checked_cuts
from imgsim.errors import ImageError, ImgsimError
from imgsim.images.content import length
from imgsim.images.content import sha256 as content_sha256
from imgsim.images.decoding import open_image
from imgsim.images.overheard import overheard

if TYPE_CHECKING:
    from imgsim.images.files import ImageFile
    from imgsim.sources.pages import PageLayout

Detect = Callable[[Image.Image], "PageLayout"]


class PageFinder(Protocol):
    """Finds illustrations on pages; can be sent to another process.

    ``key`` stands for everything that shapes what it finds.
    """

    @property
    def key(self) -> str: ...

    def load(self) -> Detect:
        """What looks at a page; called once in each process."""
        ...


@dataclass(frozen=True)
class DetectorFile:
    """The network in a file; None: the one that comes with imgsim."""

    key: str
    path: Path | None = None

    def load(self) -> Detect:
        return _loaded(self.path)


@functools.cache
def _loaded(path: Path | None) -> Detect:
    from imgsim.sources.pages import load_detector

    return load_detector(path).detect


@dataclass(frozen=True)
class PageFinding:
    """What is on a page, or (``reason``) why it could not be looked at.

    ``text`` is the share of it that set text covers, 0 to 1; ``warned`` what decoders said while it was opened.
    """

    sha256: str
    bytes: int = 0
    width: int = 0
    height: int = 0
    text: float = 0.0
    turn: int = 0
    gutter: int | None = None
    cuts: tuple[Cut, ...] = ()
    reason: str = ""
    warned: tuple[str, ...] = ()


@dataclass(frozen=True)
class Slice:
    """A picture to be cut out of a page, and where it is to lie."""

    box: tuple[int, int, int, int]
    turn: int
    target: Path


# A page, the SHA-256 that it is to have, and what is to be cut out of it.
Slices = tuple["ImageFile", str, Sequence[Slice]]


def find_on_pages(shard: Sequence[ImageFile], *, finder: PageFinder) -> list[PageFinding]:
    """Look at each page; one result a page, in their order."""
    detect = finder.load()
    found = []
    for file in shard:
        with overheard() as said:
            one = _finding(file, detect)
        found.append(replace(one, warned=tuple(said)))
    return found


def _finding(file: ImageFile, detect: Detect) -> PageFinding:
    digest = ""
    try:
        content = file.content()
        digest = content_sha256(content)
        image = open_image(content).image
        layout = detect(image)
        # In the manner of ECCO the illustrations of a page are counted from 0, in the order of reading.
        regions = sorted(layout.regions, key=lambda region: region.kind != ILLUSTRATION)
        cuts = checked_cuts(
            [[number, list(region.box), region.kind, min(1.0, max(0.0, float(region.score)))]
             for number, region in enumerate(regions)],
            *image.size,
        )  # fmt: skip
    except ImageError as error:
        return PageFinding(digest, reason=str(error))
    except MemoryError:
        return PageFinding(digest, reason="needs more memory than is free")
    except Exception as error:
        # Whatever a decoder or a user's own network raises costs this page and not the run.
        return PageFinding(digest, reason=f"could not be looked at ({type(error).__name__}: {error})")
    return PageFinding(
        digest, length(content), *image.size, float(layout.text), int(layout.turn), layout.gutter, cuts
    )


def cut_out(shard: Sequence[Slices]) -> list[list[bytes] | str]:
    """Cut pictures out of pages, as PNG without loss; or say why a page could not be cut."""
    with overheard():  # what they say was said when the pages were looked at
        return [_cut_out(*item) for item in shard]


def _cut_out(file: ImageFile, sha256: str, slices: Sequence[Slice]) -> list[bytes] | str:
    try:
        content = file.content()
        if content_sha256(content) != sha256:
            return "it has changed while the run went on"
        opened = open_image(content)
        return [_png(opened.image, one, bilevel=opened.original_mode == "1") for one in slices]
    except ImgsimError as error:
        return str(error)
    except MemoryError:
        return "needs more memory than is free"
    except Exception as error:
        return f"could not be cut ({type(error).__name__}: {error})"


def cuts_written(page: Slices, pictures: list[bytes] | str) -> list[int] | str:
    """Write what :func:`cut_out` gave for a page: sizes in bytes, or why it could not be cut.

    Raises ImgsimError where a picture cannot be written.
    """
    if isinstance(pictures, str):
        return pictures
    for one, picture in zip(page[2], pictures, strict=True):
        with disk_errors(one.target.parent):
            one.target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(one.target, picture, durable=False)
    return [len(picture) for picture in pictures]


def _png(page: Image.Image, one: Slice, *, bilevel: bool) -> bytes:
    picture = page.crop(one.box)
    if one.turn:
        turns = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
        picture = picture.transpose(turns[one.turn])
    if bilevel:
        picture = picture.convert("1", dither=Image.Dither.NONE)
    stream = io.BytesIO()
    picture.save(stream, "PNG", compress_level=6)
    return stream.getvalue()
