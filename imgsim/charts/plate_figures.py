"""Plotly figures, without Streamlit. Text from metadata is escaped: Plotly's hovers read some HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from markupsafe import Markup

from imgsim.base.markup import rendered
from imgsim.base.translation import tr

if TYPE_CHECKING:
    from imgsim.collection.map_labels import RegionLabel

# Okabe and Ito's colours, safe for colour-blind eyes.
BLUE, ORANGE, VERMILION, GREY = "#0072B2", "#E69F00", "#D55E00", "#9A9A9A"
_PAGE = Path(__file__).with_name("page.html")
_LABELS = Path(__file__).with_name("page_labels.js")
NEIGHBOUR = "#D4001A"  # the study's red, as on the map
_LAYOUT = {
    "template": "none",
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
    "margin": {"l": 55, "r": 15, "t": 15, "b": 45},
    "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    "bargap": 0,
}


def similarity_figure(
    similarities: npt.NDArray[np.float32],
    background: npt.NDArray[np.float32],
    listed: npt.NDArray[np.float32],
    *,
    threshold: float | None = None,
    bins: int = 80,
) -> go.Figure:
    """The similarities of all plates to a query, beside those of random pairs.

    Parameters
    ----------
    similarities
        To every other plate, float32 (n,).
    background
        Quantiles of random pairs, float32 (m,), sorted; may be empty.
    listed
        Those of the neighbours that are listed, float32 (k,).
    threshold
        The line across the list, drawn dotted; None for none.
    """
    low = min(
        (float(values.min()) for values in (similarities, background, listed) if len(values)), default=0.0
    )
    edges = np.linspace(low, 1.0, bins + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    figure = go.Figure()
    for name, values, colour in ((tr("Random pairs"), background, GREY), (tr("This query"), similarities, BLUE)):
        if not len(values):
            continue
        shares = 100 * np.histogram(np.clip(values, edges[0], edges[-1]), bins=edges)[0] / len(values)
        figure.add_trace(
            go.Scatter(
                x=middles,
                y=shares,
                name=name,
                mode="lines",
                line={"shape": "hvh", "width": 1.5, "color": colour},
                fill="tozeroy",
                fillcolor=_faint(colour),
                hovertemplate=tr("%{x:.3f}: %{y:.2f} % of plates") + f"<extra>{name}</extra>",
            )
        )
    if len(listed):
        figure.add_trace(
            go.Scatter(
                x=listed,
                y=np.zeros(len(listed)),
                name=tr("Listed neighbours"),
                mode="markers",
                marker={"symbol": "line-ns", "size": 22, "line": {"width": 2, "color": NEIGHBOUR}},
                hovertemplate="%{x:.4f}" + f"<extra>{tr('neighbour')}</extra>",
            )
        )
    if threshold is not None:
        figure.add_vline(
            x=threshold,
            line={"dash": "dot", "width": 2, "color": VERMILION},
            annotation={"text": tr("the line, {line:g}", line=threshold), "font": {"color": VERMILION}},
            annotation_position="top left" if threshold > (low + 1) / 2 else "top right",
        )
    figure.update_layout(**_LAYOUT, height=360)
    figure.update_xaxes(title=tr("Similarity"), showgrid=False, zeroline=False)
    figure.update_yaxes(title=tr("Share of plates, %"), gridcolor="rgba(128,128,128,.2)", rangemode="tozero")
    return figure


def hubness_figure(counts: npt.NDArray[np.int64], k: int) -> go.Figure:
    """How often plates are among the k nearest of others.

    Parameters
    ----------
    counts
        For every plate, in how many lists it appears: int64 (n,).
    """
    most = int(counts.max()) if len(counts) else 0
    edges = np.arange(0, most + 2) if most <= 60 else np.linspace(0, most + 1, 61)
    heights, edges = np.histogram(counts, bins=edges)
    figure = go.Figure(
        go.Bar(
            x=(edges[:-1] + edges[1:] - 1) / 2,
            y=heights,
            marker_color=BLUE,
            hovertemplate=tr("listed about %{x:.0f} times: %{y:,} plates") + "<extra></extra>",
        )
    )
    figure.update_layout(**_LAYOUT, height=280)
    figure.update_xaxes(title=tr("Times a plate is among the {k} nearest of another", k=k), showgrid=False)
    figure.update_yaxes(title=tr("Plates, in tenfold steps"), type="log", gridcolor="rgba(128,128,128,.2)", dtick=1)
    return figure


def map_figure(
    xy: npt.NDArray[np.float32],
    plate_ids: Sequence[str],
    titles: Sequence[str],
    groups: Sequence[tuple[str, str, npt.NDArray[np.int64]]],
    *,
    ties: npt.NDArray[np.int32] | None = None,
    query: int | None = None,
    neighbours: Sequence[int] = (),
    verified: Sequence[int] | None = None,
    labels: Sequence[RegionLabel] = (),
    heading: str = "",
) -> go.Figure:
    """The map as a figure of its own, to be kept or sent to a colleague.

    Parameters
    ----------
    xy
        Coordinates, float32 (n, 2).
    plate_ids, titles
        One a row; shown when the pointer rests on a point.
    groups
        Name, colour and rows (int64) of every entry of the legend; rows in no group are not drawn.
    ties
        Pairs of rows, int32 (m, 2), each tied by a line in the colour of its first.
    query, neighbours
        Rows, drawn black and red on top.
    verified
        Those of the neighbours that are verified: filled and tied to the query, while the others are rings. None where
        nothing was verified: all are filled.
    labels
        Of regions, the more important first; :func:`as_html` lets each be seen from its zoom on.
    """
    figure = go.Figure()

    def add(
        rows: npt.NDArray[np.int64], name: str, colour: str, size: int, edge: int, symbol: str = "circle"
    ) -> None:
        figure.add_trace(
            go.Scattergl(
                x=xy[rows, 0],
                y=xy[rows, 1],
                mode="markers",
                name=escaped(name),
                customdata=[[plate_ids[row]] for row in rows],
                text=[f"{escaped(titles[row])}<br>{escaped(plate_ids[row])}" for row in rows],
                hovertemplate="%{text}<extra></extra>",
                marker={
                    "size": size,
                    "symbol": symbol,
                    "color": colour,
                    "line": {"width": edge, "color": colour if symbol.endswith("open") else "white"},
                },
            )
        )

    for name, colour, rows in groups:
        if len(rows):
            add(np.asarray(rows, dtype=np.int64), name, colour, 5, 0)
        if ties is not None and np.isin(ties[:, 0], rows).any():
            figure.add_trace(_lines(xy[ties[np.isin(ties[:, 0], rows)]], colour))
    near = np.asarray(neighbours, dtype=np.int64)
    if verified is None:
        if len(near):
            add(near, "Neighbours", NEIGHBOUR, 10, 1)
    else:
        tied = np.isin(near, np.asarray(verified, dtype=np.int64))
        if query is not None and tied.any():
            matches = np.stack([np.broadcast_to(xy[query], xy[near[tied]].shape), xy[near[tied]]], axis=1)
            figure.add_trace(_lines(matches, NEIGHBOUR))
        if not tied.all():
            add(near[~tied], "Neighbours, not verified", NEIGHBOUR, 10, 2, "circle-open")
        if tied.any():
            add(near[tied], "Verified matches", NEIGHBOUR, 11, 1)
    if query is not None:
        add(np.asarray([query], dtype=np.int64), "Query", "#000000", 13, 1)
    figure.update_layout(
        template="none",
        title={"text": escaped(heading), "x": 0.01, "xanchor": "left"},
        paper_bgcolor="#fbf8f1",
        plot_bgcolor="#fbf8f1",
        dragmode="pan",
        hovermode="closest",
        margin={"l": 20, "r": 20, "t": 60, "b": 20},
        legend={"itemsizing": "constant"},
        annotations=[_label(one) for one in labels],
        meta={"labels": [{"level": one.level, "until": one.until} for one in labels]},
    )
    hidden = {"showgrid": False, "zeroline": False, "showticklabels": False, "visible": False}
    figure.update_xaxes(**hidden)
    figure.update_yaxes(**hidden, scaleanchor="x")
    return figure


def as_html(figure: go.Figure, title: str) -> bytes:
    """A page that works without a network: Plotly itself is inside (about 4.5 MB)."""
    body = figure.to_html(
        include_plotlyjs=True,
        full_html=False,
        div_id="map",  # a random one would make another file of the same map
        default_height="100%",
        config={"scrollZoom": True, "displaylogo": False},
        post_script=_LABELS.read_text(encoding="utf-8"),
    )
    return rendered(_PAGE, title=title, figure=Markup(body)).encode("utf-8", "replace")


def escaped(value: object) -> str:
    """Text that Plotly shows verbatim: no markup, and no template of its own."""
    return html.escape(str(value), quote=False).replace("%{", "%&#123;").replace("$", "&#36;")


def _label(label: RegionLabel) -> dict[str, Any]:
    text = escaped(", ".join(label.words))
    look = {"bgcolor": "rgba(251,248,241,.8)", "font": {"family": "sans-serif", "size": 13, "color": "#1e1a16"}}
    return {"x": label.x, "y": label.y, "text": text, "showarrow": False, "visible": label.level == 0, **look}


def _lines(ends: npt.NDArray[np.float32], colour: str) -> go.Scattergl:
    """Lines between two places each, float32 (m, 2, 2)."""
    gaps = np.full((len(ends), 1, 2), np.nan)
    x, y = np.concatenate([ends, gaps], axis=1).reshape(-1, 2).T
    line = {"color": colour, "width": 1}
    return go.Scattergl(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False)


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},.18)"
