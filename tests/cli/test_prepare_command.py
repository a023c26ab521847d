"""precompute.py from outside: its options, what it prints, how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imgsim.base.progress import Progress
from imgsim.cli import prepare_command
from imgsim.cli.display import TextDisplay, duration, progress_line, summary_text
from imgsim.cli.prepare_arguments import split_images
from imgsim.cli.prepare_command import main, suggested_name
from imgsim.collection import open_collection
from imgsim.errors import BusyError, ImgsimError
from imgsim.prepare import Options, Summary
from tests.making import heavy_modules, make, write_plates
from tests.signals import interruptible

ROOT = Path(__file__).parents[2]


def script(*words: str | Path, data: Path, **rest: Any) -> subprocess.CompletedProcess[str]:
    """Run precompute.py as a user does."""
    return subprocess.run(
        [sys.executable, "precompute.py", *map(str, words)],
        cwd=ROOT, env={**os.environ, "IMGSIM_DATA": str(data)}, capture_output=True, text=True, timeout=200,
        check=False, **rest,
    )  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Options]:
    """What the pipeline is called with; it answers with a summary and does nothing."""
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "data"))
    calls: list[Options] = []

    def prepare(options: Options, progress: Any, *, ask: Any) -> Summary:
        calls.append(options)
        return SUMMARY

    monkeypatch.setattr(prepare_command, "prepare", prepare)
    return calls


SUMMARY = Summary(
    name="mine", path=Path("/data/mine"), generation="g", changed=True, plates=12_345, skipped=7,
    skipped_first=(("a.png", "cut short"), ("b.png", "no image")), skipped_csv=Path("/data/mine/skipped.csv"),
    backbones=("plates18", "resnet18"), projections=("pca",), top_k=50,
    join={
        "plates": 12_345, "joined": 12_000, "key": "ecco_id", "key_column": "ecco_id", "unused": 31,
        "understood": {"authors": "author", "title": "title"}, "notes": ["restored 312 leading zeros"],
        "metadata": "/m.csv",
    },
    redone={}, notes=(), timings={"plates": 290.4, "writing": 1.24}, seconds=301.0,
    matches={"same image": 150, "mirrored": 30, "look-alike": 60_000}, families=81, verify_top=20,
)  # fmt: skip


@pytest.mark.parametrize(
    ("words", "images", "backbones"),
    [
        (["scans"], ["scans"], ()),
        (["scans", "more", "--backbone", "plates18"], ["scans", "more"], ("plates18",)),
        (["--backbone", "plates18", "scans"], ["scans"], ("plates18",)),
        (["--backbone", "plates18", "resnet18", "scans", "more"], ["scans", "more"], ("plates18", "resnet18")),
        (["one", "--backbone", "plates18", "two", "--top-k", "7", "three"], ["one", "two", "three"], ("plates18",)),
        (["--backbone", "plates18", "--backbone", "resnet50", "--", "--scans"], ["--scans"], ("plates18", "resnet50")),
        (["--backbone=resnet18", "scans"], ["scans"], ("resnet18",)),
        (["--quiet", "scans", "--json"], ["scans"], ()),
        (["--projection", "pca", "tsne", "scans"], ["scans"], ()),
        (["--weights", "resnet18=w", "resnet50=v", "scans", "--backbone", "resnet18"], ["scans"], ("resnet18",)),
        (["--device", "cpu", "scans"], ["scans"], ()),
        (["--no-verify", "scans", "--verify-top", "3", "more"], ["scans", "more"], ()),
    ],
)  # fmt: skip
def test_images_are_not_swallowed_by_options(
    asked: list[Options], words: list[str], images: list[str], backbones: tuple[str, ...]
) -> None:
    assert main([*words, "--name", "mine"] if "--" not in words else ["--name", "mine", *words]) == 0
    assert [str(path) for path in asked[0].inputs or []] == images
    assert tuple(asked[0].backbones) == backbones


def test_every_option_reaches_the_pipeline(asked: list[Options], tmp_path: Path) -> None:
    words = (
        "scans --metadata m.csv --out {} --backbone plates18 resnet18 --weights resnet18=w.pth --top-k 7 --projection "
        "pca umap --device cpu --batch-size 8 --workers 3 --executor mine --verify-top 9 --verifier other --no-verify "
        "--accept-missing"
    ).format(tmp_path / "here")
    assert main(words.split()) == 0
    assert asked == [
        Options(
            out=tmp_path / "here",
            inputs=["scans"],
            metadata=Path("m.csv"),
            backbones=("plates18", "resnet18"),
            weights={"resnet18": Path("w.pth")},
            top_k=7,
            projections=("pca", "umap"),
            device="cpu",
            batch_size=8,
            workers=3,
            executor="mine",
            matching=False,
            verify_top=9,
            verifier="other",
            accept_missing=True,
        )
    ]


def test_names_are_chosen_when_none_is_given(asked: list[Options], tmp_path: Path) -> None:
    main(["scans"])
    main(["--sample"])
    main(["--sample", "12", "--name", "few"])
    main(["--dataset", "dhh23"])
    assert [options.out for options in asked] == [
        tmp_path / "data" / name for name in ("scans", "sample", "few", "dhh23")
    ]
    assert [options.sample for options in asked] == [None, 240, 12, None]
    assert [options.dataset for options in asked] == [None, None, None, "dhh23"]
    for path, name in (
        ("a b/Flora Græca!.zip", "Flora-Gr-ca"),
        ("..", Path.cwd().parent.name),
        ("植物.zip", "collection"),
    ):
        assert suggested_name(path) == name or path == ".."


@pytest.mark.parametrize(
    "words",
    [
        "",
        "--name nowhere",
        "scans --name a --out b",
        "scans --name ../x",
        "scans --name .hidden",
        "scans --backbone",
        "scans --backbone vgg16",
        "scans --projection isomap",
        "scans --weights w.pth",
        "scans --weights plates18=",
        "scans --weights plates18=a plates18=b",
        "scans --top-k 0",
        "scans --top-k many",
        "scans --verify-top 0",
        "scans --verify-top",
        "scans --workers -1",
        "scans --batch-size 0",
        "scans --device tpu",
        "scans --sample",
        "scans --dataset dhh23",
        "--sample --dataset dhh23",
        "--dataset ecco",
        "scans --unknown",
        "scans --top",
        "--sample 0",
    ],
)
def test_bad_usage_is_one_line_and_2(
    asked: list[Options], capsys: pytest.CaptureFixture[str], words: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("precompute.py: ")
    assert asked == []


def test_an_image_named_like_a_number_follows_the_sample(asked: list[Options]) -> None:
    assert split_images(["--sample", "scans"]) == (["--sample"], ["scans"])
    assert split_images(["--sample", "30"]) == (["--sample", "30"], [])


def failing(error: BaseException) -> Any:
    def prepare(options: Options, progress: Any, *, ask: Any) -> Summary:
        raise error

    return prepare


def test_errors_are_one_line_and_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepare_command, "prepare", failing(BusyError("Another run is\nwriting.")))
    assert main(["scans", "--name", "mine"]) == 1
    assert capsys.readouterr().err == "precompute.py: Another run is writing.\n"
    monkeypatch.setattr(prepare_command, "prepare", failing(ImgsimError("No.")))
    assert main(["scans", "--name", "mine", "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"event": "error", "message": "No."}


def test_a_bug_is_not_dressed_up_as_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare_command, "prepare", failing(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        main(["scans", "--name", "mine"])


def test_the_summary_says_it_all() -> None:
    text = summary_text(SUMMARY)
    for words in (
        "12,345 plates in /data/mine", "7 skipped, listed in /data/mine/skipped.csv", "a.png: cut short", "and 5 more",
        "12,000 of 12,345 plates found their row in /m.csv, by ecco_id", "authors as author, title",
        "rows without a plate: 31", "restored 312 leading zeros", "plates18, resnet18", "plates 4 min 50 s",
        "done in 5 min 1 s", "60,180 pairs compared by their lines: same image 150, mirrored 30, look-alike 60,000",
        "81 families",
    ):  # fmt: skip
        assert words in text
    assert "no plates compared by their lines (--no-verify)" in summary_text(replace(SUMMARY, matches=None))


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_one_line_a_stage_and_a_file_a_line_now_and_then() -> None:
    told = [Progress("plates", done, 100, 20.0, (100 - done) / 20) for done in range(0, 101, 10)]
    told += [Progress("pca", 0, None), Progress("pca", 1, 1)]
    screen, file = Screen(), io.StringIO()
    for stream in (screen, file):
        display = TextDisplay(stream)
        for progress in told:
            display(progress)
        display.close()
    assert screen.getvalue().count("\n") == 2
    assert "\r" in screen.getvalue()
    assert file.getvalue().splitlines() == ["plates  100 of 100  100 %  20.0/s", "pca  1 of 1  100 %"]


def test_progress_in_words() -> None:
    assert (
        progress_line(Progress("plates", 1200, 13151, 41.25, 290.0))
        == "plates  1,200 of 13,151  9 %  41.2/s  4 min 50 s left"
    )
    assert progress_line(Progress("looking", 0, None)) == "looking  0"
    assert [duration(seconds) for seconds in (0.04, 9.96, 12.4, 59.7, 3700)] == [
        "0.0 s",
        "10.0 s",
        "12 s",
        "1 min 0 s",
        "1 h 1 min",
    ]


# -- the real thing


def test_from_a_folder_to_a_collection_and_back_in_a_second_run(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "scans", 6)
    (images / "=bad.png").write_bytes(b"no image")
    first = script(images, "--projection", "pca", "--workers", "1", "--json", data=tmp_path / "data")
    assert first.returncode == 0, first.stderr
    events = [json.loads(line) for line in first.stdout.splitlines()]
    assert {event["event"] for event in events} == {"progress", "ready", "done"}
    stages = {
        "plates",
        "neighbours plates18",
        "pca plates18",
        "features",
        "index",
        "candidates",
        "matches",
        "families",
    }
    assert stages <= {event.get("stage") for event in events}
    assert (events[-1]["plates"], events[-1]["skipped"], events[-1]["changed"]) == (6, 1, True)
    collection = open_collection(tmp_path / "data" / "scans")
    assert collection.embeddings("plates18").shape == (6, 512)
    assert sum(events[-1]["matches"].values()) == 15
    assert collection.matches is not None
    assert len(collection.matches) == 15
    listed = list(csv.reader(io.StringIO(Path(events[-1]["skipped_csv"]).read_text("utf-8-sig"))))
    assert listed[0] == ["file", "file_text", "reason"]
    assert listed[1][0] == "'=bad.png"
    second = script("--name", "scans", data=tmp_path / "data")
    assert second.returncode == 0
    assert second.stdout.startswith("Nothing has changed: scans is up to date")
    assert script("--name", "scans", "--quiet", data=tmp_path / "data").stdout == ""


def test_a_second_run_loads_nothing_heavy(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "scans", 3)
    make(tmp_path / "data" / "scans", images)
    code = (
        "from tests.making import make; from pathlib import Path; import imgsim.cli.prepare_command\n"
        f"assert not make(Path({str(tmp_path / 'data' / 'scans')!r}), None).changed\n"
    )
    assert heavy_modules(code) == "[]"


_SLOW = """
import sys, time
from pathlib import Path
from imgsim.cli import prepare_command as command
from imgsim.prepare import prepare
from tests.making import ToyEngine
def slowly(options, progress, ask):
    def wait(done):
        if done == 3:
            print("working", flush=True)
        time.sleep(0.3 if done > 2 else 0)
    return prepare(options, progress, ask=ask, engine=ToyEngine(after=wait))
