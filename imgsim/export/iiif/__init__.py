"""IIIF, the way in which libraries hand images on: our plates for others' viewers, and theirs as a collection.

Out: :mod:`addresses`, :mod:`manifest` (Presentation API 3) and :mod:`service` (Image API 3, level 0) say what the app
serves. In: :mod:`reading` understands manifests of versions 2 and 3, :mod:`images` knows how to ask for an image of a
sensible size, :mod:`fetching` asks politely, :mod:`gathering` brings it all into a folder.
"""

from imgsim.export.iiif.manifest import (
    Json,
    family_manifest,
    manifest_bytes,
    plate_manifest,
    selection_manifest,
    to_bytes,
)
from imgsim.export.iiif.uris import Addresses, origin

__all__ = [
    "Addresses",
    "Json",
    "family_manifest",
    "manifest_bytes",
    "origin",
    "plate_manifest",
    "selection_manifest",
    "to_bytes",
]
