"""Sphinx configuration."""

from importlib.metadata import version as installed_version

project = "sklearn_rnn"
author = "sklearn_rnn developers"
copyright = f"2026, {author}"
version = release = installed_version("sklearn-rnn")

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"{project} {release}"

autodoc_default_options = {"members": True, "inherited-members": "BaseEstimator"}
autodoc_typehints = "none"
myst_heading_anchors = 3
numpydoc_show_class_members = False

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "ignore_pattern": r"^(?!plot_)",
    "abort_on_example_error": True,
    "show_memory": False,
}


def skip_scikit_learn(app, what, name, obj, skip, options):
    """Leave methods that scikit-learn writes, such as `set_output`, to its own documentation."""
    return (getattr(obj, "__module__", None) or "").startswith("sklearn.") or None


def setup(app):
    app.connect("autodoc-skip-member", skip_scikit_learn)
