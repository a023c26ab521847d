"""What the tests of backbones share."""

from pathlib import Path

import pytest
from safetensors.numpy import save_file

from tests.tiny import random_state


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole ResNet-18 of random weights as safetensors."""
    path = tmp_path_factory.mktemp("weights") / "random.safetensors"
    save_file(random_state("resnet18", 3), path)
    return path
