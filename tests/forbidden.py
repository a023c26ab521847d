"""What our code must never do, read from its syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from imgsim.cli import environment

ROOT = environment.REPOSITORY
IGNORED = {".git", ".venv", "data", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"}


def project_files() -> list[Path]:
    """Every file that the project's authors wrote, relative to its root."""
    found = []
    for path in sorted(ROOT.rglob("*")):
        relative = path.relative_to(ROOT)
        if path.is_file() and not IGNORED & set(relative.parts[:-1]):
            found.append(relative)
    return found


PYTHON = [path for path in project_files() if path.suffix == ".py"]


OURS = [path for path in PYTHON if path.parts[0] != "tests"]


# Where torch may be imported at module level: what is loaded only by a run, or only by Search by image.
TORCH = ("imgsim/backbones/", "imgsim/workers/", "imgsim/training", "tests/")


SCREEN = ("app.py", "imgsim/app/", "tests/")


# The one place that runs files: those in the folder that IMGSIM_EXTENSIONS names.
EXTENSIONS = "imgsim/base/extensions.py"


HEAVY = {"torch", "torchvision"}


PICKLES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "shelve", "marshal", "joblib"}


def dotted(node: ast.expr) -> str:
    """Return "a.b.c" for such an expression, with "?" for a part that is no name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "?"


def imports(tree: ast.AST, *, everywhere: bool) -> Iterator[tuple[str, int]]:
    """Yield (module, line) of every import; with ``everywhere=False`` only of those that run on import."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
            for name in node.names:
                yield f"{node.module}.{name.name}", node.lineno
        elif everywhere or not runs_later(node):
            yield from imports(node, everywhere=everywhere)


def runs_later(node: ast.AST) -> bool:
    """Whether importing the module leaves the inside of this node alone."""
    if isinstance(node, ast.If):
        return "TYPE_CHECKING" in ast.unparse(node.test)
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def offences(source: str, path: str) -> list[str]:
    """Return what the rules forbid in a module, as "line: what"."""
    tree = ast.parse(source)
    found = []
    for module, line in imports(tree, everywhere=True):
        top = module.split(".")[0]
        # a test may write such a file, to see it refused
        if top in PICKLES and not path.startswith("tests/"):
            found.append(f"{line}: imports {top}: loading such a file runs code in it")
        if top == "streamlit" and not path.startswith(SCREEN):
            found.append(f"{line}: imports streamlit outside app.py and imgsim/app")
    for module, line in imports(tree, everywhere=False):
        if module.split(".")[0] in HEAVY and not path.startswith(TORCH):
            found.append(f"{line}: imports {module} at module level")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("experimental_") and dotted(node) != "?":
            found.append(f"{node.lineno}: {dotted(node)} is gone from Streamlit")
        if not isinstance(node, ast.Call):
            continue
        name = dotted(node.func)
        last = name.split(".")[-1]
        keywords = {word.arg: word.value for word in node.keywords if word.arg}

        def given(word: str, value: object, keywords: dict[str, ast.expr] = keywords) -> bool:
            constant = keywords.get(word)
            return isinstance(constant, ast.Constant) and constant.value is value

        if name in {"eval", "exec", "compile", "__import__", "builtins.eval", "builtins.exec"}:
            found.append(f"{node.lineno}: calls {name}")
        if name in {"np.load", "numpy.load"} and not given("allow_pickle", False):
            found.append(f"{node.lineno}: {name} without allow_pickle=False")
        if (
            last in {"save", "savez", "savez_compressed"}
            and given("allow_pickle", True)
            and not path.startswith("tests/")
        ):
            found.append(f"{node.lineno}: {name} with allow_pickle=True")
        if name.split(".")[0] in PICKLES and last in {"load", "loads", "Unpickler", "open"}:
            found.append(f"{node.lineno}: calls {name}: it runs code in the file")
        if last in {"memmap", "open_memmap", "read_array"} and given("allow_pickle", True):
            found.append(f"{node.lineno}: {name} with allow_pickle=True")
        if name == "torch.load" and not given("weights_only", True):
            found.append(f"{node.lineno}: torch.load without weights_only=True")
        if last in {"read_pickle", "to_pickle"}:
            found.append(f"{node.lineno}: calls {name}")
        if name in {"yaml.load", "yaml.unsafe_load", "yaml.full_load"}:
            found.append(f"{node.lineno}: calls {name}")
        if name.startswith("torch.hub.load"):
            found.append(f"{node.lineno}: calls {name}: torch.hub runs code that it fetches")
        if "unsafe_allow_html" in keywords and not given("unsafe_allow_html", False):
            found.append(f"{node.lineno}: unsafe_allow_html")
        if name in {"os.system", "os.popen"} or given("shell", True):
            found.append(f"{node.lineno}: runs a command through the shell")
        if last in {"extractall", "extract"} and "." in name and not path.startswith("tests/"):
            found.append(f"{node.lineno}: {name} writes what an archive names: read its entries as streams")
        if last in {"exec_module", "run_path", "run_module"} and not path.startswith((EXTENSIONS, "tests/")):
            found.append(f"{node.lineno}: {name} runs a file")
        if given("verify", False):
            found.append(f"{node.lineno}: {name} without checking the server's certificate")
    return found
