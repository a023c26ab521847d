"""Pages of books, and the illustrations on them: the table that says where each plate that was cut out comes from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, BinaryIO

import pandas as pd

from imgsim.errors import CollectionError, ImgsimError, PrepareAgain
from imgsim.images.containers import as_path, stem

ILLUSTRATION, ORNAMENT, INITIAL = "illustration", "ornament", "initial"
KINDS = (ILLUSTRATION, ORNAMENT, INITIAL)
NETWORK = ""  # who drew the boxes of a page, where nobody did
TURNS = (0, 90, 180, 270)
Box = tuple[int, int, int, int]
_LONGEST = 180  # bytes of the name of a picture that is cut out, without its number: file systems take 255


@dataclass(frozen=True)
class Cut:
    """A box on a page.

    Attributes
    ----------
    number : its running number on the page, given once: boxes that are added later get further ones.
    box : x0, y0, x1, y1 in pixels of the page as it is opened; x1 and y1 are the first that are outside.
    kind : one of :data:`KINDS`. Illustrations become plates; the others are kept on the page.
    score : how sure the network is, 0 to 1; 1 for a box that a person drew or moved.
    """

    number: int
    box: Box
    kind: str = ILLUSTRATION
    score: float = 1.0


@dataclass(frozen=True)
class BookPage:
    """A page that illustrations were looked for on.

    Attributes
    ----------
    page_id : what its plates' ids begin with.
    root, file : where its scan lies, as of an ImageFile.
    sha256 : of the scan's bytes.
    width, height : in pixels.
    turn : degrees clockwise by which its cuts are turned to stand upright, one of :data:`TURNS`.
    gutter : x of the fold where it is a double page (y where it is turned by 90 or 270 degrees); None where it is
        not, or that is not sure.
    cuts : in the order of their numbers.
    by : who drew the boxes; :data:`NETWORK` where nobody corrected them.
    plate_root, plates : where the plates lie that were cut out of it: the file of each below the root, by its number.
    """

    page_id: str
    root: str
    file: str
    sha256: str
    width: int
    height: int
    turn: int = 0
    gutter: int | None = None
    cuts: tuple[Cut, ...] = ()
    by: str = NETWORK
    plate_root: str = ""
    plates: Mapping[int, str] | None = None

    @property
    def illustrations(self) -> tuple[Cut, ...]:
        """The cuts that are plates."""
        return tuple(cut for cut in self.cuts if cut.kind == ILLUSTRATION)

    def side(self, cut: Cut) -> str:
        """Of a double page, on which of its two pages a cut is: "left" or "right", as one reads; '' of a single one."""
        if self.gutter is None:
            return ""
        along = 1 if self.turn in (90, 270) else 0  # turned pages are folded across
        before = (cut.box[along] + cut.box[along + 2]) / 2 < self.gutter
        return "left" if before != (self.turn in (90, 180)) else "right"


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    common = max(0, min(a[2], b[2]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[1], b[1]))
    area = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common
    return common / area


def cut_file(file: str, number: int) -> str:
    """Where a cut picture lies below the root of a page's plates: as the page below its own, documents as folders."""
    *folders, name = as_path(file).split("/")
    name = stem(name)
    written = name.encode("utf-8", "surrogateescape")
    if len(written) > _LONGEST:  # of its own name a page may leave no room for more
        digest = hashlib.sha256(written).hexdigest()[:16]
        name = f"{written[: _LONGEST - 17].decode('utf-8', 'ignore')}-{digest}"
    return "/".join([*folders, f"{name}_{number}.png"])


def cuts_json(cuts: Sequence[Cut]) -> str:
    """Cuts as text, to be read by :func:`checked_cuts`."""
    return json.dumps([[cut.number, list(cut.box), cut.kind, round(cut.score, 4)] for cut in cuts])


