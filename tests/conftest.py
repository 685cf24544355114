import os

os.environ.setdefault("MPLBACKEND", "Agg")  # figures never open a window
