"""Row 28: a file of decisions that is empty, cut, flipped or foreign: found, or harmless."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from imgsim.collection.id_registry import Present, Registry
from imgsim.reviews import FILE, Review, Reviews
from tests.reliability.deciding import (
    filled,
    found_or_harmless,
    must_be_found,
    pictures,
)
from tests.reliability.tally import Tally


def test_a_file_that_is_cut_is_never_taken_for_no_reviews(
    sound: tuple[bytes, list[Review]], tmp_path: Path, tally: Tally
) -> None:
    data, _ = sound
    cuts = [
        0,
        1,
        15,
        16,
        99,
        100,
        512,
        4095,
        4096,
        4097,
        8192,
        len(data) // 2,
        len(data) - 4096,
        len(data) - 512,
    ]
    for cut in [*cuts, len(data) - 1]:
        with tally.attempt(f"cut after {cut} bytes"):
            path = tmp_path / str(cut) / FILE
            path.parent.mkdir()
            path.write_bytes(data[:cut])
            must_be_found(Reviews(path, pictures))


def test_what_is_no_file_of_reviews_is_never_taken_for_no_reviews(
    sound: tuple[bytes, list[Review]], tmp_path: Path, tally: Tally
) -> None:
    data, _ = sound

    def changed(*statements: str) -> Callable[[Path], object]:
        def change(path: Path) -> None:
            path.write_bytes(data)
            with contextlib.closing(sqlite3.connect(path)) as connection:
                for statement in statements:
                    connection.execute(statement)
                connection.commit()

        return change

    unlocked = ("DROP TRIGGER append_only_delete", "DROP TRIGGER append_only_update")
    cases: dict[str, Callable[[Path], object]] = {
        "zeroed": lambda path: path.write_bytes(bytes(len(data))),
        "zeroed from the second page": lambda path: path.write_bytes(data[:4096].ljust(len(data), b"\0")),
        "noise": lambda path: path.write_bytes(random.Random(5).randbytes(len(data))),
        "a zip": lambda path: path.write_bytes(b"PK\x03\x04" * 900),
        "an SQLite file without tables": lambda path: sqlite3.connect(path).execute("VACUUM").close(),
        "its tables are gone": changed("DROP TABLE reviews"),
        "its records are gone": changed(*unlocked, "DELETE FROM reviews"),
        "the last record is gone": changed(
            *unlocked, "DELETE FROM reviews WHERE number = (SELECT MAX(number) FROM reviews)"
        ),
        "a record in the middle is gone": changed(*unlocked, "DELETE FROM reviews WHERE number = 40"),
        "a note was altered": changed(*unlocked, "UPDATE reviews SET note = 'other' WHERE number = 40"),
        "a record was slipped in": changed(
            "INSERT INTO reviews SELECT NULL, 'f0000000-0000-4000-8000-000000000000', plate_a, plate_b, decision, "
            'reviewer, note, "when", evidence, undoes, picture_a, picture_b, confirms, checksum FROM reviews LIMIT 1'
        ),
        "an index is gone": changed("DROP INDEX by_pair"),
        "the registry in its place": lambda path: shutil.copyfile(registry(path), path),
    }

    def registry(path: Path) -> Path:
        found = Registry(path.parent / "other")
        found.path.parent.mkdir()
        found.record([Present("p", "0" * 64, "r", "f")], "2026-01-01T00:00:00+00:00")
        return found.path

    for number, (what, change) in enumerate(cases.items()):
        with tally.attempt(what):
            path = tmp_path / str(number) / FILE
            path.parent.mkdir()
            change(path)
            must_be_found(Reviews(path, pictures))


def test_every_flipped_bit_is_found_or_harmless(
    sound: tuple[bytes, list[Review]], tmp_path: Path, tally: Tally
) -> None:
    data, expected = sound
    chance = random.Random(28)
    # Everywhere, and more often where SQLite keeps its own: the header, the schema, the heads of the pages.
    places = [chance.randrange(len(data)) for _ in range(120)]
    places += list(range(16, 100, 2)) + [chance.randrange(100, 4096) for _ in range(40)]
    places += [page * 4096 + chance.randrange(16) for page in range(1, len(data) // 4096)]
    for place in places:
        bit = chance.randrange(8)
        with tally.attempt(f"bit {bit} of byte {place}"):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            folder = tmp_path / f"{place}-{bit}"
            folder.mkdir()
            (folder / FILE).write_bytes(flipped)
            found_or_harmless(Reviews(folder / FILE, pictures), expected)
            shutil.rmtree(folder)


def test_a_bit_that_flips_while_the_app_runs_is_found_too(
    sound: tuple[bytes, list[Review]], tmp_path: Path, tally: Tally
) -> None:
    _, expected = sound
    reviews, chance = filled(tmp_path / FILE, 130), random.Random(29)
    kept = reviews.path.read_bytes()
    expected = reviews.all()
    for _ in range(40):
        place, bit = chance.randrange(len(kept)), chance.randrange(8)
        with tally.attempt(f"bit {bit} of byte {place}, in the file that is in use"):
            flipped = bytearray(kept)
            flipped[place] ^= 1 << bit
            reviews.path.write_bytes(flipped)
            found_or_harmless(reviews, expected)
            reviews.path.write_bytes(kept)
            assert reviews.all() == expected


# ---- while people work
