import os

# scikit-learn skips its array API check unless SciPy is imported with this switch on.
os.environ["SCIPY_ARRAY_API"] = "1"
os.environ.setdefault("MPLBACKEND", "Agg")  # figures never open a window
