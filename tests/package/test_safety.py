"""Addresses that our files may name, and what the app's start must not load."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import offline
from tests.forbidden import OURS, ROOT, TORCH, project_files

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
    r"https?://www\.w3\.org/",  # names of XML languages and of specifications, never fetched
    r"https?://iiif\.io/",  # names of the versions of IIIF, never fetched
    r"https?://(creativecommons|rightsstatements)\.org/",  # names of terms of use, never fetched
    r"https?://purl\.org/dc/",  # names of Dublin Core, never fetched
    r"https?://(example\.org|schema\.org)/",  # names in headings of tables, never fetched
    r"http://graphml\.graphdrawing\.org/",
    r"https://docs\.python\.org/",
    r"https://docs\.astral\.sh/uv/",
    r"https://(distributed|jobqueue)\.dask\.org",  # the manuals of what docs/cluster.md is about
    r"https://doi\.org/",
    r"http://www\.cidoc-crm\.org/cidoc-crm/",  # names of linked data, never fetched
    r"https?://(d-nb\.info/gnd|viaf\.org/viaf|id\.loc\.gov/datatypes)/",
    r"https://(w3id\.org|www\.researchobject\.org)/ro[-/]crate",  # names of the versions of RO-Crate, never fetched
    r"https?://(www\.)?orcid\.org/",  # what a person is known by; never fetched
    r"https://(developers\.zenodo\.org|citation-file-format\.github\.io)",  # the manuals of what exports hold
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


def strange_in(text: str) -> list[str]:
    """What a text names that nobody expects: addresses, and hosts that packages come from."""
    addresses = re.findall(r"https?://[^\s\"'`)>\\]*", text)
    strange = [one for one in addresses if not any(re.match(allowed, one) for allowed in ALLOWED)]
    return strange + [name for name in REGISTRIES if name in text.lower()]


def test_every_address_is_one_we_know() -> None:
    assert strange_in("see https://elsewhere.com/x") and strange_in(f"from {REGISTRIES[0]}")
    read = {str(path): (ROOT / path).read_text(encoding="utf-8") for path in texts()}
    assert len(read) > 700
    assert {path: strange for path, text in read.items() if (strange := strange_in(text))} == {}


def test_no_component_builds_markup_from_text() -> None:
    scripts = [path for path in texts() if path.suffix in {".js", ".mjs"}]
    assert len(scripts) > 20
    words = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function")
    found = {
        str(path): used
        for path in scripts
        if (used := [word for word in words if word in (ROOT / path).read_text(encoding="utf-8")])
    }
    assert found == {}  # use textContent and createElement


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
        if path.parts[0] != "imgsim" or path.as_posix().startswith(("imgsim/app", *TORCH[:3])):
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
    views = [path for path in OURS if path.as_posix().startswith("imgsim/app/")]
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
