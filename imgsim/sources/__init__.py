"""Where images come from: imgsim's own sources, and those that users bring (docs/sources.md)."""

import os

from imgsim.base.extensions import Registry
from imgsim.errors import ImgsimError
from imgsim.sources.own import Files, Manifests, PublishedDataset, Sample
from imgsim.sources.source import LeftOut, Page, Source, Table

FILES = Files()
SOURCES: Registry[Source] = Registry(
    "source", ["accepts", "pages"], [Sample(), PublishedDataset(), Manifests(), FILES]
)
register = SOURCES.register


def source_of(given: str) -> Source:
    """The source of what a user names: the first that accepts it; files on this machine where no other does."""
    # A user's own first: it knows better than imgsim what its addresses are. Then a folder is a folder, whatever it is
    # called ("sample:3").
    own = [source for source in SOURCES.all() if SOURCES.is_own(source) and source is not FILES]
    brought = [source for source in SOURCES.all() if not SOURCES.is_own(source)]
    asked = brought if os.path.isdir(given) else [*brought, *own]
    return next((source for source in asked if _accepts(source, given)), FILES)


def _accepts(source: Source, given: str) -> bool:
    try:
        return source.accepts(given)
    except Exception as error:
        raise ImgsimError(f"The source {source.name!r} fails in accepts ({type(error).__name__}: {error}).") from error


__all__ = ["FILES", "SOURCES", "LeftOut", "Page", "Source", "Table", "register", "source_of"]
