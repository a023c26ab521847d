"""Small pieces of HTML. Whatever is not written here is escaped here."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

# What HTML forbids, and what turns the direction of the text that follows.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]")


def e(value: object) -> str:
    """Text, for between tags and for attributes in double quotes."""
    return html.escape(_FORBIDDEN.sub("\ufffd", str(value)), quote=True)


def table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str = "", numbers: Iterable[int] = ()
) -> str:
    """A table of cells that are HTML already; the columns in ``numbers`` are set to the right."""
    right = set(numbers)
    kinds = [' class="n"' if at in right else "" for at in range(len(heads))]
    head = "".join(f'<th scope="col"{kind}>{e(name)}</th>' for name, kind in zip(heads, kinds, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{kind}>{cell}</td>" for cell, kind in zip(row, kinds, strict=True)) + "</tr>\n"
        for row in rows
    )
    title = f"<caption>{e(caption)}</caption>" if caption else ""
    return f'<div class="scroll"><table>{title}<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>'


def facts(rows: Iterable[tuple[str, object]]) -> str:
    """A table of two columns: what, and its value."""
    body = "".join(f'<tr><th scope="row">{e(name)}</th><td>{e(value)}</td></tr>\n' for name, value in rows)
    return f'<div class="scroll"><table class="parameters"><tbody>\n{body}</tbody></table></div>'


def outlined(picture: str, label: str, size: tuple[int, int], region: npt.NDArray[np.float32]) -> str:
    """A picture of the page's own (the id of an SVG image) with a region drawn on it, both in pixels of the plate."""
    width, height = size
    corners = np.clip(np.asarray(region, dtype=float).reshape(-1, 2)[:400], 0, (width, height))
    points = " ".join(f"{x:.0f},{y:.0f}" for x, y in corners) if np.isfinite(corners).all() else ""
    inside = f'<use href="#{e(picture)}"/>' + (f'<polygon points="{points}"/>' if points else "")
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{e(label)}">{inside}</svg>'


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 plate`, `1,024 plates`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def flat(value: object) -> str:
    """A value of the manifest on one line."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {flat(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(flat(inner) for inner in value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)
