"""What the page network is blamed for: marks, edges, trust, the turn and whether it is a page."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from imgsim.sources.pages.page_maps import MARKS
from imgsim.sources.pages.voting import NEAR
from imgsim.training.pages.page_batches import UNKNOWN, Batch
from imgsim.training.pages.page_network import distances

# What a missed place of each mark counts for, against one that is wrongly marked: rare ones more.
_RARE = dict(zip(MARKS, (1.5, 2.0, 3.0, 1.0, 2.0, 3.0), strict=True))
_TURN, _PAGE, _EDGES, _TRUST, _MARKS = 0.4, 0.15, 1.0, 0.3, 3.0


def page_loss(answer: tuple[Tensor, Tensor, Tensor], batch: Batch) -> tuple[Tensor, dict[str, float]]:
    """The loss of what `PageNetwork` answered to a batch, and its parts by name."""
    marks, votes, page = (part.float() for part in answer)
    parts = {
        "marks": _MARKS * _marks(marks, torch.from_numpy(batch.marks)),
        "page": _PAGE * _chosen(page[:, 4:], torch.from_numpy(batch.page)),
        "turn": _TURN * _chosen(page[:, :4], torch.from_numpy(batch.turn)),
    }
    edges, trust = _edges(votes, torch.from_numpy(batch.edges), torch.from_numpy(batch.weight))
    parts |= {"edges": _EDGES * edges, "trust": _TRUST * trust}
    return torch.stack(list(parts.values())).sum(), {
        name: float(value.detach()) for name, value in parts.items()
    }


def _marks(logits: Tensor, truth: Tensor) -> Tensor:
    """Cross entropy at every place, and the overlap of each mark as a whole."""
    known = (truth != UNKNOWN).float()
    wanted = (truth == 1).float()
    rare = torch.tensor(list(_RARE.values()))[None, :, None, None]
    entropy = functional.binary_cross_entropy_with_logits(logits, wanted, pos_weight=rare, reduction="none")
    said = logits.sigmoid() * known
    both, either = (said * wanted).sum((0, 2, 3)), (said + wanted * known).sum((0, 2, 3))
    return (entropy * known).mean() * 2 + 0.15 * (1 - (2 * both + 20) / (either + 20)).mean()


def _edges(votes: Tensor, truth: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """How far the voted boxes are from the true ones, and the trust from what they deserve."""
    at = weight > 0
    if not at.any():
        return votes.sum() * 0, votes.sum() * 0
    said, true = (values.movedim(1, -1)[at] for values in (distances(votes), truth))
    share = weight[at] / weight[at].sum()
    overlap = torch.minimum(said, true)
    inner = (overlap[:, 0] + overlap[:, 2]) * (overlap[:, 1] + overlap[:, 3])
    areas = [(d[:, 0] + d[:, 2]) * (d[:, 1] + d[:, 3]) for d in (said, true)]
    iou = inner / (areas[0] + areas[1] - inner + 1e-6)
    # The nearer an edge, the better it must be known: the nearest places decide where it is.
    off = ((said - true).abs() / (true + NEAR)).clamp(max=2).sum(1)
    trust = functional.binary_cross_entropy_with_logits(
        votes.movedim(1, -1)[at][:, 4], iou.detach(), reduction="none"
    )
    return ((1 - iou + 0.5 * off) * share).sum(), (trust * share).sum()


def _chosen(logits: Tensor, truth: Tensor) -> Tensor:
    """Cross entropy over those of which the truth is told: of four, or of yes and no."""
    told = truth >= 0
    if not told.any():
        return logits.sum() * 0
    if logits.shape[1] == 1:
        return functional.binary_cross_entropy_with_logits(logits[told, 0], truth[told].float())
    return functional.cross_entropy(logits[told], truth[told])
