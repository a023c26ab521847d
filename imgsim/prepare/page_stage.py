"""The stage between the images that are handed in and the plates: which are pages, and what is on them.

A page gives as many plates as illustrations are on it, cut out and kept with the collection; what is no page is a plate
itself. Boxes that people corrected count instead of those that the network finds.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from imgsim.base.hashing import key_of
from imgsim.base.writing import disk_errors
from imgsim.catalogue.book_pages import BookPage, Cut, cut_file
from imgsim.catalogue.values import fold
from imgsim.collection.page_corrections import Correction, PageCorrections
from imgsim.errors import ImgsimError
from imgsim.images.files import ImageFile
from imgsim.prepare.carried_corrections import carried, tell_of
from imgsim.prepare.cut_index import CUT_VERSION, CutIndex
from imgsim.prepare.cut_numbers import numbered
from imgsim.prepare.kept_pages import KeptPages
from imgsim.prepare.options import ALWAYS, AUTO, NEVER, PAGE_MODES
from imgsim.prepare.page_folders import ALL, SOME, Place, is_cut, places_of
from imgsim.prepare.page_shards import PageFinder, PageFinding, Slice, Slices

if TYPE_CHECKING:
    from imgsim.base.progress import Reporter
    from imgsim.prepare.processor import Processor

# Of each folder so many files are looked at before it is said what the folder holds.
SAMPLE = 16
# A page is known by its text: a plate may fill a page with captions and margins. Of 263 real pages with text 260 have
# this share of it, of 356 real plates one. And on a page of fewer pixels no line could be read.
LEAST_TEXT, LEAST_SIDE = 0.03, 400
_INDEX = "cuts.json"
_NAMED = 5  # folders that are named in a note


@dataclass
class Paged:
    """What came of the images that were handed in.

    Attributes
    ----------
    plates : whole images and cut ones, sorted by plate_id.
    pages : those that were looked at as pages, with their boxes.
    skipped : (file, why) of pages that could not be read.
    scans : of each cut plate, by its id: the page it is on, and its box.
    """

    plates: list[ImageFile]
    pages: list[BookPage] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    scans: dict[str, tuple[BookPage, Cut]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Stands for all that is said of pages."""
        return key_of(version=CUT_VERSION, pages=[_plain(page) for page in self.pages])


def _plain(page: BookPage) -> list[object]:
    cuts = [[cut.number, cut.box, cut.kind, cut.score] for cut in page.cuts]
    plates = sorted((page.plates or {}).items())
    return [
        page.page_id, page.root, page.file, page.sha256, page.turn, page.gutter, cuts, page.by,
        page.plate_root, plates,
    ]  # fmt: skip


def cut_pages(
    files: Sequence[ImageFile], mode: str, *, folder: Path, work: Path, finder: Callable[[], PageFinder],
    processor: Processor, reporter: Reporter, known: Mapping[tuple[str, str], float],
    before: Sequence[BookPage], new: Sequence[ImageFile],
) -> Paged:  # fmt: skip
    """Tell pages from plates, and cut the plates out of the pages.

    Parameters
    ----------
    files : every image that was handed in.
    mode : "auto": what a folder holds is found out from some of its files; "always": all are pages; "never": none is.
    folder, work : the collection's folder, and its work folder.
    finder : gives what finds illustrations; called only where a file must be looked at.
    known : (root, folder) -> what it holds, as :func:`held_pages` has it; asked before any file.
    before : the pages of the generation before: boxes keep their numbers, and pass on to better scans.
    new : files that the generation before did not have. Pages among them that lie in a folder of plates stay whole, as
        all files there; that is said.

    Raises
    ------
    ImgsimError
        The cut pictures cannot be written, or the corrections that people made cannot be read.
    """
    places = places_of((file.root, file.file) for file in files)
    doubtful = [
        file for file in files
        if mode == ALWAYS or (mode == AUTO and not is_cut(file.file) and known.get(places[file.root, file.file], ALL))
    ]  # fmt: skip
    among_plates = [
        file for file in new
        if mode == AUTO and known.get(places[file.root, file.file]) == 0 and not is_cut(file.file)
    ]  # fmt: skip
    corrections = PageCorrections(folder).standing()
    if mode == NEVER or not (doubtful or among_plates):
        return Paged(list(files))
    search = _Search([*doubtful, *among_plates], places, finder(), work, processor, reporter)
    search.mind(among_plates)
    search.sample(mode, known)
    search.look([file for file in doubtful if search.may_be_page(file)])
    passed = carried(folder, corrections, before, files, search.found)
    corrections |= {correction.sha256: correction for correction in passed.values()}
    cuts_of = {page.sha256: page.cuts for page in before}
    paged = Paged([])
    for file in files:
        finding = search.found.get(file.plate_id)
        correction = corrections.get(finding.sha256) if finding is not None else None
        if finding is None or not search.is_page(file, finding, correction):
            paged.plates.append(file)
        elif finding.reason:
            paged.skipped.append((file.file, f"as a page: {finding.reason}"))
        else:
            cuts = numbered(finding.cuts, cuts_of.get(finding.sha256, ()))
            paged.pages.append(_page(file, replace(finding, cuts=cuts), correction))
    _cut(paged, {file.plate_id: file for file in files}, folder / "source", processor, reporter)
    paged.plates.sort(key=lambda file: file.plate_id)
    used = {finding.sha256 for finding in search.found.values()} | {one.former for one in corrections.values()}
    tell_of(set(corrections) - used, len(passed), reporter.note)
    return paged


