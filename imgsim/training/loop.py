"""The training loop: InfoNCE on the pooled features themselves, with checkpoints that a stopped run resumes from."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from imgsim.errors import WeightsError
from imgsim.training.checkpoint_files import read_tensors, write_tensors

# White paper enters the network as 0, so that the zeros which convolutions pad with are more paper.
MEAN, STD = 1.0, 0.3


@dataclass(frozen=True)
class Recipe:
    """Everything that shapes the weights, apart from the plates and the starting weights.

    Attributes
    ----------
    power : of the generalised mean that pools the features.
    bfloat16 : multiply in bfloat16, where a processor or GPU is faster at it; weights and loss stay float32.
    """

    size: int = 112
    batch_size: int = 64
    steps: int | None = 1500
    minutes: float | None = None
    learning_rate: float = 1e-3
    weight_decay: float = 0.02
    temperature: float = 0.04
    power: float = 3.0
    bfloat16: bool = False
    warmup: int = 40
    seed: int = 18


def new_network(power: float = 1.0) -> Any:
    """Build an untrained ResNet-18 without its classifier, for one grey channel, pooled by a generalised mean.

    Every residual branch starts at zero, so that a short run does not spend its first part on taming them.
    """
    import torch

    from imgsim.backbones.loading import GeneralisedMean, torchvision_models

    network = torchvision_models().resnet18(weights=None, zero_init_residual=True)
    network.conv1 = torch.nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3, bias=False)
    torch.nn.init.kaiming_normal_(network.conv1.weight, mode="fan_out", nonlinearity="relu")
    network.fc = torch.nn.Identity()
    if power != 1:
        network.avgpool = GeneralisedMean(power)
    return network


def contrastive_loss(features: Any, groups: Any, temperature: float) -> tuple[Any, Any]:
    """Return the InfoNCE loss and the share of views whose nearest other view is their own partner.

    `features` float32 (2 n, d), unit rows, partners n apart; `groups` int64 (n,): views of one group are never
    pushed apart.
    """
    import torch

    n = len(groups)
    logits = features @ features.T / temperature
    both = torch.cat([groups, groups])
    rows = torch.arange(2 * n, device=features.device)
    partner = (rows + n) % (2 * n)
    same = both[:, None] == both[None, :]
    same[rows, partner] = False
    logits = logits.masked_fill(same, float("-inf"))
    loss = torch.nn.functional.cross_entropy(logits, partner)
    recall = (logits.argmax(1) == partner).float().mean()
    return loss, recall


class Trainer:
    """A network, its optimiser and the step they have reached."""

    def __init__(self, network: Any, recipe: Recipe, device: str = "cpu") -> None:
        import torch

        self.network = network.to(device, memory_format=torch.channels_last)
        self.recipe, self.device = recipe, device
        decayed = [p for p in network.parameters() if p.ndim > 1]
        plain = [p for p in network.parameters() if p.ndim <= 1]
        self.optimiser = torch.optim.AdamW(
            [
                {"params": decayed, "weight_decay": recipe.weight_decay},
                {"params": plain, "weight_decay": 0.0},
            ],
            lr=recipe.learning_rate,
        )
        self.step = 0
        self.elapsed = 0.0

    def progress(self) -> float:
        """Return how much of the run is done, 0 to 1, by steps or by minutes, whichever ends first."""
        parts = [0.0]
        if self.recipe.steps:
            parts.append(self.step / self.recipe.steps)
        if self.recipe.minutes:
            parts.append(self.elapsed / (60 * self.recipe.minutes))
        return min(1.0, max(parts))

    def rate(self) -> float:
        """Return the learning rate of this step: a linear warm-up, then half a cosine down to nothing."""
        warm = min(1.0, (self.step + 1) / max(1, self.recipe.warmup))
        return self.recipe.learning_rate * warm * 0.5 * (1 + float(np.cos(np.pi * self.progress())))

    def learn(self, views: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
        """Take one step on uint8 (2 n, size, size) views; return the loss and the recall within the batch."""
        import torch

        def loss() -> tuple[Any, Any]:
            with torch.autocast(self.device, torch.bfloat16, enabled=self.recipe.bfloat16):
                features = forward(self.network, torch.from_numpy(views).to(self.device))
            told = torch.from_numpy(groups).to(self.device)
            return contrastive_loss(features, told, self.recipe.temperature)

        blame, recall = self.descend(loss)
        return blame, float(recall)

    def descend(self, loss: Callable[[], tuple[Any, Any]]) -> tuple[float, Any]:
        """Take one step down a loss, given as a torch scalar and whatever else is to be told; return both."""
        import torch

        started = time.monotonic()
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        self.network.train()
        blame, told = loss()
        self.optimiser.zero_grad(set_to_none=True)
        blame.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        self.elapsed += time.monotonic() - started
        return float(blame.detach()), told

    # ------------------------------------------------------------ checkpoints

    def save_checkpoint(self, path: Path, note: dict[str, Any]) -> None:
        """Write the network, the optimiser and the step to one safetensors file, atomically."""
        import torch

        tensors = {f"network.{name}": value for name, value in self.network.state_dict().items()}
        for i, state in self.optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{i}.{name}": torch.as_tensor(value) for name, value in state.items()}
        state = {"step": self.step, "elapsed": self.elapsed, "recipe": asdict(self.recipe)} | note
        write_tensors(path, tensors, {"imgsim_checkpoint": json.dumps(state)})

    def load_checkpoint(self, path: Path) -> dict[str, Any]:
        """Take up the state that `save_checkpoint` wrote, and return its note. Raises WeightsError."""
        tensors, header = read_tensors(path)
        if "imgsim_checkpoint" not in header:
            raise WeightsError(f"{path} is not a checkpoint of imgsim.training. Delete it to start afresh.")
        state = json.loads(header["imgsim_checkpoint"])
        network = {name[8:]: value for name, value in tensors.items() if name.startswith("network.")}
        self.network.load_state_dict(network)
        kept: dict[int, dict[str, Any]] = {}
        for name, value in tensors.items():
            if name.startswith("optimiser."):
                _, i, key = name.split(".", 2)
                kept.setdefault(int(i), {})[key] = value
        whole = self.optimiser.state_dict()
        whole["state"] = kept
        self.optimiser.load_state_dict(whole)
        self.step, self.elapsed = int(state["step"]), float(state["elapsed"])
        return state


def forward(network: Any, views: Any) -> Any:
    """Turn uint8 (n, size, size) views into float32 (n, d) unit rows."""
    import torch

    batch = ((views.float() / 255.0 - MEAN) / STD)[:, None].contiguous(memory_format=torch.channels_last)
    return torch.nn.functional.normalize(network(batch).float())
