"""The stages in order: images and metadata in, one new generation of a collection out.

    find images -> one decode a plate: hash, thumbnail, embeddings -> catalogue
                -> neighbours, background -> projections -> publish
                -> local features, mirrored embeddings -> index -> candidates -> matches -> families -> publish

Only what is stale is done: a plate's results belong to the hash of its content, a stage's to every parameter that
shapes its output. See :mod:`imgsim.prepare.run`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgsim.base.progress import Progress
    from imgsim.prepare.options import Options, Summary
    from imgsim.prepare.run import prepare

__all__ = ["Options", "Progress", "Summary", "prepare"]


def __getattr__(name: str) -> object:
    """What this package offers, loaded when it is asked for: worker processes need one of its modules, not all."""
    if name == "prepare":
        from imgsim.prepare.run import prepare

        return prepare
    if name == "Progress":
        from imgsim.base.progress import Progress

        return Progress
    if name in __all__:
        from imgsim.prepare import options

        return getattr(options, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
