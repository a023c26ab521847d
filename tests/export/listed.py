"""Lists as they are read again."""

from __future__ import annotations

import csv
import io

import pandas as pd

from imgsim.base.spreadsheets import read_back
from imgsim.export import (
    KINDS,
    ExportFile,
    Request,
)
from tests.exports import content


def the_file(name: str) -> ExportFile:
    """The file of that name, whichever kind of export makes it."""
    return next(file for kind in KINDS for file in kind.files if file.name == name)


def table(name: str, request: Request) -> pd.DataFrame:
    """A list as it is read back."""
    return read_back(content(the_file(name), request))


def cells(data: bytes) -> list[list[str]]:
    """As any reader of CSV sees it, without a word of ours."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
