"""What the tests of training share."""

from pathlib import Path

import pytest

from tests.training.drawn import draw


@pytest.fixture(scope="module")
def plates_folder(tmp_path_factory) -> Path:
    """Eight plates, and a file that is broken."""
    folder = tmp_path_factory.mktemp("plates")
    for seed in range(8):
        draw(seed).save(folder / f"plate_{seed}.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    return folder
