"""A training run from folders of images to a weights file."""

import csv
import hashlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from imgsim.errors import Change, ImageError, ImgsimError, MetadataError, Setting, WeightsError
from imgsim.images.decoding import open_image
from imgsim.images.files import ImageFile
from imgsim.sources.folders import find_images
from imgsim.training import augment, checkpoint_files, composition, loop
from imgsim.training import batches as data

# One plate in twenty is kept aside, but only where enough are left to make the measurement mean something.
HELD_OUT = 20
FEWEST_HELD_OUT = 16


@dataclass(frozen=True)
class Options:
    """What to train on, from where, and where the weights go. `weights` are those to start from."""

    inputs: tuple[Path, ...]
    out: Path
    recipe: loop.Recipe
    input_size: int = 160
    epochs: float | None = None
    weights: Path | None = None
    pairs: Path | None = None
    device: str = "auto"
    workers: int = 1
    threads: int | None = None
    resume: bool = False
    checkpoint_seconds: float = 300.0

    @property
    def checkpoint(self) -> Path:
        return self.out.with_name(self.out.stem + ".checkpoint.safetensors")


@dataclass(frozen=True)
class Progress:
    """One report: `stage` is "reading", "training", "pages" (training the page network) or "done"; `remaining_s` is
    None while nothing is timed yet.

    `recall` is the share of views in a batch that found their own plate first; `held_out` the same for plates
    that are not trained on (None where there are none, or before the first measurement).
    """

    stage: str
    done: int
    total: int | None
    loss: float = 0.0
    recall: float = 0.0
    held_out: float | None = None
    views_per_second: float = 0.0
    remaining_s: float | None = None
    note: str = ""


def read_plates(
    inputs: Sequence[Path], pairs: Path | None = None, *, progress: Callable[[Progress], None] | None = None
) -> data.TrainingSet:
    """Read all images below the inputs as small grey plates. Raises ImgsimError when fewer than 8 can be used."""
    found, unusable = find_images(inputs)
    skipped = [(item.file, item.reason) for item in unusable]
    kept: list[tuple[ImageFile, composition.Plate]] = []

    def read(file: ImageFile) -> composition.Plate | ImageError:
        try:
            return data.small_grey(open_image(file.read(), reduce_to=data.LONGEST).image)
        except ImageError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        for done, (file, plate) in enumerate(zip(found, pool.map(read, found), strict=True), 1):
            if isinstance(plate, ImageError):
                skipped.append((file.file, str(plate)))
            elif min(plate.shape) < 16:
                skipped.append((file.file, "less than 16 pixels high or wide when made small"))
            else:
                kept.append((file, plate))
            if progress and (done % 50 == 0 or done == len(found)):
                progress(Progress("reading", done, len(found)))
    if len(kept) < data.FEWEST_PLATES:
        where = ", ".join(str(path) for path in inputs)
        reason = f" The first one skipped: {skipped[0][0]}: {skipped[0][1]}." if skipped else ""
        raise ImgsimError(
            f"{len(kept)} usable images in {where}; training needs at least {data.FEWEST_PLATES}, and some hundreds "
            f"to be of use. Name folders or zips of scans.{reason}"
        )
    names = [file.file for file, _ in kept]
    known = read_pairs(pairs, [file.plate_id for file, _ in kept], names) if pairs else []
    groups = data.group_by_pairs(names, known)
    return data.TrainingSet(tuple(plate for _, plate in kept), tuple(names), groups, tuple(skipped))


def read_pairs(path: Path, plate_ids: Sequence[str], names: Sequence[str]) -> list[tuple[str, str]]:
    """Read known copies, two columns of plate ids or files with a heading; return pairs of files.

    Raises MetadataError when the file cannot be read or names no plate of these.
    """
    lookup = dict(zip(plate_ids, names, strict=True)) | {name: name for name in names}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file) if len(row) >= 2]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MetadataError(f"{path} cannot be read as a CSV of pairs: {error}.") from error
    pairs = [(lookup[row[0]], lookup[row[1]]) for row in rows if row[0] in lookup and row[1] in lookup]
    if not pairs:
        raise MetadataError(
            f"{path} names no two plates of these images in its first two columns. Give plate ids (file stems) or "
            "paths below the image folder."
        )
    return pairs


def split(plates: data.TrainingSet) -> tuple[data.TrainingSet, tuple[composition.Plate, ...]]:
    """Keep about one plate in twenty aside, chosen by the hash of its name; known copies are never kept aside."""
    single = {int(g) for g, n in zip(*np.unique(plates.groups, return_counts=True), strict=True) if n == 1}
    aside = [
        i
        for i, file in enumerate(plates.files)
        if int(plates.groups[i]) in single and hashlib.sha256(file.encode()).digest()[0] % HELD_OUT == 0
    ]
    if len(aside) < FEWEST_HELD_OUT:
        return plates, ()
    keep = np.setdiff1d(np.arange(len(plates)), aside)
    kept = data.TrainingSet(
        tuple(plates.plates[i] for i in keep),
        tuple(plates.files[i] for i in keep),
        plates.groups[keep],
        plates.skipped,
    )
    return kept, tuple(plates.plates[i] for i in aside)


def held_out_recall(network: Any, plates: Sequence[composition.Plate], size: int, device: str) -> float:
    """Return how many of these plates are found first from one view of each: 0 to 1. The views never change."""
    import torch

    rng = np.random.default_rng(1)
    as_is = np.stack([augment.plain_view(plate, size) for plate in plates])
    views = np.stack([augment.view(plate, size, rng, [plates[i - 1]]) for i, plate in enumerate(plates)])
    network.eval()
    with torch.inference_mode():
        rows = [
            loop.forward(network, torch.from_numpy(batch[i : i + 64]).to(device)).cpu().numpy()
            for batch in (as_is, views)
            for i in range(0, len(plates), 64)
        ]
    features = np.concatenate(rows)
    best = (features[len(plates) :] @ features[: len(plates)].T).argmax(axis=1)
    return float((best == np.arange(len(plates))).mean())


