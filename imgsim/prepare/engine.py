"""What the pipeline needs of the networks, so that tests can run it with a toy one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from imgsim.images.files import ImageFile
    from imgsim.verification.comparing import Group

# A plate and its few dozen candidates take a second or two.
GROUP_SECONDS = 300.0


class Engine(Protocol):
    """Describes backbones, turns image files into embeddings and local features, and compares these."""

    def describe(self, name: str, weights: Path | None) -> tuple[str, int]:
        """(key, dimension) of a backbone; the key changes with everything that shapes its vectors."""
        ...

    def process(
        self, files: Sequence[ImageFile], backbones: Mapping[str, Path | None], *, needs: Mapping[str, set[str]],
        thumbnails: Path, device: str, workers: int | None, batch_size: int | None,
        download: Callable[[int, int | None], None],
    ) -> Iterator[Any]:  # fmt: skip
        """Yield a PlateResult or PlateFailure a file, in any order, and write thumbnails/<sha256>.webp.

        ``needs`` says by plate_id which backbones are still asked for; ``download(done, total)`` is told of weights
        being fetched, in bytes.
        """
        ...

    def describe_plates(
        self, files: Sequence[ImageFile], backbones: Mapping[str, Path | None], *, features: bool, verifier: str,
        needs: Mapping[str, set[str]], device: str, workers: int | None, batch_size: int | None,
    ) -> Iterator[Any]:  # fmt: skip
        """Yield a verification.comparing.PlateDescription or PlateFailure a file, in any order.

        ``features``: whether local features are asked for, by the ``verifier`` of that name; ``needs`` says by
        plate_id by which backbones the plate's mirror image is to be embedded.
        """
        ...

    def compare(
        self, groups: Sequence[Group], *, folder: Path, sizes: npt.NDArray[np.int64], verifier: str,
        workers: int | None,
    ) -> Iterator[Any]:  # fmt: skip
        """Yield a verification.comparing.Compared or PlateFailure a group, in any order.

        ``folder`` holds the FeatureStore of all rows, ``sizes`` are int64 (n, 2), width and height of their plates,
        ``verifier`` is the name of the one that compares.
        """
        ...


class TorchEngine:
    """The backbones of :mod:`imgsim.backbones`, run by :mod:`imgsim.workers`; torch is loaded only to compute."""

    def describe(self, name: str, weights: Path | None) -> tuple[str, int]:
        from imgsim.backbones import get_backbone

        backbone = get_backbone(name)
        return backbone.key(weights), backbone.dimension

    def process(
        self, files: Sequence[ImageFile], backbones: Mapping[str, Path | None], *, needs: Mapping[str, set[str]],
        thumbnails: Path, device: str, workers: int | None, batch_size: int | None,
        download: Callable[[int, int | None], None],
    ) -> Iterator[Any]:  # fmt: skip
        from imgsim.workers.pool import process_plates

        return iter(
            process_plates(
                files,
                backbones,
                needs=needs,
                thumbnails=thumbnails,
                device=device,
                workers=workers,
                batch_size=batch_size,
                progress=download,
            )
        )

    def describe_plates(
        self, files: Sequence[ImageFile], backbones: Mapping[str, Path | None], *, features: bool, verifier: str,
        needs: Mapping[str, set[str]], device: str, workers: int | None, batch_size: int | None,
    ) -> Iterator[Any]:  # fmt: skip
        from imgsim.verification.comparing import describe
        from imgsim.workers.pool import process_files

        return process_files(
            files,
            backbones,
            partial(describe, features=features, verifier=verifier),
            needs=needs,
            device=device,
            workers=workers,
            batch_size=batch_size,
        )

    def compare(
        self, groups: Sequence[Group], *, folder: Path, sizes: npt.NDArray[np.int64], verifier: str,
        workers: int | None,
    ) -> Iterator[Any]:  # fmt: skip
        from imgsim.verification.comparing import compare
        from imgsim.workers.pool import process_files

        read = partial(compare, folder=str(folder), sizes=sizes.tobytes(), verifier=verifier)
        return process_files(groups, {}, read, device="cpu", workers=workers, timeout=GROUP_SECONDS)


def default_engine() -> Engine:
    return TorchEngine()
