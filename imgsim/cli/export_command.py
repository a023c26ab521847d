"""The command line of ``precompute.py export``: what the dialog of the app does, from a terminal."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from imgsim.base.places import data_dir
from imgsim.base.progress import Meter
from imgsim.charts.decided_colours import offered
from imgsim.cli.arguments import SCRIPT, Parser, command_name, positive
from imgsim.cli.ending import AnyDisplay, run_command
from imgsim.collection import Collection, open_collection
from imgsim.collection.listing import TIMES
from imgsim.errors import ImgsimError
from imgsim.export.bundle import replacing, stem, write_files, zip_chunks
from imgsim.export.crate.licences import LICENCES
from imgsim.export.crate.persons import maker
from imgsim.export.kind import ExportFile
from imgsim.export.kinds import available, every_kind, files_of
from imgsim.export.request import Request
from imgsim.generation.layout import CURRENT

_DESCRIPTION = """\
Take results out of a prepared collection: lists as CSV, books as references, networks, maps; with a README that
explains every column, and the record that lets a result be cited and made again."""
_EXAMPLES = """\
examples:
  python precompute.py export mine                                  everything, as one zip in this folder
  python precompute.py export mine --what matches families          only these
  python precompute.py export mine --what neighbours --top-k 10 --threshold 0.94 --out neighbours.zip
  python precompute.py export mine --between added:last              only what ties the newest books to the others
  python precompute.py export mine --plates 105280020101620_0 --format files --out results/

