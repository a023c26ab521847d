"""``python -m tests.locks``: write the lock files and the page of licences anew, from the requirement files.

requirements.lock and tests/requirements.lock name every package that gets installed, those that others ask for
included, with its exact version and the SHA-256 of each of its files. torch is not among them, nor what only its builds
for graphics cards ask for: whoever has torch for another kind of machine keeps it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

from imgsim.cli import environment

TORCHS_OWN = re.compile(r"torch|triton|cuda-.*|nvidia-.*")
LICENCES = environment.REPOSITORY / "docs" / "licences.md"


def locked(file: Path) -> dict[str, str]:
    """The packages that a lock file names: name -> version."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return {found[1]: found[2] for line in lines if (found := re.match(r"([a-z0-9._-]+)==([^ ;]+)", line))}


def lock(file: Path) -> None:
    """Write the lock file beside a requirement file."""
    target = environment.lock_of(file)
    others = [environment.APP] if file != environment.APP else []
    command = [
        sys.executable, "-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11",
        "--generate-hashes", "--no-header", "--no-annotate", "--no-strip-markers", "--quiet",
        *map(str, [file, *others]),
    ]  # fmt: skip
    written = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    known = locked(environment.lock_of(environment.APP)) if others else {}
    entries = re.split(r"\n(?=[a-z0-9])", written.strip())
    kept = []
    for entry in entries:
        name = re.split(r"[=\s]", entry, maxsplit=1)[0]
        if name not in known and not TORCHS_OWN.fullmatch(name):
            kept.append(entry)
    head = f"# Written by `python -m tests.locks` from {file.name}: every package, with the SHA-256 of its files.\n"
    target.write_text(head + "\n".join(kept) + "\n", encoding="utf-8")


def licence_of(name: str) -> str:
    """The licence that an installed package states of itself, in short."""
    facts = metadata(name)
    stated = _stated(facts, "License-Expression")
    classified = [
        one.rsplit(" :: ", 1)[1] for one in facts.get_all("Classifier") or [] if one.startswith("License ::")
    ]
    text = " ".join(_stated(facts, "License").split())
    return stated or "; ".join(classified) or (text if 0 < len(text) < 80 else "see its own files")


def _stated(facts: PackageMetadata, field: str) -> str:
    return next((str(value) for name, value in facts.json.items() if name == field.lower().replace("-", "_")), "")


def licences() -> str:
    """The page of licences, as Markdown."""
    rows = []
    for file, use in ((environment.APP, "app"), (environment.TESTS, "tests")):
        names = {**locked(environment.lock_of(file)), **({"torch": ""} if file == environment.APP else {})}
        for name, version in sorted(names.items()):
            try:
                stated, version = licence_of(name), version or metadata(name)["Version"].split("+")[0]
            except PackageNotFoundError:  # of another system
                stated = "not installed on the system on which this page was made"
            rows.append(f"| {name} | {version} | {use} | {stated.replace('|', '/')} |")
    return "\n".join(
        [
            "# What others made",
            "",
            "imgsim is free software under the [MIT licence](../LICENSE). It comes without any code of others; these",
            "packages are installed beside it, each under the licence that it states. The weights that come with",
            "imgsim were trained by us, on plates and pages whose copyright has expired and on ones that our own code",
            "drew ([plates18](../imgsim/weights/README.md), [pages](../imgsim/weights/pages.md)). Written by",
            "`python -m tests.locks`.",
            "",
            "| package | version | for | licence |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    for requirements in (environment.APP, environment.TESTS):
        lock(requirements)
    LICENCES.write_text(licences(), encoding="utf-8")
