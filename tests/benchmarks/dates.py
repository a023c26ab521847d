"""How well are dates read? Agreement with a table of raw and cleaned dates, and every kind of disagreement.

    python -m tests.benchmarks.dates FILE [--raw COLUMN] [--from COLUMN] [--to COLUMN] [--shown 40]
    python -m tests.benchmarks.dates --write FILE      # a table of this kind, from the templates of the tests

FILE is a CSV. Raw dates stand in a column called text, raw, date, date_raw or statement; cleaned ones in from and to
(empty where open or undated), or in one column of years called year, clean, cleaned or date_clean. A row is

    the same      from and to are what was read
    holds it      the interval that was read holds the cleaned one, but is wider
    not read      nothing was read where the table has a date: such statements are listed by every run
    other         the rest: what is wrong in silence
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from imgsim.catalogue import DateInterval, parse_date

RAW = ("text", "raw", "date", "date_raw", "raw_date", "statement")
FIRST = (
    "from",
    "date_from",
    "year_from",
    "earliest",
    "year",
    "clean",
    "cleaned",
    "date_clean",
    "cleaned_year",
)
LAST = ("to", "date_to", "year_to", "latest")
SAME, HOLDS, NOT_READ, OTHER = "the same", "holds it", "not read", "other"
Ends = tuple[int | None, int | None]


def judged(read: DateInterval | None, right: Ends) -> str:
    """How what was read agrees with what is right."""
    found = (None, None) if read is None else (read.earliest, read.latest)
    if found == right:
        return SAME
    if read is None or not read.dated:
        return NOT_READ
    if right == (None, None):
        return OTHER
    wide = (found[0] is None or (right[0] is not None and found[0] <= right[0])) and (
        found[1] is None or (right[1] is not None and found[1] >= right[1])
    )
    return HOLDS if wide else OTHER


def rows(path: Path, raw: str, first: str, last: str) -> Iterator[tuple[str, Ends]]:
    """Raw date and right years of every row of a table; '' for a column that its name has to tell."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        names = {str(name).strip().lower(): str(name) for name in table.fieldnames or ()}
        columns = [
            given or next((names[name] for name in known if name in names), "")
            for given, known in ((raw, RAW), (first, FIRST), (last, LAST))
        ]
        if not columns[0] or not columns[1]:
            raise SystemExit(
                f"{path} has the columns {', '.join(names)}: name the right ones by --raw and --from."
            )
        for row in table:
            begin = _year(row[columns[1]])
            yield row[columns[0]], (begin, _year(row[columns[2]]) if columns[2] else begin)


def _year(cell: str | None) -> int | None:
    return int(float(cell)) if cell and cell.strip() else None


def report(found: Sequence[tuple[str, Ends]], shown: int = 40) -> tuple[Counter[str], list[str]]:
    """How many rows agree how, and the disagreements, the most frequent statements first."""
    counts: Counter[str] = Counter()
    apart: Counter[str] = Counter()
    for text, right in found:
        read = parse_date(text)
        how = judged(read, right)
        counts[how] += 1
        if how != SAME:
            words = "nothing" if read is None else read.words
            apart[f"{how:9} {text!r}: read {words}, right {right[0]} to {right[1]}"] += 1
    lines = [f"{number:6,}  {line}" for line, number in apart.most_common(shown)]
    if len(apart) > shown:
        lines.append(f"        and {len(apart) - shown:,} more (--shown)")
    return counts, lines


def write(path: Path, step: int = 7) -> int:
    """Write a table from the templates of the tests, every seventh year of 1450 to 1900; return its rows."""
    from tests.statements import NO_DATES, UNDATED, statements

    made = [(text, *ends) for _, text, ends in statements(range(1450, 1901, step))]
    made += [(text, None, None) for text in (*UNDATED, *NO_DATES)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("text", "from", "to"))
        writer.writerows(made)
    return len(made)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--write", action="store_true", help="write such a table into FILE instead")
    parser.add_argument("--raw", default="", help="the column of raw dates")
    parser.add_argument(
        "--from", dest="first", default="", help="the column of cleaned years, or of their first"
    )
    parser.add_argument("--to", dest="last", default="", help="the column of the last cleaned years")
    parser.add_argument("--shown", type=int, default=40, help="disagreements that are printed (40)")
    given = parser.parse_args(arguments)
    if given.write:
        print(f"{write(given.file):,} statements in {given.file}")
        return
    counts, lines = report(list(rows(given.file, given.raw, given.first, given.last)), given.shown)
    total = counts.total()
    for how in (SAME, HOLDS, NOT_READ, OTHER):
        print(f"{how:9} {counts[how]:9,}  {100 * counts[how] / max(total, 1):6.2f} %")
    print(f"{'rows':9} {total:9,}")
    for line in lines:
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
