"""``imgsim check NAME``: is every file of a collection what was written, what is wrong with it, and what mends it?"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from imgsim.base.places import data_dir
from imgsim.base.progress import Meter
from imgsim.cli.arguments import Parser, one_line
from imgsim.cli.ending import display_for
from imgsim.cli.phrases import phrase, told
from imgsim.collection.integrity import Checked, as_json, check, remedies
from imgsim.errors import ImgsimError
from imgsim.generation.current import is_collection
from imgsim.generation.layout import check_name

_DESCRIPTION = """\
Read every file of prepared collections and compare it with its checksum: catalogue, similarities, local features,
thumbnails, matches; and let SQLite look at the ids and the reviews. Nothing is changed."""
_EXAMPLES = """\
examples:
  python3 -m imgsim check mine
  python3 -m imgsim check                    all collections of the data folder
  python3 -m imgsim check --out /disk/mine   one that lies elsewhere

The exit status is 0 if everything is whole, 1 if not, 2 for a command that cannot be understood.
"""
_MOST = 20  # files named of each collection; --json names all


def parser() -> argparse.ArgumentParser:
    """The options of imgsim check."""
    main = Parser(
        prog="imgsim check",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    main.add_argument("names", nargs="*", metavar="NAME", help="collections (default: all in the data folder)")
    main.add_argument("--out", type=Path, metavar="DIR", help="check the collection in this folder")
    main.add_argument("--json", action="store_true", help="print progress and findings as one JSON object a line")
    main.add_argument("--quiet", action="store_true", help="print nothing about what is whole")
    return main


def main(arguments: Sequence[str]) -> int:
    """Run the command. Returns the exit status: 0 all whole, 1 something is not; exits with 2 for bad usage."""
    commands = parser()
    given = commands.parse_args(list(arguments))
    if given.names and given.out:
        commands.error("name collections, or --out, but not both")
    status = 0
    try:
        for folder in _folders(given):
            display = display_for(quiet=given.quiet, as_json=given.json)
            stage = Meter(f"checking {folder.name}, MB", None, display)
            checked = check(folder, partial(_tell, stage))
            stage.update(_megabytes(checked.bytes), _megabytes(checked.bytes))
            display.close()
            status |= bool(checked.problems)
            if given.json:
                print(as_json(checked), flush=True)
            elif checked.problems or not given.quiet:
                print("\n".join(one_line(line) for line in _told(checked, folder)), flush=True)
    except ImgsimError as error:
        print(one_line(f"imgsim check: {' '.join(told(error).split())}"), file=sys.stderr)
        return 1
    except OSError as error:
        print(one_line(f"imgsim check: {error.filename or ''} cannot be read ({error.strerror})"), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("imgsim check: Interrupted. Nothing was changed.", file=sys.stderr)
        return 130
    return status


def _megabytes(count: int) -> int:
    return max(1, count // 10**6)


def _tell(stage: Meter, done: int, total: int) -> None:
    # The databases are still to come when the last byte has been read.
    stage.update(min(done // 10**6, _megabytes(total) - 1), _megabytes(total))


def _folders(given: argparse.Namespace) -> list[Path]:
    if given.out is not None:
        return [given.out.absolute()]
    names = [check_name(name) for name in given.names]
    place = data_dir().resolve()
    if names:
        return [place / name for name in names]
    found = [path for path in sorted(place.iterdir()) if is_collection(path)] if place.is_dir() else []
    if not found:
        raise ImgsimError(f"There is no collection in {place}. Name another folder with --out DIR.")
    return found


def _told(checked: Checked, folder: Path) -> list[str]:
    size = f"{checked.bytes / 1e6:,.0f} MB"
    if not checked.problems:
        return [f"{checked.name}: every file is what was written ({checked.files:,} files, {size}).", *checked.unsure]
    count = len(checked.problems)
    lines = [
        f"{checked.name}: {count:,} of {checked.files:,} files ({size}) {'is' if count == 1 else 'are'} damaged:"
    ]
    for problem in checked.problems[:_MOST]:
        lines += [f"  {problem.file}", f"    {problem.what} It is {problem.means}."]
    if count > _MOST:
        lines.append(f"  and {count - _MOST:,} more; --json names all")
    for sentence, remedy in remedies(checked.problems, folder):
        lines.append(sentence if remedy is None else f"{sentence} {phrase(remedy)}")
    return [*lines, *checked.unsure]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