def checked_cuts(value: object, width: int, height: int) -> tuple[Cut, ...]:
    """Cuts from plain values: lists of number, box, kind and score; or mappings with these names.

    Raises
    ------
    ImgsimError
        It is not of that form, a box is empty or reaches out of the page, or a number stands twice.
    """
    cuts = []
    if not isinstance(value, (list, tuple)):
        raise ImgsimError(f"The boxes of a page are {str(value)[:60]!r}, not a list.")
    for one in value:
        wanted = ("number", "box", "kind", "score")
        row: Any = [one.get(name) for name in wanted] if isinstance(one, Mapping) else one
        try:
            number, box, kind, score = row
            x0, y0, x1, y1 = (int(edge) for edge in box)
            cut = Cut(int(number), (x0, y0, x1, y1), str(kind), float(score))
        except (TypeError, ValueError, OverflowError):
            raise ImgsimError(f"{str(one)[:80]!r} is no box: number, four edges, kind and score are wanted.") from None
        if not (0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height):
            raise ImgsimError(
                f"The box {list(cut.box)} is empty, or reaches out of the page of {width} × {height} pixels."
            )
        if cut.kind not in KINDS:
            raise ImgsimError(f"{cut.kind!r} is none of {', '.join(KINDS)}.")
        if cut.number < 0 or not 0 <= cut.score <= 1:
            raise ImgsimError(f"The box {list(cut.box)} has the number {cut.number} and the score {cut.score:g}.")
        cuts.append(cut)
    if len({cut.number for cut in cuts}) < len(cuts):
        raise ImgsimError("Two boxes of a page have the same number.")
    return tuple(sorted(cuts, key=lambda cut: cut.number))


class BookPages:
    """The pages of a generation, in the order of their ids."""

    def __init__(self, pages: Sequence[BookPage]) -> None:
        self._pages = tuple(sorted(pages, key=lambda page: page.page_id))
        self._by_id = {page.page_id: page for page in self._pages}
        if len(self._by_id) < len(self._pages):
            raise CollectionError("Two pages have one id.", PrepareAgain())

    def __len__(self) -> int:
        return len(self._pages)

    def __iter__(self) -> Iterator[BookPage]:
        return iter(self._pages)

    def page(self, page_id: str) -> BookPage:
        """A page by its id; ImgsimError if there is none."""
        try:
            return self._by_id[page_id]
        except KeyError:
            raise ImgsimError(f"There is no page {page_id[:80]!r} in this collection.") from None

    def has(self, page_id: str) -> bool:
        """Whether there is a page of that id."""
        return page_id in self._by_id

    @cached_property
    def _of_plates(self) -> dict[tuple[str, str], tuple[BookPage, Cut]]:
        return {
            (page.plate_root, file): (page, cut)
            for page in self._pages
            for cut in page.cuts
            if (file := (page.plates or {}).get(cut.number)) is not None
        }

    def of_plate(self, root: str, file: str) -> tuple[BookPage, Cut] | None:
        """The page that a plate was cut from, and its box, by where the plate lies; None for one that is no cut."""
        return self._of_plates.get((root, file))

    def with_roots(self, roots: Sequence[str]) -> bool:
        """Whether every page lies below one of these folders."""
        return {page.root for page in self._pages} <= set(roots)

    def to_parquet(self, target: BinaryIO) -> None:
        """Write the table."""
        rows = [
            {
                **{name: value for name, value in asdict(page).items() if name not in ("cuts", "plates", "gutter")},
                "gutter": -1 if page.gutter is None else page.gutter,
                "cuts": cuts_json(page.cuts),
                "plates": json.dumps({str(number): file for number, file in sorted((page.plates or {}).items())}),
            }
            for page in self._pages
        ]
        frame = pd.DataFrame(rows, columns=[*_TEXTS, *_COUNTS])
        frame = frame.astype({**dict.fromkeys(_TEXTS, "str"), **dict.fromkeys(_COUNTS, "int32")})
        frame.to_parquet(target, index=False)

    @classmethod
    def from_parquet(cls, source: BinaryIO) -> BookPages:
        """Read what :meth:`to_parquet` wrote. Raises CollectionError where it is anything else."""
        try:
            frame = pd.read_parquet(source)
            return cls([_page(row) for row in frame[[*_TEXTS, *_COUNTS]].to_dict("records")])
        except CollectionError:
            raise
        except Exception as error:  # a damaged parquet can raise nearly anything
            raise CollectionError(f"The table of pages is damaged ({error}).", PrepareAgain()) from None


_TEXTS = ("page_id", "root", "file", "sha256", "by", "plate_root", "cuts", "plates")
_COUNTS = ("width", "height", "turn", "gutter")


def _page(row: Mapping[str, Any]) -> BookPage:
    width, height, turn, gutter = (int(row[name]) for name in _COUNTS)
    if turn not in TURNS:
        raise ValueError(f"a page is turned by {turn} degrees")
    plates = {int(number): str(file) for number, file in json.loads(row["plates"]).items()}
    return BookPage(
        str(row["page_id"]), str(row["root"]), str(row["file"]), str(row["sha256"]), width, height, turn,
        None if gutter < 0 else gutter, checked_cuts(json.loads(row["cuts"]), width, height), str(row["by"]),
        str(row["plate_root"]), plates,
    )  # fmt: skip
