"""``imgsim find TEXT``: the picture that a citation, a hash or an id names, in every collection."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from imgsim.base.places import data_dir
from imgsim.cli.arguments import Parser, one_line
from imgsim.cli.phrases import told
from imgsim.collection.identifying import Found, find_everywhere
from imgsim.errors import ImgsimError
from imgsim.generation.current import is_collection
from imgsim.generation.layout import check_name

_DESCRIPTION = """\
Find the picture that a citation names, in all collections of the data folder. TEXT is a whole citation as the app
gives it, the SHA-256 of a scan or its beginning (8 digits or more), the id of a plate, or that of a family."""
_EXAMPLES = """\
examples:
  python3 -m imgsim find 0123456789ab
  python3 -m imgsim find 'Ray, Flora, 1752 [imgsim, collection “herbals”, ..., plate “b003”, picture 0123456789ab].'
  python3 -m imgsim find F0012 --name herbals
  python3 -m imgsim find -- -a-plate-whose-id-begins-with-a-hyphen

The exit status is 0 if anything was found, 1 if not, 2 for a command that cannot be understood.
"""


def parser() -> argparse.ArgumentParser:
    """The options of imgsim find."""
    main = Parser(
        prog="imgsim find",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    main.add_argument("text", nargs="+", metavar="TEXT", help="a citation, a hash, or an id")
    where = main.add_mutually_exclusive_group()
    where.add_argument("--name", metavar="NAME", help="look in this collection only")
    where.add_argument("--out", type=Path, metavar="DIR", help="look in the collection in this folder only")
    main.add_argument("--json", action="store_true", help="print one JSON object a find")
    return main


def main(arguments: Sequence[str]) -> int:
    """Run the command. Returns the exit status: 0 found, 1 nothing found or an error; exits with 2 for bad usage."""
    commands = parser()
    given = commands.parse_args(list(arguments))
    text = " ".join(given.text).strip()
    if not text:
        commands.error("TEXT is empty; give a citation, a hash or an id")
    try:
        found, unread = find_everywhere(text, _folders(given))
    except ImgsimError as error:
        return _fail(told(error))
    for name, why in unread:
        print(one_line(f"imgsim find: {name} cannot be searched: {told(why)}"), file=sys.stderr)
    if not found:
        return _fail(
            f"nothing is called {text[:200]!r} here, and no picture's hash begins so. Give a whole citation, at least "
            "8 digits of a hash, or an id as it stands in the collection."
        )
    for one in found:
        print(_json(one) if given.json else _told(one))
    return 0


def _folders(given: argparse.Namespace) -> list[Path] | None:
    folder: Path | None = data_dir() / check_name(given.name) if given.name is not None else given.out
    if folder is None:
        return None
    if not is_collection(folder):
        raise ImgsimError(
            f"There is no collection {folder}. Name another one, or leave it out to look in all."
        )
    return [folder]


def _told(one: Found) -> str:
    lines = [
        f"{one.collection}: {one.kind} {one.id} ({one.state})",
        *(f"  {line}" for line in ([one.told] if one.told else [])),
        *(
            f"  {name:<10} {value}"
            for name, value in (
                ("plate", one.plate if one.plate != one.id else ""),
                ("file", one.file),
                ("book", one.book if one.book != one.id else ""),
                ("year", one.year),
                ("picture", one.picture),
                ("now", ", ".join(one.successors)),
                ("address", one.address),
            )
            if value not in ("", None)
        ),
    ]
    return "\n".join(map(one_line, lines))


def _json(one: Found) -> str:
    return json.dumps({**asdict(one), "path": str(one.path)}, ensure_ascii=True)


def _fail(message: str) -> int:
    print(one_line(f"imgsim find: {message}"), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
