"""Pages as CSV: the boxes on each, with who drew them and which plate was cut from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from imgsim.base.cells import body, header
from imgsim.catalogue.book_pages import BookPage, Cut
from imgsim.export.request import STEP, Chunk, Request

# What they mean: see imgsim.export.columns.
_COLUMNS = (
    "page_id", "file", "page_width", "page_height", "number", "box", "kind", "score", "by", "plate_id",
)  # fmt: skip


class _Row(NamedTuple):
    page: BookPage
    cut: Cut | None
    plate_id: str


def boxes(request: Request) -> list[_Row]:
    """The boxes of the pages that the plates of a request were cut from; of a whole collection those of every page."""
    pages = request.collection.pages
    frame = request.catalogue.frame
    ids = dict(zip(zip(frame["root"], frame["file"], strict=True), frame["plate_id"], strict=True))
    chosen = set(frame["plate_id"].iloc[request.chosen])
    found: list[_Row] = []
    for page in pages or ():
        plates = {
            number: ids.get((page.plate_root, file), "") for number, file in (page.plates or {}).items()
        }
        if request.rows is not None and not chosen & set(plates.values()):
            continue
        rows = [_Row(page, cut, plates.get(cut.number, "")) for cut in page.cuts]
        found += rows or [_Row(page, None, "")]
    return found


def page_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the boxes: one row each, and one for each page without any."""
    rows = boxes(request)
    yield Chunk(header(_columns(request, [])))
    for start in range(0, len(rows), STEP):
        part = rows[start : start + STEP]
        yield Chunk(body(_columns(request, part)), len(part))


def _columns(request: Request, rows: Sequence[_Row]) -> dict[str, Sequence]:
    values = [
        (
            page.page_id, page.file, page.width, page.height, cut and cut.number, cut and " ".join(map(str, cut.box)),
            cut and cut.kind, cut and round(cut.score, 4), page.by, plate_id,
        )
        for page, cut, plate_id in rows
    ]  # fmt: skip
    found: dict[str, Sequence] = {name: [value[at] for value in values] for at, name in enumerate(_COLUMNS)}
    return found | {"collection": [request.collection.name] * len(rows), "date": [request.date] * len(rows)}
