import os

# scikit-learn skips its array API check unless SciPy is imported with this switch on.
os.environ["SCIPY_ARRAY_API"] = "1"
# Networks this small are not worth a second thread, and threads starve on a busy machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")  # figures never open a window
