"""The ledger of a folder of fetched images: which file came from which address, so that a run can go on."""

from __future__ import annotations

import io
import json
from pathlib import Path

from imgsim.base.writing import write_whole
from imgsim.sources.iiif.pictures import Picture

# Of the kinds of images that are kept: how the names of their files end.
SUFFIXES = {
    "JPEG": ".jpg",
    "PNG": ".png",
    "TIFF": ".tif",
    "WEBP": ".webp",
    "BMP": ".bmp",
    "JPEG2000": ".jp2",
    "GIF": ".gif",
    "AVIF": ".avif",
    "HEIC": ".heic",
    "JXL": ".jxl",
    "DIB": ".dib",
}


class Ledger:
    """Which file came from which address. A line is added when its file is whole, so a torn line loses one image."""

    def __init__(self, folder: Path) -> None:
        self._images = folder / "images"
        self._path = folder / "fetched.jsonl"
        self._images.mkdir(parents=True, exist_ok=True)
        self._lines: dict[str, dict[str, object]] = {}
        try:
            text = self._path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            text = ""
        for line in text.splitlines():
            try:
                entry = json.loads(line)
                self._lines[str(entry["page"])] = entry
            except (ValueError, TypeError, KeyError):
                continue

    @staticmethod
    def _identity(picture: Picture) -> str:
        part = "" if picture.region is None else "#xywh=" + ",".join(map(str, picture.region))
        return (picture.service or picture.body) + part + (f"#turned={picture.turned}" if picture.turned else "")

    def _file(self, key: str) -> Path | None:
        suffix = self._lines[key].get("suffix")
        return self._images / f"{key}{suffix}" if suffix in SUFFIXES.values() else None

    def has(self, key: str, picture: Picture) -> bool:
        """Say whether a page's image is there, whole, and from the address that the manifest names."""
        entry = self._lines.get(key)
        if entry is None or entry.get("address") != self._identity(picture):
            return False
        file = self._file(key)
        try:
            return file is not None and file.stat().st_size == entry.get("bytes")
        except OSError:
            return False

    def add(self, key: str, picture: Picture, image: tuple[bytes, str]) -> None:
        """Keep a page's image, (content, suffix), in place of any other of that page."""
        content, suffix = image
        path = self._images / f"{key}{suffix}"
        path.parent.mkdir(exist_ok=True)
        for other in set(SUFFIXES.values()) - {suffix}:
            path.with_suffix(other).unlink(missing_ok=True)
        write_whole(path, content)
        entry = {
            "page": key,
            "address": self._identity(picture),
            "suffix": suffix,
            "bytes": len(content),
        }
        self._lines[key] = entry
        with self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry) + "\n")

    def forget(self, key: str) -> None:
        """Remove a page's image, which came from another address than the manifest now names."""
        if key in self._lines:
            file = self._file(key)
            # The key of a line from disk is believed only where it leads to.
            if file is not None and file.parent.parent == self._images and ".." not in key:
                file.unlink(missing_ok=True)
            del self._lines[key]

    def tidy(self, pages: set[str]) -> None:
        """Remove images that the manifests of this run no longer name, in their own folders."""
        books = {page.partition("/")[0] for page in pages}
        for key in [key for key in self._lines if key.partition("/")[0] in books and key not in pages]:
            self.forget(key)
        stream = io.StringIO()
        stream.writelines(json.dumps(entry) + "\n" for entry in self._lines.values())
        write_whole(self._path, stream.getvalue().encode())
