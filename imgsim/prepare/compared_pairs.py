"""Pairs that were compared, by the contents of the two plates: known ones are never compared again."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import npz_bytes, parse_npz
from imgsim.base.shards import Shards
from imgsim.collection.learned_parts import boxes_by_content, learned_of, with_learned
from imgsim.errors import Change, CollectionError, ImgsimError, Setting
from imgsim.generation import layout
from imgsim.prepare.matching_keys import marked
from imgsim.verification.match_table import read_table, schema, table_bytes

if TYPE_CHECKING:
    import pyarrow as pa

    from imgsim.base.progress import Reporter
    from imgsim.generation.generation import Generation
    from imgsim.prepare.processor import Processor
    from imgsim.verification.match import Match

_EVERY_S, _MOST = 5.0, 4000
Contents = tuple[str, str]


class KnownPairs:
    """Results by (content of plate a, content of plate b), from a former generation and from ``work/matches``.

    ``key`` stands for everything that shapes the result of a pair; shards with another one are removed.
    """

    def __init__(self, folder: Path, key: str, note: Callable[[str], None]) -> None:
        self._key, self._note = key, note
        self._shards: Shards[tuple[Contents, Match]] = Shards(folder, self, note, every=_EVERY_S, most=_MOST)
        self._tables: list[pa.Table] = []
        self._count = 0
        self._place: dict[Contents, int] = {}

    def open(self, former: Generation | None, file: str = layout.MATCHES) -> None:
        """See what is known; ``file`` is the table of the former generation that holds such pairs."""
        fact = "pairs" if file == layout.MATCHES else "copies"
        if former is not None and former.manifest.get("matching", {}).get(fact) == self._key:
            try:
                matches = former.matches if file == layout.MATCHES else former.copies
                learned = boxes_by_content(learned_of(former))
            except CollectionError as error:
                self._note(f"Pairs are compared again: {error}")
                matches, learned = None, {}
            if matches is not None:
                marks = with_learned(former.manifest["matching"].get("excluded", {}), learned)
                contents = [marked(content, marks) for content in former.catalogue.frame["sha256"]]
                frame = matches.frame
                rows = zip(frame["row_a"].tolist(), frame["row_b"].tolist(), strict=True)
                self._know([(contents[a], contents[b]) for a, b in rows], matches.table)
        self._shards.open()

    def learn(self, path: Path) -> bool:
        """See :class:`imgsim.base.shards.Form`."""
        key, pairs, table = _read_shard(path)
        if key == self._key:
            self._know(pairs, table)
        return key == self._key

    def encode(self, results: Sequence[tuple[Contents, Match]]) -> bytes:
        """See :class:`imgsim.base.shards.Form`."""
        self._table = matches_table([match for _, match in results])
        return _shard(self._key, [pair for pair, _ in results], self._table)

    def wrote(self, path: Path, results: Sequence[tuple[Contents, Match]]) -> None:
        """See :class:`imgsim.base.shards.Form`."""
        self._know([pair for pair, _ in results], self._table)

    def __contains__(self, pair: Contents) -> bool:
        return pair in self._place

    def _know(self, pairs: Sequence[Contents], table: pa.Table) -> None:
        for place, pair in enumerate(pairs, self._count):
            self._place.setdefault(pair, place)
        self._count += len(table)
        self._tables.append(table)

    def add(self, pairs: Sequence[Contents], matches: Sequence[Match]) -> None:
        """Keep results; written within seconds."""
        self._shards.add(*zip(pairs, matches, strict=True))

    def flush(self) -> None:
        """Write what has been added since the last shard, and make it known."""
        self._shards.flush()

    def table(
        self,
        pairs: Sequence[Contents],
        plate_a: Sequence[str],
        plate_b: Sequence[str],
        sources: Sequence[str],
    ) -> pa.Table:
        """The rows of matches.parquet for pairs that are all known; KeyError for one that is not."""
        import pyarrow as pa

        whole = pa.concat_tables([*self._tables, schema().empty_table()]).combine_chunks()
        rows = whole.take(np.array([self._place[pair] for pair in pairs], dtype=np.int64))
        for name, values in (("plate_a", plate_a), ("plate_b", plate_b), ("sources", sources)):
            at = rows.schema.get_field_index(name)
            rows = rows.set_column(at, schema().field(name), pa.array(values, type=pa.string()))
        return rows


@dataclass(frozen=True)
class Comparison:
    """What came of comparing: how many pairs were asked for, and (first row, second row, why) of those that failed."""

    asked: int = 0
    failed: tuple[tuple[int, int, str], ...] = ()


def compare(
    processor: Processor,
    reporter: Reporter,
    known: KnownPairs,
    pairs: npt.NDArray[np.int32],
    contents: Sequence[str],
    folder: Path,
    sizes: npt.NDArray[np.int64],
    verifier: str,
    stage: str = "matches",
) -> Comparison:
    """Compare every pair of rows (m, 2), first row below the second, that is not known yet.

    ``folder`` holds the FeatureStore of all rows, ``sizes`` the width and height of their plates, ``verifier`` is the
    name of the one that compares, ``stage`` that of what is reported. A pair that cannot be compared is not known
    afterwards either: it counts as not checked, and is tried again the next time. Raises ImgsimError where that is so
    of all.
    """
    from imgsim.verification.comparing import Group

    asked: dict[Contents, tuple[int, int]] = {}
    for a, b in pairs.tolist():
        pair = contents[a], contents[b]
        # Copies of one file: what is found of one pair holds for all.
        if pair not in known:
            asked.setdefault(pair, (a, b))
    by_row: dict[int, list[int]] = {}
    for a, b in sorted(asked.values()):
        by_row.setdefault(a, []).append(b)
    groups = [Group(row, tuple(others)) for row, others in by_row.items()]
    if not groups:
        return Comparison()
    left = {(row, other) for row, others in by_row.items() for other in others}
    failed: list[tuple[int, int, str]] = []
    with reporter.stage(stage, len(asked)) as told:
        try:
            for group, results in processor.compare(groups, folder=folder, sizes=sizes, verifier=verifier):
                for other, result in zip(group.others, results, strict=True):
                    left.discard((group.row, other))
                    if isinstance(result, str):
                        failed.append((group.row, other, result))
                    else:
                        known.add([(contents[group.row], contents[other])], [result])
                told.update(len(asked) - len(left), len(asked))
        finally:
            known.flush()
    failed += [(a, b, "it came back without a result") for a, b in sorted(left)]
    if len(failed) == len(asked):
        raise ImgsimError(
            f"None of {len(asked):,} pairs of plates could be compared: {failed[0][2]}.", Change(Setting.NO_COMPARING)
        )
    return Comparison(len(asked), tuple(failed))


def told_of(failed: Sequence[tuple[int, int, str]], ids: Sequence[str]) -> str:
    """Which pairs could not be compared, in a sentence: how many, and the first few by the ids of their plates."""
    named = "; ".join(f"{ids[a]} and {ids[b]} ({why})" for a, b, why in failed[:5])
    pairs, count = ("1 pair", "counts") if len(failed) == 1 else (f"{len(failed):,} pairs", "count")
    return f"{pairs} could not be compared and {count} as not checked, such as {named}. The next run tries again."


def matches_table(matches: Sequence[Match]) -> pa.Table:
    """Results as rows of matches.parquet, the ids and sources still empty."""
    import pyarrow as pa

    def lists(values: list[npt.NDArray[Any]], dtype: type[np.generic]) -> pa.Array:
        flat = [np.asarray(value, dtype).ravel() for value in values]
        offsets = np.concatenate([[0], np.cumsum([len(value) for value in flat])]).astype(np.int32)
        return pa.ListArray.from_arrays(offsets, np.concatenate([*flat, np.empty(0, dtype)]))

    nothing = [""] * len(matches)
    columns: dict[str, Any] = {name: [getattr(match, name) for match in matches] for name in _PLAIN}
    columns |= {"plate_a": nothing, "plate_b": nothing, "sources": nothing}
    columns["transform"] = lists([match.transform for match in matches], np.float64)
    for name in ("region_a", "region_b"):
        columns[name] = lists([getattr(match, name) for match in matches], np.float32)
    return pa.table({field.name: pa.array(columns[field.name], type=field.type) for field in schema()})


_PLAIN = (
    "verdict", "inliers", "mirrored", "negative", "coverage_a", "coverage_b", "residual", "model", "printing",
    "possible",
)  # fmt: skip


def _shard(key: str, pairs: Sequence[Contents], table: pa.Table) -> bytes:
    contents = list(dict.fromkeys(content for pair in pairs for content in pair))
    number = {content: place for place, content in enumerate(contents)}
    return npz_bytes(
        records=np.frombuffer(json.dumps({"key": key, "contents": contents}).encode(), dtype=np.uint8),
        pairs=np.array([[number[a], number[b]] for a, b in pairs], dtype=np.int32).reshape(-1, 2),
        table=np.frombuffer(table_bytes(table), dtype=np.uint8),
    )


def _read_shard(path: Path) -> tuple[str, list[Contents], pa.Table]:
    arrays = parse_npz(
        path.read_bytes(), path.name, {"records": np.uint8, "pairs": np.int32, "table": np.uint8}
    )
    try:
        records = json.loads(arrays["records"].tobytes())
        contents, key = [str(content) for content in records["contents"]], str(records["key"])
        pairs = [(contents[a], contents[b]) for a, b in arrays["pairs"].tolist()]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise CollectionError(f"{path.name} is of an unknown form ({error!r})") from None
    table = read_table(arrays["table"].tobytes())
    if len(table) != len(pairs):
        raise CollectionError(f"{path.name} has {len(pairs)} pairs but {len(table)} results")
    return key, pairs, table
