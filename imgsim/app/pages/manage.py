"""Collections: what each is called, what it weighs, where it lies; prepare it again, or throw it away."""

from __future__ import annotations

import streamlit as st

from imgsim.app.parts import managing, preparing, shell
from imgsim.app.services import caches, nearby, state
from imgsim.base.places import data_dir
from imgsim.base.translation import marked, tr
from imgsim.collection import Collection

name, title, group = "manage", marked("Collections"), marked("Collection")
State = state.State


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    shell.lead(tr(title), tr("What lies on this computer: its name, size and place, and what can be done with it."))
    preparing.say_problem()
    managing.say_problem()
    if nearby.reads() and st.button(tr("Add plates"), type="primary"):
        shell.go("add")
    for info in caches.infos():
        managing.one(info, opened=info.name == collection.name)
    managing.trash(data_dir())


if __name__ == "__main__":
    shell.draw(name)
