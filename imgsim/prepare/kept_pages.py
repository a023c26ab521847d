"""What is known of pages from earlier runs, kept in shards: a page is looked at once for each network."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

import imgsim
from imgsim.base.arrays import npz_bytes, parse_npz
from imgsim.base.shards import Shards
from imgsim.catalogue.book_pages import checked_cuts
from imgsim.errors import CollectionError, ImgsimError
from imgsim.images.files import ImageFile
from imgsim.prepare.known_files import Known, hash_files, signatures
from imgsim.prepare.page_shards import PageFinding


@dataclass(frozen=True)
class SeenPage:
    """A file that was looked at as a page: a :class:`imgsim.prepare.known_files.Seen` with what was found, the ``key``
    of what looked, and ``by`` which version of imgsim."""

    root: str
    file: str
    signature: str
    key: str
    by: str
    finding: PageFinding

    @property
    def sha256(self) -> str:
        return self.finding.sha256

    @property
    def bytes(self) -> int:
        return self.finding.bytes


class KeptPages:
    """Findings in ``work/pages``.

    Parameters
    ----------
    key : of what looks now; what another network found is forgotten.
    files : all that are to be looked at.
    note : told of damaged shards, whose work is done again.
    """

    def __init__(
        self, folder: Path, key: str, files: Sequence[ImageFile], note: Callable[[str], None]
    ) -> None:
        self._key, self._folder = key, folder
        self._marks = dict(zip(files, signatures(files), strict=True))
        self._seen: dict[tuple[str, str], SeenPage] = {}
        self._shards: Shards[SeenPage] = Shards(folder, self, note)
        self._shards.open()
        self._known = Known(self._seen.values())
        self._moved = self._known.moved(files)

    def recall(self, files: Sequence[ImageFile]) -> dict[str, PageFinding]:
        """What is known of files, by plate_id: of those that look as they did, and by their content of others."""
        found: dict[str, PageFinding] = {}
        doubtful = []
        for file in files:
            seen = self._known.unchanged(file, self._marks[file])
            if seen is not None:
                found[file.plate_id] = seen.finding
            elif self._known.may_hold(file, self._moved):
                doubtful.append(file)
        digests = hash_files(doubtful, lambda done, total: None)
        for file in doubtful:
            seen = self._known.by_content.get(digests.get((file.root, file.file), ""))
            if seen is not None:
                found[file.plate_id] = seen.finding
                self.add(file, seen.finding)
        return found

    def add(self, file: ImageFile, finding: PageFinding) -> None:
        """Keep what was found; written within seconds."""
        self._shards.add(
            SeenPage(file.root, file.file, self._marks[file], self._key, imgsim.__version__, finding)
        )

    def flush(self) -> None:
        """Write what has been added, all of it into one shard where there are many."""
        self._shards.flush()
        old = sorted(self._folder.glob("*.npz"))
        if len(old) > 8:
            self._shards.add(*self._seen.values())
            self._shards.flush()
            for path in old:
                path.unlink(missing_ok=True)

    # -- the form of a shard, see imgsim.base.shards.Form

    def learn(self, path: Path) -> bool:
        seen = _read(path)
        # What could not be read is tried again by another imgsim.
        mine = [
            one for one in seen if one.key == self._key and (one.by == imgsim.__version__ or not one.finding.reason)
        ]
        self.wrote(path, mine)
        return bool(mine)

    def encode(self, results: Sequence[SeenPage]) -> bytes:
        text = json.dumps([asdict(one) for one in results])
        return npz_bytes(records=np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8))

    def wrote(self, path: Path, results: Sequence[SeenPage]) -> None:
        self._seen |= {(one.root, one.file): one for one in results}


def page_signatures(folder: Path) -> dict[tuple[str, str], str]:
    """How each page looked from outside when it was last looked at, by (root, file); empty where nothing is known."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted(folder.glob("*.npz")):
        with contextlib.suppress(OSError, CollectionError):
            found |= {(one.root, one.file): one.signature for one in _read(path)}
    return found


def _read(path: Path) -> list[SeenPage]:
    records = parse_npz(path.read_bytes(), path.name, {"records": np.uint8})["records"]
    try:
        found = []
        for record in json.loads(records.tobytes().decode("utf-8", "surrogatepass")):
            finding = PageFinding(**record.pop("finding"))
            cuts = [list(one.values()) for one in finding.cuts]  # type: ignore[attr-defined]
            finding = replace(finding, cuts=checked_cuts(cuts, finding.width, finding.height))
            found.append(SeenPage(**record, finding=finding))
        return found
    except (AttributeError, ImgsimError, KeyError, TypeError, ValueError) as error:
        raise CollectionError(f"{path.name} is of an unknown form ({error!r})") from None
