"""A training run of the page network: plates and fonts to a weights file, with checkpoints to go on from."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from imgsim.base.hashing import key_of
from imgsim.errors import Change, ImgsimError, Setting
from imgsim.sources.sample import draw_plate
from imgsim.training import loop
from imgsim.training.from_folders import Progress, Reporter, check_checkpoint, read_plates, resume
from imgsim.training.pages.labelled import LabelledPage, cut_out, read_labelled
from imgsim.training.pages.page_batches import Batch, PageBatches
from imgsim.training.pages.page_weights import load_page_weights, save_page_weights
from imgsim.training.pages.sheets import Stock, trimmed
from imgsim.training.pages.typesetting import find_fonts, font_folders

_GENERATED_WIDTH, _FIRST_SEED = 420, 7000
_FEWEST_PIXELS = 40


@dataclass(frozen=True)
class PageOptions:
    """What to train on and where the weights go.

    Attributes
    ----------
    plates : folders of plates that are printed on the pages.
    generated : how many plates are drawn to be printed on them too.
    fonts : folders of fonts; those of the machine where there are none.
    labelled : a folder of real pages with boxes, see :mod:`imgsim.training.pages.labelled`.
    books : which of its books to learn from: all, or every second one ("even", "odd"), to be judged by the others.
    weights : to start from.
    half : compute in bfloat16: twice as fast on processors that have it.
    """

    out: Path
    recipe: loop.Recipe
    plates: tuple[Path, ...] = ()
    generated: int = 160
    fonts: tuple[Path, ...] = ()
    labelled: Path | None = None
    books: str = "all"
    weights: Path | None = None
    resume: bool = False
    threads: int | None = None
    half: bool = False
    checkpoint_seconds: float = 300.0

    @property
    def checkpoint(self) -> Path:
        """Where a run that is stopped leaves its state."""
        return self.out.with_name(self.out.stem + ".checkpoint.safetensors")


def learned_from(book: str, half: str) -> bool:
    """Whether a book belongs to a half of all books: by the hash of its name, so that both halves are of all kinds."""
    return half == "all" or (hashlib.sha256(book.encode()).digest()[0] % 2 == 0) == (half == "even")


def stock_of(
    options: PageOptions, labelled: Sequence[LabelledPage], tell: Callable[[Progress], None]
) -> Stock:
    """Read the plates, draw the generated ones, and find fonts. Raises ImgsimError."""
    raw = list(read_plates(options.plates, progress=tell).plates) if options.plates else []
    for number in range(options.generated):
        raw.append(np.asarray(draw_plate(_FIRST_SEED + number, width=_GENERATED_WIDTH)))
        tell(Progress("reading", number + 1, options.generated))
    usable = [plate for plate in (trimmed(plate) for plate in raw) if min(plate.shape) >= _FEWEST_PIXELS]
    found: list[Path | None] = [*find_fonts(options.fonts or font_folders())]
    return Stock(
        tuple(raw),
        tuple(usable),
        tuple(found or [None]),
        cut_out(labelled, "ornament"),
        cut_out(labelled, "initial"),
    )


def train_pages(options: PageOptions, tell: Callable[[Progress], None]) -> Path:
    """Train, write the weights to `options.out`, and return it. Raises ImgsimError; Ctrl-C leaves a checkpoint."""
    import torch

    from imgsim.training.pages.page_network import PageNetwork

    check_checkpoint(options.checkpoint, options.resume)
    torch.set_num_threads(options.threads or torch.get_num_threads())
    torch.manual_seed(options.recipe.seed)
    labelled = (
        read_labelled(options.labelled, lambda book: learned_from(book, options.books))
        if options.labelled
        else []
    )
    stock = stock_of(options, labelled, tell)
    network = PageNetwork()
    if options.weights:
        load_page_weights(options.weights, network)
    trainer = loop.Trainer(network, options.recipe)
    told = f"{len(stock.plates)} plates, {len(stock.fonts)} fonts, {len(labelled)} labelled pages"
    digest = key_of(
        stock=told, fonts=[path.name for path in stock.fonts if path], files=[page.file for page in labelled]
    )
    if options.resume:
        resume(trainer, options.checkpoint, digest)
    batches = PageBatches(stock, labelled, options.recipe.batch_size, options.recipe.seed)
    report = Reporter(tell, trainer, told, "pages")
    saved = time.monotonic()
    try:
        for batch in _drawn(batches, trainer.step):
            loss, parts = trainer.descend(partial(_blamed, network, batch, options.half))
            if not np.isfinite(loss):
                remedy = Change(Setting.LOWER_RATE, f"{options.recipe.learning_rate:g}")
                raise ImgsimError(f"Training broke down at step {trainer.step}: the loss is {loss}.", remedy)
            report.step(loss, 0.0, len(batch.pixels), " ".join(f"{k} {v:.3f}" for k, v in parts.items()))
            if trainer.progress() >= 1:
                break
            if time.monotonic() - saved > options.checkpoint_seconds:
                trainer.save_checkpoint(options.checkpoint, {"plates": digest})
                saved = time.monotonic()
    except KeyboardInterrupt:
        trainer.save_checkpoint(options.checkpoint, {"plates": digest})
        raise
    spent = {"steps": trainer.step, "minutes": round(trainer.elapsed / 60, 1)}
    recipe = asdict(options.recipe) | spent | {"books": options.books, "stock": told}
    save_page_weights(options.out, network, recipe)
    options.checkpoint.unlink(missing_ok=True)
    report.done()
    return options.out


def _drawn(batches: PageBatches, step: int) -> Iterator[Batch]:
    while True:
        yield batches.batch(step)
        step += 1


def _blamed(network: Any, batch: Batch, half: bool) -> tuple[Any, dict[str, float]]:
    import torch

    from imgsim.sources.pages.page_maps import entered
    from imgsim.training.pages.page_loss import page_loss

    given = torch.from_numpy(entered(batch.pixels)).contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        answer = network(given)
    return page_loss(answer, batch)
