"""Plates side by side, enlarged and moved together: a light table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imgsim.app.components import keyboard
from imgsim.app.components.mounting import mount, own_url
from imgsim.app.components.thumbnail_grid import picked
from imgsim.errors import ImgsimError

MOST = 8
_FIELDS = {"id", "src", "preview", "alt", "title", "line"}


@dataclass(frozen=True)
class LightEvent:
    """The id of the plate whose title was clicked since the last run."""

    clicked: str | None = None


def light_table(*, key: str, items: Sequence[Mapping[str, str]]) -> LightEvent:
    """Show 1 to `MOST` plates beside each other. Zoom and movement of one hold for all, unless the reader lets each go.

    Parameters
    ----------
    key : the table's own key.
    items : of each plate ``id``, ``src`` (the whole plate) and ``preview`` (its thumbnail), both addresses of this app,
        ``alt`` (read aloud), ``title`` and a ``line`` under it.

    Raises
    ------
    ImgsimError
        For too many or no plates, one that is there twice, another field, or an address that is not of this app.
    """
    ids = [item.get("id") for item in items]
    if not 1 <= len(ids) <= MOST or len(set(ids)) != len(ids):
        raise ImgsimError(f"a light table holds 1 to {MOST} plates, each once, not {len(ids)}: {ids[: MOST + 1]}")
    for item in items:
        if set(item) != _FIELDS:
            raise ImgsimError(f"a plate on the table has {', '.join(sorted(_FIELDS))}, not {', '.join(sorted(item))}")
        for name in ("src", "preview"):
            own_url(item[name], f"{name} of {item['id']!r}")
    keys = keyboard.sent(keyboard.VIEWER)
    label = keyboard.spoken(keyboard.VIEWER)
    result = mount(
        "light_table", key=key, data={"items": [dict(item) for item in items], "keys": keys, "label": label},
        events={"clicked": None},
    )  # fmt: skip
    found = picked(result) if result is not None else None
    return LightEvent(found if found in ids else None)
