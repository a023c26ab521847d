"""The app's own parts of the page: a map of points, a grid of plates, a viewer for one plate.

Each is a Streamlit component (``st.components.v2``) made of plain JavaScript modules and a style sheet in
``assets/``: no build step, no library, no request to anywhere but this app. The Python functions check what
they are given, send only what changes from rerun to rerun, and check again what comes back from the browser.
"""

from imgsim.views.components.encoding import (
    decode_mask,
    decode_points,
    decode_tones,
    encode_labels,
    encode_mask,
    encode_points,
    encode_tones,
)
from imgsim.views.components.palette import OTHER, Colouring, colour_by_category, colour_by_order
from imgsim.views.components.plate_map import MapEvent, plate_map
from imgsim.views.components.plate_viewer import ViewerState, plate_viewer
from imgsim.views.components.thumbnail_grid import GridEvent, thumbnail_grid

__all__ = [
    "OTHER",
    "Colouring",
    "GridEvent",
    "MapEvent",
    "ViewerState",
    "colour_by_category",
    "colour_by_order",
    "decode_mask",
    "decode_points",
    "decode_tones",
    "encode_labels",
    "encode_mask",
    "encode_points",
    "encode_tones",
    "plate_map",
    "plate_viewer",
    "thumbnail_grid",
]
