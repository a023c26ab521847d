"""Light table: the plates of your tray side by side, enlarged and moved together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import streamlit as st

from imgsim.app.components import light_table
from imgsim.app.components.light_table import MOST
from imgsim.app.parts import cards, shell
from imgsim.app.parts.pager import pager
from imgsim.app.services import parameters, server, state
from imgsim.app.services.parameters import MOST_IDS, parameter
from imgsim.base.translation import marked, tr, trn
from imgsim.collection import Collection

name, title, group = "light_table", marked("Light table"), ""


@dataclass(frozen=True, slots=True)
class State(state.State):
    """What this page alone heeds of the address."""

    spread: int = parameter(1, "spread", parameters.integer(1, MOST_IDS))


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    shell.lead(tr(title), tr("The plates of your tray side by side. Zoom or move one, and the others follow."))
    here = [one for one in now.tray if collection.catalogue.has(one)]
    if not here:
        _empty()
        return
    pages = math.ceil(len(here) / MOST)
    page = min(now.spread, pages)
    shown = here[(page - 1) * MOST : page * MOST]
    if pages > 1:
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            first = (page - 1) * MOST + 1
            last = first + len(shown) - 1
            st.caption(
                trn(
                    "{first:,} to {last:,} of {n:,} plate in the tray",
                    "{first:,} to {last:,} of {n:,} plates in the tray",
                    len(here), first=first, last=last,
                )
            )  # fmt: skip
            pager(pages, page, "spread")
    event = light_table(key="light_table", items=[_item(collection, one) for one in shown])
    if event.clicked:
        shell.go("plate", plate=event.clicked)


def _item(collection: Collection, plate_id: str) -> dict[str, str]:
    row = collection.catalogue.row(plate_id)
    card = cards.card(collection, row)
    return {
        "id": plate_id,
        "src": server.plate_url(collection, row),
        "preview": card["src"],
        "alt": card["alt"],
        "title": card["title"],
        "line": " · ".join([*card["lines"], plate_id]),
    }


def _empty() -> None:
    with st.container(border=True):
        st.markdown(tr("**No plate lies here yet.**"))
        st.markdown(
            tr(
                "Put plates in your tray: rest the pointer on one, on any page, and tick the box in its corner; or "
                "press *Put in the tray* on the page Plate. They lie here side by side then."
            )
        )
        with st.container(horizontal=True):
            shell.ways_to_a_plate()


if __name__ == "__main__":
    shell.draw(name)
