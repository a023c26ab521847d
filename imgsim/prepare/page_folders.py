"""Which folders hold pages: what one says, and what the generation before has of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from imgsim.catalogue.values import ecco_parts
from imgsim.errors import CollectionError
from imgsim.images.containers import INSIDE, as_path, stem
from imgsim.prepare.options import AUTO

if TYPE_CHECKING:
    from imgsim.generation.generation import Generation
    from imgsim.images.files import ImageFile

# The shares of pages with text among the files of a folder from which those are pages, and from which all are: also its
# full-page plates, and what is blank.
SOME, ALL = 0.15, 0.4
Place = tuple[str, str]  # a root, and what lies below it


def is_cut(file: str) -> bool:
    """Whether a file's name says that it is an illustration, cut out of a page of ECCO."""
    return ecco_parts(stem(as_path(file))) is not None


def places_of(files: Iterable[Place]) -> dict[Place, Place]:
    """The folder or document of each file (root, file): what is decided for some of its files holds for all.

    The first page of a TIFF of several pages is called as the TIFF is, and lies in it like the others.
    """
    files = list(files)
    documents = {(root, file.rpartition(INSIDE)[0]) for root, file in files if INSIDE in file}
    names = {one: one[1] + INSIDE if one in documents else one[1] for one in files}
    return {one: (one[0], as_path(name).rpartition("/")[0]) for one, name in names.items()}


def strangers(files: Iterable[ImageFile], live: Generation | None) -> list[ImageFile]:
    """The files of which the generation before had no plate and no page."""
    try:
        frame, pages = (live.catalogue.frame, live.pages) if live is not None else (None, None)
    except CollectionError:
        return []
    if frame is None:
        return []
    seen = {*zip(frame["root"], frame["file"], strict=True), *((page.root, page.file) for page in pages or ())}
    return [file for file in files if (file.root, file.file) not in seen]


def held_pages(live: Generation | None) -> dict[tuple[str, str], float]:
    """What each folder held in the generation before: ALL for pages alone, SOME for pages and plates, 0 for plates.

    Nothing is known where somebody had said what all files are.
    """
    if live is None or live.manifest["parameters"].get("pages", AUTO) != AUTO:
        return {}
    try:
        frame, pages = live.catalogue.frame, live.pages
    except CollectionError:
        return {}
    whole = [one for one in zip(frame["root"], frame["file"], strict=True) if not is_cut(one[1])]
    paged = [(page.root, page.file) for page in pages or ()]
    places = places_of([*whole, *paged])
    held, paged = dict.fromkeys((places[one] for one in whole), 0.0), [places[one] for one in paged]
    return held | {place: SOME if place in held else ALL for place in paged}
