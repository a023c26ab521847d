"""An image that is in order, to tell plates that are not from machines that are not."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image


@dataclass(frozen=True)
class SoundPlate:
    """A plate that every decoder can read: a worker that dies of it dies of something else."""

    plate_id: str = "sound"
    file: str = "sound.png"

    def read(self) -> bytes:
        stream = io.BytesIO()
        Image.linear_gradient("L").save(stream, "PNG")
        return stream.getvalue()
