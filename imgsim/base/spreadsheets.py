"""Reading a CSV of ours back as the texts that went in, also after a spreadsheet has had it in hand.

See :mod:`imgsim.base.cells` for how the cells are written.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

import pandas as pd

from imgsim.base.cells import GUARD, RISKY_ID, TEXT, is_id, unspelt
from imgsim.errors import ImgsimError

_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?(?P<rounded>[eE][-+]?\d+)?")
# Spreadsheets keep 15 digits of a number, and show six of a large one, which is what they save.
_KEPT, _SHOWN = 1e-14, 1e-5


def read_back(content: bytes) -> pd.DataFrame:
    """Read a CSV that imgsim wrote as the texts that went in: every cell a string, '' for an empty one.

    Of an id that is written twice the two must agree; where a spreadsheet has made a number of it, or has left its own
    column empty, the text in brackets counts. A row that was added by hand may leave that one empty.

    Raises
    ------
    ImgsimError
        It is no CSV, or an id and its text name two things.
    """
    try:
        table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ImgsimError(f"This is no CSV that imgsim wrote: {error}. Download it again.") from error
    head, rows = ([unspelt(name.removeprefix(GUARD)) for name in table[0]], table[1:]) if table else ([], [])
    texts = {at: at + 1 for at in range(len(head) - 1) if _written_twice(head, rows, at)}
    kept = [at for at in range(len(head)) if at - 1 not in texts]
    found = [
        [unspelt(_exact(row, at, texts, head, line)) for at in kept if at < len(row)]
        for line, row in enumerate(rows, start=2)
    ]
    return pd.DataFrame(found, columns=pd.Index([head[at] for at in kept]), dtype="str")


def _written_twice(head: Sequence[str], rows: Sequence[Sequence[str]], at: int) -> bool:
    """Whether the next column holds the ids of this one in brackets."""
    if not is_id(head[at]) or head[at + 1] != f"{head[at]}{TEXT}":
        return False
    return all(_bracketed(row[at + 1]) or row[at + 1] == "" for row in rows if len(row) > at + 1)


def _bracketed(text: str) -> bool:
    return len(text) > 1 and text.startswith("[") and text.endswith("]")


def _exact(row: Sequence[str], at: int, texts: dict[int, int], head: Sequence[str], line: int) -> str:
    if at not in texts:
        return row[at].removeprefix(GUARD)
    written = row[texts[at]] if texts[at] < len(row) else ""
    own = row[at].removeprefix(GUARD) if RISKY_ID.match(row[at]) else row[at]
    if not written or written[1:-1] == own:
        return own
    if not own or _made_a_number(written[1:-1], own):
        return written[1:-1]
    raise ImgsimError(
        f"Line {line} names two things: {head[at]} is {own[:80]!r}, and {head[texts[at]]} is {written[:80]!r}. Where a "
        f"spreadsheet has changed {head[at]}, leave that cell empty; where you did, make the other one say the same."
    )


def _made_a_number(text: str, own: str) -> bool:
    """Whether a spreadsheet makes this number of a text of digits."""
    found = _NUMBER.fullmatch(own.strip())
    if not text.isascii() or not text.isdigit() or found is None:
        return False
    value, exact = float(own.strip().replace(",", ".")), float(text)
    return abs(value - exact) <= exact * (_SHOWN if found["rounded"] else _KEPT)
