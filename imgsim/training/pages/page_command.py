"""The command ``imgsim train pages``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from imgsim.training import loop
from imgsim.training.pages import page_run
from imgsim.training.training_options import LinePrinter, ended_with, positive, whole

BATCH, RATE, WARMUP = 8, 2e-3, 60


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    cli = argparse.ArgumentParser(
        prog="imgsim train pages",
        description="Train the network that finds pictures on pages, on pages made up of plates, set text, ornaments, "
        "initials and whatever is found on old paper. Without --plates the plates are generated ones.",
        epilog="An hour on one CPU core makes usable weights. Start from the bundled ones (--weights "
        "imgsim/weights/pages.safetensors) to adapt them to books of your own: that needs minutes.",
    )
    cli.add_argument("--out", required=True, type=Path, metavar="FILE", help="the weights file to write")
    cli.add_argument(
        "--plates",
        nargs="+",
        type=Path,
        default=[],
        metavar="FOLDER",
        help="plates to print on the pages, cut out and clean",
    )
    cli.add_argument(
        "--generated", type=whole, default=160, help="plates to draw and print too (default: %(default)s)"
    )
    cli.add_argument(
        "--labelled", type=Path, metavar="FOLDER", help="pages with boxes: images, pages.csv (file, book, kind) and "
        "boxes.csv (file, x0, y0, x1, y1, kind)",
    )  # fmt: skip
    cli.add_argument(
        "--books", choices=["all", "even", "odd"], default="all", help="learn from all labelled books, or from "
        "one half of them, to be judged by the other",
    )  # fmt: skip
    cli.add_argument(
        "--fonts", nargs="+", type=Path, default=[], metavar="FOLDER", help="fonts (default: this machine's)"
    )
    cli.add_argument(
        "--weights", type=Path, metavar="START", help="weights to start from (default: none, from scratch)"
    )
    length = cli.add_mutually_exclusive_group()
    length.add_argument("--steps", type=whole, help="how many batches are shown")
    length.add_argument(
        "--minutes", type=positive, help="how long to learn, drawing pages not counted (default: 60)"
    )
    cli.add_argument("--batch-size", type=whole, default=BATCH, help="pages a batch (default: %(default)s)")
    cli.add_argument("--learning-rate", type=positive, help=f"default: {RATE:g}, with --weights {RATE / 4:g}")
    cli.add_argument("--threads", type=whole, help="threads that compute (default: one a core)")
    cli.add_argument(
        "--half", action="store_true", help="compute in bfloat16: twice as fast on processors that have it"
    )
    cli.add_argument("--seed", type=int, default=18, help="default: %(default)s")
    cli.add_argument("--resume", action="store_true", help="go on with a run that was stopped")
    return cli


def main(words: Sequence[str]) -> int:
    """Run the command; return the exit status."""
    given = parser().parse_args(list(words))
    recipe = loop.Recipe(
        batch_size=given.batch_size,
        steps=given.steps,
        minutes=given.minutes or (None if given.steps else 60.0),
        learning_rate=given.learning_rate or (RATE / 4 if given.weights else RATE),
        warmup=WARMUP,
        seed=given.seed,
    )
    options = page_run.PageOptions(
        given.out, recipe, tuple(given.plates), given.generated, tuple(given.fonts), given.labelled, given.books,
        given.weights, given.resume, given.threads, given.half,
    )  # fmt: skip
    return ended_with(
        "imgsim train pages", lambda: page_run.train_pages(options, LinePrinter()), options.checkpoint,
        f"Weights written to {options.out}.",
    )  # fmt: skip
