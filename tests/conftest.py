import os

# scikit-learn skips its array API check unless SciPy is imported with this switch on.
os.environ["SCIPY_ARRAY_API"] = "1"
os.environ.setdefault("MPLBACKEND", "Agg")  # figures never open a window


def pytest_collection_modifyitems(items):
    # The longest come first, so that no worker is left alone with one of them.
    items.sort(key=lambda item: "test_code_of_a_page_runs" not in item.name)
