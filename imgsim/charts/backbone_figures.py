"""Plotly figures of what backbones' scores mean. Text from metadata is escaped."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from imgsim.base.translation import marked, tr, trn
from imgsim.charts.book_bars import KIND_COLOURS
from imgsim.charts.plate_figures import GREY, escaped

_RANDOM = marked("random pairs")
_NEIGHBOURS = "#3b342b"
_BINS = 90
_ROW = 58  # pixels
_TALLEST = 0.86  # of a row


def distributions_figure(
    groups: Mapping[str, Mapping[str, npt.NDArray[np.float32]]],
    *,
    lines: Mapping[str, float | None] | None = None,
) -> go.Figure:
    """How the similarities of kinds of pairs lie: one hill a kind, the backbones side by side.

    Parameters
    ----------
    groups : backbone -> kind -> similarities (float32, not empty), as
        :func:`~imgsim.collection.distributions` gives them, the kinds from the bottom to the top.
    lines : backbone -> where the line across its lists stands, drawn dotted.

    Hills are as high as their rows, whatever the number of pairs, which the pointer tells: they show where the scores
    of a kind lie. A stroke marks each median.
    """
    kinds = list(dict.fromkeys(kind for known in groups.values() for kind in known))
    figure = make_subplots(
        rows=1,
        cols=max(1, len(groups)),
        shared_yaxes=True,
        horizontal_spacing=0.03,
        subplot_titles=[escaped(name) for name in groups] if len(groups) > 1 else None,
    )
    for column, (backbone, known) in enumerate(groups.items(), 1):
        low = min((float(values.min()) for values in known.values()), default=0.0)
        edges = np.linspace(low, 1.0, _BINS + 1)
        for kind, values in known.items():
            _hill(figure, column, kinds.index(kind), kind, values, edges)
        figure.update_xaxes(range=[low, 1 + 0.01 * (1 - low)], row=1, col=column)
        threshold = (lines or {}).get(backbone)
        if threshold is not None and low < threshold:
            figure.add_vline(
                x=threshold, line={"dash": "dot", "width": 1, "color": GREY}, row=1, col=column
            )  # fmt: skip
    figure.update_layout(
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        height=_ROW * max(1, len(kinds)) + 90,
        margin={"l": 130, "r": 15, "t": 32 if len(groups) > 1 else 10, "b": 45},
        showlegend=False,
        hovermode="closest",
    )
    figure.update_xaxes(title=tr("Similarity"), gridcolor="rgba(128,128,128,.2)", zeroline=False)
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(kinds))),
        ticktext=[escaped(said[:1].upper() + said[1:]) for said in map(_said, kinds)],
        range=[-0.08, max(1, len(kinds))],
        gridcolor="rgba(128,128,128,.2)",
        zeroline=False,
    )
    return figure


def _said(kind: str) -> str:
    """A kind of pairs in the reader's language."""
    return tr("first {k} neighbours", k=kind.split()[1]) if kind.startswith("first ") else tr(kind)


def _hill(
    figure: go.Figure,
    column: int,
    row: int,
    kind: str,
    values: npt.NDArray[np.float32],
    edges: npt.NDArray[np.float64],
) -> None:
    colour = KIND_COLOURS.get(kind, _NEIGHBOURS if kind.startswith("first ") else GREY)
    counts = np.histogram(np.clip(values, edges[0], edges[-1]), bins=edges)[0]
    shares = 100 * counts / len(values)
    heights = _TALLEST * counts / max(1, counts.max())
    middles = (edges[:-1] + edges[1:]) / 2
    median = float(np.median(values))
    at = min(int(np.searchsorted(edges, median, side="right")) - 1, len(heights) - 1)
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    said = escaped(_said(kind))
    pairs = tr("quantiles") if kind == _RANDOM else trn("{n:,} pair", "{n:,} pairs", len(values))
    below = tr("half of them below {median:.3f} (median)", median=median)
    # A floor to fill down to: Plotly fills to zero, or to the trace before.
    floor = {"x": middles[[0, -1]], "y": [row, row], "mode": "lines", "hoverinfo": "skip"}
    figure.add_trace(go.Scatter(**floor, line={"width": 0.6, "color": colour}), row=1, col=column)
    figure.add_trace(
        go.Scatter(
            x=middles,
            y=row + heights,
            name=said,
            mode="lines",
            line={"shape": "hvh", "width": 1.2, "color": colour},
            fill="tonexty",
            fillcolor=f"rgba({red},{green},{blue},.28)",
            customdata=shares,
            hovertemplate=f"%{{x:.3f}}: %{{customdata:.1f}} %<extra>{said}, {pairs}</extra>",
        ),
        row=1,
        col=column,
    )
    figure.add_trace(
        go.Scatter(
            x=[median, median],
            y=[row, row + max(0.12, heights[at])],
            mode="lines",
            line={"width": 2.5, "color": colour},
            hovertemplate=f"{below}<extra>{said}</extra>",
        ),
        row=1,
        col=column,
    )
