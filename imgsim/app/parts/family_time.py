"""A family on a line of time: its plates by year and place, and what years alone say."""

from __future__ import annotations

from typing import Any

import streamlit as st

from imgsim.app.components import time_line
from imgsim.base.translation import tr, trn
from imgsim.families import Family
from imgsim.families.lanes import lanes, one_year, years


def draw(family: Family, plates: dict[str, Any]) -> str | None:
    """Draw it, and return the plate that was clicked; `plates` are those of the family's strip, by their ids."""
    st.caption(said(family))
    return time_line(
        key="family_time",
        lanes=[
            {
                "name": lane.place,
                "members": [{**plates[member.plate_id], "years": years(member)} for member in lane.members],
            }
            for lane in lanes(family)
        ],
        undated=[plates[member.plate_id] for member in family.undated],
        label=tr("The plates of this family by year and place"),
    )


def said(family: Family) -> str:
    """What the years say, and what they do not."""
    apart = len(family.undated)
    if not family.dated:
        return tr("No plate of this family has a year, so none has a place on the line of time.")
    year = one_year(family)
    if len(family.dated) == 1:
        found = tr(
            "Only one plate has a year ({date}): there is no earlier and no later to be seen.",
            date=family.earliest.when.said,
        )
    elif year is not None:
        found = tr("All plates with a year are of {year}: none of them is certainly earlier than another.", year=year)
    else:
        found = tr(
            "From left to right by date alone: what stands further right, and whose dates do not overlap, is also in "
            "earlier books. Whether it was copied from one of them, the years do not say."
        )
    if not apart:
        return found
    undated = trn(
        "{n:,} plate without a year stands apart below.", "{n:,} plates without a year stand apart below.", apart
    )
    return f"{found} {undated}"
