"""What a spreadsheet makes of a list, and the ids that it would spoil."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

import pandas as pd

from imgsim.base.spreadsheets import read_back
from imgsim.catalogue import Catalogue
from tests.kin import catalogue_of

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
    """The cells of a CSV, as they stand."""
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
    """Plates whose ids a spreadsheet would spoil."""
    ids = sorted({name for name in names if name})
    return catalogue_of({name: (name, 1700 + at) for at, name in enumerate(ids)}, folder=ids, file=ids)
