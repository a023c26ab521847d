"""What is compared by the retrieval benchmark: the backbones, two baselines, and what parts of plates add to one."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from imgsim.backbones import BACKBONES, fetch_weights
from imgsim.backbones.embedder import Embedder
from imgsim.backbones.weights import torch_cache
from imgsim.errors import ImgsimError
from imgsim.images import shaping
from imgsim.images.plate_parts import parts_of
from imgsim.retrieval.part_scores import own_part_scores, part_scores

Embed = Callable[[Sequence[Image.Image]], np.ndarray]
WITH_PARTS = ", parts"


def perceptual_hash(images: Sequence[Image.Image]) -> np.ndarray:
    """Hash the letterboxed plates: 64 signs of the lowest cosine frequencies against their median, as unit rows."""
    import cv2

    rows = []
    for image in images:
        low = cv2.dct(shaping.letterbox(image, 32).astype(np.float32))[:8, :8].ravel()
        rows.append(np.where(low > np.median(low[1:]), 1.0, -1.0) / 8)
    return np.array(rows)


def untrained(seed: int) -> Embed:
    """Return an untrained ResNet-18 that reads letterboxed plates of 224 pixels."""
    import torch

    from imgsim.backbones.known import IMAGENET_MEAN, IMAGENET_STD
    from imgsim.backbones.loading import Network, torchvision_models

    torch.manual_seed(seed)
    body = torchvision_models().resnet18(weights=None)
    body.fc = torch.nn.Identity()
    network = Network(body, IMAGENET_MEAN, IMAGENET_STD).eval()

    def embed(images: Sequence[Image.Image]) -> np.ndarray:
        rows = []
        for start in range(0, len(images), 32):
            squares = np.stack([shaping.letterbox(image, 224) for image in images[start : start + 32]])
            with torch.inference_mode():
                rows.append(network(torch.from_numpy(squares)[:, None].expand(-1, 3, -1, -1)).numpy())
        return np.concatenate(rows)

    return embed


class Gallery:
    """The vectors of all plates by one network, and those of their parts where it is to see them."""

    def __init__(self, embed: Embed, images: Sequence[Image.Image], parts: bool) -> None:
        self.rows = embed(images)
        self.parts = np.stack([embed(parts_of(image)) for image in images]) if parts else None

    def among(self) -> dict[str, np.ndarray]:
        """How near all plates are to each other, (n, n), by the end of the column's name."""
        wholes = self.rows @ self.rows.T
        if self.parts is None:
            return {"": wholes}
        each = zip(wholes, self.rows, self.parts, strict=True)
        near = [
            np.maximum(part_scores(similarities, row, self.parts), own_part_scores(similarities, self.rows, own))
            for similarities, row, own in each
        ]
        return {"": wholes, WITH_PARTS: np.maximum(wholes, near)}

    def of(self, embed: Embed, images: Sequence[Image.Image]) -> dict[str, np.ndarray]:
        """How near the plates are to m images from outside, by the same network: (m, n), by the column's name's end."""
        queries = embed(images)
        wholes = queries @ self.rows.T
        if self.parts is None:
            return {"": wholes}
        own = [embed(parts_of(image)) for image in images]
        near = [
            np.maximum(part_scores(scores, query, self.parts), own_part_scores(scores, self.rows, parts))
            for scores, query, parts in zip(wholes, queries, own, strict=True)
        ]
        return {"": wholes, WITH_PARTS: np.maximum(wholes, near)}


def contestants(weights: Sequence[tuple[str, Path]], seed: int) -> dict[str, Embed]:
    """Return the backbones whose weights are at hand, and the baselines."""
    found: dict[str, Embed] = {}
    named = {name for name, _ in weights}
    for name, file in [*((name, None) for name in BACKBONES if name not in named), *weights]:
        backbone = BACKBONES[name]
        if file is None and backbone.official and not (torch_cache() / backbone.official.file).exists():
            print(f"{name}: no weights on this machine, left out")
            continue
        try:
            fetch_weights(backbone, file)
            found[name if name not in found else f"{name}, {file}"] = Embedder(name, file, "cpu").embed
        except ImgsimError as error:
            print(f"{name}: left out: {error}")
    return found | {"untrained ResNet-18": untrained(seed), "perceptual hash": perceptual_hash}
