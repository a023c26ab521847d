"""Plate ids: kept through everything that happens to files, and never given to another picture (RELIABILITY row 31)."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from imgsim.collection.naming import KnownPlate, Scan, assign, folded, place
from imgsim.collection.registry import Present, Registry
from imgsim.reviews import FILE, Reviews

Version = tuple[int, int]  # picture, scan of it


def content(version: Version) -> str:
    return hashlib.sha256(repr(version).encode()).hexdigest()


def scan(file: str, version: Version, root: str = "/scans", name: str = "") -> Scan:
    return Scan(name or Path(file).stem, root, file, content(version))


def known(plate_id: str, file: str, version: Version, **more: object) -> KnownPlate:
    return KnownPlate(plate_id, content(version), "/scans", file, **more)  # type: ignore[arg-type]


def never(plate: KnownPlate, scan: Scan) -> bool:
    return False


def always(plate: KnownPlate, scan: Scan) -> bool:
    return True


# ---- single rules


def test_a_forgotten_page_renames_nothing() -> None:
    before = [known(f"p{n}", f"p{n}.png", (n, 0)) for n in (1, 2, 3)]
    files = [scan("p1.png", (1, 0)), scan("p2.png", (9, 0)), scan("p3.png", (2, 0)), scan("p4.png", (3, 0))]
    # Even if the new page looked like the one that stood at its place.
    assert assign(files, before, always) == ["p1", "p2-2", "p2", "p3"]


def test_a_second_folder_with_equal_names_leaves_the_first_alone() -> None:
    before = [known("plate_01", "herbal/plate_01.tif", (1, 0))]
    files = [
        scan("herbal/plate_01.tif", (1, 0), name="herbal/plate_01"),
        scan("flora/plate_01.tif", (2, 0), name="flora/plate_01"),
    ]
    assert assign(files, before, never) == ["plate_01", "flora/plate_01"]


@pytest.mark.parametrize(("answer", "plate_id"), [(always, "p1"), (never, "p1-2")])
def test_new_content_at_a_known_place_is_the_same_plate_only_if_it_shows_the_same_picture(
    answer: Callable[[KnownPlate, Scan], bool], plate_id: str
) -> None:
    before = [known("p1", "p1.tif", (1, 0))]
    assert assign([scan("p1.PNG", (1, 1))], before, answer) == [plate_id]
    # At another place nobody is asked.
    assert assign([scan("x/p1.png", (1, 1), name="p1")], before, always) == ["x/p1"]
    assert assign([scan("p1.png", (1, 1), root="/other")], before, always) == ["p1-2"]


def test_a_plate_that_was_gone_gets_its_id_back_and_nobody_else_does() -> None:
    before = [known("p1", "p1.png", (1, 0), gone=True)]
    assert assign([scan("p1.png", (2, 0))], before, never) == ["p1-2"]
    before.append(known("p1-2", "p1.png", (2, 0)))
    assert assign([scan("p1.png", (2, 0)), scan("q.png", (1, 0))], before, never) == ["p1-2", "p1"]
    assert assign([scan("p1.png", (3, 0))], before, never) == ["p1-3"]


def test_an_earlier_scan_is_known_too_unless_the_better_one_is_here() -> None:
    before = [known("p1", "p1.png", (1, 1), earlier=frozenset({content((1, 0))}))]
    assert assign([scan("old.png", (1, 0))], before, never) == ["p1"]
    assert assign([scan("old.png", (1, 0)), scan("p1.png", (1, 1))], before, never) == ["old", "p1"]


def test_files_of_one_content_keep_their_ids_by_place_then_by_name() -> None:
    blank = (0, 0)
    before = [known(f"b{n}", f"b{n}.png", blank) for n in (1, 2, 10)]
    files = [scan("x/b10.png", blank), scan("b2.png", blank), scan("new.png", blank), scan("zz.png", blank)]
    assert assign(files, before, never) == ["b10", "b2", "b1", "zz"]


def test_names_that_only_case_or_unicode_tell_apart_are_never_both_given() -> None:
    before = [known("Tafel_é", "a.png", (1, 0), gone=True)]
    files = [scan("x/TAFEL_É.png", (2, 0)), scan("y/tafel_é.png", (3, 0), name="tafel_é")]
    ids = assign(files, before, never)
    assert len({folded(one) for one in [*ids, "Tafel_é"]}) == 3


def test_a_free_name_goes_to_the_file_that_has_it() -> None:
    before = [known("p1", "p1.png", (1, 0), gone=True)]
    files = [scan("p1.png", (2, 0)), scan("p1-2.png", (3, 0))]
    assert assign(files, before, never) == ["p1-3", "p1-2"]


def test_a_folder_that_was_renamed_is_the_same_folder_if_known_content_says_so() -> None:
    before = [known("p1", "old/p1.png", (1, 0)), known("p2", "old/p2.png", (2, 0)), known("q", "old/q.png", (3, 0))]
    files = [scan("new/p1.png", (1, 0)), scan("new/p2.tif", (2, 1)), scan("new/q2.png", (3, 1))]
    assert assign(files, before, always) == ["p1", "p2", "q2"]
    assert assign(files, before, never) == ["p1", "new/p2", "q2"]
    # Without any known content it may be another book; and a folder that is still there was not renamed.
    assert assign(files[1:], before, always) == ["new/p2", "q2"]
    assert assign([*files, scan("old/x.png", (9, 0))], before, always) == ["p1", "new/p2", "q2", "x"]


# ---- whole histories


@dataclass
class World:
    """Folders of scans, people who decide, and the truth about which picture each id was given to."""

    folder: Path
    draw: random.Random
    files: dict[str, Version] = field(default_factory=dict)  # path -> what it shows
    shelf: list[Version] = field(default_factory=list)  # deleted scans
    here: dict[str, str] = field(default_factory=dict)  # plate id -> content
    picture_of: dict[str, int] = field(default_factory=dict)  # plate id -> the picture that it was given to
    content_of: dict[str, Version] = field(default_factory=dict)
    decided: dict[str, tuple[int, int]] = field(default_factory=dict)  # uuid -> the two pictures
    pictures: int = 0
    moment: int = 0

    def __post_init__(self) -> None:
        self.registry = Registry(self.folder)
        self.reviews = Reviews(self.folder / FILE, lambda: self.here)
        self.add(self.draw.randrange(3, 9))
        self.run()

    # -- what happens to files

    def new(self) -> Version:
        self.pictures += 1
        return self.pictures, 0

    def free(self) -> str:
        while True:
            file = f"{self.draw.choice(['a', 'b', 'c/d'])}/p{self.draw.randrange(14):02}.png"
            if file not in self.files:
                return file

    def any(self) -> str | None:
        return self.draw.choice(sorted(self.files)) if self.files else None

    def add(self, count: int = 1) -> None:
        for _ in range(count):
            if len(self.files) < 24:
                self.files[self.free()] = self.new()

    def rename(self) -> None:
        if (file := self.any()) is not None:
            version = self.files.pop(file)
            self.files[self.free()] = version

    def move_folder(self) -> None:
        source, target = self.draw.sample(["a", "b", "c/d", "e"], 2)
        for file in [f for f in sorted(self.files) if f.startswith(source + "/")]:
            to = target + file[len(source) :]
            if to not in self.files:
                self.files[to] = self.files.pop(file)

    def renumber(self) -> None:
        """A forgotten page goes in between, and those after it move on by one."""
        folder = self.draw.choice(["a", "b", "c/d"])
        inside = sorted(f for f in self.files if f.startswith(folder + "/"))
        versions = [self.files.pop(file) for file in inside]
        versions.insert(self.draw.randrange(len(versions) + 1), self.new())
        for number, version in enumerate(versions):
            self.files[f"{folder}/p{number:02}.png"] = version

    def rescan(self) -> None:
        if (file := self.any()) is not None:
            picture, number = self.files[file]
            self.files[file] = (picture, number + self.draw.randrange(1, 4))

    def overwrite(self) -> None:
        if (file := self.any()) is not None:
            self.shelf.append(self.files[file])
            self.files[file] = self.new()

    def swap(self) -> None:
        if len(self.files) > 1:
            one, two = self.draw.sample(sorted(self.files), 2)
            self.files[one], self.files[two] = self.files[two], self.files[one]

    def delete(self) -> None:
        if (file := self.any()) is not None:
            self.shelf.append(self.files.pop(file))

    def restore(self) -> None:
        if self.shelf:
            version = self.shelf.pop(self.draw.randrange(len(self.shelf)))
            self.files[self.free()] = version

    def copy(self) -> None:
        if (file := self.any()) is not None:
            self.files[self.free()] = self.files[file]

    def decide(self) -> None:
        if len(self.here) > 1:
            a, b = self.draw.sample(sorted(self.here), 2)
            made = self.reviews.record(a, b, "same plate", reviewer=f"R{self.draw.randrange(3)}")
            self.decided[made.uuid] = (self.picture_of[made.plate_a], self.picture_of[made.plate_b])

    # -- a run

    def run(self) -> None:
        self.moment += 1
        scans = [scan(file, version) for file, version in sorted(self.files.items())]
        self.content_of |= {content(version): version for version in self.files.values()}

        def same_picture(plate: KnownPlate, found: Scan) -> bool:
            return self.content_of[plate.sha256][0] == self.content_of[found.sha256][0]

        before = dict(self.here)
        ids = assign(scans, self.registry.plates(), same_picture)
        self.registry.record(
            [Present(i, one.sha256, one.root, one.file) for i, one in zip(ids, scans, strict=True)],
            f"run {self.moment}",
        )
        self.here = {plate_id: one.sha256 for plate_id, one in zip(ids, scans, strict=True)}
        self.check(scans, ids, before)

    def check(self, scans: list[Scan], ids: list[str], before: dict[str, str]) -> None:
        assert len({folded(plate_id) for plate_id in ids}) == len(scans)
        for plate_id, one in zip(ids, scans, strict=True):
            picture = self.content_of[one.sha256][0]
            assert self.picture_of.setdefault(plate_id, picture) == picture, "an id was given to another picture"
        # What is still here is called as it was: of every content as many ids as there were, as far as files go.
        for held in set(before.values()):
            had = {plate_id for plate_id, one in before.items() if one == held}
            has = {plate_id for plate_id, one in self.here.items() if one == held}
            assert len(had & has) == min(len(had), len(has))
        assert {p.plate_id for p in self.registry.plates() if not p.gone} == set(ids)
        # Every decision speaks of its two pictures, or is reported.
        standing = self.reviews.standing()
        counts = set(zip(standing["plate_a"], standing["plate_b"], strict=True))
        reported = {one.review.uuid for one in self.reviews.unconfirmed()}
        latest: dict[tuple[str, ...], str] = {}
        for review in self.reviews.all():
            pictures = (self.picture_of[review.plate_a], self.picture_of[review.plate_b])
            assert pictures == self.decided[review.uuid]
            latest[(*review.pair, review.picture_a, review.picture_b, review.reviewer)] = review.uuid
        for review in self.reviews.all():
            valid = (self.here.get(review.plate_a), self.here.get(review.plate_b)) == (
                review.picture_a, review.picture_b,
            )  # fmt: skip
            assert not valid or review.pair in counts
            if latest[(*review.pair, review.picture_a, review.picture_b, review.reviewer)] == review.uuid:
                assert (review.uuid in reported) == (not valid)


@pytest.mark.parametrize("batch", range(10))
def test_in_200_random_histories_no_id_goes_to_another_picture_and_no_decision_slides(
    tmp_path: Path, batch: int
) -> None:
    for history in range(20):
        draw = random.Random(batch * 1000 + history)
        (tmp_path / str(history)).mkdir()
        world = World(tmp_path / str(history), draw)
        events = [
            world.add, world.rename, world.move_folder, world.renumber, world.rescan, world.overwrite, world.swap,
            world.delete, world.restore, world.copy, world.decide, world.decide,
        ]  # fmt: skip
        for _ in range(5):
            for _ in range(draw.randrange(1, 5)):
                draw.choice(events)()
            world.decide()
            world.run()


# ---- the file


def test_ids_of_plates_that_are_gone_are_kept_with_their_last_picture(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    registry.record([], "2026-01-01")
    assert not registry.path.exists() and registry.plates() == [] and registry.entry("p1") is None
    one, two = Present("p1", content((1, 0)), "/s", "p1.png"), Present("p2", content((2, 0)), "/s", "p2.png")
    registry.record([one, two], "2026-01-01")
    registry.record([two], "2026-01-02", successors={"p1": "p1-2"}, thumbnails={"p1": b"webp"})
    entry = registry.entry("p1")
    assert entry is not None
    assert (entry.given, entry.gone, entry.successor) == ("2026-01-01", "2026-01-02", "p1-2")
    assert [gone.plate_id for gone in registry.gone()] == ["p1"]
    assert registry.thumbnail("p1") == b"webp" and registry.thumbnail("p2") is None
    assert [found.plate_id for found in registry.showing(content((1, 0))[:10])] == ["p1"]
    registry.record([two], "2026-01-03")
    assert registry.entry("p1") == entry  # since when it is gone does not change
    registry.record([one, two], "2026-01-04")
    assert registry.gone() == [] and registry.thumbnail("p1") is None


def test_the_file_itself_refuses_to_forget_or_change_an_id(tmp_path: Path) -> None:
    import sqlite3

    registry = Registry(tmp_path)
    registry.record([Present("p1", content((1, 0)), "/s", "p1.png")], "2026-01-01")
    with sqlite3.connect(registry.path) as connection:
        for statement in ("DELETE FROM plates", "UPDATE plates SET plate_id = 'x'"):
            with pytest.raises(sqlite3.DatabaseError, match="never"):
                connection.execute(statement)


def test_a_place_is_one_place_whatever_the_format() -> None:
    assert place("/s", "a/P1.TIFF") == place("/s", "a/p1.png") != place("/s", "b/p1.png")