A folder of images that is called export is prepared by: python precompute.py ./export
"""


def _similarity(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 2.0
    if not -1 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a similarity: a number from -1 to 1")
    return value


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2026-11-22") from None


def _maker(text: str) -> str:
    try:
        return maker(text)
    except ImgsimError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def parser() -> argparse.ArgumentParser:
    """The options of precompute.py export."""
    main = Parser(
        prog=command_name("export", f"{SCRIPT} export"),
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = main.add_argument
    kinds = [kind.name for kind in every_kind()]
    add("collection", metavar="NAME|DIR", help="a collection in data/, or its folder elsewhere")
    add(
        "--what", nargs="+", action="extend", metavar="KIND", choices=kinds,
        help=f"what to export: {', '.join(kinds)} (default: all that there is)",
    )  # fmt: skip
    add(
        "--plates", nargs="+", action="extend", metavar="ID",
        help="only these plates, their pairs, families and books (default: all plates)",
    )  # fmt: skip
    add("--backbone", metavar="NAME", help="whose neighbours and maps (default: the collection's first)")
    add(
        "--top-k", type=positive, metavar="K",
        help="neighbours of each plate, at most (default: as many as the collection keeps)",
    )  # fmt: skip
    add(
        "--threshold", type=_similarity, default=-1.0, metavar="X",
        help="only neighbours of at least this similarity, e.g. 0.94 (default: any)",
    )  # fmt: skip
    add(
        "--line", type=_similarity, metavar="X",
        help="where the line across each list stands, which the columns above_threshold and threshold tell (default: "
        "the threshold, else as it is calibrated)",
    )  # fmt: skip
    add("--other-books", action="store_true", help="only neighbours from other books than the plate's own")
    add(
        "--when",
        choices=TIMES,
        default="any",
        help="only neighbours that are certainly earlier or later (default: any)",
    )
    add(
        "--look-alikes",
        action="store_true",
        help="list the pairs whose lines do not agree among the matches, too",
    )
    add(
        "--between", nargs="+", action="extend", metavar="SET",
        help="only neighbours, pairs, families and ties of books between these plates and all others: added:last, or "
        "such as source:NAME, folder:NAME, book:ID",
    )  # fmt: skip
    add(
        "--projection",
        metavar="METHOD",
        default="",
        help="the projection of the map page (default: the first)",
    )
    add(
        "--colour", metavar="COLUMN", default="decade",
        help="the column that colours it, or one of *family, *verdict, *reviewed, in quotation marks (default: decade)",
    )  # fmt: skip
    add(
        "--date", type=_day, default=date.today().isoformat(), metavar="DAY",
        help="the day that stands in the lists (default: today); the same day gives the same bytes",
    )  # fmt: skip
    add(
        "--by", nargs="+", action="extend", type=_maker, default=[], metavar="NAME",
        help="whom the export is to be cited by, each in quotation marks, with an ORCID iD behind the name if there is "
        "one (default: those who decided)",
    )  # fmt: skip
    add(
        "--licence", choices=list(LICENCES), default="",
        help="under which licence you give these lists (default: none is chosen, and the export says so)",
    )  # fmt: skip
    add("--format", choices=["zip", "files"], help="one zip, or separate files (default: zip)")
    add(
        "--out",
        type=Path,
        metavar="FILE|DIR",
        help="the zip, or the folder of the files (default: in this folder)",
    )
    add("--quiet", action="store_true", help="print nothing but errors")
    add("--json", action="store_true", help="print progress and summary as one JSON object a line")
    return main


def main(arguments: Sequence[str]) -> int:
    """Run the command. Returns the exit status: 0 done, 1 an error, 130 interrupted; exits with 2 for bad usage."""
    commands = parser()
    given = commands.parse_args(list(arguments))

    def work(display: AnyDisplay) -> tuple[dict[str, Any], str]:
        collection = open_collection(_folder(given.collection))
        request = _request(given, collection)
        files = files_of(given.what or available(request), request)
        try:
            paths = _write(given, request, files, display)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise ImgsimError(_reason(error)) from error
        sizes = {str(path): path.stat().st_size for path in paths}
        text = "\n".join(f"{path}  {size:,} bytes" for path, size in sizes.items())
        return {"files": sizes, "plates": len(request.chosen)}, text

    return run_command(
        work,
        quiet=given.quiet,
        as_json=given.json,
        interrupted="Nothing was left half written; run the same command again.",
    )


def _folder(name: str) -> Path:
    """The folder of a collection that is named by a name or by its folder."""
    # What has a separator is a path: ./sample is never the one in the data folder.
    places = [Path(name)] if {"/", "\\"} & set(name) else [data_dir() / name, Path(name)]
    for path in places:
        if (path / CURRENT).exists():
            return path
    known = sorted(path.parent.name for path in data_dir().glob(f"*/{CURRENT}"))
    raise ImgsimError(
        f"There is no collection {name!r}. Name one of {data_dir()} ({', '.join(known) or 'which has none'}) or the "
        "folder of another; to prepare a folder of images that is called export, write ./export."
    )


def _request(given: argparse.Namespace, collection: Collection) -> Request:
    backbone = given.backbone or collection.backbones[0]
    kept, _ = collection.neighbour_table(backbone)  # says which backbones there are
    rows = None
    if given.plates:
        rows = np.array([collection.catalogue.row(plate_id) for plate_id in given.plates], dtype=np.int64)
    if given.projection:
        collection.projection(backbone, given.projection)
    columns = [str(name) for name in collection.catalogue.frame.columns]
    if given.colour not in columns and given.colour not in (found := offered(collection)):
        raise ImgsimError(
            f"The catalogue has no column {given.colour!r}. Choose from: {', '.join([*columns, *found])}."
        )
    return Request(
        collection=collection,
        date=given.date,
        backbone=backbone,
        rows=rows,
        top_k=given.top_k or kept.shape[1],
        threshold=given.threshold,
        other_books=given.other_books,
        when=given.when,
        line=given.line,
        look_alikes=given.look_alikes,
        between=collection.between(*given.between) if given.between else None,
        method=given.projection,
        colour=given.colour,
        makers=tuple(given.by),
        licence=given.licence,
    )


def _write(
    given: argparse.Namespace,
    request: Request,
    files: Sequence[ExportFile],
    display: AnyDisplay,
) -> list[Path]:
    stages: dict[str, Meter] = {}

    def report(name: str, done: int, total: int) -> None:
        if name not in stages:
            stages[name] = Meter(name, total, display)
        stages[name].update(done, total)

    if given.format == "files":
        return write_files(given.out or Path(stem(request)), request, files, report)
    out: Path = given.out or Path()
    if out.is_dir() or out.suffix.lower() != ".zip":
        out = out / f"{stem(request)}.zip"
    out.parent.mkdir(parents=True, exist_ok=True)
    with replacing(out) as target:
        for data in zip_chunks(request, files, report):
            target.write(data)
    return [out]


def _reason(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    return f"The export cannot be written: {error.strerror or error}{where}. Name another place with --out."
