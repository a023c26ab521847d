"""The Python environment in which imgsim runs: found, or made in ``.venv`` with everything installed.

Standard library only, and written so that any Python 3 can read it: the first thing it does is to say when
Python is too old. Used by ``python3 -m imgsim`` and ``python3 -m tests``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
# Not so where the package is installed: then whoever installed it sees to its packages.
IS_CHECKOUT = (REPOSITORY / "requirements.txt").is_file() and (REPOSITORY / "app.py").is_file()
VENV = REPOSITORY / ".venv"
APP = REPOSITORY / "requirements.txt"
TESTS = REPOSITORY / "tests" / "requirements.txt"
OLDEST = (3, 11)


class SetupError(Exception):
    """The environment cannot be made; the message says why and what to do."""


def python(*files: Path, venv: Path = VENV) -> str:
    """Return the path of a Python that has everything the requirement ``files`` pin.

    That is the running Python where it has them all (somebody's own environment), else the one in ``venv``,
    which is made and filled when needed. A second call with nothing changed takes a tenth of a second.

    Raises
    ------
    SetupError
        Python is too old, cannot make environments, or the packages could not be installed.
    """
    if sys.version_info < OLDEST:
        raise SetupError(
            f"imgsim needs Python {_dotted(OLDEST)} or later, and this is Python {_dotted(sys.version_info[:2])} "
            f"({sys.executable}). Install a newer one and start the same command with it, for example: "
            f"python{_dotted(OLDEST)} -m imgsim"
        )
    if not missing(*files):
        return sys.executable
    executable = _executable(venv)
    version = _version(executable)
    read = [one for file in files for one in (file, lock_of(file)) if one.exists()]
    stamp = {"python": version, **{os.path.relpath(file, venv): _hash(file) for file in read}}
    if version and _dotted_to_tuple(version) >= OLDEST and _stamped(venv, stamp):
        return str(executable)
    if not version or _dotted_to_tuple(version) < OLDEST:
        _make(venv)
        stamp["python"] = _version(executable)
    known = {**_read_stamp(venv), **stamp}
    # Gone before anything changes, back (through a temporary name) when all is done: an interrupted set-up is never
    # taken for a complete one.
    (venv / "imgsim.json").unlink(missing_ok=True)
    _install(executable, files)
    temporary = venv / "imgsim.json.new"
    temporary.write_text(json.dumps(known, indent=1), encoding="utf-8")
    os.replace(temporary, venv / "imgsim.json")
    _say("The environment is ready.")
    return str(executable)


def enter(*files: Path) -> None:
    """Go on in a Python that has everything: a script's first step, so that ``python3 script.py`` just works.

    Returns where the running Python will do; otherwise runs the same command with the right one, and ends with it.
    """
    try:
        executable = python(*files)
    except SetupError as error:
        sys.exit(f"imgsim: {error}")
    if executable != sys.executable:
        sys.exit(run(executable, sys.orig_argv[1:], cwd=Path.cwd()))


def run(executable: str, arguments: list[str], cwd: Path = REPOSITORY) -> int:
    """Run that Python with the terminal's own input and output, and return its exit status.

    Who is told to end tells the child, which would stay behind otherwise.
    """
    process = subprocess.Popen([executable, *arguments], cwd=cwd)
    before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # Ctrl-C reached the child as well: let it end in its own way
    finally:
        signal.signal(signal.SIGTERM, before)


def pins(*files: Path) -> dict[str, str]:
    """Return {name: exact version} of the requirement files; every line must be ``name==version  # what for``."""
    found: dict[str, str] = {}
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            text = line.split("#")[0].strip()
            if not text:
                continue
            match = re.fullmatch(r"([A-Za-z0-9._-]+)==([A-Za-z0-9.!_-]+)", text)
            if match is None:
                raise SetupError(f"{file}: expected name==version, found {text!r}")
            found[match[1]] = match[2]
    return found


def lock_of(file: Path) -> Path:
    """Return the lock file beside a requirement file: every package, with the SHA-256 of its files."""
    return file.with_suffix(".lock")


def missing(*files: Path) -> list[str]:
    """Return the pinned packages that the running Python lacks or has in another version."""
    from importlib.metadata import PackageNotFoundError, version

    absent = []
    for name, wanted in pins(*files).items():
        try:
            # "2.13.0+cpu" is the CPU build of 2.13.0
            here = version(name).split("+")[0]
        except PackageNotFoundError:
            here = ""
        if here != wanted:
            absent.append(f"{name}=={wanted}")
    return absent


def _make(venv: Path) -> None:
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        major_minor = _dotted(sys.version_info[:2])
        raise SetupError(
            "this Python cannot make environments, because its modules venv and ensurepip are missing. "
            f"On Debian and Ubuntu: sudo apt install python{major_minor}-venv (or python3-venv)"
        )
    _say(f"Making an environment in {venv} ...")
    if venv.exists():
        shutil.rmtree(venv)  # a Python that was removed or replaced leaves a folder that no longer works
    done = subprocess.run([sys.executable, "-m", "venv", str(venv)], stdout=sys.stderr, check=False)
    if done.returncode:
        raise SetupError(
            f"could not make an environment in {venv} (see the lines above). "
            "Is the folder writable, and is there room on the disk?"
        )


def _install(executable: Path, files: tuple[Path, ...]) -> None:
    _say("Installing what imgsim needs. The first time this takes some minutes ...")
    has_pip = subprocess.run([str(executable), "-c", "import pip"], capture_output=True, check=False)
    if has_pip.returncode:  # environments made by uv come without pip
        subprocess.run([str(executable), "-m", "ensurepip"], stdout=sys.stderr, check=False)
    # Python compiles what it imports; to compile everything that is installed would take as long as the rest.
    pip = [str(executable), "-m", "pip", "install", "--disable-pip-version-check", "--no-compile"]
    # First everything whose content is known, then what may differ from machine to machine: torch and its kin.
    locks = [lock_of(file) for file in files if lock_of(file).exists()]
    steps = [[*pip, "--require-hashes", "--no-deps", "-r", str(lock)] for lock in locks]
    steps.append(pip + [word for file in files for word in ("-r", str(file))])
    # pip's own report goes to stderr: the only thing on stdout is what the caller prints
    if any(subprocess.run(step, stdout=sys.stderr, check=False).returncode for step in steps):
        raise SetupError(
            "the packages could not be installed (see the lines above). Is there a network? What was already "
            "fetched is kept: start the same command again. Without network, see docs/installing.md"
        )


def _executable(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _version(executable: Path) -> str:
    """Return "3.11" for a Python that runs, '' for one that does not (or is not there)."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        # -I and -S: a tenth of the time, and nothing of the user's is loaded
        done = subprocess.run(
            [str(executable), "-I", "-S", "-c", code], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _stamped(venv: Path, stamp: dict[str, str]) -> bool:
    known = _read_stamp(venv)
    return all(known.get(name) == value for name, value in stamp.items())


def _read_stamp(venv: Path) -> dict[str, str]:
    try:
        known = json.loads((venv / "imgsim.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


def _dotted_to_tuple(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
