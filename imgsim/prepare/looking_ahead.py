"""What a run would take for plates, before it looks at anything: pages stand for what was cut out of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from imgsim.errors import CollectionError
from imgsim.images.files import ImageFile

if TYPE_CHECKING:
    from imgsim.generation.generation import Generation


def expected_plates(collection: Generation, files: Sequence[ImageFile]) -> list[ImageFile]:
    """The files with the plates of each page in its place, as the collection has them; other files as they are."""
    try:
        pages, frame = collection.pages, collection.catalogue.frame
    except CollectionError:
        return list(files)
    if pages is None:
        return list(files)
    known = {(page.root, page.file): page for page in pages}
    columns = (frame[name].tolist() for name in ("plate_id", "file", "root", "bytes"))
    cut = {
        (found[0].root, found[0].file, file): ImageFile(plate_id, file, root, size, 0)
        for plate_id, file, root, size in zip(*columns, strict=True)
        if (found := pages.of_plate(root, file)) is not None
    }
    plates: list[ImageFile] = []
    for file in files:
        page = known.get((file.root, file.file))
        if page is None:
            plates.append(file)
        else:
            places = (page.plates or {}).values()
            plates += [cut[key] for place in places if (key := (page.root, page.file, place)) in cut]
    return plates
