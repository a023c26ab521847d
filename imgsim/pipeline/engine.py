"""What the pipeline needs of the networks, so that tests can run it with a toy one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from imgsim.images.sources import ImageFile


class Engine(Protocol):
    """Describes backbones, and turns image files into embeddings."""

    def describe(self, name: str, weights: Path | None) -> tuple[str, int]:
        """(key, dimension) of a backbone; the key changes with everything that shapes its vectors."""
        ...

    def process(
        self,
        files: Sequence[ImageFile],
        backbones: Mapping[str, Path | None],
        *,
        needs: Mapping[str, set[str]],
        thumbnails: Path,
        device: str,
        workers: int | None,
        batch_size: int | None,
        download: Callable[[int, int | None], None],
    ) -> Iterator[Any]:
        """Yield a PlateResult or PlateFailure a file, in any order, and write thumbnails/<sha256>.webp.

        ``needs`` says by plate_id which backbones are still asked for; ``download(done, total)`` is told of weights
        being fetched, in bytes.
        """
        ...


class TorchEngine:
    """The backbones of :mod:`imgsim.backbones`, run by :mod:`imgsim.embeddings`; torch is loaded only to compute."""

    def describe(self, name: str, weights: Path | None) -> tuple[str, int]:
        from imgsim.backbones import BACKBONES
        from imgsim.errors import ImgsimError

        if name not in BACKBONES:
            raise ImgsimError(f"There is no backbone {name!r}. Choose among {', '.join(BACKBONES)}.")
        backbone = BACKBONES[name]
        return backbone.key(weights), backbone.dimension

    def process(
        self,
        files: Sequence[ImageFile],
        backbones: Mapping[str, Path | None],
        *,
        needs: Mapping[str, set[str]],
        thumbnails: Path,
        device: str,
        workers: int | None,
        batch_size: int | None,
        download: Callable[[int, int | None], None],
    ) -> Iterator[Any]:
        from imgsim.embeddings import process_plates

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


def default_engine() -> Engine:
    return TorchEngine()
