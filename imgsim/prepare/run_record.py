"""What is kept of a run: in the manifest, for the next run and the app to read, and in the summary that it returns."""

from __future__ import annotations

import contextlib
import platform
import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import imgsim
from imgsim.base.writing import write_whole
from imgsim.collection import open_collection
from imgsim.errors import CollectionError, ImgsimError
from imgsim.generation import current, layout, manifest_shape
from imgsim.generation.generation import Generation
from imgsim.prepare.options import Summary

if TYPE_CHECKING:
    from imgsim.base.progress import Reporter
    from imgsim.prepare.identity_stage import Changes

_LIBRARIES = (
    "numpy",
    "pandas",
    "pyarrow",
    "pillow",
    "scikit-learn",
    "umap-learn",
    "opentsne",
    "onnxruntime",
    "opencv-python-headless",
    "torch",
    "torchvision",
)


def recorded_in(live: Generation | None, folder: Path) -> dict[str, Any]:
    """What the collection was last prepared with, also where other files of it are damaged: to repair it."""
    manifest: Mapping[str, Any] = {}
    if live is not None and _is_live(live, folder):
        manifest = live.manifest
    else:
        apart = _apart(folder)
        manifest = apart if apart is not None else live.manifest if live is not None else _readable(folder)
    parameters, inputs = manifest.get("parameters", {}), manifest.get("inputs", {})
    return {
        "backbones": dict(parameters.get("backbones", {})),
        "top_k": parameters.get("top_k"),
        "projections": parameters.get("projections", []),
        "verify_top": parameters.get("verify_top"),
        "verifier": parameters.get("verifier"),
        "copies": parameters.get("copies"),
        "parts": parameters.get("parts") is not False,
        "book_by": parameters.get("book_by"),
        "pages": parameters.get("pages"),
        "page_weights": parameters.get("page_weights"),
        "encoding": inputs.get("encoding"),
        "images": inputs.get("images", []),
        "metadata": inputs.get("metadata"),
        "sample": inputs.get("sample"),
        "dataset": inputs.get("dataset"),
        "iiif": inputs.get("iiif", []),
    }


def keep_record(folder: Path, requested: Mapping[str, Any]) -> None:
    """Write down what a run was asked for, apart from the generation: a damaged one can then be made again."""
    data = layout.sealed({part: requested[part] for part in manifest_shape.RECORD})
    path = folder / layout.RECORD
    if not path.is_file() or path.read_bytes() != data:
        write_whole(path, data)


def _apart(folder: Path) -> dict[str, Any] | None:
    try:
        record = layout.unsealed((folder / layout.RECORD).read_bytes())
        manifest_shape.check(record, manifest_shape.RECORD)
    except (OSError, ValueError, RecursionError):
        return None
    return record


def _is_live(live: Generation, folder: Path) -> bool:
    try:
        return layout.live_generation(folder) == live.generation
    except (CollectionError, OSError):
        return False


def _readable(folder: Path) -> Mapping[str, Any]:
    """The manifest of the newest generation that has a sound one; empty if there is none."""
    for name in reversed(current.published(folder)):
        with contextlib.suppress(CollectionError, OSError):
            return layout.read_manifest(folder / layout.GENERATIONS / name)
    return {}


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that shape or read a collection."""
    found = {"python": platform.python_version(), "imgsim": imgsim.__version__}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found


def naming_gone(collection: Generation, note: Callable[[str], None]) -> dict[str, int]:
    """How many decisions wait because of their plates, and how many family addresses lead nowhere.

    ``decisions_gone`` name a plate that is gone, ``decisions_replaced`` one that another scan shows; of the
    ``families_ended``, ``families_nowhere`` have no plate in a family of today. Gives new families their ids.
    """
    from imgsim.collection.corrected import families_of
    from imgsim.collection.decided import reviews_of
    from imgsim.collection.family_ids import became, ended

    try:
        waiting = reviews_of(collection).unconfirmed()
        families = families_of(collection)
        over = ended(collection.path) if families is not None else []
    except ImgsimError as error:
        note(f"What people decided, and the ids of families, cannot be told: {error}")
        return {}
    nowhere = [one for one in over if families is not None and not became(families, one.plates)]
    return {
        "decisions_gone": sum(one.gone for one in waiting),
        "decisions_replaced": sum(not one.gone for one in waiting),
        "families_ended": len(over),
        "families_nowhere": len(nowhere),
    }


def summary_of(
    reporter: Reporter, folder: Path, generation: str, manifest: Mapping[str, Any], *, changed: bool,
    redone: Mapping[str, Any], started: float, changes: Changes | None,
) -> Summary:  # fmt: skip
    """What a run did, told from the manifest that is now the live one."""
    collection = open_collection(folder)
    skipped = collection.skipped
    return Summary(
        name=folder.name,
        path=folder,
        generation=generation,
        changed=changed,
        plates=manifest["counts"]["plates"],
        skipped=manifest["counts"]["skipped"],
        skipped_first=tuple(zip(skipped["file"][:5].tolist(), skipped["reason"][:5].tolist(), strict=True)),
        skipped_csv=collection.folder / layout.SKIPPED,
        backbones=tuple(manifest["backbones"]),
        projections=tuple(manifest["parameters"]["projections"]),
        top_k=manifest["parameters"]["top_k"],
        join=manifest["join"],
        redone=redone,
        notes=tuple(reporter.notes),
        timings=reporter.timings,
        matches=manifest["counts"].get("matches"),
        families=manifest["counts"].get("families"),
        copies=manifest["counts"].get("copies"),
        pages=manifest["counts"].get("pages"),
        empty_pages=manifest["counts"].get("empty_pages", 0),
        warned=dict(sorted(reporter.warned.items())),
        verify_top=manifest["parameters"].get("verify_top"),
        changes=changes.as_dict() if changes is not None else None,
        naming=naming_gone(collection, reporter.note),
        unjoined_csv=collection.folder / layout.UNJOINED if collection.has(layout.UNJOINED) else None,
        seconds=round(time.monotonic() - started, 3),
    )
