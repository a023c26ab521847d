"""Errors carry a remedy; the core names no command and no page, and the command line and the app know every remedy."""

from __future__ import annotations

import ast
import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgsim.app.services import commands, remedies
from imgsim.app.services import text as screen
from imgsim.cli import phrases, prepare_arguments
from imgsim.errors import (
    REMEDIES,
    AddCopies,
    Change,
    CheckPath,
    DamagedError,
    Decide,
    ImgsimError,
    Input,
    NameBooks,
    NameWeights,
    PrepareAgain,
    PrepareImages,
    Remedy,
    RestoreCopy,
    Setting,
    StartAgain,
    remedy_of,
)
from imgsim.training.__main__ import parser as training_parser

PACKAGE = Path(__file__).resolve().parents[1] / "imgsim"
FOLDER = "/disk/some herbals"
ALL: list[Remedy] = [
    PrepareAgain(),
    PrepareAgain(FOLDER),
    PrepareAgain(FOLDER, "resnet50", ("pca", "tsne"), 80),
    PrepareImages(FOLDER),
    PrepareImages(FOLDER, moved=True),
    NameBooks(FOLDER),
    NameWeights("resnet18"),
    AddCopies(),
    NameWeights("resnet18", "plates18"),
    *(CheckPath(what) for what in Input),
    CheckPath(Input.WEIGHTS, "resnet18"),
    RestoreCopy(FOLDER),
    Decide(),
    StartAgain(),
    *(Change(setting, "0.25") for setting in Setting),
]
# What tells of a command, of an option, or of a page.
COMMANDS = re.compile(
    r"\bprecompute(\.py)?\b|\bpython3? |\bpip install\b|\bimgsim (prepare|check|find|export|backup|restore|train)\b"
    r"|(?<![\w-])--[a-z]|\b[Rr]un: |\bsame command\b|\b[Ii]n a terminal\b"
)
PAGES = re.compile(
    r"\bthe pages? (Browse|Map|Search|Plate|Compare|Re-use|Books?|Review|Overview|Models|Help|About)\b"
    r"|\b[Oo]n (Help|About|Review|Re-use|Map|Browse|Overview|Models)\b"
    r"|\b(Browse|Map|Search|Plate|Compare|Re-use|Books?|Review|Overview|Models|Help|About) page\b"
    r"|\bsidebar\b|\b[Rr]eload\b|\b[Bb]utton\b"
)
# A README that is taken away tells how it is made again; training has a command line of its own.
TELLS_COMMANDS = {
    "export/again.py",
    *(f"training/{name}.py" for name in ("__main__", "training_options", "pages/page_command")),
}


def core() -> list[Path]:
    """The modules of the core."""
    found = [path for path in sorted(PACKAGE.rglob("*.py")) if path.relative_to(PACKAGE).parts[0] not in ("app", "cli")]
    assert len(found) > 150
    return found


def said(source: str) -> Iterator[tuple[int, str]]:
    """Every string of a module that is no docstring, with its line."""
    tree = ast.parse(source)
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in bare:
            yield node.lineno, node.value


def test_the_core_names_no_command_and_no_page() -> None:
    found = []
    for path in core():
        name = path.relative_to(PACKAGE).as_posix()
        if name in TELLS_COMMANDS or name == "__main__.py":
            continue
        for line, words in said(path.read_text("utf-8")):
            if COMMANDS.search(words) or PAGES.search(words):
                found.append(f"imgsim/{name}:{line}: {words!r}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "words",
    [
        "It is damaged. Run: python precompute.py --name x", "Try --workers 1.", "Run the same command again.",
        "listed on the page About", "Choose one in the sidebar.", "See imgsim restore.", "Reload it.",
    ],
)  # fmt: skip
def test_such_words_would_be_seen(words: str) -> None:
    """Also in the midst of an f-string, and not in a docstring."""
    seen = [text for _, text in said(f'"""{words}"""\ndef f(a):\n    """{words}"""\n    raise E(f"{{a}}: {words}")\n')]
    assert len(seen) == 1 and (COMMANDS.search(seen[0]) or PAGES.search(seen[0]))


