"""Names, the manifest, and how its files are checked. No name from a file becomes a path before it is checked."""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from imgsim.errors import CollectionError

SCHEMA = 1
CURRENT = "CURRENT"
GENERATIONS = "generations"
MANIFEST = "manifest.json"
CATALOGUE = "catalogue.parquet"
SKIPPED = "skipped.csv"
UNJOINED = "unjoined.csv"
THUMBNAILS = "thumbnails"
MATCHES = "matches.parquet"
FAMILIES = "families.parquet"
FEATURES = "features"
# What a FeatureStore consists of; see imgsim.matching.store.
FEATURE_FILES = tuple(f"{FEATURES}/{name}.npy" for name in ("offsets", "points", "descriptors", "vouch"))

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_INDEX_FILE = re.compile(rf"{FEATURES}/index_[a-z0-9_]{{1,40}}\.npy")
_MAX_MANIFEST = 16 * 1024 * 1024


def data_dir() -> Path:
    """Where collections live: the folder named by IMGSIM_DATA, else ``data`` beside precompute.py."""
    named = os.environ.get("IMGSIM_DATA")
    return Path(named).expanduser() if named else Path(__file__).resolve().parents[2] / "data"


def check_name(name: object, what: str = "collection") -> str:
    """Return ``name`` if it can safely be a file name on every system; raises CollectionError otherwise."""
    if (
        not isinstance(name, str)
        or not _NAME.fullmatch(name)
        or name.startswith((".", "-"))
        or name.endswith(".")
    ):
        raise CollectionError(
            f"{name!r} cannot be the name of a {what}. "
            "Use letters without accents, digits, dots, hyphens and underscores, beginning with a letter or digit."
        )
    return name


def check_sha256(value: object) -> str:
    """Return ``value`` if it is a SHA-256 in lower-case hexadecimal; raises CollectionError otherwise."""
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise CollectionError(f"{value!r} is not a SHA-256. The collection is damaged; prepare it again.")
    return value


def embeddings_file(backbone: str) -> str:
    return f"{backbone}/embeddings.npy"


def neighbours_file(backbone: str) -> str:
    return f"{backbone}/neighbours.npz"


def background_file(backbone: str) -> str:
    return f"{backbone}/background.npy"


def projection_file(backbone: str, method: str) -> str:
    return f"{backbone}/projection_{method}.npy"


def mirrored_file(backbone: str) -> str:
    return f"{backbone}/mirrored.npy"


def is_mapped(file: str) -> bool:
    """Whether a file is so large that the app maps it into memory instead of reading it."""
    return file.startswith(f"{FEATURES}/")


def is_index_file(file: str) -> bool:
    """Whether a file belongs to the index of local features."""
    return _INDEX_FILE.fullmatch(file) is not None


