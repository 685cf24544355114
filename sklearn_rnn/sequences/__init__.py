"""Arrays as sequences: scan orders, windows, panels, time index arithmetic."""

from ._alignment import align_future, find_units, to_units
from ._blocks import Block, all_forecasts, hold_out
from ._calendar import calendar_features, check_calendar
from ._image_to_sequence import ImageToSequence
from ._images import validate_images
from ._look_back import default_look_back
from ._look_back_window import LookBackWindow
from ._naive import naive_forecasts
from ._padding import validate_sequences
from ._panel import Panel
from ._panel_rows import panel_blocks, ranges
from ._scaling import pixel_scale, standard_scale
from ._scan import SCANS, patch_grid, read_images, scan_order, shifted_orders
from ._time_grid import row_parts
from ._windows import check_count, make_windows

__all__ = [
    "SCANS",
    "Block",
    "ImageToSequence",
    "LookBackWindow",
    "Panel",
    "align_future",
    "all_forecasts",
    "calendar_features",
    "check_calendar",
    "check_count",
    "default_look_back",
    "find_units",
    "hold_out",
    "make_windows",
    "naive_forecasts",
    "panel_blocks",
    "patch_grid",
    "pixel_scale",
    "ranges",
    "read_images",
    "row_parts",
    "scan_order",
    "shifted_orders",
    "standard_scale",
    "to_units",
    "validate_images",
    "validate_sequences",
]
