"""What a user adds to imgsim in Python: registries, and the folder whose files are run to fill them.

The folder is the one that the environment variable IMGSIM_EXTENSIONS names, and no other: a collection that somebody
passes on must never bring code with it, so nothing that lies in a data folder is run.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from imgsim.errors import ImgsimError

VARIABLE = "IMGSIM_EXTENSIONS"
_MODULE = "imgsim_extension_"
# No comma: names stand in lists of names.
_NAME = re.compile(r"[a-z0-9][a-z0-9 ._-]{0,39}")
_lock = threading.RLock()
_run: set[Path] = set()


class Extension(Protocol):
    """What everything has that can be registered.

    name : at most 40 small letters, digits, spaces, dots, hyphens; what people and tables call it.
    version : to be raised when it gives other results than before.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int: ...


T = TypeVar("T", bound=Extension)


class Registry(Generic[T]):
    """All of one kind, imgsim's own first, then those that somebody added, by name.

    Parameters
    ----------
    what : what one of them is called in messages, such as "verifier".
    methods : what it must be able to do.
    own : those of imgsim.
    """

    def __init__(self, what: str, methods: Iterable[str], own: Iterable[T]) -> None:
        self._what, self._methods, self._own = what, tuple(methods), {one.name: one for one in own}
        self._added: dict[str, T] = {}

    def register(self, one: T) -> T:
        """Add one, and return it.

        Raises
        ------
        ImgsimError
            It is not what it must be, or there is another one of that name.
        """
        name, version = getattr(one, "name", None), getattr(one, "version", None)
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ImgsimError(
                f"A {self._what} needs a name of at most 40 small letters, digits, spaces, dots and hyphens, not "
                f"{name!r}."
            )
        if isinstance(version, bool) or not isinstance(version, int) or version < 1:
            raise ImgsimError(f"The version of the {self._what} {name!r} is a whole number from 1, not {version!r}.")
        lacking = [method for method in self._methods if not callable(getattr(one, method, None))]
        if lacking:
            raise ImgsimError(f"The {self._what} {name!r} has no method {lacking[0]}. It needs {_and(self._methods)}.")
        there = self._own.get(name) or self._added.get(name)
        # A cell of a notebook that is run again replaces what it made before.
        if there is not None and (name in self._own or _origin(there) != _origin(one)):
            raise ImgsimError(f"There is a {self._what} {name!r} already. Give yours another name.")
        self._added[name] = one
        return one

    def all(self) -> tuple[T, ...]:
        """All that there are. Raises ImgsimError where a file of the folder cannot be run."""
        load()
        return (*self._own.values(), *(self._added[name] for name in sorted(self._added)))

    def get(self, name: str) -> T:
        """The one of a name. Raises ImgsimError where there is none."""
        found = {one.name: one for one in self.all()}
        if name not in found:
            raise ImgsimError(
                f"There is no {self._what} {name!r}. Known ones: {_and(found)}. One of your own is a Python file in "
                f"the folder that {VARIABLE} names, which is {os.environ.get(VARIABLE) or 'not set'}."
            )
        return found[name]

    def forget(self, name: str) -> None:
        """Take out one that was added; nothing happens where there is none."""
        self._added.pop(name, None)

    def identity(self, one: T) -> dict[str, object]:
        """What stands for an added one in keys: name, version, and the SHA-256 of the file that it is written in.

        Whoever edits that file need not think of the version; it is for whatever else the results depend on.
        """
        return {"name": one.name, "version": one.version, "file": _sha256(one)}

    def is_own(self, one: T) -> bool:
        """Whether it is one of imgsim's own."""
        return self._own.get(one.name) is one


def load() -> None:
    """Run every ``*.py`` in the folder, once in this process.

    Raises
    ------
    ImgsimError
        There is no such folder, or a file of it fails. It is tried again the next time.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return
    folder = Path(named).expanduser().resolve()
    if not folder.is_dir():
        raise ImgsimError(f"{VARIABLE} names {named}, which is no folder. Correct it, or take it out.")
    with _lock:
        for path in sorted(folder.glob("*.py")):
            if path.name[0] not in "._" and path not in _run:
                _run_once(path)


def _run_once(path: Path) -> None:
    name = _MODULE + re.sub(r"\W", "_", path.stem)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None  # it is a Python file
    module = importlib.util.module_from_spec(spec)
    _run.add(path)  # before: while it runs, it may ask a registry for what is there already
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        _run.discard(path)
        del sys.modules[name]
        if isinstance(error, ImgsimError):
            raise ImgsimError(f"{path}: {error}") from error
        raise ImgsimError(
            f"{path} cannot be run ({type(error).__name__}: {error}). Correct it, or take it out of that folder."
        ) from error


def _origin(one: object) -> tuple[str, str]:
    return type(one).__module__, type(one).__qualname__


def _sha256(one: object) -> str:
    """Of the file that a thing's class was written in; "" where there is none, as in a notebook."""
    module = sys.modules.get(type(one).__module__)
    file = getattr(module, "__file__", None)
    try:
        return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""
    except OSError:
        return ""


def _and(names: Iterable[str]) -> str:
    return ", ".join(names)
