"""Writing an export: file by file, or as one zip, with its README and its records; either is an RO-Crate.

A zip is streamed: it is never in memory as a whole, and neither is any of its files. Its times are fixed, so the same
request gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, BinaryIO

from imgsim.export.crate import citation_cff, ro_crate, statement, zenodo_json
from imgsim.export.kind import CITATION, CRATE, MANIFEST, README, ZENODO, ExportFile
from imgsim.export.readme import readme
from imgsim.export.request import Request
from imgsim.export.written import Written

# (the file's name, how many rows are written, how many there will be, about)
Report = Callable[[str, int, int], None]
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can name
_HUGE = 2**30  # from here on a file gets the large fields of a zip, in case it outgrows the small ones
_SAFE = re.compile(r"[^A-Za-z0-9._-]+")


def stem(request: Request) -> str:
    """Return what an export is called, without an ending: imgsim_sample_2026-11-22."""
    name = _SAFE.sub("-", request.collection.name).strip("-.") or "collection"
    return f"imgsim_{name}_{_SAFE.sub('-', request.date)}"


def zip_chunks(
    request: Request, files: Sequence[ExportFile], report: Report | None = None
) -> Iterator[bytes]:
    """Yield a zip of files and of the records beside them, in a folder of its own."""
    folder, sink = stem(request), _Sink()
    written: list[Written] = []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            large = file.count(request) * 1000 > _HUGE
            with archive.open(_entry(f"{folder}/{file.name}"), "w", force_zip64=large) as entry:
                for data, so_far in _counted(file, request, report):
                    entry.write(data)
                    yield from sink.taken()
                    result = so_far
            written.append(result)
        for name, content in records(request, written).items():
            archive.writestr(_entry(f"{folder}/{name}"), content)
            yield from sink.taken()
    yield from sink.taken()


def write_files(
    folder: Path, request: Request, files: Sequence[ExportFile], report: Report | None = None
) -> list[Path]:
    """Write files and the records beside them into a folder; a file of the same name is replaced, never cut short."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for file in files:
        with replacing(folder / file.name) as target:
            for data, so_far in _counted(file, request, report):
                target.write(data)
                result = so_far
        written.append(result)
    said = records(request, written)
    for name, content in said.items():
        with replacing(folder / name) as target:
            target.write(content)
    return [folder / name for name in (*(file.name for file in files), *said)]


class replacing:
    """Open a file for writing under another name, and put it in place once it is whole."""

    def __init__(self, path: Path) -> None:
        self._path, self._draft = path, path.with_name(f".{path.name}.{os.getpid()}.part")

    def __enter__(self) -> BinaryIO:
        self._stream = self._draft.open("wb")
        return self._stream

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._stream.close()
        if kind is None:
            self._draft.replace(self._path)
        else:
            self._draft.unlink(missing_ok=True)


def records(request: Request, written: Sequence[Written]) -> dict[str, bytes]:
    """Return what stands beside the files: for readers, for whoever cites, for archives, for programs."""
    said = statement(request, written)
    beside = {
        README: readme(request, said, written).encode(),
        MANIFEST: manifest(request, written),
        CITATION: citation_cff(said),
        ZENODO: zenodo_json(said),
    }
    return {**beside, CRATE: ro_crate(request, said, written, beside)}


def manifest(request: Request, written: Sequence[Written]) -> bytes:
    """Return the record: the collection's manifest without anybody's folders, and what was exported."""
    record = _without_folders(request.collection.manifest)
    record["export"] = {
        **request.described(),
        "files": {
            one.file.name: {"rows": one.rows, "size": one.size, "sha256": one.sha256, "columns": one.columns}
            for one in written
        },
    }
    return (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _counted(file: ExportFile, request: Request, report: Report | None) -> Iterator[tuple[bytes, Written]]:
    """Yield a file's bytes, each part with the account of what has been yielded."""
    expected = file.count(request) if report is not None else 0
    digest, rows, size, beginning = hashlib.sha256(), 0, 0, b""
    for chunk in file.parts(request):
        digest.update(chunk.data)
        rows, size = rows + chunk.rows, size + len(chunk.data)
        beginning = beginning or chunk.data
        if report is not None and chunk.rows and rows < expected:
            report(file.name, rows, expected)
        yield chunk.data, Written(file, rows, size, digest.hexdigest(), beginning)
    if report is not None:
        report(file.name, rows, rows)
    yield b"", Written(file, rows, size, digest.hexdigest(), beginning)


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # wherever it is made, the bytes are those of a Unix
    info.external_attr = 0o644 << 16
    return info


class _Sink:
    """What a zip is written to: keeps the bytes until they are taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere."""

    def close(self) -> None:
        """What was written is still to be taken."""

    def taken(self) -> Iterator[bytes]:
        parts, self._parts = self._parts, []
        yield from filter(None, parts)


def _without_folders(value: Any) -> Any:
    """Return a copy in which a path is the name of its file: whose folder it lay in is nobody's business."""
    if isinstance(value, dict):
        return {key: _without_folders(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_folders(inner) for inner in value]
    if isinstance(value, str):
        for path in (PurePosixPath(value), PureWindowsPath(value)):
            if path.is_absolute():
                return path.name
    return value
