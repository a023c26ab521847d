"""What our code must never do, read from its syntax trees; and what the app's start must not load."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgsim import environment
from tests.conftest import offline

ROOT = environment.REPOSITORY
IGNORED = {".git", ".venv", "data", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"}
TEXTS = {
    "",
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".js",
    ".mjs",
    ".css",
    ".html",
    ".json",
    ".yml",
    ".yaml",
    ".csv",
    ".cfg",
}


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
TORCH = ("imgsim/backbones/", "imgsim/embeddings", "imgsim/training", "tests/")
SCREEN = ("app.py", "imgsim/views/", "tests/")
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
            found.append(f"{line}: imports streamlit outside app.py and imgsim/views")
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
        if given("verify", False):
            found.append(f"{node.lineno}: {name} without checking the server's certificate")
    return found


@pytest.mark.parametrize("path", PYTHON, ids=str)
def test_a_module_does_nothing_that_is_forbidden(path: Path) -> None:
    assert offences((ROOT / path).read_text(encoding="utf-8"), path.as_posix()) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "def f():\n    from pickle import loads",
        "from sklearn.externals import joblib\nimport joblib",
        "import streamlit as st",
        "import torch",
        "if True:\n    from torchvision import models",
        "x = np.load('a.npy')",
        "x = np.load('a.npy', allow_pickle=True)",
        "x = np.load('a.npy', allow_pickle=flag)",
        "x = torch.load('a.pth')",
        "x = torch.load('a.pth', weights_only=False)",
        "x = torch.hub.load('a/b', 'c')",
        "x = pd.read_pickle('a')",
        "x = yaml.load(text)",
        "eval(text)",
        "exec(text)",
        "st.markdown(text, unsafe_allow_html=True)",
        "st.experimental_rerun()",
        "os.system('ls')",
        "subprocess.run('ls', shell=True)",
        "archive.extractall(folder)",
        "requests.get(address, verify=False)",
    ],
)
def test_the_rules_see_what_they_forbid(source: str) -> None:
    assert offences(source, "imgsim/module.py")


def test_the_rules_let_the_safe_forms_pass() -> None:
    source = """
def f(path):
    import torch
    np.load(path, allow_pickle=False)
    torch.load(path, weights_only=True)
    json.load(path)
    model.eval()
    re.compile("x")
"""
    assert offences(source, "imgsim/module.py") == []
    assert offences("import streamlit", "imgsim/views/plate.py") == []
    assert offences("import torch", "imgsim/backbones/network.py") == []


# Addresses that may stand in the project. Everything else is a request that somebody may be surprised by.
ALLOWED = (
    r"https?://(127\.0\.0\.1|localhost|0\.0\.0\.0)(?![\w.-])",
    r"https?://([\w-]+\.)*(example|invalid|test)(?![\w.-])",  # reserved names: they lead nowhere
    r"https?://([\w-]+\.)*example\.(org|com|net)(?![\w.-])",
    r"https://download\.pytorch\.org/models/",  # ImageNet weights, on demand, checked by SHA-256
    r"https://github\.com/",  # the DHH23 study and its data
    r"https://media\.githubusercontent\.com/",
    r"https://raw\.githubusercontent\.com/",
    r"https://git-lfs",  # the first words of a Git LFS pointer file
    r"http://www\.w3\.org/",  # names of XML languages, never fetched
    r"https?://iiif\.io/",  # names of the versions of IIIF, never fetched
    r"https?://(creativecommons|rightsstatements)\.org/",  # names of terms of use, never fetched
    r"https?://purl\.org/dc/",  # names of Dublin Core, never fetched
    r"https?://(example\.org|schema\.org)/",  # names in headings of tables, never fetched
    r"http://graphml\.graphdrawing\.org/",
    r"https://docs\.python\.org/",
    r"https://docs\.astral\.sh/uv/",
    r"https://doi\.org/",
    r"https?://[{<$]",  # a host that the code fills in
    r"https?://(?![\w\[])",  # a prefix without a host
)
# In parts, so that no registry is named here either.
REGISTRIES = [
    "py" + "pi.org",
    "python" + "hosted",
    "ana" + "conda.org",
    "conda" + "-forge",
    "npm" + "js",
    "js" + "delivr",
    "un" + "pkg.com",
    "cdn" + "js",
    "huggingface" + ".co",
    "pytorch.org" + "/whl",
]


def texts() -> list[Path]:
    found = [path for path in project_files() if path.suffix in TEXTS or path.name == "run"]
    return [path for path in found if path.name != Path(__file__).name]


@pytest.mark.parametrize("path", texts(), ids=str)
def test_every_address_is_one_we_know(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    strange = [
        address
        for address in re.findall(r"https?://[^\s\"'`)>\\]*", text)
        if not any(re.match(allowed, address) for allowed in ALLOWED)
    ]
    assert strange == []
    assert [name for name in REGISTRIES if name in text.lower()] == []


@pytest.mark.parametrize("path", [path for path in texts() if path.suffix in {".js", ".mjs"}], ids=str)
def test_a_component_builds_no_markup_from_text(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert word not in text, f"{word}: use textContent and createElement"


def loaded_by(code: str) -> set[str]:
    """Return the top-level modules that a fresh Python has loaded after running ``code``."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{code}\nimport sys\nprint('LOADED', *sorted({{m.split('.')[0] for m in sys.modules}}))",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split("LOADED")[-1].split())


SLOW = {
    "torch",
    "torchvision",
    "umap",
    "cv2",
    "sklearn",
    "onnxruntime",
    "openvino",
    "numba",
    "openTSNE",
}


def core_modules() -> list[str]:
    """The modules of the core that the app's pages may import as they start."""
    names = []
    for path in OURS:
        if path.parts[0] != "imgsim" or path.as_posix().startswith(("imgsim/views", *TORCH[:3])):
            continue
        parts = list(path.with_suffix("").parts)
        if parts[-1] in {"__init__", "__main__"}:
            parts = parts[:-1]
        if parts and ".".join(parts) not in names:
            names.append(".".join(parts))
    return names


def test_the_core_loads_without_streamlit_and_without_torch() -> None:
    loaded = loaded_by("".join(f"import {name}\n" for name in core_modules()))
    assert loaded & {"streamlit", "torch", "torchvision", "umap"} == set()


def test_the_apps_start_loads_nothing_slow() -> None:
    views = [path for path in OURS if path.as_posix().startswith("imgsim/views/")]
    names = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in views]
    assert names
    assert loaded_by("".join(f"import {name}\n" for name in names)) & SLOW == set()


def test_what_the_tests_start_cannot_call_outside(tmp_path: Path) -> None:
    calls = tmp_path / "calls.txt"
    for code, noted in [
        ("import socket; socket.create_connection(('192.0.2.1', 80), 1)", "192.0.2.1"),
        ("import urllib.request; urllib.request.urlopen('http://nowhere.invalid/')", "nowhere.invalid"),
        ("import os; os.system('pip install -U some-package')", "some-package"),
        ("import subprocess, sys; subprocess.run([sys.executable, '-m', 'pip', 'install', 'x'])", "pip"),
    ]:
        done = subprocess.run(
            [sys.executable, "-c", code], env=offline(calls), capture_output=True, text=True
        )
        assert done.returncode != 0
        assert noted in calls.read_text(encoding="utf-8")
        calls.unlink()
    code = "import socket\ntry: socket.create_connection(('127.0.0.1', 9), 1)\nexcept ConnectionRefusedError: pass"
    subprocess.run([sys.executable, "-c", code], env=offline(calls), check=True)
    assert not calls.exists()
