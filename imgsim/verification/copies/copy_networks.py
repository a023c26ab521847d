"""Where the two networks of the verifier of copies lie, and that they are those that they say they are."""

from __future__ import annotations

import functools
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsim.base.hashing import file_sha256
from imgsim.base.onnx_file import open_session
from imgsim.errors import AddCopies, WeightsError

if TYPE_CHECKING:
    import onnxruntime

FOLDER_VARIABLE = "IMGSIM_COPIES"
POINTS, PAIRS, RECORD = "points.onnx", "pairs.onnx", "networks.json"
FORM = 1  # of the files' inputs and outputs
_MOST_RECORD = 1 << 16


@dataclass(frozen=True)
class CopyNetworks:
    """The two networks, loaded: of one plate's points, and of pairs between two plates."""

    points: onnxruntime.InferenceSession
    pairs: onnxruntime.InferenceSession


def networks_folder() -> Path:
    """The folder that IMGSIM_COPIES names, else one in the user's cache; it need not exist."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("imgsim", appauthor=False)) / "copies"


def present(folder: Path | None = None) -> bool:
    """Whether there are networks in the folder, sound or not."""
    return ((folder or networks_folder()) / RECORD).is_file()


def networks_key(folder: Path | None = None) -> str:
    """What stands for the two networks in keys: their hashes, checked. Raises WeightsError."""
    hashes = _checked(folder or networks_folder())
    return f"{hashes[POINTS][:16]}-{hashes[PAIRS][:16]}"


def load_networks(folder: Path | None = None) -> CopyNetworks:
    """Both networks, checked and ready on one thread.

    Raises
    ------
    WeightsError
        They are not there, damaged, or of another form.
    """
    folder = folder or networks_folder()
    hashes = _checked(folder)
    return _loaded(folder, tuple(sorted(hashes.items())))


@functools.lru_cache(maxsize=1)
def _loaded(folder: Path, hashes: tuple[tuple[str, str], ...]) -> CopyNetworks:
    try:
        sessions = [open_session(folder / name, threads=1) for name in (POINTS, PAIRS)]
    except Exception as error:  # ONNX Runtime documents no list of its errors
        raise _unfit(folder, f"they cannot be loaded ({str(error).splitlines()[0][:200]})") from None
    for session, inputs, outputs in zip(sessions, (_POINTS_IN, _PAIRS_IN), (_POINTS_OUT, _PAIRS_OUT), strict=True):
        found = [[one.name for one in some] for some in (session.get_inputs(), session.get_outputs())]
        if found != [inputs, outputs]:
            raise _unfit(folder, f"they take {found[0]} and give {found[1]}, not {inputs} and {outputs}")
    return CopyNetworks(*sessions)


_POINTS_IN, _POINTS_OUT = ["image"], ["descriptors", "peaks", "reliability"]
_PAIRS_IN, _PAIRS_OUT = ["places_a", "descriptors_a", "places_b", "descriptors_b"], ["log_assignment"]


def names_of(network: str) -> tuple[list[str], list[str]]:
    """The names of the inputs and outputs of :data:`POINTS` or :data:`PAIRS`."""
    return (_POINTS_IN, _POINTS_OUT) if network == POINTS else (_PAIRS_IN, _PAIRS_OUT)


def _checked(folder: Path) -> dict[str, str]:
    """The SHA-256 of both files, which are those in the record. Raises WeightsError."""
    record = folder / RECORD
    try:
        if record.stat().st_size > _MOST_RECORD:
            raise ValueError("it is larger than any such record")
        said: dict[str, Any] = json.loads(record.read_text("utf-8"))
        form, hashes = said["form"], {name: str(said["sha256"][name]) for name in (POINTS, PAIRS)}
    except FileNotFoundError:
        raise WeightsError(
            f"The networks that find copies by another hand are not on this machine: {folder} has no {RECORD}.",
            AddCopies(),
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unfit(folder, f"{RECORD} cannot be read ({error})") from None
    if form != FORM:
        raise _unfit(folder, f"they are of form {form!r}, this imgsim reads form {FORM}")
    for name, wanted in hashes.items():
        try:
            stat = (folder / name).stat()
            found = _hash(folder / name, stat.st_mtime_ns, stat.st_size)
        except OSError as error:
            raise _unfit(folder, f"{name} cannot be read ({error})") from None
        if found != wanted:
            raise _unfit(folder, f"the SHA-256 of {name} is {found}, not {wanted}")
    return hashes


@functools.lru_cache(maxsize=8)
def _hash(path: Path, changed: int, size: int) -> str:
    return file_sha256(path)


def _unfit(folder: Path, why: str) -> WeightsError:
    return WeightsError(
        f"The networks in {folder} cannot be used: {why}. Delete that folder; they are made again.",
        AddCopies(),
    )
