"""imgsim: find the pictures that were re-used, in a collection of historical plates.

One noun a folder, and one way for the data: docs/architecture.md tells it. ``imgsim prepare`` runs the flow
(:mod:`imgsim.prepare`), ``imgsim`` starts the app (:mod:`imgsim.app`), and :func:`open` is for scripts and notebooks
(docs/library.md). The core knows nothing of Streamlit, and importing this package has no side effects.
"""

TYPE_CHECKING = False  # typing's own would be the first thing that importing this package loads
if TYPE_CHECKING:
    from os import PathLike

    from imgsim.collection import Collection

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(collection: "str | PathLike[str]") -> "Collection":
    """Open a prepared collection, to be read in a script or a notebook; neither torch nor Streamlit is loaded.

    Parameters
    ----------
    collection : its name in the data folder (see :func:`imgsim.base.places.data_dir`), or the path of its folder.

    Raises
    ------
    CollectionError
        There is no such collection, or it cannot be used; the message says what to do.
    """
    from pathlib import Path

    from imgsim.base.places import data_dir
    from imgsim.collection import open_collection

    # What has a separator is a path: "./sample" is never the one in the data folder.
    named = data_dir() / collection
    by_name = isinstance(collection, str) and not {"/", "\\"} & set(collection) and named.is_dir()
    return open_collection(named if by_name else Path(collection))
