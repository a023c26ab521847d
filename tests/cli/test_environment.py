"""The two commands' set-up: what is found, what is made, what is said when it cannot be."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from imgsim.cli import environment, start

ROOT = environment.REPOSITORY


def make_wheel(folder: Path, name: str, version: str) -> None:
    """Write the smallest wheel that pip installs."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all that pip can see: nothing is fetched."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    make_wheel(folder, "imgsimprobe", "1.0")
    make_wheel(folder, "imgsimprobe", "2.0")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.mark.parametrize("name", ["__init__.py", "cli/__init__.py", "cli/environment.py", "__main__.py"])
def test_an_old_python_can_read_far_enough_to_say_that_it_is_too_old(name: str) -> None:
    ast.parse((ROOT / "imgsim" / name).read_text(encoding="utf-8"), feature_version=(3, 7))


def test_an_old_python_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    with pytest.raises(
        environment.SetupError, match=r"needs Python 3\.11 or later.* is Python 3\.9 .*python3\.11"
    ):
        environment.python(environment.APP)


def test_the_running_python_serves_when_it_has_everything(tmp_path: Path) -> None:
    from importlib.metadata import version

    file = tmp_path / "requirements.txt"
    # the local part of a version ("+cpu") names a build, not another version
    file.write_text(f"pytest=={version('pytest')}  # here\n\n# nothing\n", encoding="utf-8")
    assert environment.missing(file) == []
    assert environment.python(file, venv=tmp_path / "venv") == sys.executable
    assert not (tmp_path / "venv").exists()


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("pytest==0.0.1\nno-such-thing==3\n", encoding="utf-8")
    assert environment.missing(file) == ["pytest==0.0.1", "no-such-thing==3"]


def test_a_line_that_pins_nothing_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("numpy>=2\n", encoding="utf-8")
    with pytest.raises(environment.SetupError, match="numpy>=2"):
        environment.pins(file)


def test_an_environment_is_made_once_kept_and_mended(
    tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    file, venv = tmp_path / "requirements.txt", tmp_path / "venv"
    file.write_text("imgsimprobe==1.0  # a probe\n", encoding="utf-8")

    def installed(executable: str) -> str:
        code = "import imgsimprobe; print(imgsimprobe.VERSION)"
        return subprocess.run(
            [executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()

    executable = environment.python(file, venv=venv)
    assert installed(executable) == "1.0"
    assert Path(executable).is_relative_to(venv)
    out, err = capfd.readouterr()
    assert out == "" and "Making an environment" in err

    # nothing changed: neither pip nor venv is called
    with monkeypatch.context() as patch:
        patch.setattr(environment, "_install", lambda *_: pytest.fail("installed again"))
        patch.setattr(environment, "_make", lambda *_: pytest.fail("made again"))
        assert environment.python(file, venv=venv) == executable

    # another version is asked for
    file.write_text("imgsimprobe==2.0\n", encoding="utf-8")
    assert installed(environment.python(file, venv=venv)) == "2.0"

    # a set-up that fails is not taken for a complete one, and says what to do
    file.write_text("imgsimprobe==3.0\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(environment.SetupError, match="Is there a network"):
            environment.python(file, venv=venv)
    file.write_text("imgsimprobe==2.0\n", encoding="utf-8")

    # the Python it was made with is gone
    Path(executable).unlink()
    assert installed(environment.python(file, venv=venv)) == "2.0"


def test_debian_without_venv_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("no-such-thing==3\n", encoding="utf-8")
    monkeypatch.setattr(
        environment.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else name
    )
    with pytest.raises(environment.SetupError, match="apt install python3"):
        environment.python(file, venv=tmp_path / "venv")


def test_a_set_up_error_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> str:
        raise environment.SetupError("no room on the disk")

    monkeypatch.setattr(environment, "python", fail)
    assert start.main([]) == 1
    assert capsys.readouterr().err == "imgsim: no room on the disk\n"


def test_ctrl_c_leaves_the_child_time_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Child:
        waits = 0

        def __init__(self, *_: object, **__: object) -> None: ...

        def wait(self) -> int:
            Child.waits += 1
            if Child.waits == 1:
                raise KeyboardInterrupt
            return 130

    monkeypatch.setattr(environment.subprocess, "Popen", Child)
    assert environment.run("python", []) == 130


@pytest.mark.skipif(os.name != "posix", reason="Windows ends a process without asking it")
def test_who_is_told_to_end_takes_the_child_along() -> None:
    waits = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    code = f"import sys; from imgsim.cli import environment; environment.run(sys.executable, ['-c', {waits!r}])"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE) as started:
        assert started.stdout is not None
        child = int(started.stdout.readline())
        started.terminate()
        started.wait(20)
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_importing_the_package_does_nothing() -> None:
    code = "import sys; before = set(sys.modules); import imgsim; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['imgsim']"
    assert done.stderr == ""
