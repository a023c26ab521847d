"""What is done before the first reader comes, and behind the back of the first, so that no page is slow once."""

from __future__ import annotations

import gc
import importlib
import logging
import threading

from imgsim.app.services import caches
from imgsim.errors import ImgsimError

_LOG = logging.getLogger("imgsim")
# What pages import only where they need it, for it takes long: Books asks whether two books keep an order (SciPy's
# statistics, a second) and clusters them, Models and Plate draw figures, every table goes through Arrow.
_LATER = ("pyarrow", "scipy.stats", "scipy.cluster.hierarchy", "plotly.graph_objects")


def open_newest() -> None:
    """Open the newest collection, and count what is there by now among what stays."""
    try:
        usable = [info for info in caches.infos() if not info.error]
        if usable:
            caches.opened(usable[0].name)
    except ImgsimError as error:  # the page says it where it can be read
        _LOG.warning("%s", error)
    gc.collect()
    gc.freeze()


def load_behind() -> threading.Thread:
    """Import what pages need later in a thread that nobody waits for, and return it."""

    def load() -> None:
        for name in _LATER:
            importlib.import_module(name)

    thread = threading.Thread(target=load, name="warming", daemon=True)
    thread.start()
    return thread
