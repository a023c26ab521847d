"""What a run does with plates and pairs, on an executor; a protocol, so that tests can run it with a toy."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from imgsim.base.scratch import scratch_folder
from imgsim.prepare.options import DEFAULT_VERIFIER
from imgsim.prepare.page_shards import (
    DetectorFile,
    PageFinder,
    PageFinding,
    Slices,
    cut_out,
    cuts_written,
    find_on_pages,
)
from imgsim.prepare.plate_shards import (
    Asked,
    Job,
    PlateFailure,
    PlateResult,
    Reader,
    embedded,
    look_at,
    read_file,
    thumbnail_written,
)
from imgsim.prepare.sound_plate import SoundPlate
from imgsim.workers.each import Lost

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from imgsim.images.files import ImageFile
    from imgsim.verification.comparing import Group
    from imgsim.verification.match import Match

# On a core small batches stay in its cache; a GPU wants more at once.
CPU_BATCH, GPU_BATCH = 16, 64
# Describing a plate takes ten times as long as embedding it, and a worker should not be the last one for long.
MOST_DESCRIBED = 8
# Seconds for one plate, or for a shard of them, of which each takes a small part of a second as a rule.
PLATE_SECONDS = 60.0
# Pages are large, and a worker should not be the last one for long.
PAGES = 4
# A plate and its few dozen candidates take a second or two.
GROUPS, GROUP_SECONDS = 4, 300.0

Download = Callable[[int, int | None], None]


class Processor(Protocol):
    """Describes backbones, turns image files into embeddings and local features, and compares these."""

    def describe(self, name: str, weights: Path | None) -> tuple[str, int]:
        """(key, dimension) of a backbone; the key changes with everything that shapes its vectors."""
        ...

    def look(
        self, asked: Sequence[Asked], backbones: Mapping[str, Path | None], *, thumbnails: Path | None,
        verifier: str, download: Download | None = None,
    ) -> Iterator[PlateResult | PlateFailure]:  # fmt: skip
        """Yield a PlateResult or PlateFailure a plate, in any order, and write thumbnails/<sha256>.webp.

        ``backbones`` has the weights file of each that is asked for, None for the usual one; ``download(done, total)``
        is told of weights being fetched, in bytes; ``verifier`` is the name of the one that describes.
        """
        ...

    def finder(self, weights: Path | None) -> PageFinder:
        """What finds illustrations on pages: the network in a file; None: the one that comes with imgsim."""
        ...

    def find_on_pages(
        self, files: Sequence[ImageFile], finder: PageFinder
    ) -> Iterator[tuple[ImageFile, PageFinding]]:
        """Yield each file with what is on it, in any order."""
        ...

    def cut_out(self, pages: Sequence[Slices]) -> Iterator[tuple[Slices, list[int] | str]]:
        """Cut pictures out; yield each page with their sizes in bytes, or with why it could not be cut."""
        ...

    def compare(
        self, groups: Sequence[Group], *, folder: Path, sizes: npt.NDArray[np.int64], verifier: str
    ) -> Iterator[tuple[Group, list[Match | str]]]:
        """Yield groups, each with the match of every pair or why there is none, in any order, until no pair is left.

        ``folder`` holds the FeatureStore of all rows, ``sizes`` are int64 (n, 2), width and height of their plates,
        ``verifier`` is the name of the one that compares.
        """
        ...


@dataclass(frozen=True)
class NetworkProcessor:
    """The networks of :mod:`imgsim.backbones`, and a verifier; torch is loaded only where it is needed to compute.

    Attributes
    ----------
    device : auto, cpu, cuda or mps.
    workers, batch_size : None: what suits the machine.
    executor : name of the one on which it runs; None: see :func:`imgsim.workers.executor_for`.
    """

    device: str = "auto"
    workers: int | None = None
    batch_size: int | None = None
    executor: str | None = None

    def describe(self, name: str, weights: Path | None) -> tuple[str, int]:
        from imgsim.backbones import get_backbone

        backbone = get_backbone(name)
        return backbone.key(weights), backbone.dimension

    def look(
        self, asked: Sequence[Asked], backbones: Mapping[str, Path | None], *, thumbnails: Path | None,
        verifier: str, download: Download | None = None,
    ) -> Iterator[PlateResult | PlateFailure]:  # fmt: skip
        return look_at_plates(
            asked, backbones, thumbnails=thumbnails, device=self.device, verifier=verifier, workers=self.workers,
            batch_size=self.batch_size, executor=self.executor, download=download,
        )  # fmt: skip

    def finder(self, weights: Path | None) -> PageFinder:
        from imgsim.sources.pages import detector_key

        return DetectorFile(detector_key(weights), weights)

    def find_on_pages(
        self, files: Sequence[ImageFile], finder: PageFinder
    ) -> Iterator[tuple[ImageFile, PageFinding]]:
        function = partial(find_on_pages, finder=finder)
        for file, found in self._each(function, files, PAGES):
            if isinstance(found, Lost):
                yield file, PageFinding("", reason=f"reading it {_ended(found)}")
            else:
                yield file, found

    def cut_out(self, pages: Sequence[Slices]) -> Iterator[tuple[Slices, list[int] | str]]:
        for page, found in self._each(cut_out, pages, PAGES):
            yield page, f"cutting it {_ended(found)}" if isinstance(found, Lost) else cuts_written(page, found)

    def _each(self, function: Callable[..., Any], items: Sequence[Any], size: int) -> Iterator[tuple[Any, Any]]:
        from imgsim.workers import executor_for
        from imgsim.workers.each import each

        executor = executor_for(self.workers, self.executor)
        return each(executor, function, items, size=size, workers=self.workers, timeout=PLATE_SECONDS)

    def compare(
        self, groups: Sequence[Group], *, folder: Path, sizes: npt.NDArray[np.int64], verifier: str
    ) -> Iterator[tuple[Group, list[Match | str]]]:
        import numpy as np

        from imgsim.verification.comparing import compare_groups
        from imgsim.workers import executor_for
        from imgsim.workers.each import each

        with scratch_folder() as scratch:
            file = scratch / "sizes.npy"
            np.save(file, sizes)
            function = partial(compare_groups, folder=folder, sizes=file, verifier=verifier)
            executor = executor_for(self.workers, self.executor)
            run = partial(each, executor, function, workers=self.workers, timeout=GROUP_SECONDS)
            lost: list[Group] = []
            for group, found in run(groups, size=GROUPS):
                if isinstance(found, Lost):
                    lost += [Group(group.row, (other,)) for other in group.others]
                else:
                    yield group, found
            # One pair of a group has cost the worker: the others have nothing to do with that.
            for group, found in run(lost, size=1):
                how = "took" if isinstance(found, Lost) and found.late else "ended its worker twice:"
                yield group, [f"it {how} {found.how}"] if isinstance(found, Lost) else found


def look_at_plates(
    asked: Sequence[Asked],
    backbones: Mapping[str, Path | None],
    *,
    thumbnails: Path | None = None,
    device: str = "auto",
    verifier: str = DEFAULT_VERIFIER,
    workers: int | None = None,
    batch_size: int | None = None,
    executor: str | None = None,
    timeout: float = PLATE_SECONDS,
    reader: Reader = read_file,
    download: Download | None = None,
) -> Iterator[PlateResult | PlateFailure]:
    """Read, hash, thumbnail, embed and describe plates; yield each as it is done, in any order.

    Parameters
    ----------
    asked : plates, and what is wanted of each.
    backbones : name of each backbone, with its weights file or None for the usual one.
    thumbnails : an existing folder; ``<sha256>.webp`` is written into it where it is missing. None: no thumbnails.
    verifier : name of the one that describes.
    batch_size : plates that a network sees at once; None for what suits the device.
    workers : processes; None for one a core, 0 for none (everything in this process, without ``timeout``).
    executor : name of the one that does it; None: see :func:`imgsim.workers.executor_for`.
    timeout : seconds that one plate may take.
    reader : called as reader(file) for the bytes; importable by name, as worker processes call it.

    Raises
    ------
    ImgsimError
        When weights or the device are missing, a thumbnail cannot be written, or workers cannot be kept alive.
        A bad plate raises nothing: it is yielded as a PlateFailure.
    """
    from imgsim.backbones import get_backbone
    from imgsim.backbones.engines import choose_device, prepare_engine
    from imgsim.workers import executor_for
    from imgsim.workers.each import each

    device = choose_device(device) if backbones else "cpu"
    wanted = {name for one in asked for name in one.backbones | one.mirrored | one.parts}
    with scratch_folder() as folder:
        engines = {
            name: prepare_engine(get_backbone(name), weights, device, folder, progress=download)
            for name, weights in backbones.items()
            if name in wanted
        }
        here = device == "cpu" or not engines
        size = batch_size or (CPU_BATCH if here else GPU_BATCH)
        job = Job(secrets.token_hex(8), engines, size, here, thumbnails is not None, verifier)
        run = partial(each, executor_for(workers, executor), workers=workers, timeout=timeout)
        found = _looked(asked, job, run, reader)
        for one in found if here else _embedded_here(found, job):
            yield thumbnail_written(one, thumbnails)


def _looked(
    asked: Sequence[Asked], job: Job, run: Callable[..., Iterator[Any]], reader: Reader
) -> Iterator[Any]:
    """What :func:`look_at` makes of each plate. One of which a worker dies is tried without describing it, too."""
    function = partial(look_at, job=job, reader=reader)
    sound = Asked(SoundPlate(), frozenset(job.engines))
    todo, why = list(asked), dict[str, str]()
    while todo:
        size = MOST_DESCRIBED if any(one.features for one in todo) else job.batch_size
        undescribed: list[Asked] = []
        for one, result in run(function, todo, size=min(size, job.batch_size), sound=sound):
            plate = one.file.plate_id
            if not isinstance(result, Lost):
                yield _told(result, why[plate]) if plate in why else result
            elif one.features and (job.thumbnails is not None or one.backbones):
                undescribed.append(replace(one, features=False))
                why[plate] = f"describing it {_ended(result)}"
            else:
                yield PlateFailure(plate, one.file.file, f"reading it {_ended(result)}")
        todo = undescribed


def _told(result: Any, why: str) -> Any:
    """A plate that could be opened but not be described."""
    if isinstance(result, PlateResult):
        return replace(result, undescribed=why)
    if isinstance(result, PlateFailure):
        return result
    file, opened, shaped = result
    return file, replace(opened, undescribed=why), shaped


def _ended(lost: Lost) -> str:
    return f"took {lost.how}" if lost.late else f"crashed the decoder twice ({lost.how})"


def _embedded_here(found: Iterator[Any], job: Job) -> Iterator[PlateResult | PlateFailure]:
    """Run the networks in this process, on a GPU, over plates that workers have opened."""
    networks = {name: engine.load(job.batch_size) for name, engine in job.engines.items()}
    waiting: list[Any] = []
    for one in found:
        if isinstance(one, PlateFailure):
            yield one
            continue
        waiting.append(one)
        if len(waiting) >= job.batch_size:
            yield from embedded(waiting, networks, job.batch_size)
            waiting = []
    yield from embedded(waiting, networks, job.batch_size)