def test_the_set_of_remedies_is_closed() -> None:
    assert set(REMEDIES) == set(Remedy.__subclasses__()) == {type(one) for one in ALL}
    assert set(phrases.PHRASES) == set(remedies.WORDS) == set(REMEDIES)
    assert set(phrases.SETTINGS) == set(remedies.SETTINGS) == set(Setting)


@pytest.mark.parametrize("remedy", ALL, ids=repr)
def test_every_remedy_is_told_three_ways(remedy: Remedy) -> None:
    neutral, typed, shown = str(remedy), phrases.phrase(remedy), str(remedies.words(remedy))
    for words in (neutral, typed, shown):
        assert len(words) > 8 and "{" not in words and words == words.strip()
    assert not COMMANDS.search(neutral) and not PAGES.search(neutral), neutral
    assert "sidebar" not in typed and "button" not in typed, typed


@pytest.mark.parametrize("remedy", ALL, ids=repr)
def test_a_remedy_survives_json_and_its_error_a_process(remedy: Remedy) -> None:
    assert remedy_of(json.loads(json.dumps(remedy.as_dict()))) == remedy
    error = copy.deepcopy(DamagedError("It is damaged.", "torn", remedy))  # by the way of pickle
    assert (error.what, error.why, error.remedy) == ("It is damaged.", "torn", remedy)
    assert str(error) == f"It is damaged. {remedy}"
    assert phrases.told(error) == f"It is damaged. {phrases.phrase(remedy)}"


@pytest.mark.parametrize(
    "record",
    [
        None, "Change", [], {}, {"kind": "Remedy"}, {"kind": "Change"}, {"kind": "Change", "setting": "none"},
        {"kind": "CheckPath", "what": 3}, {"kind": "NameWeights"}, {"kind": "PrepareAgain", "projections": 3},
    ],
)  # fmt: skip
def test_what_is_no_remedy_is_none(record: object) -> None:
    assert remedy_of(record) is None


def test_an_error_without_a_remedy_says_what_it_says() -> None:
    error = ImgsimError("Nothing is chosen.")
    assert str(error) == phrases.told(error) == remedies.told(error) == error.what == "Nothing is chosen."
    assert str(ImgsimError(OSError(5, "lost"))) == "[Errno 5] lost"


def test_every_option_that_a_phrase_names_exists() -> None:
    told = prepare_arguments.parser().format_help() + training_parser().format_help()
    defined = set(re.findall(r"--[a-z][a-z-]+", told))
    for remedy in ALL:
        for words in (phrases.phrase(remedy), str(remedies.words(remedy))):
            assert set(re.findall(r"--[a-z][a-z-]+", words)) <= defined, words


def test_commands_name_a_collection_as_it_can_be_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMGSIM_DATA", str(tmp_path / "kept"))
    inside, outside = tmp_path / "kept" / "herbals", tmp_path / "other disk" / "herbals"
    assert commands.prepare(inside) == "python precompute.py --name herbals"
    assert commands.prepare(outside, "--top-k", "9") == f"python precompute.py --out '{outside}' --top-k 9"
    assert commands.prepare(inside, images="FOLDER") == "python precompute.py FOLDER --name herbals"
    assert commands.imgsim("restore", inside) == "python3 -m imgsim restore herbals"
    assert commands.imgsim("restore", outside) == f"python3 -m imgsim restore '{outside}'"
    assert commands.prepare("") == "python precompute.py --name NAME"
    monkeypatch.setattr(commands, "checkout", lambda: None)  # the package is installed
    assert commands.prepare(inside) == "imgsim prepare --name herbals"
    assert commands.imgsim("restore", inside) == "imgsim restore herbals"


def test_the_screen_says_the_remedy_in_its_own_words() -> None:
    error = ImgsimError("Nobody has decided about a pair yet.", Decide())
    assert "page Review" in screen.plain(error) and "page Review" not in str(error)