def _seems_page(finding: PageFinding) -> bool:
    return finding.text >= LEAST_TEXT and max(finding.width, finding.height) >= LEAST_SIDE


def _sample(files: list[ImageFile]) -> list[ImageFile]:
    """Some of many files, from all over."""
    step = max(1, len(files) // SAMPLE)
    return files[step // 2 :: step][:SAMPLE]


class _Search:
    """Looks at files as pages; ``found`` by plate_id."""

    def __init__(
        self, files: Sequence[ImageFile], places: Mapping[Place, Place], finder: PageFinder, work: Path,
        processor: Processor, reporter: Reporter,
    ) -> None:  # fmt: skip
        self._finder, self._processor, self._reporter = finder, processor, reporter
        self._kept = KeptPages(work / "pages", finder.key, files, reporter.note)
        self._places: dict[tuple[str, str], list[ImageFile]] = defaultdict(list)
        for file in files:
            self._places[places[file.root, file.file]].append(file)
        self._place = places
        self._share: dict[tuple[str, str], float] = {}
        self.found: dict[str, PageFinding] = {}

    def sample(self, mode: str, known: Mapping[tuple[str, str], float]) -> None:
        """Find out what each folder holds."""
        asked: dict[tuple[str, str], list[ImageFile]] = {}
        for place, files in self._places.items():
            if mode == ALWAYS or place in known:
                self._share[place] = ALL if mode == ALWAYS else known[place]
            else:
                asked[place] = _sample(files)
        self.look([file for files in asked.values() for file in files], "telling pages from plates")
        for place, files in asked.items():
            readable = [self.found[file.plate_id] for file in files if not self.found[file.plate_id].reason]
            self._share[place] = sum(map(_seems_page, readable)) / max(1, len(readable))
        self._tell(list(asked))

    def mind(self, files: Sequence[ImageFile]) -> None:
        """Say where new files in a folder of plates are pages, of which the illustrations are not cut out."""
        asked: dict[tuple[str, str], list[ImageFile]] = defaultdict(list)
        for file in files:
            asked[self._place[file.root, file.file]].append(file)
        for (root, folder), all_of_them in asked.items():
            some = _sample(all_of_them)
            self.look(some, "telling pages from plates")
            if sum(_seems_page(self.found[file.plate_id]) for file in some) >= ALL * len(some):
                count = len(all_of_them)
                seem = "1 new image seems to be a page" if count == 1 else f"{count:,} new images seem to be pages"
                self._reporter.note(
                    f"{os.path.basename(folder or root)}: {seem} of books. The others there are plates, so what is new "
                    "is taken for plates, too. To have illustrations cut out, put pages into a folder of their own."
                )

    def _tell(self, places: Sequence[tuple[str, str]]) -> None:
        """Say what was found out: folders that hold pages, and mixed ones, each by its name."""
        for least, most, words in ((ALL, 2.0, "pages of books"), (SOME, ALL, "pages of books and plates")):
            held = [place for place in places if least <= self._share[place] < most]
            found = [os.path.basename(folder or root) for root, folder in held]
            if found:
                more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
                self._reporter.note(
                    f"{', '.join(found[:_NAMED])}{more}: {words}, whose illustrations are cut out."
                )

    def may_be_page(self, file: ImageFile) -> bool:
        return self._share[self._place[file.root, file.file]] >= SOME

    def is_page(self, file: ImageFile, finding: PageFinding, correction: Correction | None) -> bool:
        """Whether a file that was looked at is a page."""
        share = self._share[self._place[file.root, file.file]]
        return correction is not None or share >= ALL or (share >= SOME and _seems_page(finding))

    def look(self, files: Sequence[ImageFile], why: str = "looking for illustrations on pages") -> None:
        """Look at files that were not looked at yet; every result is kept within seconds."""
        self.found |= self._kept.recall([file for file in files if file.plate_id not in self.found])
        todo = [file for file in files if file.plate_id not in self.found]
        try:
            if todo:
                with self._reporter.stage(why, len(todo)) as stage:
                    found = self._processor.find_on_pages(todo, self._finder)
                    for done, (file, finding) in enumerate(found, 1):
                        self.found[file.plate_id] = finding
                        self._reporter.warn(file.file, finding.warned)
                        self._kept.add(file, finding)
                        stage.update(done, len(todo))
        finally:
            self._kept.flush()


def _page(file: ImageFile, finding: PageFinding, correction: Correction | None) -> BookPage:
    page = BookPage(
        file.plate_id, file.root, file.file, finding.sha256, finding.width, finding.height, finding.turn,
        finding.gutter, finding.cuts,
    )  # fmt: skip
    if correction is not None and correction.cuts is not None:
        return replace(page, cuts=correction.cuts, by=correction.reviewer)
    return page


def _cut(
    paged: Paged, files: Mapping[str, ImageFile], source: Path, processor: Processor, reporter: Reporter
) -> None:
    """Cut out what is not cut out yet, and add it to the plates."""
    index = CutIndex(source / _INDEX)
    taken = {fold(plate.plate_id) for plate in paged.plates}
    todo: list[Slices] = []
    for number, page in enumerate(paged.pages):
        root = source / "cuts" / _label(page.root)
        places = {cut.number: cut_file(page.file, cut.number) for cut in page.illustrations}
        paged.pages[number] = replace(page, plate_root=str(root), plates=places)
        slices = [Slice(cut.box, page.turn, root / places[cut.number]) for cut in page.illustrations]
        missing = [one for one in slices if not index.has(one, page.sha256)]
        if missing:
            todo.append((files[page.page_id], page.sha256, missing))
    failed: dict[str, str] = {}
    if todo:
        with reporter.stage("cutting out illustrations", len(todo)) as stage, disk_errors(source):
            try:
                for done, ((file, sha256, wanted), outcome) in enumerate(processor.cut_out(todo), 1):
                    if isinstance(outcome, str):
                        failed[file.plate_id] = outcome
                    else:
                        index.add(wanted, sha256)
                    stage.update(done, len(todo))
            finally:
                index.write()
    _add_plates(paged, failed, taken)


def _add_plates(paged: Paged, failed: Mapping[str, str], taken: set[str]) -> None:
    pages, paged.pages = paged.pages, []
    for page in pages:
        if page.page_id in failed:
            paged.skipped.append((page.file, f"as a page: {failed[page.page_id]}"))
            continue
        paged.pages.append(page)
        for cut in page.illustrations:
            place = (page.plates or {})[cut.number]
            status = (Path(page.plate_root) / place).stat()
            plate_id = f"{page.page_id}_{cut.number}"
            while fold(plate_id) in taken:  # a folder of pages that has pictures of such a name, too
                plate_id += "_cut"
            taken.add(fold(plate_id))
            paged.plates.append(ImageFile(plate_id, place, page.plate_root, status.st_size, status.st_mtime_ns))
            paged.scans[plate_id] = page, cut


def _label(root: str) -> str:
    """The folder of the pictures that are cut out of the pages below a root."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", os.path.basename(root)).strip("-.")[:40] or "pages"
    return f"{name}-{hashlib.sha256(root.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def check_mode(mode: str) -> str:
    """Return ``mode``; ImgsimError where it is none of :data:`PAGE_MODES`."""
    if mode not in PAGE_MODES:
        raise ImgsimError(f"pages is {mode!r}, but one of {', '.join(PAGE_MODES)} is wanted.")
    return mode
