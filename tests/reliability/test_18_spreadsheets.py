"""Row 18: ids in every list are what they were, for pandas and in a spreadsheet; nothing runs."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from imgsim.base.spreadsheets import read_back
from imgsim.collection.book_network import BookNetwork
from imgsim.collection.decided import reviews_of
from imgsim.export import (
    KINDS,
    families_csv,
    neighbours_csv,
    network_csv,
    pairs_csv,
    selection_csv,
    table_csv,
)
from imgsim.prepare.found_plates import Found
from imgsim.reviews import Reviews
from tests.exports import DAY, collection_of, content, request_of
from tests.hostile import FORMULAS
from tests.kin import catalogue_of, clique
from tests.reliability.spreadsheets import (
    HOSTILE,
    by_pandas,
    check,
    hostile_catalogue,
    resaved,
    rows_of,
    runs,
)
from tests.reliability.tally import Tally

NOTE: dict[str, Any] = {"collection": "herbals", "date": DAY}


def lists(tmp_path: Path) -> dict[str, tuple[bytes, dict[str, list[str]]]]:
    """Every list that can be taken away, with the ids that stand in its columns."""
    catalogue = hostile_catalogue()
    ids = list(catalogue.plate_ids)
    every = range(len(ids))
    collection = collection_of(catalogue, clique(ids), path=tmp_path)
    families = collection.found_families
    assert families is not None and collection.matches is not None
    named = families.named({family_id: f"{at + 1:04d}" for at, family_id in enumerate(families.ids)})
    borrowing = BookNetwork.from_families(named, collection.matches, catalogue)
    reviews = Reviews(tmp_path / "reviews.sqlite", lambda: catalogue.pictures)
    kept = [name for name in ids if not re.search(r"[\x00-\x08\x0b-\x1f]", name)]
    pairs = [reviews.record(kept[0], other, "unsure", reviewer="Ada") for other in kept[1:]]
    members = [(family, member) for family in named.ordered() for member in family.members]
    found: dict[str, tuple[bytes, dict[str, list[str]]]] = {
        "selection": (
            selection_csv(catalogue, every, **NOTE),
            {"plate_id": ids, "book": ids, "folder": ids, "file": ids},
        ),
        "neighbours": (
            neighbours_csv(catalogue, 3, "", every, [0.5] * len(ids), backbone="toy", **NOTE),
            {"query_plate_id": [ids[3]] * len(ids), "query_book": [ids[3]] * len(ids), "neighbour_plate_id": ids,
             "neighbour_book": ids},
        ),
        "pairs": (
            pairs_csv(catalogue, every, list(reversed(every)), **NOTE),
            {"a_plate_id": ids, "b_plate_id": ids[::-1], "a_book": ids, "b_book": ids[::-1]},
        ),
        "families": (
            families_csv(named, catalogue, **NOTE),
            {"family_id": [family.id for family, _ in members], "plate_id": [member.plate_id for _, member in members],
             "book": [member.plate_id for _, member in members]},
        ),
        "network": (
            network_csv(borrowing, catalogue, **NOTE),
            {"source_book": [edge.source for edge in borrowing.edges],
             "target_book": [edge.target for edge in borrowing.edges],
             "family_ids": [" | ".join(edge.families) for edge in borrowing.edges]},
        ),
        "reviews": (
            reviews.to_csv(catalogue, **NOTE),
            {"plate_a_id": [one.plate_a for one in pairs], "plate_b_id": [one.plate_b for one in pairs],
             "b_book": [one.plate_b for one in pairs]},
        ),
        "table": (table_csv({"book": ids, "plates": list(every)}, **NOTE), {"book": ids}),
        "skipped": (
            Found([], [(name, "no image") for name in ids], [], 0, None, {}).skipped_csv(),  # type: ignore[arg-type]
            {"file": ids},
        ),
    }  # fmt: skip
    return found


def test_ids_are_exact_in_every_list(tmp_path: Path, tally: Tally) -> None:
    for name, (data, columns) in lists(tmp_path).items():
        for column, ids in columns.items():
            with tally.attempt(f"{name}: {column}"):
                assert ids
                check(data, column, ids)


def test_formulas_are_text(tally: Tally) -> None:
    for payload in FORMULAS:
        catalogue = catalogue_of(
            {"a": ("b", 1700)}, title=[payload], author=[payload], place=[payload], shelf=[payload]
        )
        told: dict[str, Any] = {"collection": payload, "date": payload}
        for name, data in {
            "selection": selection_csv(catalogue, [0], **told, extra={payload: [payload]}),
            "neighbours": neighbours_csv(catalogue, None, payload, [0], [0.5], backbone=payload, **told),
            "pairs": pairs_csv(catalogue, [0], [0], **told, extra={payload: [payload]}),
        }.items():
            with tally.attempt(f"{payload!r} in {name}"):
                for row in rows_of(data):
                    assert not [
                        cell for cell in row if runs(cell) or cell.startswith(("\t", "\r", "\n", "\x00"))
                    ]
                table = read_back(data)
                assert payload in {
                    text for row in [list(table.columns), *table.to_numpy().tolist()] for text in row
                }
                assert name != "selection" or table["title"].tolist() == [payload]


def test_ids_are_exact_in_every_file_of_an_export(tmp_path: Path, tally: Tally) -> None:
    """Written in chunks, the files keep to the same form; every column of ids in them is followed by its texts."""
    catalogue = hostile_catalogue()
    ids = list(catalogue.plate_ids)
    collection = collection_of(catalogue, clique(ids), path=tmp_path)
    kept = [name for name in ids if not re.search(r"[\x00-\x08\x0b-\x1f]", name)]
    reviews_of(collection).record(kept[0], kept[1], "same plate", reviewer="Ada")
    request = request_of(collection, top_k=3)
    for file in (file for kind in KINDS for file in kind.files if file.name.endswith(".csv")):
        data = content(file, request)
        frame = by_pandas(data)
        for column in frame.columns:
            if column.split("_")[-1] in ("id", "ids", "book", "file", "folder"):
                with tally.attempt(f"{file.name}: {column}"):
                    texts = frame[f"{column}_text"]
                    check(data, column, texts.str[1:-1])
                    known = {*ids, ""} if column.split("_")[-1] != "ids" and column != "family_id" else None
                    assert known is None or set(texts.str[1:-1]) <= known
    assert tally.tried > 20


def test_thirteen_thousand_ids_survive(tally: Tally) -> None:
    rng = random.Random(18)
    forms: tuple[Callable[[], str], ...] = (
        lambda: f"{rng.randrange(10**10):010d}{rng.randrange(10**4):04d}0_{rng.randrange(9)}",
        lambda: f"{rng.randrange(10**10):010d}",
        lambda: f"{rng.randrange(10**16):016d}",
        lambda: f"{rng.randrange(100)}{rng.choice('eE')}{rng.randrange(100)}",
        lambda: f"{rng.randrange(1, 13)}-{rng.randrange(1, 32)}",
        lambda: f"{rng.choice(['mar', 'MAY', 'sept', 'Dec'])}{rng.randrange(40)}",
        lambda: f"00{rng.randrange(1000)}",
        lambda: f"{rng.randrange(1000)}.{rng.randrange(1000)}",
        lambda: f"plate {rng.randrange(10**6)}",
        lambda: rng.choice(["'", "=", "-", "+", "@", "''", "'="]) + str(rng.randrange(10**6)),
    )
    ids: set[str] = set(HOSTILE) - {""}
    while len(ids) < 13_151:
        ids.add(rng.choice(forms)())
    catalogue = hostile_catalogue(ids)
    assert len(catalogue) == 13_151
    data = selection_csv(catalogue, range(len(catalogue)), **NOTE)
    for column in ("plate_id", "book"):
        with tally.attempt(column, times=len(catalogue)):
            check(data, column, catalogue.plate_ids)
    # The emulation does change what it should: the ids' own columns, not the texts.
    after = by_pandas(resaved(data))
    changed = sum(a != b for a, b in zip(after["book"], by_pandas(data)["book"], strict=True))
    assert changed > 4000
    with tally.attempt("opened in a spreadsheet, and saved", times=len(catalogue)):
        assert after["book_text"].str[1:-1].tolist() == list(catalogue.plate_ids)
