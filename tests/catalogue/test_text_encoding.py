"""Bytes become the text that was meant, or the reader is told that it was a guess."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from imgsim.catalogue import read_metadata
from imgsim.catalogue.text_encoding import decode
from imgsim.errors import MetadataError

GERMAN = [
    "Hausväter", "Weinstöcke", "Bienenzüchter", "Schäfer", "Gräser", "Fräulein", "Gründlicher", "Pfälzisch",
    "Gebrüder", "Größe", "Preußen", "Rößlein",
]  # fmt: skip
FRENCH = [
    "Abrégé", "Phénomènes", "Légumes", "Pâturages", "Mémoires", "Frédéric", "Ménagère", "Géographie",
    "Huîtres", "Chênes", "Vénéneuses", "Curés",
]  # fmt: skip
OTHERS = [
    "Jardinería", "Viñedos", "Núñez", "Västerås", "Läkekonst", "Hämäläinen", "Blåbær", "Sjælland", "Perchè",
    "Carità", "Coöperatie", "Officiële",
]  # fmt: skip
RUSSIAN = [
    "Ботаника", "Садоводство", "Растения", "Травник", "Лекарственных", "Императорский", "Рисунки", "Цветы",
    "Деревья", "Сибирская",
]  # fmt: skip
CHINESE = [
    "植物名实图考", "花卉图谱", "农政全书", "救荒本草", "芥子园画传", "南方草木状", "群芳谱", "药材",
]  # fmt: skip
JAPANESE = [
    "本草図譜", "大和本草", "花の図", "きのこ", "さくら", "ツバキ", "アサガオ", "日本植物誌", "草木図説", "ユリの花",
]  # fmt: skip
KINDS = {
    "cp1252": GERMAN + FRENCH + OTHERS, "mac_roman": GERMAN + FRENCH + OTHERS, "cp850": GERMAN + FRENCH + OTHERS,
    "cp1251": RUSSIAN, "gb18030": CHINESE, "shift_jis": JAPANESE,
}  # fmt: skip
NAMES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp850": "CP850", "cp1251": "Windows-1251",
         "gb18030": "GB18030", "shift_jis": "Shift-JIS"}  # fmt: skip


def table(words: list[str], rows: int, seed: int) -> str:
    pick = random.Random(seed)
    lines = ["file,title,author,year"]
    for row in range(rows):
        title = " ".join(pick.sample(words, 3))
        lines.append(f"pl{row}.jpg,{title},{pick.choice(words)},{1700 + row}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("encoding", KINDS)
def test_short_tables_are_read_as_they_were_written(encoding: str) -> None:
    right = []
    for seed in range(60):
        text = table(KINDS[encoding], 1 + seed % 3, seed)
        found = decode(text.encode(encoding), Path("t.csv"))
        right.append(found.text == text)
        # Whatever it is read as, the reader is told, with a word to judge by.
        assert "guess" in found.note and found.encoding in found.note
    assert sum(right) >= 59


@pytest.mark.parametrize("encoding", KINDS)
def test_a_long_table_is_always_read_right(encoding: str) -> None:
    text = table(KINDS[encoding], 200, 1)
    found = decode(text.encode(encoding), Path("t.csv"))
    assert (found.text, found.encoding) == (text, NAMES[encoding])


UNICODE = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
           "utf-32": "UTF-32"}  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "named", "words"),
    [
        *((e, n, words) for e, n in UNICODE.items() for words in (GERMAN, JAPANESE)),
        ("iso2022_jp", "ISO-2022-JP", JAPANESE),
    ],
)
def test_unicode_is_no_guess(encoding: str, named: str, words: list[str]) -> None:
    text = table(words, 4, 7)
    found = decode(text.encode(encoding), Path("t.csv"))
    assert (found.text, found.encoding) == (text, named) and "guess" not in found.note


def test_an_uncertain_reading_names_the_other() -> None:
    note = decode("file,title\na.jpg,tr\x8as\n".encode("latin-1"), Path("t.csv")).note
    assert "CP850" in note and "Mac Roman" in note and "très" in note and "träs" in note


def test_an_encoding_can_be_named_and_is_then_kept_to(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("file,title\na.jpg,Gräser\n".encode("mac_roman"))
    assert read_metadata(path).frame["title"][0] == "Gräser"
    for name, title in (("cp850", "Grèser"), ("mac_roman", "Gräser"), ("Mac-Roman", "Gräser")):
        read = read_metadata(path, name)
        assert read.frame["title"][0] == title and "as you said" in read.notes[0]
    with pytest.raises(MetadataError, match="not written in utf-8: the bytes 8a 73 65 72 in line 2"):
        read_metadata(path, "utf-8")
    for name in ("klingon", "base64", "rot13", "idna", "punycode", "x\x00y"):
        with pytest.raises(MetadataError, match="no encoding"):
            read_metadata(path, name)


def test_a_few_foreign_bytes_do_not_turn_utf_8_into_mojibake() -> None:
    text = table(GERMAN, 20, 3)
    broken = text.encode() + "last.jpg,Gärtner,X,1799\n".encode("cp1252")
    found = decode(broken, Path("t.csv"))
    assert found.text == text + "last.jpg,Gärtner,X,1799\n" and found.encoding == "UTF-8"
    assert "1 bytes are not UTF-8" in found.note and "line 22" in found.note


def test_text_that_was_encoded_twice_is_pointed_at() -> None:
    twice = table(GERMAN, 3, 3).encode().decode("cp1252", "ignore")
    assert "encoded twice" in decode(twice.encode(), Path("t.csv")).note
    assert not decode(table(GERMAN + FRENCH, 50, 3).encode(), Path("t.csv")).note
