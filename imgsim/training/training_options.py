"""What the commands of training share: kinds of option, how far a run has come, and how it ended."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from imgsim.base.progress import duration
from imgsim.cli.phrases import told
from imgsim.errors import ImgsimError
from imgsim.training import from_folders

REPORT_SECONDS = 10.0


class LinePrinter:
    """Prints a line every ten seconds, and whatever begins or ends a stage."""

    def __init__(self) -> None:
        self.stage, self.printed = "", 0.0

    def __call__(self, progress: from_folders.Progress) -> None:
        now = time.monotonic()
        if (
            progress.stage == self.stage
            and now - self.printed < REPORT_SECONDS
            and progress.done != progress.total
        ):
            return
        self.stage, self.printed = progress.stage, now
        of = f" of {progress.total:,}" if progress.total else ""
        if progress.stage == "reading":
            line = f"reading plates: {progress.done:,}{of}"
        elif progress.stage == "pages":
            line = f"step {progress.done:,}{of}: loss {progress.loss:.3f} ({progress.note})"
            line += f", {progress.views_per_second:.1f} pages/s"
            if progress.remaining_s:
                line += f", {duration(progress.remaining_s)} left"
        elif progress.note:
            line = f"training on {progress.note}"
        else:
            line = (
                f"step {progress.done:,}{of}: loss {progress.loss:.3f}, own plate found first by "
                f"{progress.recall:.0%} of views"
            )
            if progress.held_out is not None:
                line += f" (plates kept aside: {progress.held_out:.0%})"
            line += f", {progress.views_per_second:.0f} views/s"
            if progress.remaining_s:
                line += f", {duration(progress.remaining_s)} left"
        print(line, flush=True)


def ended_with(name: str, train: Callable[[], object], checkpoint: Path, done: str) -> int:
    """Train, and say how it ended; the exit status: 0 done, 1 an error, 130 interrupted."""
    try:
        train()
    except ImgsimError as error:
        print(f"{name}: {told(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"Stopped. Add --resume to go on from {checkpoint}.", file=sys.stderr)
        return 130
    print(done)
    return 0


def positive(text: str) -> float:
    """A number above 0. Raises ArgumentTypeError."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return value


def whole(text: str) -> int:
    """A whole number above 0. Raises ArgumentTypeError."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return value


def side(text: str) -> int:
    """The side of a view in pixels. Raises ArgumentTypeError."""
    value = int(text)
    if not 32 <= value <= 1024:
        raise argparse.ArgumentTypeError(f"{text} is not between 32 and 1024")
    return value
