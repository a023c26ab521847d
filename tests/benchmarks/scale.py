"""The app with many plates: what a fresh server takes to open them, each page at first and again, and a decision.

    python -m tests.benchmarks.scale COLLECTION [--plates 13000 100000] [--work FOLDER] [--only open browse ...]

COLLECTION is a prepared one with pairs, such as the sample of 240 plates; of it collections of any size are fabricated
(:mod:`tests.benchmarks.fabricating`), in FOLDER if it is named, where they stay and are used again. Each figure is of a
process of its own, which has opened COLLECTION and drawn the page for it before, so that no import counts. Seconds are
of processor time, of this process and its threads; memory is what the process holds in the end. Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from imgsim.collection import Collection, open_collection
from imgsim.reviews.decision_record import Review, made
from imgsim.reviews.decision_words import SAME_PLATE, UNRELATED

REVIEWS, JUDGED = 10_000, 5
Figures = dict[str, float]


class Clock:
    """Processor seconds since it was made, or since it was read last."""

    def __init__(self) -> None:
        self._start = time.process_time()

    def read(self) -> float:
        now = time.process_time()
        passed, self._start = now - self._start, now
        return passed


def memory() -> float:
    """What this process holds, in MB."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def opening(base: str, name: str) -> Figures:
    """What the server does before anybody comes."""
    from imgsim.app.services import caches

    caches.opened(base)
    before, clock = memory(), Clock()
    caches.opened(name)
    return {"open, s": clock.read(), "open, MB": memory() - before}


def page(shown: str) -> Callable[[str, str], Figures]:
    """A page of a fresh server, and the same again, of a plate in the midst where it shows one."""

    def measure(base: str, name: str) -> Figures:
        from imgsim.app.services import caches
        from tests.pages import visit

        def draw(collection: str) -> None:
            ids = caches.opened(collection).catalogue.plate_ids
            visit(shown, collection=collection, **({"plate": ids[len(ids) // 2]} if shown == "plate" else {}))

        draw(base)
        caches.opened(name)
        clock = Clock()
        draw(name)
        first = clock.read()
        draw(name)
        return {f"{shown}, first, s": first, f"{shown}, again, s": clock.read(), f"{shown}, MB": memory()}

    return measure


def mapping(base: str, name: str) -> Figures:
    """The files that the map fetches: its points, and what it says of each."""
    from imgsim.app.services import caches, map_files

    def files(of: str) -> tuple[float, float, int]:
        collection = caches.opened(of)
        backbone, clock = collection.backbones[0], Clock()
        map_files.points(collection, backbone, f"{collection.projections(backbone)[0]}.bin")
        points = clock.read()
        labels = map_files.labels(collection)
        return points, clock.read(), len(labels)

    files(base)
    points, labels, size = files(name)
    return {"map's points, s": points, "map's labels, s": labels, "map's labels, MB": size / 1e6}


def deciding(base: str, name: str) -> Figures:
    """The families and what is to be reviewed, after each of some decisions that follow ten thousand."""
    from imgsim.base.places import data_dir

    with another(data_dir() / name) as folder:
        live = open_collection(folder)
        decisions = judgements(open_collection(folder), REVIEWS + JUDGED)
        clock = Clock()
        _ = live.families
        without = clock.read()
        live.reviews.add(decisions[:-JUDGED])
        clock.read()
        _ = live.families
        first, each = clock.read(), []
        for decision in decisions[-JUDGED:]:
            live.reviews.add([decision])
            clock.read()
            _ = live.families
            each.append(clock.read())
    return {"families, s": without, "with 10,000 reviews, s": first, "after one more, s": statistics.median(each)}


def judgements(collection: Collection, count: int) -> list[Review]:
    """Decisions as a reader makes them: on verified pairs first, most of which are what the lines say."""
    assert collection.matches is not None
    frame, verified = collection.matches.frame, collection.matches.verified
    ids, pictures = collection.catalogue.plate_ids, collection.catalogue.pictures
    order = [*verified.nonzero()[0].tolist(), *(~verified).nonzero()[0].tolist()][:count]
    # One in twenty is called unrelated; the last ones are among the others.
    order = order[JUDGED:] + order[:JUDGED]
    rows = frame[["row_a", "row_b"]].to_numpy()
    return [
        made(
            ids[rows[at, 0]], ids[rows[at, 1]], SAME_PLATE if verified[at] and number % 20 else UNRELATED,
            reviewer="Ada", pictures=(pictures[ids[rows[at, 0]]], pictures[ids[rows[at, 1]]]),
        )
        for number, at in enumerate(order)
    ]  # fmt: skip


@contextmanager
def another(folder: Path) -> Iterator[Path]:
    """A collection with the same plates, of links where they are never written to, for as long as it is needed."""

    def take(source: str, target: str) -> None:
        (shutil.copyfile if ".sqlite" in source else os.link)(source, target)

    with tempfile.TemporaryDirectory(prefix=".", dir=folder.parent) as place:
        yield Path(shutil.copytree(folder, Path(place) / folder.name, copy_function=take))


STEPS: dict[str, Callable[[str, str], Figures]] = {
    "open": opening, **{name: page(name) for name in ("browse", "review", "plate", "reuse", "map")},
    "files": mapping, "decide": deciding,
}  # fmt: skip


def measured(step: str, data: Path, base: str, name: str) -> Figures:
    """One step, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.scale", "--step", step, base, name]
    environ = os.environ | {"IMGSIM_DATA": str(data)}
    done = subprocess.run(command, env=environ, check=True, capture_output=True, text=True)
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


def table(base: Path, counts: list[int], work: Path, steps: list[str]) -> dict[int, Figures]:
    """All figures of these steps, by number of plates."""
    from tests.benchmarks.fabricating import fabricate

    data = work / "data"
    data.mkdir(parents=True, exist_ok=True)
    if not (data / "base").exists():
        shutil.copytree(base, data / "base")
    found: dict[int, Figures] = {}
    for count in counts:
        name = f"p{count}"
        if not (data / name / "CURRENT").exists():
            shutil.rmtree(data / name, ignore_errors=True)  # of a process that was stopped
            fabricate(open_collection(data / "base"), count, data / name)
        found[count] = {key: value for step in steps for key, value in measured(step, data, "base", name).items()}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collection", type=Path, nargs="?")
    parser.add_argument("--plates", type=int, nargs="+", default=[13_000, 100_000])
    parser.add_argument("--work", type=Path)
    parser.add_argument("--only", nargs="+", choices=STEPS, default=list(STEPS))
    parser.add_argument("--step", nargs=3, metavar=("STEP", "BASE", "NAME"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        step, base, name = given.step
        print(json.dumps(STEPS[step](base, name)))
        return
    if given.collection is None:
        parser.error("name a prepared collection")
    with tempfile.TemporaryDirectory() as place:
        found = table(given.collection, given.plates, given.work or Path(place), given.only)
    print(f"{'':28}" + "".join(f"{count:>12,}" for count in given.plates))
    for key in next(iter(found.values())):
        print(f"{key:28}" + "".join(f"{found[count][key]:12.2f}" for count in given.plates))


if __name__ == "__main__":
    main()
