"""Why a collection has none of something to export, each as an error with its remedy; None where it has."""

from __future__ import annotations

from imgsim.errors import AddCopies, Decide, ImgsimError, NameBooks, PrepareAgain, PrepareImages
from imgsim.export.map_page import method_of
from imgsim.export.request import Request


def uncompared(request: Request) -> ImgsimError | None:
    """Matches and families."""
    if request.collection.matches is not None:
        return None
    return ImgsimError(
        "The plates were never compared by their lines.", PrepareAgain(str(request.collection.path))
    )


def unasked(request: Request) -> ImgsimError | None:
    """Copies by another hand."""
    if request.collection.copies is not None:
        return None
    return ImgsimError("Nobody has asked for copies by another hand.", AddCopies())


def unplaced(request: Request) -> ImgsimError | None:
    """Maps."""
    if any(request.collection.projections(backbone) for backbone in request.collection.backbones):
        return None
    again = PrepareAgain(str(request.collection.path), projections=("umap",))
    return ImgsimError("There is no map yet.", again)


def undrawn(request: Request) -> ImgsimError | None:
    """The map of the network that was asked for."""
    if method_of(request):
        return None
    again = PrepareAgain(str(request.collection.path), request.backbone, ("umap",))
    return ImgsimError(f"There is no map of {request.backbone} yet.", again)


def unbound(request: Request) -> ImgsimError | None:
    """Books."""
    if any(request.catalogue.frame["book"] != ""):
        return None
    return ImgsimError("No book is known of any plate.", NameBooks(str(request.collection.path)))


def unpaged(request: Request) -> ImgsimError | None:
    """Pages."""
    if request.collection.pages is not None:
        return None
    return ImgsimError(
        "No plate was cut out of a page: each is an image by itself.", PrepareImages(str(request.collection.path))
    )


def unreviewed(request: Request) -> ImgsimError | None:
    """Decisions."""
    return None if request.reviews else ImgsimError("Nobody has decided about a pair yet.", Decide())
