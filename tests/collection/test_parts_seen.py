"""An image from outside and its parts, against the plates and theirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from imgsim.collection.parts_seen import near_image, near_plate
from imgsim.images.plate_parts import PARTS
from imgsim.retrieval.part_scores import LESS


@dataclass
class Seen:
    """A generation of four plates at right angles to each other; the third one's middle is the fifth direction."""

    with_parts: bool = True

    def embeddings(self, _: str) -> np.ndarray:
        return np.eye(5, dtype=np.float32)[:4]

    def part_embeddings(self, name: str) -> np.ndarray | None:
        parts = np.repeat(self.embeddings(name)[:, None], PARTS, axis=1)
        parts[2, 4] = np.eye(5)[4]
        return parts if self.with_parts else None


def test_a_plate_on_a_larger_sheet_is_found_by_a_part_of_the_sheet() -> None:
    sheet, own = np.eye(5, dtype=np.float32)[4], np.repeat(np.eye(5, dtype=np.float32)[4:], PARTS, axis=0)
    own[1] = np.eye(5)[0]  # its upper right is the first plate
    wholes = Seen().embeddings("") @ sheet
    alone = near_image(Seen(), "", wholes, sheet)  # type: ignore[arg-type]
    with_own = near_image(Seen(), "", wholes, sheet, own)  # type: ignore[arg-type]
    assert alone == pytest.approx([-LESS, -LESS, 1 - LESS, -LESS])
    assert with_own == pytest.approx([1 - LESS, -LESS, 1 - LESS, -LESS])


def test_a_plate_counts_its_own_parts_as_an_image_from_outside_does() -> None:
    seen = Seen()
    parts = seen.part_embeddings("")
    assert parts is not None
    for row, vector in enumerate(seen.embeddings("")):
        wholes = seen.embeddings("") @ vector
        same = near_image(seen, "", wholes, vector, parts[row])  # type: ignore[arg-type]
        assert np.array_equal(near_plate(seen, "", wholes, row), same)  # type: ignore[arg-type]


def test_without_parts_there_is_nothing_to_say() -> None:
    nothing = Seen(with_parts=False)
    wholes = np.zeros(4, np.float32)
    assert near_image(nothing, "", wholes, np.zeros(5), np.zeros((PARTS, 5))) is None  # type: ignore[arg-type]
    assert near_plate(nothing, "", wholes, 0) is None  # type: ignore[arg-type]
