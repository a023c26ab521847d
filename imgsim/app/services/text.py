"""Words on the screen: what a score means, and data that must be shown as it stands."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from imgsim.app.services import remedies
from imgsim.base import translation
from imgsim.catalogue import DateInterval
from imgsim.errors import ImgsimError

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!~|$:<>&^=])")
_SPACES = re.compile(r"\s+")


def plain(value: object) -> str:
    """Data for a place that reads Markdown (labels, captions, messages): shown verbatim, on one line.

    Of an error its remedy is said in the app's words.
    """
    said = remedies.told(value) if isinstance(value, ImgsimError) else str(value)
    return _MARKDOWN.sub(r"\\\1", _SPACES.sub(" ", said))


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 plate`, `13,151 plates`; both words are marked for translation by standing here, so give both."""
    return f"{translation.number(number)} {translation.trn(one, many or one + 's', number)}"


def begun(words: str) -> str:
    """Words as a line begins with them: the first letter is a capital, the others stay as they are."""
    return f"{words[:1].upper()}{words[1:]}"


def percent(share: float) -> str:
    """A share (0 to 1) of random pairs that score lower: `99.8 %`; '' where there is none to compare with.

    Rounded down, so that nothing is promised that does not hold.
    """
    if not math.isfinite(share):
        return ""
    digits = 2 if share >= 0.999 else 1 if share >= 0.9 else 0
    # 10,001 quantiles are known: the last of them says 99.99 %, not 100.
    shown = math.floor(min(share, 0.9999) * 100 * 10**digits + 1e-9) / 10**digits
    return f"{translation.number(shown, f'.{digits}f')} %"


def share(part: int, whole: int) -> str:
    """`12 %`, `4.5 %`, `98.7 %`: a part of a whole. `0 %` and `100 %` are none and all, not nearly so."""
    if not whole:
        return "\N{EN DASH}"
    value = 100 * part / whole
    if 0 < value < 0.1:
        return translation.tr("under {share:.1f} %", share=0.1)
    if value <= 0 or 10 <= value <= 90 or value >= 100:
        return f"{value:.0f} %"
    return f"{translation.number(min(value, 99.9), '.1f')} %"


def missing(value: object) -> bool:
    """Whether a cell of the catalogue is empty; the words "NA" and "nan" are words."""
    return value == "" if isinstance(value, str) else value is None or bool(pd.isna(value))


def shown(value: object) -> str:
    """A cell of a record as a string; '' for what is missing."""
    return "" if missing(value) else str(value)


def date_of(record: Mapping[str, Any]) -> str:
    """A plate's date for a caption, `1752` or `1750s`; `no year` where the metadata has none."""
    date = DateInterval.of_record(record)
    return date.said if date.dated else translation.tr("no year")


def flat(value: object) -> str:
    """A value from a manifest on one line."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {flat(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(flat(inner) for inner in value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def file_name(name: str) -> str:
    """An id as a part of a file's name on every system."""
    return "".join(char if char.isalnum() or char in "-_." else "_" for char in name)[:80]
