"""Sphinx configuration."""

import re
from importlib.metadata import version as installed_version
from itertools import count
from textwrap import indent

from sphinx_gallery.sorting import ExplicitOrder

project = "sklearn_rnn"
author = "sklearn_rnn developers"
copyright = f"2026, {author}"
version = release = installed_version("sklearn-rnn")

extensions = [
    "matplotlib.sphinxext.plot_directive",
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build"]
templates_path = ["_templates"]

html_theme = "pydata_sphinx_theme"
html_title = f"{project} {release}"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_show_sourcelink = False
html_sidebars = {"index": [], "install": [], "getting_started": [], "design": [], "changelog": []}
html_theme_options = {
    "github_url": "https://github.com/sklearn-rnn/sklearn_rnn",
    "header_links_before_dropdown": 6,
    "logo": {"text": project},
    "footer_start": ["copyright"],
    "footer_end": [],
}

autodoc_default_options = {"members": True, "inherited-members": "BaseEstimator, Module"}
autodoc_typehints = "none"
myst_heading_anchors = 3
numpydoc_show_class_members = False

plot_formats = [("png", 150)]
plot_html_show_formats = False
plot_html_show_source_link = False
plot_include_source = True
plot_rcparams = {"figure.constrained_layout.use": True}

# By story; an example that is not named comes last.
EXAMPLES = [
    "digits",
    "scans",
    "cells",
    "sensors",
    "regression",
    "tags",
    "captions",
    "captions_tutorial",
    "airline",
    "look_back",
    "many_series",
    "rivals",
    "pipeline",
    "saving",
]

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "ignore_pattern": r"^(?!plot_)",
    "within_subsection_order": ExplicitOrder([*(f"plot_{name}.py" for name in EXAMPLES), "*"]),
    "remove_config_comments": True,
    "abort_on_example_error": True,
    "show_memory": False,
    "write_computation_times": False,
    "backreferences_dir": "api/examples",
    "doc_module": ("sklearn_rnn",),
}


def skip_scikit_learn(app, what, name, obj, skip, options):
    """Leave methods that scikit-learn writes, such as `set_output`, to its own documentation."""
    return (getattr(obj, "__module__", None) or "").startswith("sklearn.") or None


def draw_pictures(app, docname, source):
    """Hand blocks of Markdown marked `{plot}` to matplotlib's directive, which writes reST."""
    numbers = count(1)

    def directive(block):
        # Left to itself, the directive names all pictures of a page alike.
        prefix = f"{docname.replace('/', '_')}_{next(numbers)}"
        code = indent(f":filename-prefix: {prefix}\n{block[1]}", "   ")
        return f"```{{eval-rst}}\n.. plot::\n{code}```"

    source[0] = re.sub(
        r"^```\{plot\}\n(.*?)^```$", directive, source[0], flags=re.DOTALL | re.MULTILINE
    )


def setup(app):
    app.connect("source-read", draw_pictures)
    app.connect("autodoc-skip-member", skip_scikit_learn)
