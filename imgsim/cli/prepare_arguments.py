"""The arguments of precompute.py: which options there are, and which words are their values."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from imgsim.cli.arguments import SCRIPT, Parser, command_name, positive, whole_number
from imgsim.prepare.options import PAGE_MODES, SAMPLE_PLATES

_DESCRIPTION = """\
Prepare a collection of plates for the app: thumbnails, embeddings, neighbours, maps, matches and families.
Run it again at any time: only what has changed is done, and what was interrupted goes on."""

_EXAMPLES = """\
examples:
  python precompute.py --sample                                    240 generated plates, to try the app
  python precompute.py scans/ --metadata metadata.csv --name mine  a folder with a table
  python precompute.py --name mine --backbone resnet18             one more backbone for that collection
  python precompute.py --dataset dhh23                             the plates of the DHH23 study (1.5 GB)
  python precompute.py --iiif https://library.example/manifest     the images of a library's IIIF manifest
  python precompute.py export mine                                 take results out; export --help tells how
  python precompute.py find TEXT                                   the picture that a citation, hash or id names
  python precompute.py check mine                                  whether every file is what was written
"""


def _weights(text: str) -> tuple[str, Path]:
    name, equals, file = text.partition("=")
    if not name or not equals or not file:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form NAME=FILE")
    return name, Path(file)


def parser() -> argparse.ArgumentParser:
    """The options of precompute.py."""
    from imgsim.backbones import backbone_names
    from imgsim.retrieval.projections import METHODS
    from imgsim.sources.dataset import DATASETS

    main = Parser(
        prog=command_name("prepare", SCRIPT),
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = main.add_argument
    add(
        "images",
        nargs="*",
        metavar="IMAGES",
        help="folders (searched through), images, zips (not unpacked), PDFs, addresses of IIIF manifests",
    )
    add(
        "--metadata",
        type=Path,
        metavar="CSV",
        help="a table (CSV or xlsx) with a row a book (ecco_id, book) or a plate (plate_id, file)",
    )
    add(
        "--encoding", metavar="NAME",
        help="what the table is written in, such as mac_roman or cp850 (default: auto, found out and said)",
    )  # fmt: skip
    add(
        "--book-by", metavar="COLUMN|folder|prefix|none",
        help="what tells books apart: a column of the table, the folder, the prefix of file names, nothing "
        "(default: auto, found out and said)",
    )  # fmt: skip
    add(
        "--dry-run", action="store_true",
        help="say how table and file names would be understood, with examples, and do nothing",
    )  # fmt: skip
    add(
        "--pages", choices=list(PAGE_MODES),
        help="whether images are pages of books, whose illustrations are cut out, or plates (default: auto, found out "
        "folder by folder and said); for another network that finds them: --weights pages=FILE",
    )  # fmt: skip
    where = main.add_mutually_exclusive_group()
    where.add_argument("--name", metavar="NAME", help="the collection's name; it is kept in data/NAME")
    where.add_argument(
        "--out", type=Path, metavar="DIR", help="the collection's folder, to keep it elsewhere"
    )
    add(
        "--backbone", nargs="+", action="extend", default=[], metavar="NAME", choices=backbone_names(),
        help=f"networks to compare by: {', '.join(backbone_names())}; added to those the collection has (default: "
        "plates18)",
    )  # fmt: skip
    add(
        "--weights", nargs="+", action="extend", default=[], type=_weights, metavar="NAME=FILE",
        help="use this weights file for that backbone",
    )  # fmt: skip
    add("--top-k", type=positive, metavar="K", help="neighbours to keep of each plate (default: 50)")
    add(
        "--projection", nargs="+", action="extend", default=[], metavar="METHOD", choices=list(METHODS),
        help=f"maps to draw: {', '.join(METHODS)}; added to those the collection has (default: all)",
    )  # fmt: skip
    add(
        "--verify-top", type=positive, metavar="N",
        help="compare each plate by its lines with the first N candidates of each source (default: 20)",
    )  # fmt: skip
    add(
        "--verifier", metavar="NAME",
        help="what compares plates by their lines (default: as the collection has it, else sift)",
    )  # fmt: skip
    add(
        "--copies", type=whole_number, metavar="N",
        help="ask about the first N neighbours of each plate whose lines do not agree whether they are copies by "
        "another hand; 0 asks about none (default: as the collection has it, else 3 where imgsim[copies] is installed)",
    )  # fmt: skip
    add(
        "--parts", action="store_true", default=None,
        help="let the first network see five parts of each plate, too, which finds crops and details (default: as the "
        "collection has it, else so)",
    )  # fmt: skip
    add("--no-parts", dest="parts", action="store_false", help="leave them out, and the time that they take")
    add("--no-verify", action="store_true", help="compare no plates by their lines: no matches, no families")
    add(
        "--device",
        default="auto",
        choices=["auto", "cpu", "cuda", "mps"],
        help="where the networks run (default: auto)",
    )
    add("--batch-size", type=positive, metavar="N", help="plates that go through a network together")
    add("--executor", metavar="NAME", help="what runs the work: cores, or one of your own (default: cores)")
    add(
        "--cluster", metavar="WHERE",
        help="do the work on a cluster of Dask: tcp://host:8786 (its scheduler), local:8 (eight processes here) or "
        "slurm.yaml (how a queue starts workers); docs/cluster.md tells how",
    )  # fmt: skip
    add("--workers", type=positive, metavar="N", help="processes that read plates (default: one a core)")
    origin = main.add_mutually_exclusive_group()
    origin.add_argument(
        "--sample", nargs="?", type=positive, const=SAMPLE_PLATES, metavar="N",
        help=f"generate N sample plates (default: {SAMPLE_PLATES}) and prepare those",
    )  # fmt: skip
    origin.add_argument("--dataset", choices=list(DATASETS), help="download this dataset and prepare it")
    origin.add_argument(
        "--iiif", nargs="+", action="extend", default=[], metavar="SOURCE",
        help="fetch the images of IIIF manifests (files or addresses; versions 3 and 2) and prepare those",
    )  # fmt: skip
    add(
        "--accept-missing", action="store_true",
        help="let plates go whose scans have vanished (without it a run stops where more than a tenth are gone, or any "
        "that was decided about)",
    )  # fmt: skip
    add("--quiet", action="store_true", help="print nothing but errors")
    add("--json", action="store_true", help="print progress and summary as one JSON object a line")
    return main


def split_images(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Take ``--backbone plates18 scans/`` apart: (options with their values, images).

    argparse would give an option that takes several values every word that follows it. Here the first word after it
    is its value, and a later one only if it looks like one; whatever no option takes is an image. ``--`` ends options.
    """
    from imgsim.backbones import backbone_names
    from imgsim.retrieval.projections import METHODS

    known = backbone_names()
    several: dict[str, Callable[[str], bool]] = {
        "--backbone": lambda word: word in known,
        "--projection": lambda word: word in METHODS,
        "--weights": lambda word: "=" in word and not Path(word).exists(),
        "--iiif": lambda word: True,
    }
    alone = {
        "--accept-missing", "--quiet", "--json", "--no-verify", "--parts", "--no-parts", "--dry-run", "--help", "-h",
    }  # fmt: skip
    options: list[str] = []
    images: list[str] = []
    current, taken = "", 0
    for position, word in enumerate(arguments):
        if word == "--":
            images += arguments[position + 1 :]
            break
        if word.startswith("-") and len(word) > 1:
            options.append(word)
            current, taken = (
                ("", 0) if word in alone or ("=" in word and word.split("=")[0] not in several) else (word, 0)
            )
            if "=" in word and word.split("=")[0] in several:
                current, taken = word.split("=")[0], 1
            continue
        if current == "--sample":
            takes = taken == 0 and word.isdecimal()
        elif current in several:
            takes = taken == 0 or several[current](word)
        else:
            takes = current != "" and taken == 0
        if takes:
            # Every value gets its option again, so that argparse has nothing left to guess.
            if current in several and taken:
                options.append(current)
            options.append(word)
            taken += 1
        else:
            images.append(word)
            current = ""
    return options, images
