"""Map: all plates as points, alike ones close together; click one to make it the query."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from imgsim.app.components import plate_map
from imgsim.app.components.plate_map import (
    clicked_row,
    pressed_entry,
    selected_rows,
    sought_text,
    switched,
)
from imgsim.app.parts import (
    filters,
    map_colours,
    map_download,
    map_legend,
    map_neighbours,
    map_selection,
    map_words,
    neighbour_query,
    shell,
)
from imgsim.app.services import caches, colour_columns, commands, parameters, selected, server, state, text
from imgsim.base.terms import MAPS
from imgsim.base.translation import marked, tr, trn
from imgsim.charts.colours import Colouring
from imgsim.charts.decided_colours import FAMILY
from imgsim.collection import Collection
from imgsim.collection.query import plate_query

name, title, group = "map", marked("Map"), marked("Plates")
fragment = True
loads = ("plate_map", "ButtonGroup", "Checkbox", "DownloadButton", "Multiselect", "Slider")
_KEY = "plate_map"


@dataclass(frozen=True, slots=True)
class State(state.State):
    """What the page Map has to choose from beside what it shares."""

    sought: str = parameters.parameter("", "sought", parameters.words)
    legend: str = parameters.parameter("", "legend", parameters.words, after=("colour",))
    pictured: bool = parameters.parameter(True, "pictures", parameters.flag, lasting=True)
    labelled: bool = parameters.parameter(True, "labels", parameters.flag, lasting=True)


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    shell.lead(
        tr(title),
        tr("Each point is a plate; plates that look alike lie close together. Click a point to see its neighbours."),
    )
    filters.facets(collection)
    methods = [method for method in MAPS if method in collection.projections(now.backbone)]
    if not methods:
        shell.links(name)
        _unprojected(collection, now)
        return
    method = now.projection if now.projection in methods else methods[0]
    columns = colour_columns.columns(collection)
    column = colour_columns.chosen(collection, now.colour)
    left, right = st.columns([5, 2], gap="medium")
    with left, st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            tr("Arranged by"),
            methods,
            format_func=lambda method: MAPS[method].named,
            help="\n".join(f"- **{MAPS[each].named}**: {tr(MAPS[each].meaning)}." for each in methods),
            required=True,
            **state.bind("projection", value=method),
        )
        st.selectbox(
            tr("Colour by"),
            list(columns),
            format_func=lambda each: tr(columns[each]),
            width=180,
            **state.bind("colour", value=column),
        )
        if now.filtered:
            _filter_note(collection, now)
    _body(left, right, method, column, tr(columns[column]))


# A click on the map runs this part alone: facets and controls do not depend on the plate, and drawing them again
# costs more than finding its neighbours.
@st.fragment
def _body(left: DeltaGenerator, right: DeltaGenerator, method: str, column: str, legend: str) -> None:
    shell.links(name)
    collection = shell.collection()
    now = state.current(State)
    query = found = None
    if now.plate:
        row = collection.catalogue.row(now.plate)
        by_part = caches.near_by_parts(collection, now.backbone, row)
        query = plate_query(collection, row, caches.similarities_of(collection, now.backbone, row), by_part)
        found = neighbour_query.find(collection, query, now)
    colours = map_colours.colouring(collection, column)
    choice = map_legend.read(now.legend)
    passing = caches.visible(collection, now)
    visible = _visible(passing, colours, choice)
    counts, missing = map_legend.counts(colours, passing)
    with left:
        plate_map(
            key=_KEY,
            points_url=server.map_url(collection, now.backbone, method),
            count=len(collection.catalogue),
            query=None if query is None else query.row,
            neighbours=[] if found is None else found.rows.tolist(),
            verified=None if query is None else map_neighbours.verified(query, found),
            visible=visible,
            selected=_mask(collection),
            labels_url=server.labels_url(collection),
            thumbnail_url=server.thumbnail_template(collection),
            found_url=server.found_url(collection),
            pictures_url=server.pictures_url(collection),
            pictured=now.pictured,
            regions_url=map_words.url(collection, now.backbone, method),
            labelled=now.labelled,
            sought=now.sought,
            tones_url=server.tones_url(collection, column, colours),
            ties_url=server.ties_url(collection) if column == FAMILY else None,
            palette=map_legend.palette(colours, choice),
            names=colours.names,
            counts=counts,
            missing=missing,
            unknown=colours.unknown,
            legend=legend,
            chosen=map_legend.chosen(colours, choice),
            but=choice.but,
            height=600,
            label=trn("Map of {n:,} plate", "Map of {n:,} plates", len(collection.catalogue)),
            on_click=_clicked,
            on_select=_selected,
            on_seek=_sought,
            on_legend=partial(_pressed, column),
            on_pictured=partial(_switched, "pictured"),
            on_labelled=partial(_switched, "labelled"),
        )
        if now.labelled:
            map_words.say(collection)
    with right:
        if map_selection.is_shown(collection, plate=bool(now.plate)):
            map_selection.show(collection)
        else:
            map_neighbours.show(collection, now, query, found)
    with left:
        map_download.offer(collection, now, method, column, visible, query, found, labelled=now.labelled)


def _clicked() -> None:
    collection = shell.collection()
    row = clicked_row(st.session_state[_KEY], len(collection.catalogue))
    if row is not None:
        shell.remember(str(collection.catalogue.plate_ids[row]))
        map_selection.turn(map_selection.PLATE)


def _selected() -> None:
    collection = shell.collection()
    rows = selected_rows(st.session_state[_KEY], len(collection.catalogue))
    if rows is not None:
        map_selection.take(collection, rows)


def _sought() -> None:
    sought = sought_text(st.session_state[_KEY])
    if sought is not None:
        state.update(sought=parameters.words(sought))


def _visible(
    passing: np.ndarray | None, colours: Colouring, choice: map_legend.Choice
) -> np.ndarray | None:
    """The plates that pass the filters and that the legend shows: bool (n,); None where all do."""
    if not choice.values:
        return passing
    shown: np.ndarray = map_legend.shown(colours, choice)[colours.tones]
    return shown if passing is None else shown & passing


def _mask(collection: Collection) -> np.ndarray:
    mask = np.zeros(len(collection.catalogue), dtype=bool)
    mask[selected.rows(collection)] = True
    return mask


def _pressed(column: str) -> None:
    entry = pressed_entry(st.session_state[_KEY])
    if entry is None:
        return
    tone, but = entry
    colours = map_colours.colouring(shell.collection(), column)
    before = map_legend.read(state.current(State).legend)
    choice = map_legend.Choice() if tone < 0 else map_legend.pressed(colours, before, tone, but)
    state.update(legend=map_legend.written(choice))


def _switched(name: str) -> None:
    on = switched(st.session_state[_KEY], name)
    if on is not None:
        state.update(**{name: on})


def _filter_note(collection: Collection, now: state.State) -> None:
    shown, every = len(caches.filtered_rows(collection, now)), len(collection.catalogue)
    st.caption(
        trn(
            "Showing {shown:,} of {n:,} plate: your filters hold here too.",
            "Showing {shown:,} of {n:,} plates: your filters hold here too.",
            every,
            shown=shown,
        )
    )
    st.button(tr("Show all plates"), type="tertiary", on_click=filters.clear, key="map_clear")


def _unprojected(collection: Collection, now: state.State) -> None:
    with st.container(border=True):
        st.markdown(
            tr(
                "**This collection has no map for {network} yet.** Make one in a terminal:",
                network=text.plain(now.backbone),
            )
        )
        words = "--backbone", now.backbone, "--projection", "pca", "umap", "tsne"
        st.code(commands.prepare(collection.path, *words), language=None)


if __name__ == "__main__":
    shell.draw(name)
