"""The checks that scikit-learn holds its own estimators to."""

from functools import partial
from unittest import SkipTest

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils import estimator_checks, get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_rnn import (
    ImageToSequence,
    LookBackWindow,
    LSTMForecaster,
    RNNClassifier,
    RNNImageClassifier,
    RNNRegressor,
    RNNTagger,
)


class RowTagger(RNNTagger):
    """A tagger that takes what checks have, one class for each row, for that of all its steps."""

    def fit(self, X, y, sample_weight=None):
        return super().fit(X, spread(X, y), sample_weight)

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        # Checks name the classes to a ClassifierMixin alone.
        classes = np.unique(y) if classes is None else classes
        return super().partial_fit(X, spread(X, y), classes, sample_weight)

    def score(self, X, y, sample_weight=None):
        return super().score(X, spread(X, y), sample_weight)


def spread(X, y):
    """Give each step the class of its row, unless X or y is what a check wants to be refused."""
    X = X if hasattr(X, "shape") else np.asarray(X)
    if y is None or len(X.shape) != 2:
        return y
    y = np.asarray(y)
    return np.repeat(y.reshape(len(y), -1)[:, :1], X.shape[1], axis=1)


ESTIMATORS = [
    ImageToSequence(),
    LSTMForecaster(),
    LookBackWindow(),
    RNNClassifier(),
    RNNImageClassifier(),
    RNNRegressor(),
    RowTagger(),
]
LAG_TABLE = LookBackWindow(look_back=2, flatten=True)

# Sums over repeated rows and over weighted rows differ in the last bits of a float32, and
# batches of repeated rows are not those of weighted rows: one batch, in float64, tells whether
# the weights mean what they should. scikit-learn does likewise for its MLPClassifier. Nothing is
# dropped at random and no newest rows are held out, since repeated rows are in another order. And
# batch norm, also that of a front end, takes all rows of a batch alike, whatever their weights. A
# ridge regression is chosen by leaving out a row, which repeated rows have again.
CHECK_PARAMETERS = {
    "check_sample_weight_equivalence_on_dense_data": {
        "dtype": "float64",
        "batch_size": 1000,
        "dropout": 0.0,
        "front_end": False,
        "batch_norm": False,
        "calibration_fraction": None,
        "linear": False,
    },
}

# These ask what was learnt, and so take all epochs. For the others a few do as well: scikit-learn
# shortens the training of its MLPClassifier alike.
CHECKS_OF_LEARNING = {
    "check_class_weight_classifiers",
    "check_classifier_multioutput",
    "check_classifiers_classes",
    "check_classifiers_train",
    "check_regressor_multioutput",
    "check_regressors_train",
}
FEW_EPOCHS = {"max_epochs": 5}

# What scikit-learn runs on its own estimators, but not on those of others.
FURTHER_CHECKS = [
    "check_dataframe_column_names_consistency",
    "check_inplace_ensure_writeable",
    "check_param_validation",
]
FURTHER_TABLE_CHECKS = [
    *FURTHER_CHECKS,
    "check_global_output_transform_pandas",
    "check_set_output_transform",
    "check_set_output_transform_pandas",
    "check_transformer_get_feature_names_out",
    "check_transformer_get_feature_names_out_pandas",
]


def run_check(check, estimator):
    try:
        check(estimator)
    except SkipTest as reason:
        pytest.fail(f"The check was skipped: {reason}")


def with_parameters(estimator, parameters):
    """Copy an estimator, and set those parameters that it has."""
    known = estimator.get_params()
    return clone(estimator).set_params(
        **{name: value for name, value in parameters.items() if name in known}
    )


@parametrize_with_checks(ESTIMATORS)
def test_scikit_learn_check(estimator, check):
    name = check.func.__name__
    parameters = {} if name in CHECKS_OF_LEARNING else FEW_EPOCHS
    run_check(check, with_parameters(estimator, parameters | CHECK_PARAMETERS.get(name, {})))


def further_checks(estimator, names):
    for name in names:
        # Some checks are newer than the oldest scikit-learn that is supported.
        if hasattr(estimator_checks, name):
            check = getattr(estimator_checks, name)
            yield pytest.param(estimator, check, id=f"{estimator}-{name}")


# The checks of set_output fit on frames and transform arrays, and the other way round.
@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names:UserWarning")
@pytest.mark.parametrize(
    ("estimator", "check"),
    [
        *(each for est in ESTIMATORS for each in further_checks(est, FURTHER_CHECKS)),
        *further_checks(LAG_TABLE, FURTHER_TABLE_CHECKS),
    ],
)
def test_further_scikit_learn_check(estimator, check):
    estimator = with_parameters(estimator, FEW_EPOCHS)
    run_check(partial(check, type(estimator).__name__), estimator)


@pytest.mark.parametrize("estimator", [*ESTIMATORS, LAG_TABLE], ids=str)
def test_no_tag_switches_checks_off(estimator):
    tags = get_tags(estimator)

    assert tags.input_tags.two_d_array
    assert not tags.no_validation
    assert not tags.non_deterministic
    assert not tags._skip_test
    for estimator_tags in (tags.classifier_tags, tags.regressor_tags):
        assert estimator_tags is None or not estimator_tags.poor_score
