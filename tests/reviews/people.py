"""Plates to decide about, and what stands in short."""

from __future__ import annotations

import hashlib
from pathlib import Path

from imgsim.reviews import Reviews

EVIDENCE = {
    "verdict": "same image", "inliers": 212, "mirrored": False, "coverage_a": 0.1, "coverage_b": 0.30000001192092896,
    "similarity": 0.9481, "backbone": "plates18", "generation": "20261125-213434-6065b73", "matching": "04833a3d543f",
}  # fmt: skip


def pictures() -> dict[str, str]:
    """Plates a to z and b0 to b24, each with a picture of its own."""
    plates = [*"abcdefghijklmnopqrstuvwxyz", *(f"b{number}" for number in range(25))]
    return {plate: hashlib.sha256(plate.encode()).hexdigest() for plate in plates}


def decided(reviews: Reviews) -> dict[str, str]:
    """What stands, in short: {"ab": "same plate?"}, with a ? where it is disputed."""
    frame = reviews.standing()
    columns = (frame[name] for name in ("plate_a", "plate_b", "decision", "disputed"))
    return {a + b: decision + "?" * disputed for a, b, decision, disputed in zip(*columns, strict=True)}


def decide_much(path: Path, name: str, count: int, start: object) -> None:
    """Decide on `count` pairs as somebody of that name, once all may start; for a process of its own too."""
    start.wait()  # type: ignore[attr-defined]
    reviews = Reviews(path, pictures)
    for number in range(count):
        reviews.record("a", f"b{number}", "same plate", reviewer=name, note=f"{name} {number}")
        if number % 5 == 4:
            reviews.undo(name)
