"""Plotly figures of books that share images: the matrix, the decades. Text from metadata is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from imgsim.base.verdict_words import DETAIL, MIRRORED, NEGATIVE, SAME
from imgsim.charts.plate_figures import BLUE, ORANGE, VERMILION, escaped

# Okabe and Ito's colours again; the verdicts have them on every page.
KIND_COLOURS = {SAME: BLUE, MIRRORED: "#CC79A7", NEGATIVE: "#56B4E9", DETAIL: ORANGE}
# From nearly the paper to a dark blue: told apart by lightness alone, in print and by colour-blind eyes.
_SHADES = [
    [0.0, "#dbe7f0"], [0.25, "#a3c4dc"], [0.5, "#5f9cc5"], [0.75, "#1f6fa5"], [1.0, "#08375c"],
]  # fmt: skip
_LAYOUT = {
    "template": "none",
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
}
_TICKS = 60
# Of the matrix, in pixels; the second for more books than the first has room for.
_SIDE, _WIDE_SIDE = 400, 480
# Of more books a square would be too small to be seen and hit.
MOST_BOOKS = 150
_FAINT = "rgba(128,128,128,.2)"


def matrix_figure(
    counts: npt.NDArray[np.int64],
    books: Sequence[str],
    labels: Sequence[str],
    dates: Sequence[str],
    *,
    selected: tuple[str, str] | None = None,
) -> go.Figure:
    """Which books share images with which.

    Parameters
    ----------
    counts : int64 (b, b), symmetric; cells of 0 stay empty.
    books, labels, dates : one a row of ``counts``, in its order: ids, short titles, and years for the axes.
    selected : two books whose cell is outlined.

    A click on a cell gives its two books' ids as ``customdata``. Cells are squares of a scatter, because Streamlit
    hears of no click on a heatmap; and only those that share anything are there, so a thousand books stay light.
    """
    size = len(books)
    rows, columns = (at.tolist() for at in np.nonzero(counts))
    shown = counts[rows, columns].tolist()
    most = int(counts.max(initial=1))
    cell = min(max(_SIDE / max(size, 1), 10), _WIDE_SIDE / max(size, 1), 44)
    gap = 1 if cell >= 8 else 0
    names = [escaped(label) for label in labels]
    figure = go.Figure(
        go.Scatter(
            x=columns,
            y=rows,
            mode="markers",
            marker={
                "symbol": "square",
                "size": max(cell - gap, 3),
                "color": shown,
                "colorscale": _SHADES,
                "cmin": 1,
                "cmax": max(2, most),
                "line": {"width": 0},
                "showscale": True,
                "colorbar": {
                    "orientation": "h",
                    "thickness": 10,
                    "len": 1,
                    "x": 0.5,
                    "y": 1,
                    "yanchor": "bottom",
                    "ypad": 6,
                    "ticklabelposition": "outside top",
                    "outlinewidth": 0,
                    "tickformat": "d",
                    "dtick": max(1, round(most / 5)),
                },
            },
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 0.75}},
            customdata=[[books[row], books[column]] for row, column in zip(rows, columns, strict=True)],
            text=[
                f"<b>{count:,} shared</b><br>{names[row]}<br>{names[column]}"
                for row, column, count in zip(rows, columns, shown, strict=True)
            ],
            hovertemplate="%{text}<extra></extra>",
        )
    )
    places = list(range(0, size, max(1, -(-size // _TICKS), int(np.ceil(13 / cell)))))
    # Many books are of one year: ticks are at places, and only named by the years.
    ticks = {
        "tickmode": "array", "tickvals": places, "ticktext": [escaped(dates[at]) for at in places],
        "showgrid": False, "zeroline": False, "ticks": "", "showline": True, "mirror": True, "linecolor": _FAINT,
    }  # fmt: skip
    figure.update_xaxes(**ticks, tickangle=-90, side="bottom", range=[-0.5, size - 0.5])
    figure.update_yaxes(**ticks, range=[size - 0.5, -0.5])
    # A book shares all its images with itself: the diagonal is drawn, so that either half is found at once.
    figure.add_shape(
        type="line", x0=-0.5, y0=-0.5, x1=size - 0.5, y1=size - 0.5, layer="below", line={"color": _FAINT, "width": 1}
    )  # fmt: skip
    if selected is not None and set(selected) <= set(books):
        row, column = (list(books).index(book) for book in selected)
        for x, y in ((row, column), (column, row)):
            figure.add_shape(
                type="rect", x0=x - 0.5, x1=x + 0.5, y0=y - 0.5, y1=y + 0.5,
                line={"color": VERMILION, "width": 2}, layer="above",
            )  # fmt: skip
    margin = {"l": 50, "r": 12, "t": 66, "b": 50}
    # A size of its own: the squares are measured in pixels.
    figure.update_layout(
        **_LAYOUT,
        width=int(cell * size) + margin["l"] + margin["r"],
        height=int(cell * size) + margin["t"] + margin["b"],
        margin=margin,
        dragmode="zoom",
        hovermode="closest",
        showlegend=False,
    )
    return figure


def timeline_figure(decades: Mapping[int, Mapping[str, int]]) -> go.Figure:
    """How many plates of every decade repeat an earlier image, stacked by verdict.

    Parameters
    ----------
    decades : decade -> verdict -> plates, as :meth:`~imgsim.collection.book_network.BookNetwork.decades` gives it.
    """
    figure = go.Figure()
    names = [f"{decade}s" for decade in decades]
    for kind, colour in KIND_COLOURS.items():
        values = [counts.get(kind, 0) for counts in decades.values()]
        if any(values):
            figure.add_trace(
                go.Bar(
                    x=names,
                    y=values,
                    name=escaped(kind),
                    marker_color=colour,
                    hovertemplate="%{x}: %{y:,} plates<extra>" + escaped(kind) + "</extra>",
                )
            )
    figure.update_layout(
        **_LAYOUT,
        height=280,
        barmode="stack",
        bargap=0.15,
        margin={"l": 55, "r": 15, "t": 30, "b": 45},
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
        showlegend=True,
    )
    figure.update_xaxes(title="Printed in the", showgrid=False, type="category")
    figure.update_yaxes(title="Re-used plates", gridcolor=_FAINT, rangemode="tozero", tickformat=",d")
    return figure
