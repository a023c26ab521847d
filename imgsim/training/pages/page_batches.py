"""Batches of scanned pages and what the network should say of them, each drawn from its step number alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from imgsim.sources.pages.page_maps import KINDS, MARK_STRIDE, MARKS, VOTE_STRIDE
from imgsim.sources.pages.page_pixels import LONG, SHORT
from imgsim.sources.sample.shapes import Rng
from imgsim.training.pages import kinds_of_page
from imgsim.training.pages.labelled import LabelledPage, varied
from imgsim.training.pages.openings import bound
from imgsim.training.pages.page_scans import Scan, scanned, turned
from imgsim.training.pages.sheets import Printer, Sheet, Stock
from imgsim.training.pages.typesetting import face

UNKNOWN = 255  # in maps: nothing is learned there
LYING_SHARE = 0.18
LABELLED_SHARE = 0.5
# Pixels between the marks of two pictures, at least.
STRIP = 8


@dataclass(frozen=True)
class Batch:
    """Pages and their truth.

    Attributes
    ----------
    pixels : uint8 (n, h, w).
    marks : uint8 (n, 6, h / 4, w / 4): 0, 1 or UNKNOWN.
    edges : float32 (n, 4, h / 8, w / 8), distances in pixels to the edges of the region that a place lies in.
    weight : float32 (n, h / 8, w / 8), what each place's edges count for; 0 where there is no region.
    turn, page : int64 (n,), -1 where it is not told.
    """

    pixels: np.ndarray
    marks: np.ndarray
    edges: np.ndarray
    weight: np.ndarray
    turn: np.ndarray
    page: np.ndarray


class PageBatches:
    """Draws batches of made-up pages, and of labelled ones where there are any."""

    def __init__(self, stock: Stock, labelled: Sequence[LabelledPage], batch_size: int, seed: int) -> None:
        self.stock, self.labelled, self.batch_size, self.seed = stock, tuple(labelled), batch_size, seed

    @cached_property
    def backs(self) -> list[np.ndarray]:
        """Pages that show through others."""
        rng = np.random.default_rng((self.seed, 7))
        return [kinds_of_page.text_page(Printer(self.stock, rng), cuts=i % 3 == 0).pixels for i in range(16)]

    def batch(self, step: int) -> Batch:
        """The batch of a step; all its pages stand upright or all of them lie."""
        rng = np.random.default_rng((self.seed, step))
        lying = rng.random() < LYING_SHARE
        height, width = (SHORT, LONG) if lying else (LONG, SHORT)
        return collated(
            [fitting(self.scan(rng, lying), height, width, rng) for _ in range(self.batch_size)],
            height,
            width,
        )

    def real(self, rng: Rng) -> Sheet:
        """A labelled page, varied."""
        return varied(self.labelled[int(rng.integers(len(self.labelled)))], self.stock.plates, rng)

    def scan(self, rng: Rng, lying: bool) -> Scan:
        """One page of any kind."""
        faces = [face(self.stock.fonts[int(n)], 22) for n in rng.integers(0, len(self.stock.fonts), 3)]
        back = self.backs[int(rng.integers(len(self.backs)))]
        real = bool(self.labelled) and rng.random() < LABELLED_SHARE
        if lying and rng.random() < 0.6:
            printer = Printer(self.stock, rng)
            sheet = bound(self.real(rng), self.real(rng), rng) if real else kinds_of_page.opening(printer)
        elif real:
            sheet = self.real(rng)
        else:
            sheet = kinds_of_page.draw(self.stock, rng)
        return scanned(sheet, rng, back, faces)


def fitting(scan: Scan, height: int, width: int, rng: Rng) -> Scan:
    """The scan, no larger than a canvas: turned to fit a lying one, made smaller to fit an upright one."""
    h, w = scan.pixels.shape
    if w < h and height < width:
        scan = turned(scan, 1 if rng.random() < 0.5 else 3)
        h, w = scan.pixels.shape
    factor = min(height / h, width / w, 1.0)
    if rng.random() < 0.25:
        factor *= rng.uniform(0.7, 1.0)
    if factor == 1:
        return scan
    size = (max(8, int(w * factor)), max(8, int(h * factor)))
    return replace(
        scan,
        pixels=cv2.resize(scan.pixels, size, interpolation=cv2.INTER_AREA),
        boxes=(scan.boxes * factor).astype(np.float32),
        lines=None if scan.lines is None else (scan.lines * factor).astype(np.float32),
        gutter=None if scan.gutter is None else scan.gutter * factor,
    )


def collated(scans: Sequence[Scan], height: int, width: int) -> Batch:
    """Put scans and their truth into arrays of one size."""
    n = len(scans)
    batch = Batch(
        np.full((n, height, width), 255, np.uint8),
        np.zeros((n, len(MARKS), height // MARK_STRIDE, width // MARK_STRIDE), np.uint8),
        np.zeros((n, 4, height // VOTE_STRIDE, width // VOTE_STRIDE), np.float32),
        np.zeros((n, height // VOTE_STRIDE, width // VOTE_STRIDE), np.float32),
        np.array([-1 if scan.turn is None else scan.turn for scan in scans], np.int64),
        np.array([-1 if scan.page is None else int(scan.page) for scan in scans], np.int64),
    )
    for i, scan in enumerate(scans):
        h, w = scan.pixels.shape
        batch.pixels[i, :h, :w] = scan.pixels
        _mark(batch.marks[i], scan)
        _vote(batch.edges[i], batch.weight[i], scan)
    return batch


def _cells(low: float, high: float, stride: int, count: int) -> slice:
    """The places whose middles lie between two sides; at least one."""
    first = int(np.ceil(low / stride - 0.5))
    last = max(first + 1, int(np.ceil(high / stride - 0.5)))
    return slice(max(0, min(first, count - 1)), min(last, count))


def by_size(scan: Scan) -> list[tuple[np.ndarray, str]]:
    """The boxes and their kinds, the smaller ones last: those keep what two have in common."""
    boxes = zip(scan.boxes, scan.kinds, strict=True)
    return sorted(boxes, key=lambda b: -(b[0][2] - b[0][0]) * (b[0][3] - b[0][1]))


def _mark(marks: np.ndarray, scan: Scan) -> None:
    rows, columns = marks.shape[1:]
    text = MARKS.index("text")
    if scan.lines is None:
        marks[text] = UNKNOWN
    else:
        for x0, y0, x1, y1 in scan.lines:
            marks[text, _cells(y0, y1, MARK_STRIDE, rows), _cells(x0, x1, MARK_STRIDE, columns)] = 1
    for (x0, y0, x1, y1), kind in by_size(scan):
        place = _cells(y0, y1, MARK_STRIDE, rows), _cells(x0, x1, MARK_STRIDE, columns)
        if kind in KINDS:
            for other in (*range(len(KINDS)), text):
                marks[(other, *place)] = 0
        marks[(MARKS.index(kind), *place)] = 1
    _part(marks, scan)
    if scan.gutter is not None:
        high = _cells(0, scan.pixels.shape[0], MARK_STRIDE, rows)
        marks[MARKS.index("gutter"), high, _cells(scan.gutter - 6, scan.gutter + 6, MARK_STRIDE, columns)] = 1


def _part(marks: np.ndarray, scan: Scan) -> None:
    """Leave a strip between pictures that nearly touch, so that their marks stay apart too."""
    regions = [box for box, kind in zip(scan.boxes, scan.kinds, strict=True) if kind in KINDS]
    rows, columns = marks.shape[1:]
    for i, a in enumerate(regions):
        for b in regions[:i]:
            # How far apart they are across and down; negative where they share something.
            apart = np.maximum(a[:2], b[:2]) - np.minimum(a[2:], b[2:])
            side = int(np.argmax(apart))
            if not -STRIP < apart[side] < STRIP or apart[1 - side] > 0:
                continue
            middle = (max(a[side], b[side]) + min(a[2 + side], b[2 + side])) / 2
            other = 1 - side
            along = max(a[other], b[other]), min(a[2 + other], b[2 + other])
            strip = _cells(middle - STRIP / 2, middle + STRIP / 2, MARK_STRIDE, (columns, rows)[side])
            length = _cells(*along, MARK_STRIDE, (columns, rows)[other])
            place = (length, strip) if side == 0 else (strip, length)
            marks[(slice(0, len(KINDS)), *place)] = 0


def _vote(edges: np.ndarray, weight: np.ndarray, scan: Scan) -> None:
    rows, columns = weight.shape
    for (x0, y0, x1, y1), kind in by_size(scan):
        if kind not in KINDS:
            continue
        down, across = _cells(y0, y1, VOTE_STRIDE, rows), _cells(x0, x1, VOTE_STRIDE, columns)
        y = (np.arange(down.start, down.stop) + 0.5)[:, None] * VOTE_STRIDE
        x = (np.arange(across.start, across.stop) + 0.5)[None] * VOTE_STRIDE
        shape = (down.stop - down.start, across.stop - across.start)
        for i, distance in enumerate((x - x0, y - y0, x1 - x, y1 - y)):
            edges[i, down, across] = np.maximum(0.5, np.broadcast_to(distance, shape))
        weight[down, across] = (shape[0] * shape[1]) ** -0.5
