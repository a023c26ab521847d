"""Row 18: ids in every list are what they were, for pandas, in a spreadsheet, and when they come back; nothing runs."""

from __future__ import annotations

import csv
import hashlib
import io
import random
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from imgsim.base.cells import csv_bytes, id_cell
from imgsim.base.spreadsheets import read_back
from imgsim.catalogue import Catalogue
from imgsim.collection.book_network import BookNetwork
from imgsim.collection.decided import reviews_of
from imgsim.errors import ImgsimError
from imgsim.export import (
    KINDS,
    families_csv,
    neighbours_csv,
    network_csv,
    pairs_csv,
    selection_csv,
    table_csv,
)
from imgsim.prepare.plate_stage import Found
from imgsim.reviews import Reviews
from tests.exports import DAY, collection_of, content, request_of
from tests.hostile import FORMULAS
from tests.kin import catalogue_of, clique
from tests.reliability.tally import Tally

NOTE: dict[str, Any] = {"collection": "herbals", "date": DAY}
HOSTILE = [
    "0904700600", "007", "1-2", "3/4", "1E5", "12e3", "1234567890123456", "105280020101620", "TRUE", "false", "12:30",
    "2026-11-22", "22.11.2026", "3 May", "May 3", "MAR7", "50%", "£5", "(12)", "1,000", ".5", "NA", "nan", "null",
    "None", "N/A", "", "=1", "+1", "-1", "@x", "=HYPERLINK(\"http://evil.invalid\")", "＝1", "'tis", "'0012", "'=1",
    "''-2", "[12]", "[x", "a,b", "say \"no\"", "two\nlines", "tab\tin it", " lead", "trail ",
    "é́", "李時珍", "\u202egnp", "plate 12", "105280020101620_0", "-", "#REF!", "\t=1", "\r\n=2",
]  # fmt: skip


def runs(cell: str) -> bool:
    """Whether a spreadsheet may run a cell."""
    return re.match(r"[\s\x00]*[=+\-@＝＋－＠]", cell) is not None


def spreadsheet(cell: str) -> str:
    """What is left of a cell once a spreadsheet has opened a CSV and saved it again: numbers with 15 digits and without
    zeros in front, dates as dates, truth values in capitals, formulas as what they come to. An emulation of its own."""
    text = cell.strip()
    if re.match(r"[=+\-@＝＋－＠]", text) and not re.fullmatch(
        r"[-+]?[\d.,]+(e[-+]?\d+)?%?", text, re.IGNORECASE
    ):
        return "#NAME?"
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper()
    bare = re.sub(r"[\s,£$€%]", "", text).strip("()")
    if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", bare):
        number = float(f"{float(bare):.15g}")
        return f"{number:.5E}" if abs(number) >= 1e11 else f"{number:.10g}"
    months = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    date = rf"\d{{1,4}}[-/. ]\d{{1,2}}([-/. ]\d{{1,4}})?|\d{{0,4}}[- ]?({months})[a-z]*[- ]?\d{{0,4}}|\d{{1,2}}:\d\d"
    if re.fullmatch(date, text, re.IGNORECASE):
        return "45660"
    return cell


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def by_pandas(data: bytes) -> pd.DataFrame:
    """As the README says."""
    return pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)


def resaved(data: bytes) -> bytes:
    """A list after it was opened and saved in a spreadsheet."""
    head, *rows = rows_of(data)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(
        [head, *([spreadsheet(cell) for cell in row] for row in rows)]
    )
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def check(data: bytes, column: str, ids: Iterable[str]) -> None:
    """A column of ids is exact for pandas, for us, and in a spreadsheet, and nothing in it runs."""
    wanted = list(ids)
    frame = by_pandas(data)
    own, texts = frame[column].tolist(), frame[f"{column}_text"].tolist()
    assert [text[1:-1] for text in texts] == wanted
    for cell, name in zip(own, wanted, strict=True):
        # An apostrophe is allowed only before what would run.
        assert cell == name or ((runs(name.lstrip("'")) or name[:1] in "\t\r\n") and cell == f"'{name}"), (
            cell,
            name,
        )
        assert not runs(cell) and not cell.startswith(("\t", "\r", "\n")), cell
    assert [spreadsheet(text) for text in texts] == texts
    assert not any(runs(text) for text in texts)
    assert read_back(data)[column].tolist() == wanted


def hostile_catalogue(names: Iterable[str] = HOSTILE) -> Catalogue:
    ids = sorted({name for name in names if name})
    return catalogue_of({name: (name, 1700 + at) for at, name in enumerate(ids)}, folder=ids, file=ids)


# ---- every list


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


# ---- coming back


def test_a_list_that_a_spreadsheet_saved_is_read_by_its_texts(tally: Tally) -> None:
    with tally.attempt("saved by a spreadsheet"):
        ids = ["0904700600", "007", "105280020101620", "1234567890123456", "bm01", "12"]
        data = resaved(csv_bytes({"book": ids, "note": ["x"] * len(ids)}))
        assert by_pandas(data)["book"].tolist() != ids
        assert read_back(data)["book"].tolist() == ids


