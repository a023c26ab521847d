"""What is found on a page."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Region:
    """A part of a page that is a picture.

    Attributes
    ----------
    box : x0, y0, x1, y1 in pixels of the page as it is opened; x1 and y1 are exclusive.
    kind : "illustration", "ornament" or "initial".
    score : 0 to 1, how sure the detector is that there is something, and that this is its box.
    """

    box: Box
    kind: str
    score: float


@dataclass(frozen=True)
class PageLayout:
    """What is on a page.

    Attributes
    ----------
    regions : in reading order of the page as it should be read: turned upright, the left page of an opening first.
    is_page : whether it is a page of a book, and not a file that is one picture by itself.
    page_score : 0 to 1, how likely it is one.
    turn : degrees by which it must be turned clockwise to stand upright: 0, 90, 180 or 270; 0 where that is not sure.
    gutter : of an opening, two pages side by side, the x of the fold between them, in pixels of the page as it is
        opened (the y where `turn` is 90 or 270); None where it is a single page, or that is not sure.
    text : 0 to 1, the share of the page that set text covers.
    """

    regions: tuple[Region, ...]
    is_page: bool
    page_score: float
    turn: int = 0
    gutter: int | None = None
    text: float = 0.0
