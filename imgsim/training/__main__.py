"""The command line of training: ``python -m imgsim.training IMAGES --out FILE``, or ``pages`` in place of IMAGES."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from imgsim.training import from_folders, loop
from imgsim.training.training_options import LinePrinter, ended_with, positive, side, whole


def parser() -> argparse.ArgumentParser:
    """Return the command line's parser."""
    defaults = loop.Recipe()
    cli = argparse.ArgumentParser(
        prog="python -m imgsim.training",
        description="Train a ResNet-18 on your own plates, without any labels, so that two appearances of one "
        "picture lie close. Use the result with: python precompute.py ... --weights plates18=FILE",
        epilog="'imgsim train pages --help': how to train the network that finds pictures on pages (a folder of that "
        "name is ./pages). A thousand plates take about an hour on two CPU cores, minutes on a GPU. Start from the "
        "bundled weights (--weights imgsim/weights/plates18.safetensors) to adapt them: that needs a tenth of it.",
    )
    cli.add_argument("images", nargs="+", type=Path, metavar="IMAGES", help="folders, zips or single images")
    cli.add_argument("--out", required=True, type=Path, metavar="FILE", help="the weights file to write")
    cli.add_argument(
        "--weights", type=Path, metavar="START", help="weights to start from (default: none, from scratch)"
    )
    cli.add_argument(
        "--pairs", type=Path, metavar="CSV", help="known copies: two columns of plate ids or files"
    )
    length = cli.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=positive, help="how often each plate is shown (default: 100)")
    length.add_argument("--steps", type=whole, help="how many batches are shown")
    length.add_argument("--minutes", type=positive, help="how long to train")
    cli.add_argument(
        "--size", type=side, default=defaults.size, help="side of the views, pixels (default: %(default)s)"
    )
    cli.add_argument(
        "--input-size",
        type=side,
        help="side at which the finished network reads plates (default: --size)",
    )
    cli.add_argument(
        "--batch-size",
        type=whole,
        default=defaults.batch_size,
        help="plates a batch, two views each (default: %(default)s)",
    )
    cli.add_argument("--learning-rate", type=positive, help="default: 0.001, with --weights 0.0003")
    cli.add_argument(
        "--temperature", type=positive, default=defaults.temperature, help="default: %(default)s"
    )
    cli.add_argument(
        "--bfloat16", action="store_true", help="multiply in bfloat16: faster where the processor or GPU can"
    )
    cli.add_argument(
        "--device", default="auto", choices=["auto", "cpu", "cuda", "mps"], help="default: %(default)s"
    )
    cli.add_argument(
        "--workers", type=int, default=1, help="processes that draw views; 0: none (default: %(default)s)"
    )
    cli.add_argument("--seed", type=int, default=defaults.seed, help="default: %(default)s")
    cli.add_argument("--resume", action="store_true", help="go on with a run that was stopped")
    return cli


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["pages"]:
        from imgsim.training.pages import page_command

        return page_command.main(words[1:])
    given = parser().parse_args(words)
    epochs = given.epochs if given.epochs or given.steps or given.minutes else 100.0
    recipe = loop.Recipe(
        size=given.size,
        batch_size=given.batch_size,
        steps=given.steps,
        minutes=given.minutes,
        learning_rate=given.learning_rate or (3e-4 if given.weights else 1e-3),
        temperature=given.temperature,
        bfloat16=given.bfloat16,
        seed=given.seed,
    )
    options = from_folders.Options(
        inputs=tuple(given.images),
        out=given.out,
        recipe=recipe,
        input_size=given.input_size or given.size,
        epochs=epochs,
        weights=given.weights,
        pairs=given.pairs,
        device=given.device,
        workers=max(0, given.workers),
        resume=given.resume,
    )
    return ended_with(
        "imgsim.training", lambda: from_folders.train(options, LinePrinter()), options.checkpoint,
        f"Weights written to {options.out}. Use them with: --weights plates18={options.out}",
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
