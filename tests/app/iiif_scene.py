"""Collections of which manifests are asked, and what is read of an answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from PIL import Image

from tests.app.asking import ask
from tests.herbals import make_herbals
from tests.iiif_schema import check_manifest
from tests.making import add_matches, make, match_values, write_plate

ODD = {
    "a b&c=d#e?f": (40, 56),
    "100%25": (40, 56),
    "été’s +1": (40, 56),
    "sub/x": (40, 56),
    "sub2/x": (40, 56),
    "large": (3000, 2000),
    "long": (1300, 4),
    "dot": (1, 1),
}


def make_iiif(base: Path) -> Path:
    """Prepare herbals (titles that try to be markup, one family), and odd (odd ids, forms and terms)."""
    data = make_herbals(base)
    add_matches(
        data / "herbals",
        [
            match_values("p000", "p006"),
            match_values("p000", "p012", "mirrored"),
            match_values("p006", "p012"),
        ],
    )
    images = base / "odd"
    for number, (name, size) in enumerate(ODD.items()):
        write_plate(images / f"{name}.png", 100 + number, size)
    turned = Image.fromarray(np.random.default_rng(0).integers(0, 255, (30, 50), dtype=np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(images / "turned.jpg", exif=exif)
    table = base / "odd.csv"
    table.write_text(
        "plate_id,rights\nlarge,https://creativecommons.org/licenses/by/4.0/\nlong,mine\n", encoding="utf-8"
    )
    make(data / "odd", images, metadata=table)
    return data


def manifest_at(address: str) -> dict[str, Any]:
    """What is served there, which must be a manifest that keeps the rules."""
    status, _, body = ask(address)
    assert status == 200, (address, body)
    manifest = json.loads(body)
    check_manifest(manifest)
    assert manifest["id"] == address
    return manifest


def body_of(canvas: dict[str, Any]) -> dict[str, Any]:
    """The image of a canvas."""
    return canvas["items"][0]["items"][0]["body"]


def said(found: dict[str, Any]) -> dict[str, str]:
    """The metadata of a canvas or manifest as label -> value."""
    return {p["label"]["en"][0]: next(iter(p["value"].values()))[0] for p in found["metadata"]}


def titles(manifest: dict[str, Any]) -> list[str]:
    """The plates of a manifest, in its order."""
    return [parse_qs(urlsplit(canvas["id"]).query)["id"][0] for canvas in manifest["items"]]
