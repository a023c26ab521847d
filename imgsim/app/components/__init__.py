"""The app's own parts of the page: a map of points, a grid of plates, a viewer, strips and pairs of plates.

Each is a Streamlit component (``st.components.v2``), one folder with its Python, its plain JavaScript modules and its
style sheet; what several need in the browser lies in ``shared/``. No build step, no library, no request to anywhere
but this app. The Python functions check what they are given, send only what changes from rerun to rerun, and check
again what comes back from the browser.
"""

from imgsim.app.components.bar_chart import BarEvent, bar_chart
from imgsim.app.components.book_matrix import book_matrix, cell_of, matrix_width
from imgsim.app.components.compare_view import ComparedPlate, CompareEvent, compare_view
from imgsim.app.components.drawing import outline
from imgsim.app.components.family_strips import StripEvent, family_strips
from imgsim.app.components.file_drop import file_drop
from imgsim.app.components.light_table import LightEvent, light_table
from imgsim.app.components.narrow_screen import narrow_screen
from imgsim.app.components.page_boxes import page_boxes
from imgsim.app.components.pair_desk import pair_desk
from imgsim.app.components.pair_list import PairEvent, pair_list
from imgsim.app.components.plate_map import MapEvent, plate_map
from imgsim.app.components.plate_map.array_encoding import (
    decode_mask,
    decode_points,
    decode_tones,
    encode_labels,
    encode_mask,
    encode_points,
    encode_tones,
)
from imgsim.app.components.plate_viewer import ViewerState, plate_viewer
from imgsim.app.components.rank_lines import RankEvent, rank_lines
from imgsim.app.components.thumbnail_grid import GridEvent, thumbnail_grid
from imgsim.app.components.time_line import time_line
from imgsim.app.components.tray_strip import StripEvent as TrayEvent
from imgsim.app.components.tray_strip import tray_strip
from imgsim.charts.colours import OTHER, Colouring, colour_by_category, colour_by_order

__all__ = [
    "OTHER",
    "BarEvent",
    "Colouring",
    "CompareEvent",
    "ComparedPlate",
    "GridEvent",
    "LightEvent",
    "MapEvent",
    "PairEvent",
    "RankEvent",
    "StripEvent",
    "TrayEvent",
    "ViewerState",
    "bar_chart",
    "book_matrix",
    "cell_of",
    "colour_by_category",
    "colour_by_order",
    "compare_view",
    "decode_mask",
    "decode_points",
    "decode_tones",
    "encode_labels",
    "encode_mask",
    "encode_points",
    "encode_tones",
    "family_strips",
    "file_drop",
    "light_table",
    "matrix_width",
    "narrow_screen",
    "outline",
    "page_boxes",
    "pair_desk",
    "pair_list",
    "plate_map",
    "plate_viewer",
    "rank_lines",
    "thumbnail_grid",
    "time_line",
    "tray_strip",
]
