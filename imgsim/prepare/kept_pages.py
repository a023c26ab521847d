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
from imgsim.prepare.known_files import hash_files
from imgsim.prepare.page_shards import PageFinding


@dataclass(frozen=True)
class SeenPage:
    """A file that was looked at as a page: ``signature`` is how it looked from outside (see
    :mod:`imgsim.prepare.known_files`), ``key`` of what looked, ``by`` the version of imgsim."""

    root: str
    file: str
    signature: str
    key: str
    by: str
    finding: PageFinding


class KeptPages:
    """Findings by file and by content in ``work/pages``."""

    def __init__(self, folder: Path, key: str, note: Callable[[str], None]) -> None:
        self._key, self._folder = key, folder
        self._shards: Shards[SeenPage] = Shards(folder, self, note)
        self._by_file: dict[tuple[str, str], SeenPage] = {}
        self._by_content: dict[str, PageFinding] = {}

    def open(self) -> None:
        """See what earlier runs left. A damaged shard is removed, with a note; one of another network too."""
        self._shards.open()

    def unchanged(self, root: str, file: str, signature: str) -> PageFinding | None:
        """What is known of a file that looks as it did."""
        seen = self._by_file.get((root, file))
        return seen.finding if seen is not None and signature and seen.signature == signature else None

    def recognised(self, files: Sequence[ImageFile]) -> dict[ImageFile, PageFinding]:
        """What is known of files that lie elsewhere now, or look otherwise from outside: by their content."""
        if not self._by_content or not files:
            return {}
        digests = hash_files(files, lambda done, total: None)
        contents = {file: digests.get((file.root, file.file), "") for file in files}
        return {file: self._by_content[c] for file, c in contents.items() if c in self._by_content}

    def add(self, root: str, file: str, signature: str, finding: PageFinding) -> None:
        """Keep what was found; written within seconds."""
        self._shards.add(SeenPage(root, file, signature, self._key, imgsim.__version__, finding))

    def flush(self) -> None:
        """Write what has been added, all of it into one shard where there are many."""
        self._shards.flush()
        old = sorted(self._folder.glob("*.npz"))
        if len(old) > 8:
            self._shards.add(*self._by_file.values())
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
        self._know(mine)
        return bool(mine)

    def encode(self, results: Sequence[SeenPage]) -> bytes:
        text = json.dumps([asdict(one) for one in results])
        return npz_bytes(records=np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8))

    def wrote(self, path: Path, results: Sequence[SeenPage]) -> None:
        self._know(results)

    def _know(self, results: Sequence[SeenPage]) -> None:
        for one in results:
            self._by_file[one.root, one.file] = one
            if one.finding.sha256:
                self._by_content[one.finding.sha256] = one.finding


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
