"""Names, the manifest, and how its files are checked. No name from a file becomes a path before it is checked."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from imgsim.errors import CollectionError, PrepareAgain
from imgsim.generation import manifest_shape

SCHEMA = 2
# Before version 2 a manifest did not carry its own hash, and thumbnails had none.
_UNSEALED = 1
SEAL = "seal"
CURRENT = "CURRENT"
RECORD = "inputs.json"
GENERATIONS = "generations"
MANIFEST = "manifest.json"
CATALOGUE = "catalogue.parquet"
SKIPPED = "skipped.csv"
UNJOINED = "unjoined.csv"
PAGES = "pages.parquet"
# In a collection's folder: what was fetched, generated or cut out for it.
SOURCE = "source"
THUMBNAILS = "thumbnails"
THUMBNAIL_SUMS = "thumbnails.sha256"
MATCHES = "matches.parquet"
COPIES = "copies.parquet"  # what another verifier says of pairs that are no matches
FAMILIES = "families.parquet"
FEATURES = "features"
# What a FeatureStore consists of; see imgsim.features.feature_store.
FEATURE_FILES = tuple(f"{FEATURES}/{name}.npy" for name in ("offsets", "points", "descriptors", "vouch"))
FEATURE_SUMS = f"{FEATURES}/sums.npy"
FEATURE_TONES = f"{FEATURES}/tones.npy"  # missing in generations of former versions
# Which features vouched before the parts that never count took their votes away.
FEATURE_VOTES = f"{FEATURES}/votes.npy"
LEARNED = "learned.json"
# What belongs to a store of features besides; some of it is missing in generations of former versions.
BESIDE_FEATURES = (FEATURE_SUMS, FEATURE_TONES, FEATURE_VOTES, LEARNED)

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_INDEX_FILE = re.compile(rf"{FEATURES}/index_[a-z0-9_]{{1,40}}\.npy")
_MAX_MANIFEST = 16 * 1024 * 1024


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
        raise CollectionError(f"{value!r} is not a SHA-256: the collection is damaged.", PrepareAgain())
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


def parts_file(backbone: str) -> str:
    return f"{backbone}/parts.npy"


def pairs_file(backbone: str) -> str:
    return f"{backbone}/pairs.npy"


def is_mapped(file: str) -> bool:
    """Whether a file is so large that the app maps it into memory instead of reading it."""
    return file.startswith(f"{FEATURES}/")


def is_index_file(file: str) -> bool:
    """Whether a file belongs to the index of local features."""
    return _INDEX_FILE.fullmatch(file) is not None


def thumbnail_file(sha256: str) -> str:
    return f"{THUMBNAILS}/{check_sha256(sha256)}.webp"


def live_generation(folder: Path) -> str | None:
    """The name in CURRENT, or None if the folder has none. Raises CollectionError for a name that is none.

    See :func:`imgsim.generation.current.live` for what holds where CURRENT is damaged.
    """
    try:
        text = (folder / CURRENT).read_bytes()[:200].decode("ascii", "replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return check_name(text, "generation")


def sealed(record: Mapping[str, Any]) -> bytes:
    """A record as JSON that carries its own hash: of all its bytes, with zeros where the hash stands."""
    blank = "0" * 64
    rest = {key: value for key, value in record.items() if key != SEAL}
    data = json.dumps({SEAL: blank, **rest}, indent=1, ensure_ascii=False, allow_nan=False).encode()
    return data.replace(blank.encode(), hashlib.sha256(data).hexdigest().encode(), 1)


def unsealed(data: bytes, bare_schema: int | None = None) -> dict[str, Any]:
    """The record in the bytes that :func:`sealed` made. One of the version ``bare_schema`` may be without a hash.

    Raises ValueError (or RecursionError) where a single bit is not as it was written.
    """
    record = json.loads(data, parse_constant=_refuse)
    if not isinstance(record, dict):
        raise ValueError("it is no mapping")
    schema = record.get("schema")
    # Either of the two tells that there was a hash: a flipped bit may have made something else of the other.
    if SEAL not in record and type(schema) is int and schema == bare_schema:
        return record
    seal = record.pop(SEAL, None)
    if not isinstance(seal, str) or not _SHA256.fullmatch(seal):
        raise ValueError("it does not carry its own hash")
    blank = data.replace(seal.encode(), b"0" * 64, 1)
    if hashlib.sha256(blank).hexdigest() != seal:
        raise ValueError("its content is not what was written")
    return record


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def read_manifest(generation: Path) -> dict[str, Any]:
    """The manifest of a generation, checked: its own hash, schema version, and the form of all that it says.

    Raises CollectionError for anything else; FileNotFoundError if there is none.
    """
    path, again = generation / MANIFEST, PrepareAgain(str(generation.parent.parent))
    if path.stat().st_size > _MAX_MANIFEST:
        raise CollectionError(f"{path} is larger than any manifest.", again)
    try:
        manifest = unsealed(path.read_bytes(), _UNSEALED)
    except (ValueError, RecursionError) as error:
        raise CollectionError(f"{path} is damaged ({error}).", again) from None
    schema = manifest.get("schema")
    if type(schema) is not int or schema not in (SCHEMA, _UNSEALED):
        newer = isinstance(schema, int) and schema > SCHEMA
        raise CollectionError(
            f"{path} has schema version {schema!r}; this imgsim reads version {SCHEMA}."
            + (" Update imgsim." if newer else ""),
            None if newer else again,
        )
    try:
        manifest_shape.check(manifest, manifest_shape.MANIFEST)
        _check_manifest(manifest)
    except (ValueError, RecursionError) as error:
        raise CollectionError(f"{path} is not a manifest of imgsim ({error}).", again) from None
    return manifest


def _check_manifest(manifest: Mapping[str, Any]) -> None:
    """Names that may be a part of a path, and files that follow from them."""
    check_name(manifest["name"])
    check_name(manifest["generation"], "generation")
    files = manifest["files"]
    expected = [CATALOGUE, SKIPPED, *([THUMBNAIL_SUMS] if manifest["schema"] == SCHEMA else [])]
    for backbone, facts in manifest["backbones"].items():
        check_name(backbone, "backbone")
        if facts["dimension"] <= 0:
            raise ValueError(f"{backbone} has {facts['dimension']} dimensions")
        expected += [embeddings_file(backbone), neighbours_file(backbone), background_file(backbone)]
        for method in facts["projections"]:
            expected.append(projection_file(backbone, check_name(method, "projection")))
    if not manifest["backbones"]:
        raise ValueError("there is no backbone")
    # The files are exactly those that follow from the names, so no path is ever taken from the manifest. Those of the
    # matching and of a table of metadata are there or not: plates can be prepared without either.
    further = {
        UNJOINED, PAGES, MATCHES, COPIES, FAMILIES, *BESIDE_FEATURES, *FEATURE_FILES,
        *(of(name) for of in (mirrored_file, parts_file, pairs_file) for name in manifest["backbones"]),
    }  # fmt: skip
    odd = set(expected) - set(files)
    odd |= {file for file in set(files) - set(expected) - further if not is_index_file(file)}
    if odd:
        raise ValueError(f"unexpected or missing files: {', '.join(map(repr, sorted(odd)[:3]))}")
    for facts in files.values():
        check_sha256(facts["sha256"])


def sums_bytes(sums: Mapping[str, str]) -> bytes:
    """SHA-256 by file, as ``sha256sum -c`` reads it; see :func:`parse_sums`."""
    return "".join(f"{digest}  {file}\n" for file, digest in sorted(sums.items())).encode("ascii")


def parse_sums(data: bytes, label: str) -> dict[str, str]:
    """file -> SHA-256, from what :func:`sums_bytes` made. Raises CollectionError."""
    found = {}
    for line in data.decode("ascii", "replace").splitlines():
        digest, _, file = line.partition("  ")
        if not _SHA256.fullmatch(digest) or not file:
            raise CollectionError(f"{label} is not what was written: {line[:80]!r}.")
        found[file] = digest
    return found
