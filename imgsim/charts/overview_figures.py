"""Plotly bars of a collection in numbers. Text from metadata is escaped; every bar carries what a click asks for.

Grey bars are all plates, the blue ones in front those of them that were used again in another book. ``customdata`` of a
bar is a list of three texts: what the chart is about, which bar it is, and ALL or REUSED.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from imgsim.charts.plate_figures import BLUE, escaped
from imgsim.collection.overview_counts import Trade
from imgsim.collection.overview_groups import Breakdown, Group

ALL, REUSED = "all", "reused"
_PALE = "#C9C2B5"  # told from the blue by lightness alone, on paper and on a dark ground
_LAYOUT: dict[str, Any] = {
    "template": "none",
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "barmode": "overlay",
    "hovermode": "closest",
    "showlegend": False,
    "dragmode": False,
}
_FAINT = "rgba(128,128,128,.2)"
_BAR = 30  # height of a horizontal bar with its gap, in pixels
_LONGEST = 30  # letters of a name beside a bar
_TICKS = 14
# A click picks a bar and leaves the page: none is to pale when another is picked.
_TEXT = {"textposition": "outside", "cliponaxis": False, "constraintext": "none", "textfont": {"size": 11}}
_STEADY = {"selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}}}


def decades_figure(breakdown: Breakdown, *, verified: bool = True, where: str = "another book") -> go.Figure:
    """Plates of every decade, and how many of them were used again; the undated stand apart at the end.

    Parameters
    ----------
    verified : whether it is known which were used again.
    where : where they were found again, in words.
    """
    groups = breakdown.every
    places = [at + (1 if group is breakdown.unknown else 0) for at, group in enumerate(groups)]
    names = [f"{group.label}s" if group.label else breakdown.name(group) for group in groups]
    figure = go.Figure()
    for part, text, custom, values, colour in _parts(breakdown, names, verified, where):
        figure.add_trace(
            go.Bar(
                x=places, y=values, marker_color=colour, customdata=custom, text=text, **_TEXT,
                hovertemplate="%{hovertext}<extra></extra>", name=part, **_STEADY,
                hovertext=_hovers(breakdown, names, part, verified, where),
            )
        )  # fmt: skip
    step = max(1, -(-len(breakdown.groups) // _TICKS))
    named = [
        (place, name)
        for at, (place, name) in enumerate(zip(places, names, strict=True))
        if at % step == 0 or at >= len(breakdown.groups)
    ]
    most = max((group.plates for group in groups), default=1)
    figure.update_layout(**_LAYOUT, height=270, bargap=0.18, margin={"l": 48, "r": 8, "t": 18, "b": 28})
    figure.update_xaxes(
        tickvals=[place for place, _ in named], ticktext=[escaped(name) for _, name in named],
        showgrid=False, zeroline=False, fixedrange=True,
        range=[-0.7, max(places, default=0) + 0.7],
    )  # fmt: skip
    figure.update_yaxes(gridcolor=_FAINT, tickformat=",d", fixedrange=True, range=[0, most * 1.12], nticks=5)
    return figure


def breakdown_figure(
    breakdown: Breakdown, *, verified: bool = True, where: str = "another book"
) -> go.Figure:
    """Plates by one column, a bar a value from top to bottom, with their number and the share used again."""
    names = [breakdown.name(group) for group in breakdown.every]
    figure = go.Figure()
    for part, _text, custom, values, colour in _parts(breakdown, names, verified, where):
        figure.add_trace(
            go.Bar(
                x=values, y=list(range(len(names))), orientation="h", marker_color=colour, customdata=custom,
                text=[_label(group, verified) for group in breakdown.every] if part == ALL else None,
                **_TEXT, name=part, hovertemplate="%{hovertext}<extra></extra>",
                hovertext=_hovers(breakdown, names, part, verified, where), **_STEADY,
            )
        )  # fmt: skip
    return _horizontal(figure, names, max((group.plates for group in breakdown.every), default=1))


def trades_figure(trades: Sequence[Trade], labels: Sequence[str], *, borrowed: bool) -> go.Figure:
    """Books with most plates whose image is in an earlier book (`borrowed`) or in a later one, of all their plates."""
    part = "an earlier" if borrowed else "a later"
    counts = [trade.taken if borrowed else trade.passed for trade in trades]
    hovers = [
        f"<b>{escaped(label)}</b><br>{count:,} of its {trade.plates:,} plates: their image is also in {part} book"
        "<br>Click to open the book"
        for label, count, trade in zip(labels, counts, trades, strict=True)
    ]
    figure = go.Figure()
    for values, colour, kind in (
        ([trade.plates for trade in trades], _PALE, ALL),
        (counts, BLUE, REUSED),
    ):
        figure.add_trace(
            go.Bar(
                x=values, y=list(range(len(trades))), orientation="h", marker_color=colour, name=kind,
                customdata=[["book", trade.book, kind] for trade in trades],
                text=[f"{count:,} of {trade.plates:,}" for count, trade in zip(counts, trades, strict=True)]
                if kind == ALL
                else None,
                **_TEXT,
                hovertext=hovers, hovertemplate="%{hovertext}<extra></extra>", **_STEADY,
            )
        )  # fmt: skip
    return _horizontal(figure, labels, max((trade.plates for trade in trades), default=1))


def delays_figure(groups: Sequence[tuple[int, int, int]]) -> go.Figure:
    """How many copies came so many years after the appearance before: (first year, last year, copies) each."""
    names = ["same year" if last == 0 else f"{first}\N{EN DASH}{last}" for first, last, _ in groups]
    hovers = [
        f"<b>{count:,} {'copy' if count == 1 else 'copies'}</b><br>"
        + ("in the same year" if last == 0 else f"{first} to {last} years after the one before")
        + "<br>Click to see the images"
        for first, last, count in groups
    ]
    figure = go.Figure(
        go.Bar(
            x=names, y=[count for _, _, count in groups], marker_color=BLUE, hovertext=hovers,
            customdata=[["delay", str(at), ALL] for at in range(len(groups))],
            text=[f"{count:,}" if count else "" for _, _, count in groups], **_TEXT,
            hovertemplate="%{hovertext}<extra></extra>", **_STEADY,
        )
    )  # fmt: skip
    most = max((count for _, _, count in groups), default=1)
    figure.update_layout(**_LAYOUT, height=270, bargap=0.15, margin={"l": 45, "r": 8, "t": 18, "b": 44})
    figure.update_xaxes(
        title="Years after the appearance before", type="category", showgrid=False, fixedrange=True
    )
    figure.update_yaxes(gridcolor=_FAINT, tickformat=",d", fixedrange=True, range=[0, most * 1.14], nticks=5)
    return figure


def _parts(
    breakdown: Breakdown, names: Sequence[str], verified: bool, where: str
) -> list[tuple[str, list[str] | None, list[list[str]], list[int], str]]:
    """The grey and the blue bars: part, text, customdata, values, colour."""
    every = breakdown.every
    texts = [f"{100 * group.share:.0f} %" if group.reused and verified else "" for group in every]
    found: list[tuple[str, list[str] | None, list[list[str]], list[int], str]] = [
        (ALL, texts, _custom(breakdown, ALL), [group.plates for group in every], _PALE if verified else BLUE)
    ]
    if verified:
        found.append((REUSED, None, _custom(breakdown, REUSED), [group.reused for group in every], BLUE))
    return found


def _custom(breakdown: Breakdown, part: str) -> list[list[str]]:
    return [[breakdown.column, str(at), part] for at in range(len(breakdown.every))]


def _label(group: Group, verified: bool) -> str:
    return (
        f"{group.plates:,} · {100 * group.share:.0f} %" if group.reused and verified else f"{group.plates:,}"
    )


def _hovers(breakdown: Breakdown, names: Sequence[str], part: str, verified: bool, where: str) -> list[str]:
    pairs = zip(names, breakdown.every, strict=True)
    return [_hover(name, group, part, verified, where) for name, group in pairs]


def _hover(name: str, group: Group, part: str, verified: bool, where: str) -> str:
    head = f"<b>{escaped(name)}: {group.plates:,} plates</b>"
    if not verified:
        return f"{head}<br>Click to see them"
    opened = "these" if part == REUSED else "all"
    shown = group.reused if part == REUSED else group.plates
    return (
        f"{head}<br>{group.reused:,} of them ({100 * group.share:.0f} %) also in {where}"
        f"<br>Click to see {opened} {shown:,}"
    )


def _horizontal(figure: go.Figure, names: Sequence[str], most: int) -> go.Figure:
    shown = [name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip() + "…" for name in names]
    figure.update_layout(
        **_LAYOUT, height=_BAR * max(len(names), 1) + 14, bargap=0.28, margin={"l": 8, "r": 8, "t": 4, "b": 6}
    )
    figure.update_xaxes(visible=False, fixedrange=True, range=[0, most * 1.36])
    # Numbered, not named: two names cut short may be the same.
    figure.update_yaxes(
        tickvals=list(range(len(names))), ticktext=[escaped(f"{name} ") for name in shown], automargin=True,
        range=[len(names) - 0.5, -0.5], showgrid=False, zeroline=False, ticks="", fixedrange=True,
    )  # fmt: skip
    return figure
