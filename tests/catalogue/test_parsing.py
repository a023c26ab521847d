"""Reading dates: every year in every template of nine languages, and what is no date."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

from imgsim.catalogue.dates import (
    APPROXIMATE,
    CERTAIN,
    SURENESS,
    UNCERTAIN,
    UNDATED,
    DateInterval,
    parse_date,
)
from tests import statements
from tests.benchmarks import dates as benchmark
from tests.catalogue.written import ends

LANGUAGES = sorted({template.language for template in statements.TEMPLATES})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_year_in_every_template(language: str) -> None:
    wrong = []
    seen = 0
    # All years are met; each template meets every third of them, and another third in the next template.
    for at, template in enumerate(each for each in statements.TEMPLATES if each.language == language):
        for made, text, right in statements.statements(range(1450 + at % 3, 1901, 3), [template]):
            seen += 1
            date = parse_date(text)
            if date is None or ((date.earliest, date.latest), date.sure) != (right, made.sure):
                wrong.append((text, right, made.sure, date))
    assert not wrong[:10] and seen > 5000


def test_all_nine_languages_are_there_and_every_kind_of_statement_in_most() -> None:
    assert len(LANGUAGES) == 10  # and one of no language
    for means in ("year", "two years", "century", "before", "until", "after", "from"):
        assert len({t.language for t in statements.TEMPLATES if t.means == means} - {"any"}) == 9, means


@pytest.mark.parametrize("text", statements.UNDATED)
def test_what_says_that_it_is_undated(text: str) -> None:
    assert parse_date(text) == UNDATED


@pytest.mark.parametrize("text", statements.NO_DATES)
def test_what_is_no_date_is_not_read(text: str) -> None:
    assert parse_date(text) is None


def test_numbers_with_more_digits_pages_and_marks_never_become_years() -> None:
    lots = random.Random(5)
    for _ in range(400):
        year = lots.randrange(1450, 1900)
        for text in (
            f"{year}{lots.randrange(10)}",
            f"{lots.randrange(1, 9)}{year}",
            f"p. {year}",
            f"pp. {year}-{year + 9}",
            f"{year} x {lots.randrange(100, 3000)} mm",
            f"{year} cm",
            f"MS. {year}",
            f"No {year}",
            f"{year}.{lots.choice('abx')}.5",
            f"QH{lots.randrange(10, 99)} .B{year}",
            f"{year}.{lots.randrange(1, 9)}",
            f"Bl. {year}",
            f"vol. {year}",
            f"£{year}",
            f"inv.nr. {year}",
            f"{lots.choice('BDFGT')}-{year}",
            f"{lots.choice('bdfgt')}. {year}" if year % 2 else f"S. {year}",
        ):
            assert ends(text) in (None, (None, None)) or text.startswith("d. "), text


@pytest.mark.parametrize(
    ("text", "right"),
    [
        # corrections: what was put right counts, for the part that it corrects
        ("1740-1741 [i.e. 1742]", (1740, 1742)),
        ("1641 [i.e. 1642]-1645", (1642, 1645)),
        ("1752 [i.e. 3]", (1753, 1753)),
        ("1641 [i.e. 1640-1642]", (1640, 1642)),
        ("1710/11 [i.e. 1712]", (1712, 1712)),
        ("1752 [sic]", (1752, 1752)),
        ("1752 [i.e. London]", (1752, 1752)),
        ("MDCCLI [i.e. MDCCLII]", (1752, 1752)),
        ("1571 [misprint for 1751]", (1751, 1751)),
        ("1635 [= vor 1654]", (None, 1653)),
        ("1641 [oder vielmehr 1643?]", (1643, 1643)),
        # what the cataloguer supplied, and a bracket inside of a number or a span
        ("[London], 1752", (1752, 1752)),
        ("17 [May] 1752", (1752, 1752)),
        ("1752 [printed 1753]", (1753, 1753)),
        ("1752 [reprint 1801]", (1752, 1801)),
        ("1[7]52", (1752, 1752)),
        ("17[5-]", (1750, 1759)),
        ("[17]--", (1700, 1799)),
        ("1752-[60]", (1752, 1760)),
        ("[1752]-1760", (1752, 1760)),
        ("1752[-60]", (1752, 1760)),
        ("175[2-5]", (1752, 1755)),
        ("17[52 oder 53]", (1752, 1753)),
        ("1752 (1753)", (1752, 1753)),
        ("[1752] 1760", (1752, 1760)),
        # old style and new style
        ("10 January 1710/11", (1710, 1711)),
        ("Feb. 1699/1700", (1699, 1700)),
        ("1699/0", (1699, 1700)),
        ("1710/11 [1711]", (1711, 1711)),
        ("1710 [11]", (1710, 1711)),
        ("1710 O.S. [1711 N.S.]", (1711, 1711)),
        # other eras
        ("AH 1165", (1751, 1752)),
        ("1165 H.", (1751, 1752)),
        ("1165 [1752]", (1752, 1752)),
        ("1165 (1752)", (1752, 1752)),
        ("AH 1165/1752", (1752, 1752)),
        ("1752 (AH 1165)", (1752, 1752)),
        ("A.M. 5512", (1751, 1752)),
        ("5512 [1752]", (1752, 1752)),
        ("an II de la liberté", (1790, 1790)),
        ("an VII-VIII", (1798, 1800)),
        ("an II [1793 or 1794]", (1793, 1794)),
        ("18 brumaire an VIII", (1799, 1799)),
        ("Hōreki 2 [1752]", (1752, 1752)),
        # several years, whatever parts them; what may be a month or a year covers both
        ("1747,8,9", (1747, 1749)),
        ("1752-53-54", (1752, 1754)),
        ("1752, 1754, 1760", (1752, 1760)),
        ("1752; 1753", (1752, 1753)),
        ("1704-05", (1704, 1705)),
        ("1752-05", (1752, 1752)),
        ("1730-31", (1730, 1731)),
        ("1752 & 53", (1752, 1753)),
        ("zwischen 1752 und 60", (1752, 1760)),
        ("MDCCL-LII", (1750, 1752)),
        ("1752-1750", (1750, 1752)),
        ("3.4.1752-5.6.1753", (1752, 1753)),
        ("1752-05-03/1753-06-01", (1752, 1753)),
        ("00.00.1752", (1752, 1752)),
        # centuries and decades
        ("17th-19th century", (1600, 1899)),
        ("late 17th - early 18th century", (1666, 1733)),
        ("1750s-60s", (1750, 1769)),
        ("letztes Viertel 18. Jh.", (1775, 1799)),
        ("last decade of the 18th century", (1790, 1799)),
        ("s. XVIII 2/4", (1725, 1749)),
        ("erstes Drittel des 18. Jahrhunderts", (1700, 1733)),
        ("seconda metà del Settecento", (1750, 1799)),
        ("1700-luvun alku - 1800-luvun loppu", (1700, 1899)),
        ("1750-60-talet", (1750, 1769)),
        ("1750/60er Jahre", (1750, 1769)),
        ("av. 1752", (None, 1751)),
        ("early 1750s", (1750, 1753)),
        ("before the 1750s", (None, 1749)),
        # bounds
        ("after 1752, before 1760", (1753, 1759)),
        ("not before 1752, not after 1760", (1752, 1760)),
        ("1752-", (1752, None)),
        ("from 1750-1760", (1750, 1760)),
        ("1752 to present", (1752, None)),
        ("um oder nach 1752", (1752, None)),
        ("terminus post quem 1752", (1752, None)),
        ("<1752", (None, 1751)),
        ("wohl nach 1752", (1753, None)),
        # programs
        ("r18011752", (1801, 1801)),
        ("m17529999", (1752, None)),
        ("17520503", (1752, 1752)),
        ("1752uuuu", None),
        ("[1752..1755]", (1752, 1755)),
        ("{1752,1755}", (1752, 1755)),
        ("1752?/1760~", (1752, 1760)),
        ("1752-21", (1752, 1752)),
        ("1752-05-03T12:30:00.5+01:00", (1752, 1752)),
        ("1753, c1752", (1753, 1753)),
        # imprints
        ("Linnaeus (1707-1778), London 1752", (1707, 1778)),
        ("No. 12, Strand, 1752", (1752, 1752)),
        ("1752. 320 p.", (1752, 1752)),
        ("24 x 17 cm, 1752", (1752, 1752)),
        ("3. Aufl. 1752", (1752, 1752)),
        # printers' numerals
        ("CIƆIƆCCLII", (1752, 1752)),
        ("(I) I) CC LII", (1752, 1752)),
        ("CIC IC CC LII", (1752, 1752)),
        ("MDCCXIIX", (1718, 1718)),
        ("M.D.C.C.L.II", (1752, 1752)),
        ("MDCCLIJ", (1752, 1752)),
    ],
)
def test_kinds_of_statements(text: str, right: tuple[int | None, int | None] | None) -> None:
    assert ends(text) == right


def test_words_that_are_not_understood_make_a_date_uncertain() -> None:
    for text, sure in (
        ("zzyx 1752", UNCERTAIN),
        ("London, 1752", CERTAIN),
        ("printed somehow, 1752", CERTAIN),
        ("okolo 1752", UNCERTAIN),
        ("fl. 1752", UNCERTAIN),
        ("Ostermesse 1752", CERTAIN),
        ("c1752", APPROXIMATE),
        ("©1752", CERTAIN),
    ):
        date = parse_date(text)
        assert date is not None and (date.year, date.sure) == (1752, sure), text


def test_nothing_that_is_typed_breaks_the_reader() -> None:
    lots = random.Random(11)
    letters = "0123456789[]()<>?-/.,;:=~^ XMDCLVIuxsciaepo'\"©Ↄ年\u0301\n"
    known = [statements.filled(each.text, 1793) for each in statements.TEMPLATES if each.years != "1600s"]
    for _ in range(6_000):
        text = "".join(lots.choices(letters, k=lots.randrange(1, 16)))
        if lots.random() < 0.5:
            whole = lots.choice(known)
            cut = lots.randrange(len(whole) + 1)
            text = whole[:cut] + text[:3] + whole[cut:]
        date = parse_date(text)
        assert date is None or date.sure in (*SURENESS, "")
    assert parse_date("1752 " * 1000) is None


# ---- the benchmark


def test_the_benchmark_counts_what_agrees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "dates.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [
                ("raw", "year"),
                ("1752", "1752"),
                ("1750s", "1752.0"),
                ("Frühling", "1752"),
                ("1753", "1752"),
                ("s.a.", ""),
            ]
        )
    benchmark.main([str(table)])
    said = capsys.readouterr().out
    assert [line.split()[-3] for line in said.splitlines()[:4]] == ["2", "1", "1", "1"]
    assert "'1753': read 1753, right 1752 to 1752" in said and "not read  'Frühling': read nothing" in said
    benchmark.main([str(table), "--write"])
    benchmark.main([str(table)])
    assert capsys.readouterr().out.splitlines()[1].endswith("100.00 %")
    table.write_text("a,b\n1,2\n")
    with pytest.raises(SystemExit, match="--raw"):
        benchmark.main([str(table)])


@pytest.mark.parametrize(
    "text",
    ["Wing 1752", "Goff 1482", "GW 1482", "ESTC 1752", "Hain 1482", "VD17 1652", "ISBN 1752", "RCIN 1752",
     "Nissen 1752", "Room 1752", "acc. 1752", "Pritzel 1753"],
)  # fmt: skip
def test_numbers_in_bibliographies_are_no_years(text: str) -> None:
    assert parse_date(text) is None
    assert parse_date(f"1752, {text}") in (None, DateInterval(1752, 1752), DateInterval(1752, 1752, "uncertain"))


def test_a_correction_may_be_abbreviated() -> None:
    assert parse_date("1752 [vielm. 1751]") == DateInterval(1751, 1751)
