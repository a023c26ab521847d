"""``imgsim restore NAME``: what copies of the decisions there are, and one of them put back."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from imgsim.base.database.backups import FOLDER, Backup
from imgsim.cli.arguments import Parser, collection_folder, one_line
from imgsim.cli.phrases import told
from imgsim.collection import keeping
from imgsim.collection.keeping import Restored
from imgsim.errors import ImgsimError
from imgsim.reviews import FILE


def parser() -> argparse.ArgumentParser:
    """The options of imgsim restore."""
    main = Parser(
        prog="imgsim restore",
        description="List the copies of what people decided, and put one in the place of the present file. That is set "
        "aside under another name and stays. The ids of plates and families and what people drew on scans are put back "
        "only where they cannot be read any more, or are not there. The app can go on running.",
        allow_abbrev=False,
    )
    main.add_argument("name", metavar="NAME", help="the collection's name, or its folder")
    main.add_argument(
        "backup", nargs="?", metavar="BACKUP",
        help="a number of the list, a copy's name, or a zip of 'imgsim backup' (default: the latest whole copy)",
    )  # fmt: skip
    main.add_argument("--yes", action="store_true", help="do it without asking")
    main.add_argument(
        "--keep-readable", action="store_true",
        help="add what can still be read and believed of the present file and is not in the copy",
    )  # fmt: skip
    return main


def main(arguments: Sequence[str]) -> int:
    """Run the command. Returns the exit status: 0 done, 1 an error or not wanted; exits with 2 for bad usage."""
    given = parser().parse_args(list(arguments))
    try:
        folder = collection_folder(given.name)
        return _run(folder, given)
    except ImgsimError as error:
        print(one_line(f"imgsim restore: {told(error)}"), file=sys.stderr)
        return 1


def _run(folder: Path, given: argparse.Namespace) -> int:
    copies = keeping.copies(folder)
    wrong = keeping.problems(folder)
    for problem in wrong or ["The decisions, ids and corrections of this collection can be read."]:
        print(one_line(problem))
    for number, one in enumerate(copies, 1):
        print(one_line(f"{number:>3}  {_line(one)}"))
    if not copies:
        print(one_line(f"There is no copy in {folder / FOLDER}."))
    damaged = keeping.damaged(folder)
    # What is whole is not put back for the sake of what is not.
    others = given.backup is None and bool(damaged) and FILE not in damaged
    source = None if others else _chosen(folder, copies, given.backup)
    if not _meant(given, f"the latest whole copy of {' and '.join(damaged)}" if source is None else source.name):
        print("Nothing was changed.")
        return 1
    if source is None:
        spares = keeping.restore_others(folder)
        for name in damaged:
            print(one_line(_put(name, spares[name]) if name in spares else f"There is no whole copy of {name}."))
        return 0 if len(spares) == len(damaged) else 1
    for line in _told(keeping.restore(folder, source, add_readable=given.keep_readable)):
        print(one_line(line))
    return 0


def _meant(given: argparse.Namespace, what: str) -> bool:
    """Whether a copy is to be put back: somebody is asked, or has said so."""
    if not given.yes:
        if not sys.stdin.isatty():
            raise ImgsimError(
                "Nothing was changed: add --yes to put a copy back, and name it if it is another one."
            )
        question = f"Put {what} in place? The present file stays, under another name. [y/N] "
        return input(one_line(question)) == "y"
    return True


def _put(name: str, copy: Backup) -> str:
    return f"{name} could not be read; {copy.path.name} is in place."


def _chosen(folder: Path, copies: Sequence[Backup], wanted: str | None) -> Path:
    if wanted is None:
        for one in copies:
            if one.whole:
                return one.path
        raise ImgsimError("There is no whole copy. Name one: a file, or a zip of 'imgsim backup'.")
    if wanted.isdecimal() and 1 <= int(wanted) <= len(copies):
        return copies[int(wanted) - 1].path
    for path in (Path(wanted), folder / FOLDER / wanted):
        if path.exists():
            return path
    raise ImgsimError(f"{wanted[:200]!r} is no copy. Give a number of the list, a name in it, or a path.")


def _line(one: Backup) -> str:
    state = "whole" if one.whole else f"DAMAGED: {one.problem}"
    return f"{one.made:%Y-%m-%d %H:%M:%S} UTC  {one.count:>7,} decisions  {state}  {one.path.name}"


def _told(done: Restored) -> list[str]:
    if done.backup is not None:
        lines = [f"{done.backup.path.name} is in place: {done.backup.count:,} decisions."]
    else:
        lines = [] if done.spares else ["It holds no decisions, and all else that it holds can be read here: it stays."]
    if done.aside is not None:
        lines.append(f"What was there is {done.aside}.")
    if done.lacking:
        verb = "were added from" if done.added else "can be read in"
        lines.append(f"{len(done.lacking):,} decisions that it lacks {verb} what was there:")
        lines += [f"  {line}" for line in keeping.told(done.lacking)]
    lines += [_put(name, spare) for name, spare in done.spares.items()]
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
