"""What an export is made of, and the place where a new kind of it is registered.

docs/export-kinds.md makes one; tests/export/test_kinds.py is what every kind must hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral

from imgsim.base import extensions
from imgsim.errors import ImgsimError
from imgsim.export.request import Chunk, Request

# Names stand in addresses, on the command line and on every system's disks.
_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}(\.[A-Za-z0-9]{1,12}){1,2}")
README, MANIFEST, CITATION, ZENODO = "README.txt", "manifest.json", "CITATION.cff", ".zenodo.json"
CRATE = "ro-crate-metadata.json"
RESERVED = (README, MANIFEST, CITATION, ZENODO, CRATE)  # what a bundle adds


@dataclass(frozen=True)
class ExportFile:
    """One file of an export.

    Attributes
    ----------
    name : its name, which is also what it is asked for by.
    media_type : for the browser.
    about : what it is, in a sentence or two, for the README.
    unit : what is counted in it: one and many.
    count : about how many there will be; exactly so many unless it is a list of neighbours.
    chunks : its bytes.
    size : about how many bytes one is, and the rest of the file; None where the beginning tells.
    columns : what columns of a CSV mean that no other file has, for the README.
    """

    name: str
    media_type: str
    about: str
    unit: tuple[str, str]
    count: Callable[[Request], int]
    chunks: Callable[[Request], Iterator[Chunk]]
    size: tuple[int, int] | None = None
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)

    def parts(self, request: Request) -> Iterator[Chunk]:
        """The chunks, each looked at. Raises ImgsimError where one is none, as of a kind of a user's own."""
        for chunk in self.chunks(request):
            whole = isinstance(chunk, Chunk) and isinstance(chunk.data, bytes) and isinstance(chunk.rows, Integral)
            if not whole or chunk.rows < 0:
                raise ImgsimError(
                    f"The file {self.name!r} of an export is made of {chunk!r:.80}, which is no Chunk of bytes and of "
                    "the number of rows in them."
                )
            yield chunk


@dataclass(frozen=True)
class ExportKind:
    """Something to export.

    Attributes
    ----------
    name : how it is asked for on the command line.
    title, help : how it is offered on the screen.
    group : the heading that it stands under.
    files : what comes of it.
    missing : why a collection has none of it, as the error of whoever asks for it; None where it has.
    whole : whether it is that of the whole collection, whichever plates are chosen.
    """

    name: str
    title: str
    help: str
    group: str
    files: tuple[ExportFile, ...]
    missing: Callable[[Request], ImgsimError | None] = lambda _request: None
    whole: bool = False


class Kinds:
    """All kinds of export: imgsim's own, and those that were added, each beside the others of its group."""

    def __init__(self, own: Sequence[ExportKind]) -> None:
        self._own: list[ExportKind] = []
        self._added: list[ExportKind] = []
        for one in own:
            self._own.append(self._checked(one))

    def register(self, one: ExportKind) -> ExportKind:
        """Add a kind, and return it. One that is made anew by the same code takes the place of the former.

        Raises
        ------
        ImgsimError
            Its name or that of a file cannot be one, or is taken.
        """
        self._added = [other for other in self._added if other.name != one.name or _origin(other) != _origin(one)]
        self._added.append(self._checked(one))
        return one

    def forget(self, name: str) -> None:
        """Take out a kind that was added; nothing happens where there is none of that name."""
        self._added = [one for one in self._added if one.name != name]

    def all(self) -> tuple[ExportKind, ...]:
        """Every kind, in the order of the groups. Raises ImgsimError where a file of a user's own cannot be run."""
        extensions.load()
        kinds = [*self._own, *self._added]
        groups = list(dict.fromkeys(one.group for one in kinds))
        return tuple(sorted(kinds, key=lambda one: groups.index(one.group)))

    def _checked(self, one: ExportKind) -> ExportKind:
        others = [*self._own, *self._added]
        if not _NAME.fullmatch(one.name):
            raise ImgsimError(
                f"{one.name!r} cannot be the name of an export: small letters, digits and hyphens, a letter first, at "
                "most 40."
            )
        if any(other.name == one.name for other in others):
            raise ImgsimError(f"There is an export {one.name!r} already. Give yours another name.")
        if not one.files:
            raise ImgsimError(f"The export {one.name!r} has no file.")
        taken = {file.name.lower() for other in others for file in other.files} | {name.lower() for name in RESERVED}
        for file in one.files:
            if not _FILE.fullmatch(file.name):
                raise ImgsimError(
                    f"{file.name!r} cannot be the name of a file of an export: letters without accents, digits, "
                    "hyphens and underscores, and an ending."
                )
            if file.name.lower() in taken:
                raise ImgsimError(f"An export has a file {file.name!r} already. Give yours another name.")
            taken.add(file.name.lower())
        return one


def _origin(one: ExportKind) -> list[tuple[str, str]]:
    return [(file.chunks.__module__, file.chunks.__qualname__) for file in one.files]
