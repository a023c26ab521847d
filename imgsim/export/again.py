"""How an export is made again: the commands that stand in its README.

This is content of a file that was taken away, for readers who have neither the app nor a message of it before them;
messages name no command (see :mod:`imgsim.errors`).
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from imgsim.export.request import Request

FIND = "python3 -m imgsim find"  # a picture, by its citation
PREPARE = "python precompute.py"


def command_line(request: Request, kinds: Sequence[str]) -> str:
    """Return what ``precompute.py`` is to be called with for the same export: ``export sample --what matches ...``."""
    words = ["export", request.collection.name, "--what", *kinds]
    if request.rows is not None:
        words += ["--plates", *(request.catalogue.plate_ids[row] for row in request.chosen)]
    words += ["--backbone", request.backbone, "--top-k", str(request.top_k)]
    words += ["--threshold", f"{request.threshold:g}"] if request.threshold > -1 else []
    words += ["--line", f"{request.line:g}"] if request.line is not None else []
    words += ["--other-books"] if request.other_books else []
    words += ["--when", request.when] if request.when != "any" else []
    words += ["--look-alikes"] if request.look_alikes else []
    words += ["--between", *request.between.names] if request.between is not None else []
    words += ["--projection", request.method] if request.method else []
    words += ["--colour", request.colour] if request.colour != "decade" else []
    words += ["--by", *request.makers] if request.makers else []
    words += ["--licence", request.licence] if request.licence else []
    return shlex.join([*words, "--date", request.date])
