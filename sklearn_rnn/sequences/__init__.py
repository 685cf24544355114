"""Arrays as sequences: scan orders, windows, differencing, time index arithmetic."""

from ._alignment import align_future, find_units, to_units
from ._differencing import Differencing
from ._image_to_sequence import ImageToSequence
from ._images import validate_images
from ._look_back_window import LookBackWindow
from ._padding import validate_sequences
from ._scaling import pixel_scale, standard_scale
from ._scan import SCANS, patch_grid, read_images, scan_order, shifted_orders
from ._time_index import check_time_index
from ._time_series import TimeSeries
from ._window_differencer import WindowDifferencer, choose_differencings
from ._windows import check_count, check_long_enough, make_windows, sliding_windows

__all__ = [
    "SCANS",
    "Differencing",
    "ImageToSequence",
    "LookBackWindow",
    "TimeSeries",
    "WindowDifferencer",
    "align_future",
    "check_count",
    "check_long_enough",
    "check_time_index",
    "choose_differencings",
    "find_units",
    "make_windows",
    "patch_grid",
    "pixel_scale",
    "read_images",
    "scan_order",
    "shifted_orders",
    "sliding_windows",
    "standard_scale",
    "to_units",
    "validate_images",
    "validate_sequences",
]
