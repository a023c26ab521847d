"""Manifests of our own making, and books read of them."""

from __future__ import annotations

import json
from typing import Any

from imgsim.sources.iiif.presentation import Book, parse

IMAGE = {"id": "http://a.example/1.jpg", "type": "Image"}


def book(document: object) -> Book:
    """A manifest as it is read."""
    found = parse(json.dumps(document).encode(), "test.json")
    assert isinstance(found, Book)
    return found


def modern(*bodies: object, **more: Any) -> dict[str, Any]:
    """A manifest of version 3 with a page for each body."""
    items = [
        {"id": f"http://a.example/c{n}", "type": "Canvas",
         "items": [{"items": [{"motivation": "painting", "body": body}]}]}
        for n, body in enumerate(bodies)
    ]  # fmt: skip
    return {"type": "Manifest", "id": "http://a.example/herbal/manifest", "items": items, **more}
