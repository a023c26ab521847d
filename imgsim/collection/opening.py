"""Opening the live generation of a collection, and listing what lies in the data folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imgsim.base.places import data_dir
from imgsim.collection.collection import Collection
from imgsim.errors import CollectionError, PrepareAgain, PrepareImages
from imgsim.generation import current, layout


@dataclass(frozen=True)
class CollectionInfo:
    """A line in the list of collections; ``error`` is why one cannot be opened."""

    name: str
    path: Path
    plates: int = 0
    created: str = ""
    backbones: tuple[str, ...] = ()
    error: CollectionError | None = None


def open_collection(path: Path | str) -> Collection:
    """Open the live generation of a collection; where CURRENT is damaged the newest whole one, whose ``told`` says so.

    Sizes of all files and the SHA-256 of the catalogue are checked now, arrays when they are first loaded.
    Raises CollectionError saying what is wrong and what to do.
    """
    path = Path(path)
    generation, told, manifest = "", "", {}
    for attempt in range(3):
        found = current.live(path)
        if found is None:
            raise CollectionError(f"{path} is not a prepared collection.", PrepareImages(str(path)))
        generation, told = found.generation, found.told
        try:
            manifest = layout.read_manifest(path / layout.GENERATIONS / generation)
            break
        except OSError as error:
            # Two runs may have finished since CURRENT was read, and the generation been removed: look again.
            if attempt == 2:
                raise CollectionError(
                    f"{path} names the generation {generation}, which cannot be read ({error.strerror}).",
                    PrepareAgain(str(path)),
                ) from None
    return _checked(path, generation, manifest, told)


def open_generation(path: Path | str, generation: str) -> Collection:
    """Open a generation of a collection by its name: the live one, or one before it that is still kept.

    It is checked as :func:`open_collection` does. Raises CollectionError, also where there is none of that name.
    """
    path = Path(path)
    try:
        manifest = layout.read_manifest(path / layout.GENERATIONS / layout.check_name(generation, "generation"))
    except OSError as error:
        raise CollectionError(
            f"{path} has no generation {generation} any more ({error.strerror}). Open the collection as it is now."
        ) from None
    return _checked(path, generation, manifest, "")


def _checked(path: Path, generation: str, manifest: dict[str, Any], told: str) -> Collection:
    collection = Collection(path.name or path.resolve().name, path.resolve(), generation, manifest, told)
    collection.check_sizes()
    return collection


def list_collections(folder: Path | str | None = None) -> list[CollectionInfo]:
    """The collections in the data folder, by name; damaged ones with their error. A missing folder has none."""
    folder = data_dir() if folder is None else Path(folder)
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if not path.is_dir() or path.name.startswith(".") or not current.is_collection(path):
            continue
        try:
            collection = open_collection(path)
            manifest = collection.manifest
            found.append(
                CollectionInfo(
                    path.name,
                    path,
                    manifest["counts"]["plates"],
                    str(manifest["created"]),
                    collection.backbones,
                )
            )
        except CollectionError as error:
            found.append(CollectionInfo(path.name, path, error=error))
        except OSError as error:
            found.append(CollectionInfo(path.name, path, error=CollectionError(error)))
    return found
