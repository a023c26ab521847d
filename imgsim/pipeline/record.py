"""What a manifest says of the run that wrote it: read by the next run, shown by the app."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import imgsim
from imgsim.collection import Collection, layout
from imgsim.errors import CollectionError

_LIBRARIES = (
    "numpy",
    "pandas",
    "pyarrow",
    "pillow",
    "scikit-learn",
    "umap-learn",
    "opentsne",
    "onnxruntime",
    "torch",
    "torchvision",
)


def recorded_in(live: Collection | None, folder: Path) -> dict[str, Any]:
    """What the collection was last prepared with, also where other files of it are damaged: to repair it."""
    manifest: Mapping[str, Any] = {}
    if live is not None:
        manifest = live.manifest
    else:
        try:
            name = layout.live_generation(folder)
            if name is not None:
                manifest = layout.read_manifest(folder / layout.GENERATIONS / name)
        except (CollectionError, OSError):
            pass
    parameters, inputs = manifest.get("parameters", {}), manifest.get("inputs", {})
    return {
        "backbones": dict(parameters.get("backbones", {})),
        "top_k": parameters.get("top_k"),
        "projections": parameters.get("projections", []),
        "images": inputs.get("images", []),
        "metadata": inputs.get("metadata"),
        "sample": inputs.get("sample"),
        "dataset": inputs.get("dataset"),
    }


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that shape or read a collection."""
    found = {"python": platform.python_version(), "imgsim": imgsim.__version__}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found
