"""Embeddings of plates that are seen otherwise than as they stand, flipped and in parts: kept, or of what was made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from imgsim.base.arrays import npy_bytes
from imgsim.generation import layout
from imgsim.generation.generation import Generation
from imgsim.prepare.feature_stage import Descriptions
from imgsim.prepare.stage import Made

if TYPE_CHECKING:
    from imgsim.prepare.context import ChosenBackbone

    Rows = npt.NDArray[np.float32]
    # What a generation holds of all plates, if it does; what is known of one content.
    Kept = Callable[[Generation, str], Rows | None]
    Known = Callable[[Descriptions, ChosenBackbone, str], Rows]


class OtherViews:
    """The files of mirrored plates, by every backbone, and of parts, by each of ``parted``.

    ``contents`` are those of the plates, in the catalogue's order; ``described`` gives what is known of them, with all
    made that :meth:`lacking` names. ``kept`` are the files that are taken over from the live generation.
    """

    def __init__(
        self,
        live: Generation | None,
        contents: Sequence[str],
        backbones: Sequence[ChosenBackbone],
        parted: Sequence[ChosenBackbone],
        described: Callable[[], Descriptions],
    ) -> None:
        self._live, self._contents, self._described = live, contents, described
        self._backbones, self._parted = backbones, parted
        self.kept: set[str] = set()

    def lacking(self) -> dict[str, list[ChosenBackbone]]:
        """The backbones whose files are not kept, as :meth:`Descriptions.make` takes them."""
        return {
            "mirrored": [b for b in self._backbones if layout.mirrored_file(b.name) not in self.kept],
            "parted": [b for b in self._parted if layout.parts_file(b.name) not in self.kept],
        }

    def files(self) -> list[tuple[Sequence[str], Callable[[], Made]]]:
        """Each file, and what makes it."""

        def one(file: str, rows: Callable[[], Rows]) -> tuple[Sequence[str], Callable[[], Made]]:
            return [file], lambda: {file: npy_bytes(rows())}

        return [
            *(one(layout.mirrored_file(b.name), partial(self._mirrored, b)) for b in self._backbones),
            *(one(layout.parts_file(b.name), partial(self._parts, b)) for b in self._parted),
        ]

    def mirrored(self) -> dict[str, Rows]:
        """By backbone, float32 (n, dim) of the plates flipped left to right."""
        return {b.name: self._mirrored(b) for b in self._backbones}

    def parts(self) -> dict[str, Rows]:
        """By backbone, float32 (n, PARTS, dim) of the plates' parts."""
        return {b.name: self._parts(b) for b in self._parted}

    def _mirrored(self, b: ChosenBackbone) -> Rows:
        return self._rows(b, layout.mirrored_file(b.name), Generation.mirrored, Descriptions.mirrored)

    def _parts(self, b: ChosenBackbone) -> Rows:
        return self._rows(b, layout.parts_file(b.name), Generation.part_embeddings, Descriptions.parts)

    def _rows(self, b: ChosenBackbone, file: str, kept: Kept, known: Known) -> Rows:
        if file in self.kept and self._live is not None:
            found = kept(self._live, b.name)
            assert found is not None
            return found
        return np.stack([known(self._described(), b, content) for content in self._contents])
