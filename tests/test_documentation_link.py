"""The HTML diagram of each estimator leads to the page of the estimator."""

import pytest
from sklearn.base import BaseEstimator
from torch import nn

import sklearn_rnn

ESTIMATORS = [
    getattr(sklearn_rnn, name)
    for name in sklearn_rnn.__all__
    if isinstance(getattr(sklearn_rnn, name), type)
    and issubclass(getattr(sklearn_rnn, name), BaseEstimator)
]


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_diagram_leads_to_the_page_of_the_estimator(estimator):
    made = estimator(nn.Identity()) if estimator is sklearn_rnn.FeatureExtractor else estimator()

    page = f"/api/generated/sklearn_rnn.{estimator.__name__}.html"
    assert f'{page}"' in made._repr_html_()
