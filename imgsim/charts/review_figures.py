"""The figure of what a score is worth, without Streamlit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from imgsim.base.terms import REACHED, RIGHT
from imgsim.base.translation import tr
from imgsim.charts.plate_figures import _LAYOUT, BLUE, ORANGE, VERMILION, _faint
from imgsim.collection.score_worth import Suggestion, Worth


def worth_figure(found: Worth, suggestion: Suggestion, *, precision: float) -> go.Figure:
    """Precision and recall against the threshold, each with its 95 % interval.

    Parameters
    ----------
    suggestion : drawn as a dotted line where it has a threshold.
    precision : the wished one, 0 to 1; a thin line across.
    """
    figure = go.Figure()
    lines = [(RIGHT.title, found.precision, found.precision_interval, BLUE)]
    if found.confirmed:
        lines.append((REACHED.title, found.recall, found.recall_interval, ORANGE))
    x = found.thresholds
    for name, values, (low, high), colour in lines:
        band: npt.NDArray[np.float64] = np.concatenate([high, low[::-1]])
        figure.add_trace(
            go.Scatter(
                x=np.concatenate([x, x[::-1]]),
                y=100 * band,
                mode="lines",  # a band has no points of its own
                fill="toself",
                fillcolor=_faint(colour),
                line={"width": 0},
                hoverinfo="skip",
                showlegend=False,
            )
        )
        figure.add_trace(
            go.Scatter(
                x=x,
                y=100 * values,
                name=name,
                mode="lines+markers" if len(x) < 60 else "lines",
                line={"color": colour, "width": 2, "dash": "solid" if colour == BLUE else "dash"},
                marker={"size": 5},
                customdata=np.column_stack([found.chosen, found.right, 100 * low, 100 * high]),
                hovertemplate=tr(
                    "from %{x:.4~f}: %{y:.1f} % (%{customdata[2]:.0f} to %{customdata[3]:.0f})<br>"
                    "%{customdata[1]} confirmed of %{customdata[0]} judged"
                )
                + f"<extra>{name}</extra>",
            )
        )
    figure.add_hline(y=100 * precision, line={"dash": "dot", "width": 1, "color": "#777777"})
    if suggestion.threshold is not None:
        figure.add_vline(x=suggestion.threshold, line={"dash": "dot", "width": 2, "color": VERMILION})
    figure.update_layout(**_LAYOUT, height=360)
    figure.update_xaxes(title=tr("Line at: {name}", name=tr(found.name)), showgrid=False, zeroline=False)
    figure.update_yaxes(title="%", range=[0, 102], gridcolor="rgba(128,128,128,.2)")
    return figure
