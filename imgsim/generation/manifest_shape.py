"""The form of what stands in a manifest: a damaged or forged one must never reach a page, or the next run.

A form is made of the words below, lists (``[TEXT]``: a list of texts), :class:`Each` (a mapping of any texts), dicts (a
mapping with these keys; ``"key?"`` may be missing) and tuples (any of these forms).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

TEXT, COUNT, NUMBER, NOTHING, ANY = "a text", "a count", "a number", "nothing", "a plain value"
_LARGEST = 2**53  # what every reader of JSON holds exactly
_DEEPEST = 20


@dataclass(frozen=True)
class Each:
    """A mapping of any texts to values of one form."""

    form: Any


_CHANGE = [([TEXT], TEXT)]
_YEARS = {"plates?": COUNT, "read?": COUNT, "intervals?": COUNT, "undated?": COUNT, "unread?": Each(COUNT)}
MANIFEST = {
    "name": TEXT,
    "generation": TEXT,
    "created": TEXT,
    "imgsim?": TEXT,
    "files": Each({"size": COUNT, "sha256": TEXT}),
    "keys": Each(TEXT),
    "inputs": {
        "images": [TEXT], "roots": [TEXT], "metadata?": (TEXT, NOTHING), "metadata_sha256?": (TEXT, NOTHING),
        "sample?": (COUNT, NOTHING), "dataset?": (TEXT, NOTHING), "iiif?": [TEXT], "encoding?": (TEXT, NOTHING),
    },
    "parameters": {
        "top_k": COUNT, "projections": [TEXT], "backbones": Each((TEXT, NOTHING)), "verify_top?": (COUNT, NOTHING),
        "copies?": (COUNT, NOTHING), "verifier?": TEXT, "book_by?": (TEXT, NOTHING), "pages?": TEXT,
        "page_weights?": TEXT, "parts?": ANY,
    },
    "backbones": Each(
        {
            "key": TEXT, "dimension": COUNT, "weights?": (TEXT, NOTHING), "projections": [TEXT],
            "hubness": {
                "k?": COUNT, "skew?": NUMBER, "largest?": COUNT, "largest_row?": NUMBER, "never?": COUNT,
            },
        }
    ),
    "versions?": Each(TEXT),
    "libraries?": Each(TEXT),
    "timings?": Each(NUMBER),
    "counts": {
        "plates": COUNT, "skipped": COUNT, "bytes?": COUNT, "joined?": COUNT, "matches?": Each(COUNT),
        "families?": COUNT, "copies?": COUNT, "pages?": COUNT, "empty_pages?": COUNT,
    },
    "matching?": {
        "features?": TEXT, "pairs?": TEXT, "plates?": TEXT, "candidates?": TEXT, "mirrored?": Each(TEXT),
        "parts?": Each(TEXT), "excluded?": Each(TEXT), "copies?": TEXT,
    },
    "thumbnails": {"files": COUNT, "bytes": COUNT},
    "changes?": (NOTHING, {
        "since?": TEXT, "counts": Each(COUNT), "new?": _CHANGE, "back?": _CHANGE, "moved?": _CHANGE,
        "replaced?": _CHANGE, "gone?": _CHANGE, "other_picture?": _CHANGE,
    }),
    "join": {
        "plates?": COUNT, "joined?": COUNT, "key?": TEXT, "key_column?": TEXT, "metadata?": TEXT,
        "understood?": Each(TEXT), "unused?": COUNT, "notes?": [TEXT], "years?": _YEARS, "encoding?": TEXT,
        "separator?": TEXT, "header_line?": COUNT, "books?": {"count": COUNT, "by": TEXT, "unnamed": COUNT},
        "order?": {"by": Each(COUNT), "undecided?": [[TEXT]]},
    },
}  # fmt: skip
RECORD = {"inputs": MANIFEST["inputs"], "parameters": MANIFEST["parameters"]}


def check(value: object, form: Any, where: str = "") -> None:
    """Raise ValueError, naming the place, unless a value read from JSON has a form."""
    if isinstance(form, tuple):
        if not any(_fits(value, one) for one in form):
            check(value, form[-1], where)  # which says what is wrong
    elif isinstance(form, list):
        if not isinstance(value, list):
            raise _wrong(value, "a list", where)
        for number, one in enumerate(value):
            check(one, form[0], f"{where}[{number}]")
    elif isinstance(form, Each):
        for key, one in _mapping(value, where).items():
            check(key, TEXT, f"a name in {where}")
            check(one, form.form, f"{where}.{key[:60]}")
    elif isinstance(form, dict):
        _record(_mapping(value, where), form, where)
    else:
        _plain(value, form, where)


def _record(value: dict[str, Any], form: dict[str, Any], where: str) -> None:
    before = f"{where}." if where else ""
    forms = {key.removesuffix("?"): one for key, one in form.items()}
    lacking = [key for key in form if not key.endswith("?") and key not in value]
    if lacking:
        raise ValueError(f"{before}{lacking[0]} is missing")
    for key, one in value.items():
        check(key, TEXT, f"a name in {where or 'it'}")
        check(one, forms.get(key, ANY), f"{before}{key[:60]}")


def _fits(value: object, form: Any) -> bool:
    try:
        check(value, form)
    except ValueError:
        return False
    return True


def _mapping(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(value, "a mapping", where)
    return value


def _plain(value: object, form: str, where: str) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    right = {
        TEXT: isinstance(value, str) and _encodable(value),
        COUNT: whole and 0 <= value <= _LARGEST,  # type: ignore[operator]
        NUMBER: (whole and abs(value) <= _LARGEST)  # type: ignore[arg-type]
        or (isinstance(value, float) and math.isfinite(value)),
        NOTHING: value is None,
        ANY: _sane(value),
    }
    if not right[form]:
        raise _wrong(value, form, where)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _sane(value: object, depth: int = 0) -> bool:
    """Whether a value of unknown meaning, as a newer imgsim may write, can be shown as it stands."""
    if isinstance(value, dict):
        return depth < _DEEPEST and all(_encodable(k) and _sane(v, depth + 1) for k, v in value.items())
    if isinstance(value, list):
        return depth < _DEEPEST and all(_sane(one, depth + 1) for one in value)
    if isinstance(value, str):
        return _encodable(value)
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or (isinstance(value, int) and abs(value) <= _LARGEST)


def _wrong(value: object, wanted: str, where: str) -> ValueError:
    return ValueError(f"{where or 'it'} is {repr(value)[:60]}, not {wanted}")
