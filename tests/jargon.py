"""Terms of statistics and computer vision that no page says: each has a historian's word, see `imgsim.base.terms`.

UMAP, t-SNE and PCA are said beside theirs, for readers ask for these maps by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from streamlit.testing.v1 import AppTest

JARGON = re.compile(
    r"\b(inliers?|outliers?|residuals?|affine|homograph\w*|kendall\w*|hubs?|hubness|per mille|cosines?"
    r"|recall|precision|embeddings?|backbones?|projections?|descriptors?|keypoints?|sift|ransac|medians?|quantiles?"
    r"|percentiles?|similarity transform|skew\w*|wilson\w*|bare share|xfeat|lightglue|polynomials?"
    r"|thresholds?|calibrat\w*|lines disagree)\b|‰",
    re.IGNORECASE,
)
# Fields of Streamlit's elements that are seen as they stand; what is in `help` is a tooltip.
_SEEN = {"label", "body", "options", "content", "caption", "captions", "placeholder", "text"}


def jargon(said: str) -> set[str]:
    """The terms in a text."""
    return {found.group().lower() for found in JARGON.finditer(said)}


def seen(app: AppTest) -> str:
    """All that a page shows without a tooltip; commands and citations, which are to be copied as they are, apart."""
    said: list[str] = []
    for place in (app.main, app.sidebar):
        for one in place:
            element: Any = one
            kind = element.type
            if kind == "code":
                continue
            if kind in ("dataframe", "table"):
                said += _tabled(element)
            elif kind == "plotly_chart":
                said += _drawn(json.loads(element.proto.spec))
            elif _is_message(element.proto):
                said += _fields(element.proto)
    return unescape("\n".join(re.sub(r"<[^>]*>", " ", str(words)) for words in said))


def _tabled(element: Any) -> Iterator[str]:
    """The heads of a table's columns as they are labelled, and its cells, but for pictures and what is hidden."""
    configured = json.loads(getattr(element.proto, "columns", "") or "{}")
    for name in element.value.columns:
        column = configured.get(name) or {}
        if column.get("hidden"):
            continue
        yield str(column.get("label") or name)
        if (column.get("type_config") or {}).get("type") != "image":
            yield from element.value[name].dropna().astype(str)


def _is_message(value: Any) -> bool:
    return hasattr(value, "ListFields")


def _fields(message: Any) -> Iterator[str]:
    """The seen texts of an element, and of what it consists of."""
    for field, value in message.ListFields():
        for each in value if isinstance(value, (list, tuple)) or hasattr(value, "append") else [value]:
            if _is_message(each):
                yield from _fields(each)
            elif isinstance(each, str) and field.name in _SEEN:
                yield each


def _drawn(part: Any) -> Iterator[str]:
    """The titles, names, ticks and notes of a figure."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name in ("text", "name", "ticktext", "title") and not isinstance(value, dict):
                yield from map(str, value if isinstance(value, list) else [value])
            elif name != "template":
                yield from _drawn(value)
    elif isinstance(part, list):
        for each in part:
            yield from _drawn(each)
