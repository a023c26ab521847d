"""What several test modules share: the real plates, small drawn plates, and one prepared collection."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from PIL import Image, ImageDraw

from imgsim.cli import environment

pytest_plugins = ["tests.reliability.counting"]

ROOT = environment.REPOSITORY
SAMPLE = 48
LONGEST = {"test_24_uploads.py", "test_31_ids.py", "test_16_markup_in_a_browser.py"}

# One thread each: two workers of one thread beat one of two, and tests give the same numbers everywhere.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
# What was started in the background ignores Ctrl-C, and so would all that the tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Whatever networks this machine has, collections are prepared without copies, unless a test asks for them.
_NETWORKS = os.environ.get("IMGSIM_COPIES", "")
os.environ["IMGSIM_COPIES"] = os.devnull


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the browser tests last: whatever is wrong elsewhere shows within the first minutes.

    Where several processes share the tests, what takes long is begun first, or it would be alone in the end: a few
    modules, then those in a browser, one after another, for each process keeps its browser while it has such tests;
    then those of other whole programs. Of the others modules of few tests are the longer ones.
    """
    if hasattr(config, "workerinput"):
        tests = Counter(item.path for item in items)

        def turn(item: pytest.Item) -> tuple[int, int, Path]:
            parts = item.path.parts
            folder = 0 if "e2e" in parts else 1 if "reliability" in parts else 2
            return (-1 if item.path.name in LONGEST else folder, tests[item.path], item.path)

        items.sort(key=turn)
    else:
        items.sort(key=lambda item: "e2e" in item.path.parts)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Where several processes share the tests, those of a module stay together, for what it prepares."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid.split("::", 1)[0]

    config.option.loadscopereorder = False  # pytest_collection_modifyitems orders them
    return Together(config, log)


@pytest.fixture(autouse=True)
def _main_module() -> Iterator[None]:
    """Streamlit's AppTest leaves its script as __main__, and worker processes would then try to run that."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the networks of copies: the one that IMGSIM_COPIES named, else made out of their packages."""
    from imgsim.verification.copies.copy_export import make_networks
    from imgsim.verification.copies.copy_networks import present

    if _NETWORKS and present(Path(_NETWORKS)):
        return Path(_NETWORKS)
    return once(tmp_path_factory, "networks", make_networks)


@pytest.fixture(scope="session")
def real_plates() -> Path:
    """The folder of real plates that IMGSIM_PLATES names."""
    named = os.environ.get("IMGSIM_PLATES")
    if not named:
        pytest.skip("IMGSIM_PLATES names no folder of real plates")
    folder = Path(named)
    if not (folder / "images").is_dir():
        pytest.fail(f"IMGSIM_PLATES is {named}, but there is no folder {folder / 'images'}")
    return folder


def draw_plate(number: int, size: tuple[int, int] = (120, 180), mode: str = "L") -> Image.Image:
    """Draw a plate that differs from every other number: a stem with leaves, dark on light."""
    width, height = size
    image = Image.new("L", size, 235)
    draw = ImageDraw.Draw(image)
    middle = width * (3 + number % 5) // 10
    draw.line([(middle, height - 10), (width // 2, 12)], fill=30, width=3)
    for leaf in range(2 + number % 7):
        y = height - 20 - leaf * (height - 40) // (2 + number % 7)
        reach = 12 + (number * 13 + leaf * 29) % (width // 3)
        side = -1 if (number + leaf) % 2 else 1
        left, right = sorted((middle, middle + side * reach))
        draw.ellipse([left, y - 8, right, y + 6], outline=40, width=2)
    draw.text((8, height - 14), str(number), fill=60)
    return image.convert(mode)


@pytest.fixture
def plates(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes small plates into a new folder: plates(count, folder="images")."""

    def write(count: int = 6, folder: str = "images", suffix: str = ".png") -> Path:
        path = tmp_path / folder
        path.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            draw_plate(number).save(path / f"plate_{number:03}{suffix}")
        return path

    return write


def offline(calls: Path) -> dict[str, str]:
    """Return an environment in which every Python refuses to call outside or to install, and notes it in ``calls``."""
    paths = [str(ROOT / "tests" / "offline"), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "IMGSIM_TEST_CALLS": str(calls)}


def precompute(*arguments: str | Path, data: Path) -> str:
    """Run precompute.py as a user would, offline, with collections in ``data``; return what it said."""
    calls = data / "calls.txt"
    done = subprocess.run(
        [sys.executable, "precompute.py", *map(str, arguments)],
        cwd=ROOT,
        env={**offline(calls), "IMGSIM_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"precompute.py {arguments}\n{done.stdout}\n{done.stderr}"
    assert not calls.exists(), calls.read_text(encoding="utf-8")
    return done.stdout + done.stderr


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A folder of one's own with what ``make`` writes into it: made once for all the processes of a run, and copied."""
    shared = factory.getbasetemp()
    if shared.name.startswith("popen-"):  # one of several processes
        shared = shared.parent
    made, done = shared / f"once-{name}", shared / f"once-{name}.done"
    with FileLock(f"{made}.lock"):
        if not done.exists():
            shutil.rmtree(made, ignore_errors=True)  # of a process that failed at it
            made.mkdir()
            make(made)
            done.touch()
    return Path(shutil.copytree(made, factory.mktemp(name) / name, symlinks=True))


def _prepare_sample(data: Path) -> None:
    precompute("--sample", str(SAMPLE), "--name", "sample", "--projection", "pca", "tsne", data=data)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the collection "sample": 48 generated plates, plates18, PCA and t-SNE. Leave it as it is."""
    return once(tmp_path_factory, "data", _prepare_sample)
