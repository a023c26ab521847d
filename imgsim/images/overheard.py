"""What decoders say while an image is opened: kept with the image, instead of running into the lines of progress.

libtiff, libpng, libjpeg, libvips and OpenCV write straight to the standard error of the process, whoever may read it;
Pillow warns as Python does.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

MOST, LONGEST = 3, 160  # sentences of one image, and letters of each
_READ = 65_536  # bytes of what was written
# Which process says it, and when: "(process:123): VIPS-WARNING **: 11:40:02.123: ".
_BEFORE = re.compile(r"^\([^()]*:\d+\): (?:\S+ \*\*: )?(?:\d+:\d+:[\d.]+: )?")


@contextmanager
def overheard() -> Iterator[list[str]]:
    """Have images opened in silence; afterwards the list holds what was said, each sentence once, `MOST` at most.

    For a process that opens one image at a time: whatever any of its threads writes to standard error is taken for its.
    """
    said: list[str] = []
    with warnings.catch_warnings(record=True) as warned, tempfile.TemporaryFile() as file:
        warnings.simplefilter("always")
        try:
            with _errors_into(file):
                yield said
        finally:
            file.seek(0)
            written = file.read(_READ).decode("utf-8", "replace").splitlines()
            meant = [str(one.message) for one in warned if issubclass(one.category, UserWarning)]
            said += _sentences([*meant, *written])


def _sentences(lines: Iterable[str]) -> list[str]:
    found = dict.fromkeys(" ".join(_BEFORE.sub("", line.strip()).split())[:LONGEST] for line in lines)
    return [line for line in found if line][:MOST]


@contextmanager
def _errors_into(file: IO[bytes]) -> Iterator[None]:
    try:
        before = os.dup(2)
    except OSError:  # there is none
        yield
        return
    try:
        _flush()
        os.dup2(file.fileno(), 2)
        yield
    finally:
        _flush()
        os.dup2(before, 2)
        os.close(before)


def _flush() -> None:
    if sys.stderr is not None:
        sys.stderr.flush()
