"""Networks that a user brings: any ONNX file with a small JSON beside it, such as SSCD, DINOv2 or CLIP.

The JSON is called ``NAME.json``, where NAME is what the network is called, and lies in the folder ``backbones`` of the
data folder, or where the environment variable IMGSIM_BACKBONES says. docs/backbones.md explains its fields.
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from imgsim.backbones.known import BACKBONES, Backbone, Runner
from imgsim.base.onnx_file import open_session
from imgsim.base.places import data_dir
from imgsim.errors import WeightsError
from imgsim.images import shaping

VARIABLE = "IMGSIM_BACKBONES"
SHAPINGS: dict[str, Callable[..., np.ndarray]] = {"squeeze": shaping.squeeze, "letterbox": shaping.letterbox}
# What becomes of the network's output, float32: (n, d) as it is; of (n, d, h, w) the average over places; of
# (n, tokens, d) the first token or the average of them.
POOLINGS = ("none", "places", "first token", "tokens")
_FIELDS = {"file", "dimension", "input_size", "colour", "shaping", "mean", "std", "pooling", "output", "description"}
_NEEDED = ("file", "dimension", "input_size", "mean", "std")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


def folder() -> Path:
    """Where the descriptions lie."""
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser() if named else data_dir() / "backbones"


def brought() -> dict[str, Path]:
    """Name -> description, of the networks that somebody brought; nothing is read yet."""
    try:
        found = sorted(folder().glob("*.json"))
    except OSError:
        return {}
    return {path.stem: path for path in found if _NAME.fullmatch(path.stem) and path.stem not in BACKBONES}


def names() -> tuple[str, ...]:
    """Of all backbones that there are: those of imgsim, then those that somebody brought."""
    return (*BACKBONES, *brought())


def backbone(name: str) -> Backbone:
    """The backbone of a name, imgsim's own or one that somebody brought.

    Raises
    ------
    WeightsError
        There is none of that name, or its description or its file is not what it must be.
    """
    if name in BACKBONES:
        return BACKBONES[name]
    path = brought().get(name)
    if path is None:
        raise WeightsError(
            f'There is no backbone "{name}". Known ones: {", ".join(names())}. A network of your own is an ONNX file '
            f"with a description {name}.json in {folder()} (docs/backbones.md)."
        )
    return read_description(path)


def read_description(path: Path) -> Backbone:
    """The backbone that a description states. Raises WeightsError, naming the field that is wrong."""
    facts = _facts(path)
    model = (path.parent / facts["file"]).resolve()
    if not model.is_file() or model.suffix != ".onnx":
        raise WeightsError(f"{path}: there is no ONNX file {model}. Put it there, or correct the field file.")
    grey = facts.get("colour", "rgb") == "grey"
    channels = 1 if grey else 3
    mean, std = (_numbers(path, facts, name, channels) for name in ("mean", "std"))
    if min(std) <= 0:
        raise WeightsError(f"{path}: std must be above 0, not {list(std)}.")
    pooling, output = facts.get("pooling", "none"), str(facts.get("output", ""))
    stated = facts.get("shaping", "letterbox" if grey else "squeeze")
    if stated == "letterbox" and not grey:
        raise WeightsError(f"{path}: letterbox makes grey squares; with colour rgb the shaping is squeeze.")
    return Backbone(
        name=path.stem,
        dimension=_whole(path, facts, "dimension", 1, 65_536),
        input_size=_whole(path, facts, "input_size", 16, 1024),
        channels=channels,
        shaping=SHAPINGS[stated],
        mean=mean,
        std=std,
        description=str(facts.get("description", "a network of one's own")),
        # Whatever else shapes the vectors becomes part of their key here.
        architecture=f"onnx, {pooling}, {output}, {_beside(model)}",
        bundled=model,
        runner=functools.partial(
            run_onnx, path=path, dimension=facts["dimension"], mean=mean, std=std, pooling=pooling, output=output,
            side=facts["input_size"],
        ),
    )  # fmt: skip


def run_onnx(
    model: Path | None,
    *,
    path: Path,
    dimension: int,
    side: int,
    mean: tuple[float, ...],
    std: tuple[float, ...],
    pooling: str,
    output: str,
) -> Runner:
    """Load a network that somebody brought: uint8 (n, channels, side, side) to float32 (n, dimension).

    Raises WeightsError where ONNX Runtime cannot read it, or it gives something else than its description says.
    """
    assert model is not None  # a description names one
    try:
        session = open_session(model, 1)
        wanted = [output] if output else [session.get_outputs()[0].name]
        fed = session.get_inputs()[0].name
    except Exception as error:  # ONNX Runtime raises kinds of its own for files that it cannot read
        raise WeightsError(f"{model} cannot be read as an ONNX file: {_short(error)}") from None
    levels = np.arange(256, dtype=np.float32) / np.float32(255)
    table = (levels[None] - np.asarray(mean, np.float32)[:, None]) / np.asarray(std, np.float32)[:, None]

    def run(batch: np.ndarray) -> np.ndarray:
        values = np.stack([table[channel][batch[:, channel]] for channel in range(batch.shape[1])], axis=1)
        try:
            found = np.asarray(session.run(wanted, {fed: values.astype(np.float32)})[0], dtype=np.float32)
        except Exception as error:  # the same
            raise WeightsError(
                f"{path}: the network refuses {values.shape[1]} channels of {side} x {side} pixels, a batch at a "
                f"time ({_short(error)}). Correct input_size and colour, or export it with a free batch size."
            ) from None
        vectors = pooled(found, pooling, path)
        if vectors.shape != (len(batch), dimension):
            raise WeightsError(
                f"{path}: dimension says {dimension}, but pooled by {pooling!r} the output {found.shape} gives "
                f"{vectors.shape}. Correct dimension, pooling or output."
            )
        return vectors

    run(np.zeros((2, len(mean), side, side), np.uint8))  # what is wrong with it is said before anything is prepared
    return run


def pooled(found: np.ndarray, pooling: str, path: Path) -> np.ndarray:
    """Make one vector of each plate's output, float32 (n, ...); see :data:`POOLINGS`."""
    sides = {"none": 2, "places": 4, "first token": 3, "tokens": 3}[pooling]
    if found.ndim != sides:
        raise WeightsError(
            f"{path}: pooling {pooling!r} wants an output of {sides} axes, but the network gives {found.shape}. "
            f"Choose among {', '.join(POOLINGS)}."
        )
    if pooling == "places":
        return found.mean(axis=(2, 3))
    if pooling == "tokens":
        return found.mean(axis=1)
    return found[:, 0] if pooling == "first token" else found


