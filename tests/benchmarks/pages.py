"""How well are pictures found on real pages, beside a classical way?

    IMGSIM_PAGES=FOLDER python -m tests.benchmarks.pages [FOLDER] [--books odd] [--weights FILE] [--list]

FOLDER (by default ../shared/pages) holds images/, pages.csv (file, book, kind, width, height) and boxes.csv (file, x0,
y0, x1, y1, kind). It prints precision and recall over illustrations at an overlap of .50 and of .75, and pages a second
on one core, decoding included; `--books even` or `odd` judges by one half of the books, as `imgsim train pages --books`
parts them.
Nothing is downloaded.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
from PIL import Image

from imgsim.images.decoding import open_image
from imgsim.sources.pages import PageLayout, load_detector
from imgsim.training.pages.page_run import learned_from
from tests.benchmarks.classical_pages import classical
from tests.benchmarks.page_scores import Box, Tally, TruePage, judged, true_pages

OVERLAPS = (0.5, 0.75)
DEFAULT = Path(os.environ.get("IMGSIM_PAGES", "../shared/pages"))


def main(words: Sequence[str]) -> None:
    """Print the scores of the page network and of the classical way."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=DEFAULT)
    parser.add_argument("--books", choices=["all", "even", "odd"], default="all")
    parser.add_argument("--weights", type=Path, help="of the page network (default: the bundled ones)")
    parser.add_argument("--list", action="store_true", help="name the pages with wrong or missed boxes")
    given = parser.parse_args(words)
    cv2.setNumThreads(1)
    pages = [page for page in true_pages(given.folder) if learned_from(page.book, given.books)]
    detector = load_detector(given.weights)
    layouts: dict[str, PageLayout] = {}

    def by_network(image: Image.Image, file: str) -> list[Box]:
        layouts[file] = detector.detect(image)
        return [region.box for region in layouts[file].regions if region.kind == "illustration"]

    print(f"{len(pages)} pages of {len({page.book for page in pages})} books ({given.books})")
    _told("page network", given.folder, pages, by_network, given.list)
    _told("classical", given.folder, pages, lambda image, file: classical(image), False)
    kept = sum(layout.is_page for layout in layouts.values())
    turned, openings = (
        sum(map(bool, values))
        for values in zip(*[(v.turn, v.gutter is not None) for v in layouts.values()], strict=True)
    )
    print(f"taken for pages: {kept} of {len(layouts)}; called turned: {turned}; called openings: {openings}")


def _told(
    name: str,
    folder: Path,
    pages: Sequence[TruePage],
    find: Callable[[Image.Image, str], Sequence[Box]],
    listed: bool,
) -> None:
    tallies = [Tally() for _ in OVERLAPS]
    spent = 0.0
    for page in pages:
        data = (folder / "images" / page.file).read_bytes()
        started = time.process_time()
        boxes = find(open_image(data).image, page.file)
        spent += time.process_time() - started
        for least, tally in zip(OVERLAPS, tallies, strict=True):
            wrong, missed = judged(page, boxes, least, tally)
            if listed and (wrong or missed):
                shown = [[list(map(int, box)) for box in boxes] for boxes in (wrong, missed)]
                print(f"  {least} {page.file} wrong {shown[0]} missed {shown[1]}")
    for least, tally in zip(OVERLAPS, tallies, strict=True):
        print(
            f"{name:14} IoU {least:.2f}: precision {tally.precision:.3f} recall {tally.recall:.3f} ({tally.right} "
            f"right, {tally.wrong} wrong, {tally.missed} missed, {tally.ignored} on ornaments and initials)"
        )
    print(f"{name:14} {len(pages) / spent:.1f} pages a second on one core")


if __name__ == "__main__":
    main(sys.argv[1:])
