"""What a backbone is, and which ones there are."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from imgsim.base.hashing import file_sha256
from imgsim.errors import CheckPath, Input, NameWeights, WeightsError
from imgsim.images import shaping
from imgsim.images.decoding import open_image

# Raise it when the code between the shaped pixels and the vector changes the vector.
NETWORK_VERSION = 1

Runner = Callable[[np.ndarray], np.ndarray]

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class OfficialWeights:
    """A weights file that others publish: its name in torch's cache, its address, its digest and size."""

    url: str
    sha256: str
    size: int

    @property
    def file(self) -> str:
        return self.url.rpartition("/")[2]


# No thumbnail and no network needs a longer side; the decoder leaves twice as much, for the last filtered scaling.
# The same for every plate, every backbone and whoever asks, so that a vector depends on the bytes of its image alone.
READ_SIDE = 320


@dataclass(frozen=True)
class Backbone:
    """A network with its weights and its preprocessing, bound together, so that they cannot drift apart.

    Attributes
    ----------
    dimension : length of an embedding.
    input_size : side of the square that the network reads, in pixels.
    channels : 1 (grey) or 3 (red, green, blue) of the array that :meth:`shape` returns.
    shaping : how an image becomes that square; a function of :mod:`imgsim.images.shaping`.
    mean, std : per channel, of pixel values from 0 to 1; the network normalises by them itself.
    architecture : name of the torchvision network without its classifier.
    power : how its features are pooled: the generalised mean over all places with this power (1: the average), which
        gives more weight to where a feature is strong (Radenovic, Tolias, Chum, IEEE TPAMI 41, 2019).
    bundled : the weights file that comes with imgsim, if it does.
    official : the weights file that is downloaded, if it is.
    runner : for a backbone that is no torchvision network: called with the weights file (or None), it returns a
        function from uint8 (n, channels, size, size) to float32 (n, dimension). Must be importable by name, because
        worker processes load it again.
    """

    name: str
    dimension: int
    input_size: int
    channels: int
    shaping: Callable[[Image.Image, int], np.ndarray]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    description: str
    architecture: str = ""
    power: float = 1.0
    bundled: Path | None = None
    official: OfficialWeights | None = None
    runner: Callable[[Path | None], Runner] | None = field(default=None, repr=False)

    def read(self, data: bytes) -> np.ndarray:
        """Open an image file and turn it into the array that the network reads: uint8 (channels, size, size).

        Raises ImageError when it cannot be used.
        """
        return self.shape(open_image(data, reduce_to=READ_SIDE).image)

    def shape(self, image: Image.Image) -> np.ndarray:
        """Turn an opened image ("L" or "RGB") into the array that the network reads: uint8 (channels, size, size)."""
        return self.arranged(self.shaping(image, self.input_size))

    def arranged(self, pixels: np.ndarray) -> np.ndarray:
        """Lay out what :attr:`shaping` returned, uint8 (size, size) or (size, size, 3), as (channels, size, size)."""
        if pixels.ndim == 2:
            # Equal channels are exact for a grey scan, and cost nothing until the batch is put together.
            return np.broadcast_to(pixels, (self.channels, *pixels.shape))
        if self.channels == 1:
            raise ValueError(
                f"{self.name} reads grey squares but {self.shaping.__name__} returned {pixels.shape}"
            )
        return np.ascontiguousarray(pixels.transpose(2, 0, 1))

    def key(self, weights: Path | None = None) -> str:
        """Return the hash of everything that shapes the vectors: weights, shaping, normalisation, size.

        Raises WeightsError when the weights file is missing.
        """
        bound = bound_to(self, weights)
        parts = {
            "backbone": bound.name,
            "architecture": bound.architecture,
            "weights": weights_sha256(bound, weights),
            "shaping": [bound.shaping.__name__, shaping.SHAPING_VERSIONS[bound.shaping.__name__]],
            "input": [bound.channels, bound.input_size],
            "normalisation": [bound.mean, bound.std],
            "network": NETWORK_VERSION,
        }
        if bound.power != 1:  # what is averaged keeps the key that it always had
            parts["power"] = bound.power
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _resnet(name: str, dimension: int, official: OfficialWeights, note: str) -> Backbone:
    return Backbone(
        name=name,
        dimension=dimension,
        input_size=224,
        channels=3,
        shaping=shaping.squeeze,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        description=note,
        architecture=name,
        official=official,
    )


