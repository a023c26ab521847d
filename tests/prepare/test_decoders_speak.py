"""What decoders say of images that they can read all the same: told plate by plate at the end, and in no other line."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, TiffImagePlugin

from imgsim.cli.display import TextDisplay, summary_text
from imgsim.prepare import Options, prepare
from tests.conftest import draw_plate
from tests.prepare.looking import Plate, drawn, encoded, failures, process_plates

SPOKEN = b"libpng warning: iCCP: known incorrect sRGB profile\n"
CUT = "Corrupt EXIF data. Expecting to read 4 bytes but only got 1."


@dataclass(frozen=True)
class Speaking(Plate):
    """A plate whose decoder writes to standard error, past Python; workers get it as it is."""

    def read(self) -> bytes:
        os.write(2, SPOKEN)
        return self.data


@pytest.mark.parametrize("workers", [0, 2])
def test_every_plate_keeps_what_was_said_of_it(
    tiny: dict[str, Path | None], capfd: pytest.CaptureFixture[str], workers: int
) -> None:
    files: list[Plate] = drawn(6)
    files[2] = Speaking("speaking", files[2].data)
    files[4] = Speaking("broken", b"no image")
    seen = list(process_plates(files, tiny, device="cpu", workers=workers, batch_size=2))
    warned = {one.plate_id: one.warned for one in seen if one.plate_id != "broken" and one.warned}
    assert warned == {"speaking": (SPOKEN.decode().strip(),)}
    assert set(failures(seen)) == {"broken"}  # what is wrong with it is its reason
    assert SPOKEN.decode() not in capfd.readouterr().err


def test_a_run_says_it_at_its_end_and_its_lines_stay_whole(
    tiny: dict[str, Path | None], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    images = tmp_path / "images"
    images.mkdir()
    for plate in drawn(4):
        (images / plate.file).write_bytes(plate.data)
    exif = Image.Exif()
    exif[271] = "x"
    unknown = TiffImagePlugin.ImageFileDirectory_v2()
    unknown[65_000] = "nobody's tag"
    jpeg = encoded(draw_plate(11), "JPEG")
    (images / "cut_exif.jpg").write_bytes(encoded(draw_plate(12), "JPEG", exif=exif.tobytes()[:-3]))
    (images / "unknown_tag.tif").write_bytes(encoded(draw_plate(13), "TIFF", compression="tiff_lzw", tiffinfo=unknown))
    (images / "truncated.jpg").write_bytes(jpeg[: len(jpeg) // 2])
    display = TextDisplay()
    summary = prepare(
        Options(
            out=tmp_path / "c", inputs=[images], backbones=["tiny"], projections=["pca"], matching=False, workers=2,
            pages="never",
        ),
        display,
    )  # fmt: skip
    display.close()
    for line in capfd.readouterr().err.splitlines():
        assert re.match(r"[a-z ]+  [\d,]+( of [\d,]+  \d+ %.*)?$", line), line
    assert (summary.plates, summary.skipped) == (6, 1)
    assert summary.warned == {"cut_exif.jpg": (CUT,)}
    assert f"1 read all the same, of which the decoder said:\n    cut_exif.jpg: {CUT}" in summary_text(summary)
