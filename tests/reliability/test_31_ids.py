"""Row 31: an id belongs to one picture for ever, whatever happens to the scans, and no decision slides to another."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from imgsim.collection import open_collection
from imgsim.collection.id_registry import Present, Registry
from imgsim.collection.plate_ids import KnownPlate, Scan, assign, folded
from imgsim.reviews import FILE, Reviews
from tests.collection.scans import Version, content, scan
from tests.making import make
from tests.prepare.conftest import no_waiting
from tests.prepare.verifying import draw, rescan
from tests.reliability.tally import Tally

__all__ = ["no_waiting"]  # a fixture

HISTORIES, SEEDS = 200, 4


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


def test_in_200_random_histories_no_id_goes_to_another_picture_and_no_decision_slides(
    tmp_path: Path, tally: Tally
) -> None:
    for history in range(HISTORIES):
        luck = random.Random(history // 20 * 1000 + history % 20)
        (tmp_path / str(history)).mkdir()
        with tally.attempt(f"history {history}"):
            world = World(tmp_path / str(history), luck)
            events = [
                world.add, world.rename, world.move_folder, world.renumber, world.rescan, world.overwrite, world.swap,
                world.delete, world.restore, world.copy, world.decide, world.decide,
            ]  # fmt: skip
            for _ in range(5):
                for _ in range(luck.randrange(1, 5)):
                    luck.choice(events)()
                world.decide()
                world.run()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_histories_of_real_runs(tmp_path: Path, seed: int, tally: Tally) -> None:
    """The same with images, runs and the verifier itself."""
    luck = random.Random(seed)
    images, out = tmp_path / "images", tmp_path / "c"
    (images / "a").mkdir(parents=True)
    (images / "b").mkdir()
    shows: dict[Path, int] = {}
    for number in range(6):
        path = images / luck.choice("ab") / f"p{number}.png"
        draw(number).save(path)
        shows[path] = number
    picture_of: dict[str, int] = {}
    numbers = iter(range(1000 * (seed + 1), 10**9))
    for run in range(4):
        make(out, images)
        frame = open_collection(out).catalogue.frame
        with tally.attempt(f"history {seed}, run {run}"):
            for plate_id, file in zip(frame["plate_id"], frame["file"], strict=True):
                picture = shows[images / file]
                assert picture_of.setdefault(plate_id, picture) == picture
        for what in luck.sample(["add", "rename", "renumber", "rescan", "overwrite", "delete", "move"], 3):
            path = luck.choice(sorted(shows))
            if what == "add":
                path = images / "a" / f"new{next(numbers)}.png"
                shows[path] = next(numbers)
                draw(shows[path]).save(path)
            elif what in ("rename", "move"):
                folder = path.parent if what == "rename" else images / luck.choice("ab")
                target = folder / f"other{next(numbers)}.png"
                shows[target] = shows.pop(path)
                path.rename(target)
            elif what == "renumber":
                inside = sorted(p for p in shows if p.parent == path.parent)
                held = [(p.read_bytes(), shows.pop(p)) for p in inside]
                held.insert(0, held.pop())
                for p, (data, picture) in zip(inside, held, strict=True):
                    p.write_bytes(data)
                    shows[p] = picture
            elif what == "rescan":
                with Image.open(path) as image:
                    image.load()
                rescan(image.resize((150, 200))).save(path)
            elif what == "overwrite":
                shows[path] = next(numbers)
                draw(shows[path]).save(path)
            elif len(shows) > 3:
                path.unlink()
                del shows[path]