BACKBONES: dict[str, Backbone] = {
    backbone.name: backbone
    for backbone in (
        Backbone(
            name="plates18",
            dimension=512,
            input_size=128,
            channels=1,
            shaping=shaping.letterbox,
            mean=(1.0,),
            std=(0.3,),
            description="ResNet-18 trained by us on book illustrations to see past wear, cropping and re-inking; "
            "comes with imgsim",
            architecture="resnet18",
            bundled=Path(__file__).resolve().parent.parent / "weights" / "plates18.safetensors",
        ),
        _resnet(
            "resnet18",
            512,
            OfficialWeights(
                "https://download.pytorch.org/models/resnet18-f37072fd.pth",
                "f37072fd47e89c5e827621c5baffa7500819f7896bbacec160b1a16c560e07ec",
                46_830_571,
            ),
            "ResNet-18 trained on ImageNet photographs, as in the DHH23 study",
        ),
        # The first edition of these weights, as the study used it; the second one spreads similarities differently.
        _resnet(
            "resnet50",
            2048,
            OfficialWeights(
                "https://download.pytorch.org/models/resnet50-0676ba61.pth",
                "0676ba61b6795bbe1773cffd859882e5e297624d384b6993f7c9e683e722fb8a",
                102_530_333,
            ),
            "ResNet-50 trained on ImageNet photographs, as in the DHH23 study",
        ),
    )
}


def bound_to(backbone: Backbone, weights: Path | None = None) -> Backbone:
    """Return the backbone with the input size, pooling and normalisation that its weights file states, if any.

    imgsim's own training writes them into the header of the file, because weights read well only what they
    were trained on.
    """
    path = weights or backbone.bundled
    if path is None or path.suffix != ".safetensors" or not path.is_file():
        return backbone
    stat = path.stat()
    stated = _header(path, stat.st_size, stat.st_mtime_ns)
    changes: dict = {}
    try:
        if "input_size" in stated:
            changes["input_size"] = int(stated["input_size"])
            if not 32 <= changes["input_size"] <= 1024:
                raise ValueError("input_size")
        if "power" in stated:
            changes["power"] = float(stated["power"])
            if not 1 <= changes["power"] <= 100:
                raise ValueError("power")
        for name in ("mean", "std"):
            if name in stated:
                values = json.loads(stated[name])
                numbers = values if isinstance(values, list) else [values]
                changes[name] = tuple(float(value) for value in numbers)
                if len(changes[name]) != backbone.channels or not np.isfinite(changes[name]).all():
                    raise ValueError(name)
        if any(value <= 0 for value in changes.get("std", ())):
            raise ValueError("std")
    except (ValueError, TypeError) as error:
        raise WeightsError(f"{path}: the header of these weights is not understood ({error}).") from error
    return replace(backbone, **changes)


@cache
def _header(path: Path, size: int, mtime_ns: int) -> dict[str, str]:
    """Read the text metadata in a safetensors header; size and time are there to notice a changed file."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > min(size, 10_000_000):
                return {}
            header = json.loads(file.read(length))
        stated = header.get("__metadata__", {}) if isinstance(header, dict) else {}
        return stated if isinstance(stated, dict) else {}
    except (OSError, ValueError):
        # A damaged file is reported by load_state, with its reason.
        return {}


def weights_sha256(backbone: Backbone, weights: Path | None = None) -> str:
    """Return the SHA-256 of the weights that the backbone would use, '' if it has none."""
    path = weights or backbone.bundled
    if path is None:
        return backbone.official.sha256 if backbone.official else ""
    if not path.is_file():
        raise missing(backbone, path)
    stat = path.stat()
    return _digest(path, stat.st_size, stat.st_mtime_ns)


@cache
def _digest(path: Path, size: int, mtime_ns: int) -> str:
    return file_sha256(path)


def missing(backbone: Backbone, path: Path) -> WeightsError:
    """The error of a weights file that is not there."""
    if path == backbone.bundled:
        return WeightsError(
            f"The weights of {backbone.name} are missing: {path} should have come with imgsim. Fetch imgsim again.",
            NameWeights(backbone.name),
        )
    return WeightsError(
        f"There is no weights file {path} for {backbone.name}.", CheckPath(Input.WEIGHTS, backbone.name)
    )