def test_a_row_by_hand_needs_no_texts_and_an_emptied_cell_no_id(tally: Tally) -> None:
    with tally.attempt("rows by hand"):
        data = csv_bytes({"plate_id": ["0012", "1-2"]}).decode("utf-8-sig")
        assert read_back((data + "0077,\r\n").encode())["plate_id"].tolist() == ["0012", "1-2", "0077"]
        assert read_back((data + "0077\r\n").encode())["plate_id"].tolist() == ["0012", "1-2", "0077"]
        assert read_back(data.replace("1-2,", ",").encode())["plate_id"].tolist() == ["0012", "1-2"]


@pytest.mark.parametrize(
    ("written", "now"),
    [("0012,", "13,"), ("bm01,", "bm02,"), ("1-2,", "02-Jan,"), ("0012,", "1.2E+1x,"), ("=1,", "1,")],
)
def test_an_id_that_was_changed_in_one_of_its_columns_is_an_error_and_no_guess(
    written: str, now: str, tally: Tally
) -> None:
    with tally.attempt("changed in one column"):
        data = csv_bytes({"plate_id": ["0012", "bm01", "1-2", "=1"]}).decode("utf-8-sig")
        with pytest.raises(ImgsimError, match=r"Line \d names two things: plate_id"):
            read_back(data.replace(f"\n{written}", f"\n{now}").replace(f"\n'{written}", f"\n{now}").encode())


def test_files_of_older_versions_are_read_as_they_were_meant(tally: Tally) -> None:
    with tally.attempt("older versions"):
        old = "plate_id,book,title\r\n'0012,'0904700600,'=1\r\n''tis,bm01,A garden\r\n"
        frame = read_back(old.encode("utf-8-sig"))
        assert frame["plate_id"].tolist() == ["0012", "'tis"]
        assert frame["book"].tolist() == ["0904700600", "bm01"] and frame["title"].tolist() == [
            "=1",
            "A garden",
        ]


def test_columns_of_the_metadata_that_are_called_alike_stand_as_they_are(tally: Tally) -> None:
    with tally.attempt("columns that are called alike"):
        given = {"shelf_id": ["007", "x"], "shelf_id_text": ["seven", "[9]"], "other_text": ["[1]", "[2]"]}
        data = csv_bytes(given)
        assert list(by_pandas(data).columns) == list(given)
        assert {name: list(values) for name, values in read_back(data).items()} == given


def test_one_apostrophe_can_always_be_taken_from_an_id_that_would_run(tally: Tally) -> None:
    with tally.attempt("apostrophes"):
        for name in ("=1", "'=1", "''=1", "'tis", "''", "'", " =1"):
            cell = id_cell(name)
            assert cell == (f"'{name}" if "=" in name else name)
        assert read_back(csv_bytes({"id": ["=1", "'=1", "'tis"]}))["id"].tolist() == ["=1", "'=1", "'tis"]


def test_reviews_come_back_from_a_spreadsheet(tmp_path: Path, tally: Tally) -> None:
    with tally.attempt("reviews"):
        plates = {name: (name, 1700) for name in ("0012", "0013", "bm01")}
        catalogue = catalogue_of(
            plates, sha256=[hashlib.sha256(name.encode()).hexdigest() for name in plates]
        )
        ours = Reviews(tmp_path / "ours.sqlite", lambda: catalogue.pictures)
        ours.record("0012", "0013", "same plate", reviewer="Ada")
        ours.record("0012", "bm01", "unrelated", reviewer="Ada")
        data = resaved(ours.to_csv(catalogue, **NOTE))
        assert by_pandas(data)["plate_a_id"].tolist() == ["12", "12"]
        theirs = Reviews(tmp_path / "theirs.sqlite", lambda: catalogue.pictures)
        assert theirs.merge_csv(data, catalogue).added == 2
        assert [one.pair for one in theirs.all()] == [("0012", "0013"), ("0012", "bm01")]


def test_what_a_terminal_would_obey_is_spelt_out_and_read_back() -> None:
    controls = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\t\r\n"]
    texts = [
        *controls, *(f"a{one}[31mb" for one in controls), "\x1b]0;title\x07", "=\x1b1", "\x1b=1", "'\x1b", "C:\\x1bin",
        "\\x5c", "\\\\x1b", "\\n", "tab\tin it",
    ]  # fmt: skip
    data = csv_bytes({"title": texts, "plate_id": texts, "\x1b[2J": texts})
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", data.decode("utf-8-sig"))
    frame = read_back(data)
    assert list(frame.columns) == ["title", "plate_id", "\x1b[2J"]
    assert all(frame[name].tolist() == texts for name in frame.columns)
