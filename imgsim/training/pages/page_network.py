"""The page network: a small U-Net with a residual trunk, a map of marks, and a box voted for at every place."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from imgsim.sources.pages.page_maps import LEAST_HEED, MARKS, REACH, TURNS

# Channels at strides 2, 4, 8, 16 and 32, and the residual blocks at the last four.
WIDTHS = (16, 32, 64, 128, 192)
BLOCKS = (1, 2, 2, 3)
# Channels of the way back up, at strides 4, 8 and 16.
BACK = (32, 64, 96)
LETTERS = 32


class Conv(nn.Sequential):
    """A convolution with its batch norm, and a ReLU where it is wanted."""

    def __init__(self, given: int, made: int, kernel: int = 3, stride: int = 1, relu: bool = True) -> None:
        parts: list[nn.Module] = [
            nn.Conv2d(given, made, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(made),
        ]
        super().__init__(*parts, *[nn.ReLU(inplace=True)] * relu)


class Block(nn.Module):
    """Two convolutions, added to what they were given."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = Conv(width, width)
        self.second = Conv(width, width, relu=False)
        # Every branch starts at nothing, so that a short run does not spend its first part on taming them.
        nn.init.zeros_(self.second[1].weight)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """Same shape as given."""
        return functional.relu(x + self.second(self.first(x)))


class PageNetwork(nn.Module):
    """From float32 (n, 1, h, w) to marks, votes and what is said of the page as a whole; all of them logits."""

    def __init__(self) -> None:
        super().__init__()
        stem, *trunk = WIDTHS
        self.stem = Conv(1, stem, kernel=5, stride=2)
        given = stem
        self.down, self.stages = nn.ModuleList(), nn.ModuleList()
        for width, blocks in zip(trunk, BLOCKS, strict=True):
            self.down.append(Conv(given, width, stride=2))
            self.stages.append(nn.Sequential(*[Block(width) for _ in range(blocks)]))
            given = width
        self.whole = nn.Linear(given, given)
        self.page = nn.Linear(given, 1)
        # Which side is up is seen by the letters, so it is asked where they are still seen, at stride 8.
        self.letters = Conv(trunk[1], LETTERS)
        self.turn, self.heed = nn.Conv2d(LETTERS, len(TURNS), 1), nn.Conv2d(LETTERS, 1, 1)
        above = [given, *reversed(BACK)]
        self.lift = nn.ModuleList(Conv(above[i], made, kernel=1) for i, made in enumerate(reversed(BACK)))
        self.side = nn.ModuleList(
            Conv(width, made, kernel=1) for width, made in zip(trunk[-2::-1], reversed(BACK), strict=True)
        )
        self.join = nn.ModuleList(Conv(made, made) for made in reversed(BACK))
        self.marks = nn.Sequential(Conv(BACK[0], BACK[0]), nn.Conv2d(BACK[0], len(MARKS), 1))
        self.votes = nn.Sequential(Conv(BACK[1], BACK[1]), nn.Conv2d(BACK[1], 5, 1))
        nn.init.constant_(self.marks[1].bias, -2.0)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return marks (n, 6, h / 4, w / 4), votes (n, 5, h / 8, w / 8) and page (n, 5).

        Votes are the four edges (see `distances`) and the logit of the trust; page is the four turns and whether it
        is a page.
        """
        x = self.stem(x)
        kept: list[Tensor] = []
        for down, stage in zip(self.down, self.stages, strict=True):
            x = stage(down(x))
            kept.append(x)
        whole = x.mean((2, 3))
        letters = self.letters(kept[1])
        heed = self.heed(letters).sigmoid()
        turn = (self.turn(letters) * heed).mean((2, 3)) / (heed.mean((2, 3)) + LEAST_HEED)
        page = torch.cat([turn, self.page(whole)], 1)
        x = functional.relu(x + self.whole(whole)[:, :, None, None])
        votes = x
        for i, (lift, side, join) in enumerate(zip(self.lift, self.side, self.join, strict=True)):
            lifted = functional.interpolate(lift(x), scale_factor=2.0, mode="nearest")
            x = join(lifted + side(kept[-2 - i]))
            if i == 1:
                votes = self.votes(x)
        return self.marks(x), votes, page


def distances(votes: Tensor) -> Tensor:
    """The four distances of votes, in pixels of the read page: never negative."""
    return functional.softplus(votes[:, :4]) * REACH


def parameters_of(network: Any) -> int:
    """How many numbers a network has learned."""
    return sum(p.numel() for p in network.parameters())
