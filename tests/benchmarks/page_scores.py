"""Found boxes against true ones: greedily one to one by overlap; ornaments and initials are neither right nor wrong."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

Box = Sequence[float]  # x0, y0, x1, y1
# A box on an ornament or initial overlaps it by half, or lies in those by so much of its own area;
# in those, that is, which take up less than so much of the page.
ON, IN, SMALL = 0.5, 0.7, 0.3
BESIDES = ("ornament", "initial")


@dataclass
class TruePage:
    """A page to be judged: its book, its area in pixels, its illustrations, and what else is there by kind."""

    file: str
    book: str
    kind: str
    area: float
    boxes: dict[str, list[Box]] = field(default_factory=lambda: defaultdict(list))


@dataclass
class Tally:
    """How many boxes were right, wrong, missed, or on what does not count."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    ignored: int = 0

    @property
    def precision(self) -> float:
        """Of what was found, the share that is right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Of what is there, the share that was found."""
        return self.right / max(1, self.right + self.missed)


def true_pages(folder: Path) -> list[TruePage]:
    """The pages of a folder that holds pages.csv and boxes.csv."""
    with (folder / "pages.csv").open(encoding="utf-8", newline="") as file:
        pages = {
            row["file"]: TruePage(
                row["file"], row["book"], row["kind"], float(row["width"]) * float(row["height"])
            )
            for row in csv.DictReader(file)
        }
    with (folder / "boxes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pages[row["file"]].boxes[row["kind"]].append(
                [float(row[side]) for side in ("x0", "y0", "x1", "y1")]
            )
    return list(pages.values())


def judged(page: TruePage, found: Sequence[Box], least: float, tally: Tally) -> tuple[list[Box], list[Box]]:
    """Add a page to the tally, an overlap of `least` being enough; return the wrong boxes and the missed ones."""
    true = page.boxes["illustration"]
    pairs = sorted(
        ((overlap(f, t), i, j) for i, f in enumerate(found) for j, t in enumerate(true)), reverse=True
    )
    used: set[int] = set()
    met: set[int] = set()
    for value, i, j in pairs:
        if value >= least and i not in used and j not in met:
            used.add(i)
            met.add(j)
    others = [box for kind in BESIDES for box in page.boxes[kind]]
    left = [box for i, box in enumerate(found) if i not in used]
    wrong = [box for box in left if not _beside(box, others, page.area)]
    missed = [box for j, box in enumerate(true) if j not in met]
    tally.right += len(met)
    tally.missed += len(missed)
    tally.wrong += len(wrong)
    tally.ignored += len(left) - len(wrong)
    return wrong, missed


def _beside(box: Box, others: Sequence[Box], page: float) -> bool:
    if any(overlap(box, other) >= ON for other in others):
        return True
    small = [other for other in others if area(other) < SMALL * page]
    return sum(common(box, other) for other in small) / max(1.0, area(box)) >= IN


def area(box: Box) -> float:
    """In pixels."""
    return (box[2] - box[0]) * (box[3] - box[1])


def common(a: Box, b: Box) -> float:
    """The area that two boxes share."""
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def overlap(a: Box, b: Box) -> float:
    """Intersection over union."""
    shared = common(a, b)
    return shared / (area(a) + area(b) - shared) if shared else 0.0
