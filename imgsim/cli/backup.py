"""``imgsim backup NAME``: decisions, ids and corrections of a collection in one zip, while people work."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from imgsim.base.database.backups import FOLDER
from imgsim.cli.arguments import Parser, collection_folder, one_line
from imgsim.cli.phrases import told
from imgsim.collection import keeping
from imgsim.errors import ImgsimError


def parser() -> argparse.ArgumentParser:
    """The options of imgsim backup."""
    main = Parser(
        prog="imgsim backup",
        description="Write what people decided, what they drew on scans, and the ids of plates and families, into "
        "one zip with the SHA-256 of each file. People can go on working meanwhile. 'imgsim restore' puts it back.",
        allow_abbrev=False,
    )
    main.add_argument("name", metavar="NAME", help="the collection's name, or its folder")
    main.add_argument(
        "--to", type=Path, metavar="FILE_OR_FOLDER",
        help=f"a zip that is not there yet, or the folder to put one into (default: the collection's own, {FOLDER})",
    )  # fmt: skip
    return main


def main(arguments: Sequence[str]) -> int:
    """Run the command. Returns the exit status: 0 done, 1 an error; exits with 2 for bad usage."""
    given = parser().parse_args(list(arguments))
    try:
        folder = collection_folder(given.name)
        target = given.to if given.to is not None else folder / FOLDER
        if target.suffix.lower() != ".zip" or target.is_dir():
            target = target / keeping.bundle_name(folder)
        keeping.keep_copies(folder)  # so that 'imgsim restore' lists this state, too
        counts = keeping.bundle(folder, target)
    except ImgsimError as error:
        print(one_line(f"imgsim backup: {told(error)}"), file=sys.stderr)
        return 1
    held = ", ".join(
        f"{count:,} {keeping.databases(folder)[name].schema.counted}" for name, count in counts.items()
    )
    print(one_line(f"{target}: {held}"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