def thumbnail_file(sha256: str) -> str:
    return f"{THUMBNAILS}/{check_sha256(sha256)}.webp"


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's content, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def key_of(**parts: object) -> str:
    """A key for everything that shapes a result: the SHA-256 of its parts as canonical JSON."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def live_generation(folder: Path) -> str | None:
    """The name in CURRENT, or None if the folder has none. Raises CollectionError for a name that is none."""
    try:
        text = (folder / CURRENT).read_bytes()[:200].decode("ascii", "replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return check_name(text, "generation")


def read_manifest(generation: Path) -> dict[str, Any]:
    """The manifest of a generation, checked: schema version, names, sizes and hashes of the right form.

    Raises CollectionError for anything else; FileNotFoundError if there is none.
    """
    path = generation / MANIFEST
    if path.stat().st_size > _MAX_MANIFEST:
        raise CollectionError(f"{path} is larger than any manifest. Prepare the collection again.")
    try:
        manifest = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise CollectionError(f"{path} is damaged ({error}). Prepare the collection again.") from None
    schema = manifest.get("schema") if isinstance(manifest, dict) else None
    if schema != SCHEMA:
        newer = isinstance(schema, int) and schema > SCHEMA
        raise CollectionError(
            f"{path} has schema version {schema!r}; this imgsim reads version {SCHEMA}. "
            + ("Update imgsim." if newer else "Prepare the collection again.")
        )
    try:
        _check_manifest(manifest)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CollectionError(
            f"{path} is not a manifest of imgsim ({error}). Prepare the collection again."
        ) from None
    return manifest


def _check_manifest(manifest: Mapping[str, Any]) -> None:
    check_name(manifest["name"])
    check_name(manifest["generation"], "generation")
    files = manifest["files"]
    expected = [CATALOGUE, SKIPPED]
    for backbone, facts in manifest["backbones"].items():
        check_name(backbone, "backbone")
        if int(facts["dimension"]) <= 0:
            raise ValueError(f"{backbone} has {facts['dimension']} dimensions")
        expected += [embeddings_file(backbone), neighbours_file(backbone), background_file(backbone)]
        for method in facts["projections"]:
            expected.append(projection_file(backbone, check_name(method, "projection")))
    # The files are exactly those that follow from the names, so no path is ever taken from the manifest. Those of the
    # matching and of a table of metadata are there or not: plates can be prepared without either.
    further = {UNJOINED, MATCHES, FAMILIES, *FEATURE_FILES, *map(mirrored_file, manifest["backbones"])}
    odd = set(expected) - set(files)
    odd |= {file for file in set(files) - set(expected) - further if not is_index_file(file)}
    if odd:
        raise ValueError(f"unexpected or missing files: {', '.join(map(repr, sorted(odd)[:3]))}")
    for facts in files.values():
        check_sha256(facts["sha256"])
        if not isinstance(facts["size"], int) or facts["size"] < 0:
            raise ValueError(f"{facts['size']!r} is not a size")
    if not isinstance(manifest["counts"]["plates"], int) or not isinstance(
        manifest["inputs"]["images"], list
    ):
        raise ValueError("counts or inputs are missing")
    _check_changes(manifest.get("changes"))


def _check_changes(changes: object) -> None:
    """What a run found otherwise than before: counts, and lists of texts; or nothing."""
    if changes is None:
        return
    if not isinstance(changes, dict) or not isinstance(changes.get("counts"), dict):
        raise ValueError("the changes are of another form")
    if not all(isinstance(number, int) for number in changes["counts"].values()):
        raise ValueError("the changes are not counted")
    for name, value in changes.items():
        rows = [one if isinstance(one, list) else [one] for one in value] if isinstance(value, list) else []
        if name not in ("counts", "since") and not isinstance(value, list):
            raise ValueError(f"{name} of the changes is no list")
        if not all(isinstance(text, str) for row in rows for text in row):
            raise ValueError(f"{name} of the changes holds no texts")


def parse_npy(data: bytes, label: str, dtype: type[np.generic]) -> npt.NDArray[Any]:
    """The array in the bytes of a .npy file, read-only, without copying.

    The header is believed only if it accounts for every byte. Raises CollectionError.
    """
    stream = io.BytesIO(data)
    shape, found = npy_header(stream, len(data), label)
    if found != np.dtype(dtype):
        raise CollectionError(f"{label} is not what was written: {found} instead of {np.dtype(dtype)}.")
    return np.frombuffer(data, dtype=found, offset=stream.tell()).reshape(shape)


def npy_header(stream: BinaryIO, size: int, label: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """(shape, dtype) of a .npy file of ``size`` bytes, read from its beginning; the stream is left at the first number.

    Raises CollectionError unless the header accounts for every byte, in rows, and asks for plain numbers.
    """
    try:
        version = np.lib.format.read_magic(stream)
        read_header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, fortran, found = read_header(stream)
    except Exception as error:  # a forged header can raise nearly anything
        raise CollectionError(f"{label} is damaged: its header cannot be read ({error}).") from None
    if fortran or found.kind not in "biuf" or any(not isinstance(n, int) or n < 0 for n in shape):
        raise CollectionError(f"{label} is not what was written: {found} {shape}.")
    asked, there = math.prod(shape) * found.itemsize, size - stream.tell()
    if asked != there:
        raise CollectionError(
            f"{label} is damaged: its header asks for {asked:,} bytes, and {there:,} follow."
        )
    return shape, found


def parse_npz(data: bytes, label: str, dtypes: Mapping[str, type[np.generic]]) -> dict[str, npt.NDArray[Any]]:
    """The named arrays in the bytes of a .npz file, read-only. Raises CollectionError."""
    arrays = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name, dtype in dtypes.items():
                entry = archive.getinfo(f"{name}.npy")
                if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > len(data):
                    raise CollectionError(f"{label} is not what was written: {name} is compressed.")
                arrays[name] = parse_npy(archive.read(entry), f"{name} in {label}", dtype)
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        raise CollectionError(f"{label} is damaged ({error}).") from None
    return arrays