def _facts(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path} cannot be read as JSON: {error}") from None
    if not isinstance(facts, dict):
        raise WeightsError(f"{path}: expected one object with the fields {', '.join(_NEEDED)}.")
    lacking = [name for name in _NEEDED if name not in facts]
    unknown = sorted(set(facts) - _FIELDS)
    if lacking or unknown:
        what = f"the field {lacking[0]} is missing" if lacking else f"there is no field {unknown[0]}"
        raise WeightsError(f"{path}: {what}. The fields are {', '.join(sorted(_FIELDS))}.")
    for name, options in (("colour", ("grey", "rgb")), ("shaping", (*SHAPINGS,)), ("pooling", POOLINGS)):
        if name in facts and facts[name] not in options:
            raise WeightsError(f"{path}: {name} is one of {', '.join(options)}, not {facts[name]!r}.")
    if not isinstance(facts["file"], str) or Path(facts["file"]).name != facts["file"]:
        raise WeightsError(f"{path}: file names an ONNX file in the same folder, not {facts['file']!r}.")
    return facts


def _whole(path: Path, facts: Mapping[str, Any], name: str, low: int, high: int) -> int:
    value = facts[name]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise WeightsError(f"{path}: {name} is a whole number from {low} to {high:,}, not {value!r}.")
    return value


def _numbers(path: Path, facts: Mapping[str, Any], name: str, channels: int) -> tuple[float, ...]:
    given = facts[name] if isinstance(facts[name], list) else [facts[name]]
    sound = all(isinstance(one, (int, float)) and not isinstance(one, bool) and math.isfinite(one) for one in given)
    if not sound or len(given) != channels:
        raise WeightsError(f"{path}: {name} has {channels} number{'s' if channels > 1 else ''}, not {facts[name]!r}.")
    return tuple(float(one) for one in given)


def _beside(model: Path) -> str:
    """A hash of the files in which a large network keeps its numbers: those called after it, such as x.onnx.data."""
    digest = hashlib.sha256()
    for one in sorted(model.parent.glob(f"{model.name}?*")):
        digest.update(one.name.encode())
        with one.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:16]


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
