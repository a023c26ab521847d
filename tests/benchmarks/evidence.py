"""Does the geometry prove re-use, of every kind of copy, and of nothing else? One table, and how fast.

    python -m tests.benchmarks.evidence [--sample 240] [--plates FOLDER] [--count 24] [--alter 404 505] [--save FILE]
    python -m tests.benchmarks.evidence --package FOLDER --save BEFORE; ... --beside BEFORE

Three sorts of pairs whose truth is known: generated plates; real plates (`--plates` or the environment's IMGSIM_PLATES
names their folder) that are altered as scanners, printers, photographers and librarians do (`--alter` names the seeds);
and real plates that are known to be copies, or to be none. Beside the copies that are proven stand the pairs that are
no copies and are taken for some: look-alikes, for each plate its nearest non-copies by cosine, and random ones.

`--save` keeps the figures as JSON and `--beside` shows such a file's in the same table. `--package` measures the imgsim
that lies in another folder (an older commit's, checked out there) on the same pairs. Nothing is downloaded.
"""

import argparse
import json
import os
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    cli = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.evidence", description=__doc__.splitlines()[0]
    )
    cli.add_argument("--sample", type=int, default=240, help="generated plates a seed, 0 for none")
    cli.add_argument("--seeds", type=int, nargs="+", default=[404, 505, 606], help="unseen while calibrating")
    cli.add_argument("--plates", type=Path, help="the folder of real plates (default: IMGSIM_PLATES)")
    cli.add_argument("--count", type=int, default=24, help="real plates that are altered, a seed; 0 for none")
    cli.add_argument("--alter", type=int, nargs="+", default=[404, 505], help="seeds of the alterations")
    cli.add_argument("--real", type=int, help="real pairs of each kind, at most; 0 for none (default: all plates)")
    cli.add_argument("--speed", type=int, default=300, help="pairs to time, 0 for none")
    cli.add_argument("--save", type=Path, help="write the figures there, as JSON")
    cli.add_argument("--beside", type=Path, help="figures of another run, to be shown beside")
    cli.add_argument("--package", type=Path, help="the folder in which another imgsim lies")
    given = cli.parse_args(arguments)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    if given.package:
        _take(given.package)
    measured = measure(given)
    if given.save:
        given.save.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    table(measured, json.loads(given.beside.read_text(encoding="utf-8")) if given.beside else {})


def _take(folder: Path) -> None:
    """Load imgsim from a folder: what is imported of it afterwards is found there, too."""
    if "imgsim" in sys.modules:
        raise SystemExit("--package: imgsim is loaded already")
    sys.path.insert(0, str(folder.resolve()))
    import imgsim

    sys.path.pop(0)
    if not Path(str(imgsim.__file__)).is_relative_to(folder.resolve()):
        raise SystemExit(f"--package: there is no imgsim in {folder}")


def measure(given: argparse.Namespace) -> dict[str, dict[str, int]]:
    """The figures of each kind."""
    # Here, because another imgsim may have to be loaded first.
    from imgsim.backbones.embedder import Embedder
    from tests.benchmarks.evidence_kinds import Score, altered, furniture, generated, real

    scores: defaultdict[str, Score] = defaultdict(Score)
    embed = Embedder("plates18", threads=1).embed
    if given.sample:
        generated(scores, given.sample, given.seeds, embed)
        furniture(scores)
    folder = given.plates or (Path(os.environ["IMGSIM_PLATES"]) if os.environ.get("IMGSIM_PLATES") else None)
    if folder is None:
        print("\nReal plates: set IMGSIM_PLATES or --plates to measure them too.")
    else:
        for seed in given.alter if given.count else ():
            altered(scores, folder, given.count, seed)
        if given.real != 0:
            real(scores, folder, given.real, embed)
    if given.speed:
        from imgsim.sources.sample.copperplate import PlateSpec
        from imgsim.sources.sample.scanning import scan
        from tests.benchmarks.evidence_speed import speed

        speed([scan(PlateSpec(16 * i, i, i, i)).convert("L") for i in range(40)], given.speed)
    return {kind: asdict(score) for kind, score in scores.items()}


def table(measured: Mapping[str, Mapping[str, int]], beside: Mapping[str, Mapping[str, int]]) -> None:
    """Print the figures of each kind, and those of another run beside them."""
    sides = [beside, measured] if beside else [measured]
    heads = ["before: ", "now: "] if beside else [""]
    titles = [f"{head}{what}" for head in heads for what in ("copies proven", "others taken for copies")]
    print(f"\n| kind | {' | '.join(titles)} |\n|{' --- |' * (1 + len(titles))}")
    for kind in measured:
        cells = [cell for side in sides for cell in _cells(side.get(kind))]
        print(f"| {kind} | {' | '.join(cells)} |")
    totals = [cell for side in sides for cell in _cells(_total(side, measured))]
    print(f"| all | {' | '.join(totals)} |")
    for kind in measured:
        if kind in beside and measured[kind]["false"] > beside[kind]["false"]:
            print(f"WORSE: {kind} has more that are false than before")


def _total(side: Mapping[str, Mapping[str, int]], kinds: Mapping[str, object]) -> dict[str, int]:
    names = ("copies", "proven", "others", "false")
    return {name: sum(side[kind][name] for kind in kinds if kind in side) for name in names}


def _cells(score: Mapping[str, int] | None) -> tuple[str, str]:
    if score is None:
        return "not measured", ""
    proven = f"{score['proven']:,} of {score['copies']:,}" if score["copies"] else ""
    return proven, f"{score['false']:,} of {score['others']:,}" if score["others"] else ""


if __name__ == "__main__":
    main()
