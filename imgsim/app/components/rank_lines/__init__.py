"""The plates that two books share, in the order in which each prints them, with a line from plate to plate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imgsim.app.components.mounting import mount, own_url
from imgsim.app.components.thumbnail_grid import picked
from imgsim.errors import ImgsimError


@dataclass(frozen=True)
class RankEvent:
    """What the user did since the last run: the plate clicked, the pair to compare, the heading clicked; else None."""

    clicked: str | None = None
    compare: str | None = None
    title: str | None = None  # "left" or "right"


def rank_lines(
    *,
    key: str,
    left: Sequence[Mapping[str, Any]],
    right: Sequence[Mapping[str, Any]],
    kept: Mapping[str, bool],
    left_title: str,
    right_title: str,
    on_click: Callable[[], None] | None = None,
    on_compare: Callable[[], None] | None = None,
    on_title: Callable[[], None] | None = None,
) -> RankEvent:
    """Show two columns of plates and return what was picked.

    Parameters
    ----------
    key : the component's own key.
    left, right : a book's plates in its own order, one mapping a plate: id, pair, src, alt, lines (list of str). A
        plate may come twice if it is in two pairs; every pair is once in either column.
    left_title, right_title : the headings, which are buttons: they open the books.
    kept : pair -> whether it stands in the order that both books have in common.

    Raises
    ------
    ImgsimError
        If the columns are not of the same pairs, or an address is not of this app.
    """
    columns = [[_plate(item, rank) for rank, item in enumerate(side, 1)] for side in (left, right)]
    pairs = [[item["pair"] for item in side] for side in columns]
    if sorted(pairs[0]) != sorted(pairs[1]) or set(pairs[0]) != set(kept) or len(kept) != len(pairs[0]):
        raise ImgsimError("both columns must name the same pairs, each once")
    data = {
        "left": columns[0],
        "right": columns[1],
        "left_title": str(left_title),
        "right_title": str(right_title),
        "pairs": [{"pair": pair, "kept": bool(kept[pair])} for pair in pairs[0]],
    }
    result = mount(
        "rank_lines", key=key, data=data, events={"clicked": on_click, "compare": on_compare, "title": on_title}
    )
    if result is None:
        return RankEvent()
    plates = {item["id"] for side in columns for item in side}
    clicked, compare, title = (picked(result, event) for event in ("clicked", "compare", "title"))
    return RankEvent(
        clicked if clicked in plates else None,
        compare if compare in kept else None,
        title if title in ("left", "right") else None,
    )


def _plate(item: Mapping[str, Any], rank: int) -> dict[str, Any]:
    plate_id = str(item["id"])
    return {
        "id": plate_id,
        "pair": str(item["pair"]),
        "rank": rank,
        "src": own_url(item["src"], f"the image of {plate_id!r}") if item.get("src") else "",
        "alt": str(item["alt"]),
        "lines": [str(line) for line in item.get("lines", ())],
    }
