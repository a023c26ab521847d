"""What a run prints, on a terminal and into a file."""

from __future__ import annotations

import io
from dataclasses import replace

from imgsim.base.progress import Progress
from imgsim.cli.display import TextDisplay, duration, progress_line, summary_text
from tests.cli.summaries import SUMMARY


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


def test_what_decoders_said_is_told_plate_by_plate() -> None:
    said = {f"{number:02}.tif": ("odd tag", "odd size") for number in range(23)}
    lines = summary_text(replace(SUMMARY, warned=said)).splitlines()
    at = lines.index("23 read all the same, of which the decoder said:")
    assert lines[at + 1] == "    00.tif: odd tag; odd size" and lines[at + 21] == "    and 3 more"
