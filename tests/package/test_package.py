"""The package as it is installed: built as a wheel, put into an environment of its own, used from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from imgsim.cli import environment
from imgsim.cli.start import find_port

ROOT = environment.REPOSITORY


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q"]
    subprocess.run([*pip, "-w", folder, ROOT], check=True, capture_output=True, timeout=120)
    return next(folder.glob("imgsim-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, which borrows the other packages of this one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=os.name == "posix")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "-q", str(wheel)]
    subprocess.run(install, check=True, capture_output=True, timeout=120)
    ask = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = subprocess.run(ask, check=True, capture_output=True, text=True).stdout.strip()
    (Path(site) / "others.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python.parent


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, and a home of its own."""
    monkeypatch.delenv("IMGSIM_DATA", raising=False)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    for name in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA", "APPDATA", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def run(installed: Path, folder: Path, *words: str) -> str:
    done = subprocess.run(
        [installed / "imgsim", *words], cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_the_wheel_holds_what_the_app_needs_and_no_collection(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "imgsim/app/door.py", "imgsim/app/style.css", "imgsim/app/.streamlit/config.toml",
        "imgsim/app/components/plate_map/map.js", "imgsim/app/components/shared/common.css",
        "imgsim/weights/plates18.safetensors", "imgsim/weights/pages.safetensors", "imgsim/export/dossier/style.css",
    ):  # fmt: skip
        assert needed in names
    kinds = {".py", ".html", ".svg", ".css", ".js"}
    ours = {path.relative_to(ROOT).as_posix() for path in (ROOT / "imgsim").rglob("*") if path.suffix in kinds}
    assert ours <= names
    assert not [name for name in names if name.startswith(("data/", "tests/"))]
    config = zipfile.ZipFile(wheel).read("imgsim/app/.streamlit/config.toml")
    assert config == (ROOT / ".streamlit" / "config.toml").read_bytes()


def test_it_prepares_exports_and_reads_from_any_folder(installed: Path, elsewhere: Path) -> None:
    said = run(installed, elsewhere, "prepare", "--sample", "12", "--no-verify", "--projection", "pca")
    assert "12 plates" in said
    made = [path for path in elsewhere.parent.rglob("CURRENT")]
    assert len(made) == 1 and "home" in made[0].parts  # the user's data folder, not where it was called
    assert list(elsewhere.iterdir()) == []
    run(installed, elsewhere, "export", "sample", "--what", "neighbours", "--out", "lists")
    assert list(elsewhere.glob("lists/*.zip")) or list(elsewhere.glob("lists*"))
    run(installed, elsewhere, "check", "sample")
    code = "import imgsim; c = imgsim.open('sample'); print(len(c.neighbours(c.catalogue.plate_ids[0])))"
    done = subprocess.run(
        [installed / "python", "-c", code], cwd=elsewhere, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "11"


def test_data_may_lie_where_one_says(installed: Path, elsewhere: Path) -> None:
    words = ("prepare", "--sample", "6", "--no-verify", "--projection", "pca", "--quiet")
    run(installed, elsewhere, "--data", "here", *words)
    assert (elsewhere / "here" / "sample" / "CURRENT").is_file()
    wrong = subprocess.run([installed / "imgsim", "--data"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 1 and "--data wants the folder" in wrong.stderr


@pytest.mark.parametrize("word", ["prepare", "export", "train", "find", "check", "backup", "restore"])
def test_every_command_helps(installed: Path, elsewhere: Path, word: str) -> None:
    assert "usage:" in run(installed, elsewhere, word, "--help")


def test_it_serves_the_app_with_the_settings_that_travel_with_it(installed: Path, elsewhere: Path) -> None:
    port, _ = find_port()
    process = subprocess.Popen(
        [installed / "imgsim", "--no-browser", "--port", str(port)],
        cwd=elsewhere, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.2)
        # Ours, from the package: Streamlit's own defaults would neither say so nor listen on this computer only.
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors" in answer.headers["Content-Security-Policy"]
    finally:
        os.killpg(process.pid, 15) if os.name == "posix" else process.terminate()
        said = process.communicate(timeout=20)[0].decode()
    assert f"http://127.0.0.1:{port}" in said and "0.0.0.0" not in said
