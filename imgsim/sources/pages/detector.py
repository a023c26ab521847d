"""The page detector: finds the pictures on a page, and says whether it is a page, an opening, or turned."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from safetensors import SafetensorError
from safetensors.numpy import load_file

from imgsim.base.hashing import file_sha256, key_of
from imgsim.base.onnx_file import open_session
from imgsim.errors import WeightsError
from imgsim.sources.pages.edges import InkPage, ink_of, refined, whole
from imgsim.sources.pages.folds import fold_of
from imgsim.sources.pages.page_graph import INPUT, OUTPUTS, page_graph
from imgsim.sources.pages.page_maps import MARKS, REACH, TURNS, PageMaps, entered
from imgsim.sources.pages.page_pixels import ReadPage, read
from imgsim.sources.pages.reading_order import reading_order
from imgsim.sources.pages.regions import PageLayout, Region
from imgsim.sources.pages.turning import TRANSPOSED, sure_turn, turned_back
from imgsim.sources.pages.voting import found

BUNDLED = Path(__file__).resolve().parents[2] / "weights" / "pages.safetensors"
# Part of the key: whatever changes what the same weights find on the same page must change it.
VERSION = 1

# Least score of a region of each kind.
LEAST_SCORE = {"illustration": 0.5, "ornament": 0.5, "initial": 0.5}
# What the network is less sure of is taken for a picture by itself.
SURE_PAGE = 0.85


class PageDetector:
    """Finds pictures on pages. Made by :func:`load_detector`; small enough to load in each worker process.

    Attributes
    ----------
    key : stands for the weights and all that is done with their answers; another key may find other regions.
    """

    def __init__(self, session: Any, key: str) -> None:
        self.session, self.key = session, key

    def detect(self, image: Image.Image) -> PageLayout:
        """Say what is on a page, given as it is opened: any mode, any size of at least a pixel."""
        grey = image if image.mode == "L" else image.convert("L")
        page, ink = read(grey), ink_of(grey)
        maps = self.maps(page.pixels)
        page_score = maps.page
        turn = sure_turn(maps, page, ink)
        upright = grey.transpose(TRANSPOSED[turn]) if turn else grey
        if turn:
            page, ink = read(upright), ink_of(upright)
            maps = self.maps(page.pixels)
        fold = fold_of(maps, page)
        if fold is None:
            x, regions = None, _regions(maps, page, ink)
        else:
            x = round(fold * page.scale[0])
            regions = self._on(upright, 0, x) + self._on(upright, x, upright.width)
        gutter = None if x is None else turned_back((x, 0, x + 1, 1), turn, grey.size)[turn in (90, 270)]
        return PageLayout(
            tuple(replace(region, box=turned_back(region.box, turn, grey.size)) for region in regions),
            page_score >= SURE_PAGE or x is not None,
            round(page_score, 4),
            turn,
            gutter,
            round(_text(maps), 4),
        )

    def _on(self, opening: Image.Image, left: int, right: int) -> list[Region]:
        """The regions of one page of an opening, looked at by itself."""
        grey = opening.crop((left, 0, right, opening.height))
        page = read(grey)
        found_there = _regions(self.maps(page.pixels), page, ink_of(grey))
        return [
            replace(region, box=(region.box[0] + left, region.box[1], region.box[2] + left, region.box[3]))
            for region in found_there
        ]

    def maps(self, pixels: np.ndarray) -> PageMaps:
        """The network's answer for a read page, uint8 (h, w) with h and w multiples of 32."""
        marks, votes, whole = self.session.run(list(OUTPUTS), {INPUT: entered(pixels[None])})
        turns, page = whole[0, : len(TURNS)], whole[0, len(TURNS)]
        turns = np.exp(turns - turns.max())
        edges = np.logaddexp(np.float32(0), votes[0, :4]) * np.float32(REACH)
        return PageMaps(
            _logistic(marks[0]), edges, _logistic(votes[0, 4]), turns / turns.sum(), float(_logistic(page))
        )


def load_detector(path: Path | None = None, threads: int = 1) -> PageDetector:
    """Load the page detector, from imgsim's own weights or from others of ``imgsim train pages``.

    Raises WeightsError when the file is missing, damaged, or not of a page network.
    """
    key, path = detector_key(path), path or BUNDLED
    try:
        state = load_file(path)
        session = open_session(page_graph(state), threads)
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise WeightsError(
            f"{path} cannot be read as weights of the page network: {error}. Name another file."
        ) from error
    return PageDetector(session, key)


def detector_key(path: Path | None = None) -> str:
    """The key that a detector of these weights would have, without loading it. Raises WeightsError without a file."""
    try:
        return key_of(weights=file_sha256(path or BUNDLED), version=VERSION)
    except OSError as error:
        raise WeightsError(f"{path or BUNDLED} cannot be read ({error.strerror}). Name another file.") from None


def _logistic(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logits, -30, 30)))


def _text(maps: PageMaps) -> float:
    return float((maps.marks[MARKS.index("text")] > 0.5).mean())


def _regions(maps: PageMaps, page: ReadPage, ink: InkPage) -> list[Region]:
    """The regions of a page that stands upright, in its own pixels and in reading order."""
    scale = np.array([*page.scale, *page.scale])
    return reading_order(
        [
            Region(whole(refined(one.box * scale, ink), ink.size), one.kind, round(one.score, 4))
            for one in found(maps)
            if one.score >= LEAST_SCORE[one.kind]
        ]
    )