def train(options: Options, progress: Callable[[Progress], None]) -> Path:
    """Train, write the weights to `options.out`, and return it. Raises ImgsimError; Ctrl-C leaves a checkpoint."""
    import torch

    from imgsim.backbones.engines import choose_device

    device = choose_device(options.device)
    check_checkpoint(options.checkpoint, options.resume)
    plates, aside = split(read_plates(options.inputs, options.pairs, progress=progress))
    recipe = options.recipe
    if options.epochs is not None:
        pairs = min(recipe.batch_size, len(np.unique(plates.groups)))
        recipe = replace(recipe, steps=max(1, round(options.epochs * len(np.unique(plates.groups)) / pairs)))
    if options.threads:
        torch.set_num_threads(options.threads)
    torch.manual_seed(recipe.seed)
    network = loop.new_network(recipe.power)
    if options.weights:
        checkpoint_files.load_weights(options.weights, network)
    trainer = loop.Trainer(network, recipe, device)
    digest = hashlib.sha256("\n".join(plates.files).encode()).hexdigest()
    if options.resume:
        resume(trainer, options.checkpoint, digest)

    batches = data.Batches(plates, recipe.batch_size, recipe.size, recipe.seed, options.workers)
    report = Reporter(progress, trainer, f"{len(plates)} plates, {len(plates.skipped)} skipped")
    saved = time.monotonic()
    try:
        for views, groups in batches.iterate(trainer.step, recipe.steps):
            loss, recall = trainer.learn(views, groups)
            if not np.isfinite(loss):
                raise ImgsimError(
                    f"Training broke down at step {trainer.step}: the loss is {loss}.",
                    Change(Setting.LOWER_RATE, f"{recipe.learning_rate:g}"),
                )
            finished = trainer.progress() >= 1
            if aside and (finished or time.monotonic() - saved > options.checkpoint_seconds):
                report.held_out = held_out_recall(network, aside, recipe.size, device)
            if time.monotonic() - saved > options.checkpoint_seconds:
                trainer.save_checkpoint(options.checkpoint, {"plates": digest})
                saved = time.monotonic()
            report.step(loss, recall, len(views))
            if finished:
                break
    except KeyboardInterrupt:
        trainer.save_checkpoint(options.checkpoint, {"plates": digest})
        raise
    note = asdict(recipe) | {
        "plates": len(plates),
        "steps": trainer.step,
        "minutes": round(trainer.elapsed / 60, 1),
    }
    checkpoint_files.save_weights(
        options.out, network, input_size=options.input_size, mean=loop.MEAN, std=loop.STD,
        power=recipe.power, recipe=note,
    )
    options.checkpoint.unlink(missing_ok=True)
    report.done()
    return options.out


def check_checkpoint(checkpoint: Path, resume: bool) -> None:
    """Raise ImgsimError where a checkpoint is there and nobody asked to resume, or the other way round."""
    if checkpoint.exists() and not resume:
        raise ImgsimError(f"{checkpoint} is left from a run that was stopped.", Change(Setting.RESUME))
    if resume and not checkpoint.exists():
        raise WeightsError(f"There is no checkpoint {checkpoint} to resume from.", Change(Setting.START_ANEW))


def resume(trainer: loop.Trainer, checkpoint: Path, digest: str) -> None:
    """Take up a checkpoint of the same recipe and the same images. Raises WeightsError."""
    state = trainer.load_checkpoint(checkpoint)
    now = asdict(trainer.recipe)
    changed = [
        f"{name} {state['recipe'].get(name)} -> {value}"
        for name, value in now.items()
        if state["recipe"].get(name) != value
    ]
    if state.get("plates") != digest:
        changed.append("other images")
    if changed:
        raise WeightsError(
            f"{checkpoint} belongs to another run ({', '.join(changed)}). Repeat the options of that run, or delete it."
        )


class Reporter:
    """Turns steps into progress with a rate over the last steps and the time that is left."""

    def __init__(
        self, tell: Callable[[Progress], None], trainer: loop.Trainer, note: str, stage: str = "training"
    ) -> None:
        self.tell, self.trainer, self.stage = tell, trainer, stage
        self.held_out: float | None = None
        self.started, self.first = time.monotonic(), trainer.progress()
        self.views = 0
        self.loss = self.recall = 0.0
        tell(Progress("training", trainer.step, trainer.recipe.steps, note=note))

    def step(self, loss: float, recall: float, views: int, note: str = "") -> None:
        """Tell of a step: its loss, its recall where there is any, and how many views it took."""
        self.views += views
        seconds = max(1e-6, time.monotonic() - self.started)
        gained = self.trainer.progress() - self.first
        remaining = seconds * (1 - self.trainer.progress()) / gained if gained > 0 else None
        share = 1.0 if self.views == views else 0.05
        self.loss += share * (loss - self.loss)
        self.recall += share * (recall - self.recall)
        self.tell(self._progress(self.stage, self.views / seconds, remaining, note))

    def done(self) -> None:
        """Tell that the run has ended."""
        self.tell(self._progress("done", self.views / max(1e-6, time.monotonic() - self.started), 0.0))

    def _progress(self, stage: str, rate: float, remaining: float | None, note: str = "") -> Progress:
        steps = self.trainer.recipe.steps
        return Progress(
            stage, self.trainer.step, steps, self.loss, self.recall, self.held_out, rate, remaining, note
        )
