"""The map as a page of its own: interactive, complete in itself, opened without a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from imgsim.catalogue import Catalogue
from imgsim.charts.colours import Colouring
from imgsim.export.request import Chunk, Request


def map_html(
    catalogue: Catalogue,
    xy: npt.NDArray[np.float32],
    colours: Colouring,
    heading: str,
    *,
    keep: npt.NDArray[np.bool_] | None = None,
    query: int | None = None,
    neighbours: Sequence[int] = (),
    verified: Sequence[int] | None = None,
) -> bytes:
    """Return the page.

    Parameters
    ----------
    xy : float32 (n, 2).
    keep : which plates are drawn, bool (n,); all of them if left out.
    query, neighbours, verified : as :func:`imgsim.charts.plate_figures.map_figure` takes them.
    """
    from imgsim.charts import plate_figures

    shown = np.ones(len(catalogue), dtype=bool) if keep is None else keep
    groups = [(name, colour, np.flatnonzero(shown & theirs)) for name, colour, theirs in colours.groups()]
    figure = plate_figures.map_figure(
        xy,
        catalogue.plate_ids,
        [catalogue.short_title(row) for row in range(len(catalogue))],
        groups,
        query=query,
        neighbours=neighbours,
        verified=verified,
        heading=heading,
    )
    return plate_figures.as_html(figure, heading)


def method_of(request: Request) -> str:
    """Return the projection of a request: the one asked for, else the first that its backbone has; '' for none."""
    methods = request.collection.projections(request.backbone)
    return request.method if request.method in methods else next(iter(methods), "")


def map_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the page with a request's plates."""
    from imgsim.charts.colours import colour_plates

    method = method_of(request)
    if not method:
        return
    column = request.colour if request.colour in request.catalogue.frame.columns else "decade"
    heading = (
        f"{request.collection.name}: {method.upper()} of {request.backbone}, by {column.replace('_', ' ')}"
    )
    content = map_html(
        request.catalogue,
        request.collection.projection(request.backbone, method),
        colour_plates(request.catalogue, column),
        heading,
        keep=request.mask,
    )
    yield Chunk(content, len(request.chosen))
