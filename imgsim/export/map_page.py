"""The map as a page of its own: interactive, complete in itself, opened without a network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from imgsim.catalogue import Catalogue
from imgsim.charts.colours import Colouring
from imgsim.collection.map_labels import RegionLabel, map_labels
from imgsim.collection.passed_words import family_words
from imgsim.export.request import Chunk, Request


def map_html(
    catalogue: Catalogue,
    xy: npt.NDArray[np.float32],
    colours: Colouring,
    heading: str,
    *,
    keep: npt.NDArray[np.bool_] | None = None,
    ties: npt.NDArray[np.int32] | None = None,
    query: int | None = None,
    neighbours: Sequence[int] = (),
    verified: Sequence[int] | None = None,
    labels: Sequence[RegionLabel] = (),
) -> bytes:
    """Return the page.

    Parameters
    ----------
    xy : float32 (n, 2).
    keep : which plates are drawn, bool (n,); all of them if left out.
    ties : rows of plates that a line ties, int32 (m, 2): those are drawn whose two plates are. None for no lines.
    query, neighbours, verified : as :func:`imgsim.charts.plate_figures.map_figure` takes them.
    labels : of the map's regions; of those where no plate is drawn there are none.
    """
    from imgsim.charts import plate_figures

    shown = np.ones(len(catalogue), dtype=bool) if keep is None else keep
    groups = [(name, colour, np.flatnonzero(shown & theirs)) for name, colour, theirs in colours.groups()]
    figure = plate_figures.map_figure(
        xy,
        catalogue.plate_ids,
        [catalogue.short_title(row) for row in range(len(catalogue))],
        groups,
        ties=np.empty((0, 2), np.int32) if ties is None else ties[shown[ties].all(axis=1)],
        query=query,
        neighbours=neighbours,
        verified=verified,
        labels=[label for label in labels if _within(label.box, xy[shown])],
        heading=heading,
    )
    return plate_figures.as_html(figure, heading)


def _within(box: tuple[float, float, float, float], xy: npt.NDArray[np.float32]) -> bool:
    left, bottom, right, top = box
    return bool(((xy >= (left, bottom)) & (xy <= (right, top))).all(axis=1).any())


def method_of(request: Request) -> str:
    """Return the projection of a request: the one asked for, else the first that its backbone has; '' for none."""
    methods = request.collection.projections(request.backbone)
    return request.method if request.method in methods else next(iter(methods), "")


def map_chunks(request: Request) -> Iterator[Chunk]:
    """Yield the page with a request's plates."""
    from imgsim.charts.decided_colours import FAMILY, LABELS, coloured, family_ties, offered, titled

    method = method_of(request)
    if not method:
        return
    collection, column = request.collection, request.colour
    if column not in request.catalogue.frame.columns and (column not in LABELS or column not in offered(collection)):
        column = "decade"
    colours = coloured(collection, column)
    if column == FAMILY:
        colours = titled(colours, family_words(collection.path).standing)
    xy = collection.projection(request.backbone, method)
    said = LABELS.get(column, column.replace("_", " ")).lower()
    content = map_html(
        request.catalogue,
        xy,
        colours,
        f"{collection.name}: {method.upper()} of {request.backbone}, by {said}",
        keep=request.mask,
        ties=family_ties(collection) if column == FAMILY else None,
        labels=map_labels(collection.catalogue, xy),
    )
    yield Chunk(content, len(request.chosen))