command.prepare = slowly
sys.exit(command.main(sys.argv[1:]))
"""


def slow(words: Sequence[str | Path], data: Path) -> subprocess.Popen[str]:
    """precompute.py with a slow toy network; returns when it is at work."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SLOW, *map(str, words)],
        cwd=ROOT, env={**os.environ, "IMGSIM_DATA": str(data)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, preexec_fn=interruptible,
    )  # fmt: skip
    assert process.stdout is not None
    watch = threading.Timer(60, process.kill)
    watch.start()
    for line in process.stdout:
        if "working" in line:
            break
    watch.cancel()
    return process


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_keeps_what_is_done_and_a_second_run_meanwhile_is_turned_away(tmp_path: Path) -> None:
    images = write_plates(tmp_path / "scans", 40)
    process = slow([images, "--name", "mine", "--projection", "pca"], tmp_path)
    started = time.monotonic()
    second = script(images, "--name", "mine", data=tmp_path)
    assert second.returncode == 1
    assert f"process {process.pid} on " in second.stderr
    assert second.stderr.count("\n") == 1
    assert time.monotonic() - started < 60
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (
        said.splitlines()[-1]
        == "precompute.py: Interrupted. What is done is kept; run the same command to go on."
    )
    assert "Traceback" not in said
    assert list((tmp_path / "mine" / "work" / "shards").glob("*.npz"))


