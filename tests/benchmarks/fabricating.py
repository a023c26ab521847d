"""Collections of any size, made of a small prepared one: nothing is drawn, decoded or compared.

Each plate stands for as many as are asked for, in as many copies of its book. The copies' vectors and places on the
maps stray a little; their pairs, so many a plate, are those of the small collection, every verified one among them, so
that families are as frequent as there; thumbnails are links to its own. All files are written by what a run writes
them with, so the app opens the result like any other. Left out is what no page needs to open: local features, parts.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from imgsim.base.arrays import npy_bytes, npz_bytes
from imgsim.base.verdict_words import LOOK_ALIKE
from imgsim.catalogue import Catalogue
from imgsim.collection import Collection, open_collection
from imgsim.collection.id_registry import Present, Registry
from imgsim.families import find_families
from imgsim.generation import layout
from imgsim.generation.publishing import GenerationWriter
from imgsim.prepare.run_record import keep_record
from imgsim.retrieval.neighbours import all_neighbours, pair_similarities, random_pair_quantiles
from imgsim.verification.matches import Matches

PAIRS = 20  # a plate: as many as a run compares, about
STRAYING = 0.6  # of a vector: the copies of a plate have a similarity of 1 / (1 + this squared), about
WITHIN = 2_000  # plates among which neighbours are looked for
_OWN_TEXT = ("plate_id", "book", "file", "ecco_id", "estc_id", "work_id")  # what tells one copy from another


def fabricate(base: Collection, count: int, folder: Path, seed: int = 0) -> Collection:
    """A collection of ``count`` plates in ``folder``, which must not be there yet."""
    assert base.matches is not None, f"{base.path} has no pairs: prepare it with its matches"
    rng = np.random.default_rng(seed)
    rows = np.arange(count) % len(base.catalogue)
    copy = np.arange(count) // len(base.catalogue)
    catalogue = _catalogue(base, rows, copy)
    matches = Matches(_pairs(base, catalogue, count, rng), catalogue)
    families = find_families(catalogue.frame, matches)
    (folder / layout.GENERATIONS).mkdir(parents=True)
    writer = GenerationWriter(folder)
    writer.add(layout.CATALOGUE, _parquet(catalogue))
    writer.add(layout.SKIPPED, base.content(layout.SKIPPED))
    vectors = {name: _add_backbone(writer, base, name, rows, rng) for name in base.backbones}
    writer.add(layout.MATCHES, matches.to_parquet())
    writer.add(layout.FAMILIES, _parquet(families))
    for name in base.backbones:
        _add_similarities(writer, name, vectors[name], matches)
    frame = catalogue.frame
    thumbnails = _thumbnails(base, rows, frame["sha256"].tolist(), folder / "links")
    number, size = writer.add_thumbnails(thumbnails, lambda _: None)
    shutil.rmtree(folder / "links")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    counts = base.manifest["counts"] | {
        "plates": count, "joined": count, "matches": matches.counts(), "families": int(families["family_id"].nunique()),
    }  # fmt: skip
    manifest = {key: value for key, value in base.manifest.items() if key not in (layout.SEAL, "files")}
    keys = {file: key for file, key in base.manifest["keys"].items() if file in writer.files}
    columns = (frame[name].tolist() for name in ("plate_id", "sha256", "root", "file"))
    Registry(folder).record([Present(*values) for values in zip(*columns, strict=True)], now)
    manifest |= {
        "name": folder.name, "created": now.replace("+00:00", "Z"), "counts": counts, "keys": keys, "changes": None,
        "thumbnails": {"files": number, "bytes": size},
    }  # fmt: skip
    keep_record(folder, {part: manifest[part] for part in ("inputs", "parameters", "keys")})
    writer.publish(manifest)
    return open_collection(folder)


def _catalogue(base: Collection, rows: npt.NDArray[np.int64], copy: npt.NDArray[np.int64]) -> Catalogue:
    frame = base.catalogue.frame.iloc[rows].reset_index(drop=True)
    mark = pd.Series(copy).map("{:05d}".format)
    own: dict[str, Any] = {name: mark + frame[name] for name in _OWN_TEXT if name in frame.columns}
    title = frame["title"] + " The " + (mark.astype(int) + 1).astype(str) + "th book."
    digest = [hashlib.sha256(f"{m}{one}".encode()).hexdigest() for m, one in zip(mark, frame["sha256"], strict=True)]
    return Catalogue(frame.assign(**own, title=title, sha256=digest))


def _pairs(base: Collection, catalogue: Catalogue, count: int, rng: np.random.Generator) -> pa.Table:
    """For each copy the verified pairs, and look-alikes drawn by lot, so that there are :data:`PAIRS` a plate."""
    assert base.matches is not None
    size, ids = len(base.catalogue), pa.array(catalogue.frame["plate_id"].tolist())
    frame = base.matches.frame
    ends = frame[["row_a", "row_b"]].to_numpy(np.int64)
    alike = np.flatnonzero(frame["verdict"] == LOOK_ALIKE)
    sure = np.flatnonzero(frame["verdict"] != LOOK_ALIKE)
    wanted = min(len(alike), max(0, PAIRS * size - len(sure)))
    at, first, second = [], [], []
    for start in range(0, count, size):
        chosen = np.concatenate([sure, rng.choice(alike, wanted, replace=False)])
        chosen = chosen[ends[chosen].max(axis=1) + start < count]
        at.append(chosen)
        first.append(ends[chosen, 0] + start)
        second.append(ends[chosen, 1] + start)
    table = base.matches.table.take(pa.array(np.concatenate(at)))
    for name, rows in (("plate_a", first), ("plate_b", second)):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, pc.take(ids, pa.array(np.concatenate(rows))))
    return table


def _add_backbone(
    writer: GenerationWriter, base: Collection, name: str, rows: npt.NDArray[np.int64], rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    vectors = base.embeddings(name)[rows]
    noise = rng.standard_normal(vectors.shape, dtype=np.float32)
    vectors += noise * np.float32(STRAYING / np.sqrt(vectors.shape[1]))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    kept = min(base.neighbour_table(name)[0].shape[1], len(vectors) - 1)
    indices, similarities = [], []
    for start in range(0, len(vectors), WITHIN):
        stop = start + WITHIN if start + WITHIN + kept < len(vectors) else len(vectors)
        found, near = all_neighbours(vectors[start:stop], kept)
        indices.append(found + np.int32(start))
        similarities.append(near)
        if stop == len(vectors):
            break
    writer.add(layout.embeddings_file(name), npy_bytes(vectors))
    writer.add(
        layout.neighbours_file(name),
        npz_bytes(indices=np.concatenate(indices), similarities=np.concatenate(similarities)),
    )
    writer.add(layout.background_file(name), npy_bytes(random_pair_quantiles(vectors)))
    for method in base.projections(name):
        places = base.projection(name, method)[rows]
        stray = rng.normal(0, 0.05 * float(places.std()), places.shape)
        writer.add(layout.projection_file(name, method), npy_bytes((places + stray).astype(np.float32)))
    return vectors


def _add_similarities(writer: GenerationWriter, name: str, vectors: npt.NDArray[np.float32], matches: Matches) -> None:
    writer.add(layout.pairs_file(name), npy_bytes(pair_similarities(vectors, *matches.rows.T)))


def _thumbnails(base: Collection, rows: npt.NDArray[np.int64], digests: list[str], links: Path) -> list[Path]:
    """A file for each plate that is named after it: for the first copy of one its picture, for the others links."""
    links.mkdir()
    made: dict[int, Path] = {}
    found = []
    for row, digest in zip(rows.tolist(), digests, strict=True):
        path = links / f"{digest}.webp"
        first = made.setdefault(row, path)
        if first is path:
            path.write_bytes(base.thumbnail(row))
        else:
            os.link(first, path)
        found.append(path)
    return found


def _parquet(table: Catalogue | pd.DataFrame) -> bytes:
    stream = io.BytesIO()
    if isinstance(table, Catalogue):
        table.to_parquet(stream)
    else:
        table.to_parquet(stream, index=False, compression="zstd")
    return stream.getvalue()
