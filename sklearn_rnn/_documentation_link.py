"""Where the HTML diagram of an estimator leads."""

from __future__ import annotations

DOCUMENTATION = "https://sklearn-rnn.github.io/sklearn_rnn"


class DocumentationLinkMixin:
    """Make the "?" of the HTML diagram lead to the estimator's page of this documentation."""

    _doc_link_module = "sklearn_rnn"
    _doc_link_template = DOCUMENTATION + "/api/generated/sklearn_rnn.{estimator_name}.html"
