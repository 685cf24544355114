"""Numbers and names that parameters of all estimators may be."""

from numbers import Integral

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV

from sklearn_rnn import (
    ImageToSequence,
    LookBackWindow,
    LSTMForecaster,
    RNNClassifier,
    RNNImageClassifier,
    RNNRegressor,
    backtest,
    make_windows,
)
from sklearn_rnn._constraints import Interval

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(30, 5, 2)), np.arange(30) % 2
IMAGES, SERIES = RNG.normal(size=(30, 8, 8)), RNG.normal(size=40).cumsum()
SMALL = {"hidden_size": 4, "max_epochs": 1, "random_state": 0}
ESTIMATORS = {
    RNNClassifier: lambda estimator: estimator.fit(X, Y).predict_proba(X),
    RNNRegressor: lambda estimator: estimator.fit(X, X[:, 0, 0]).predict(X),
    RNNImageClassifier: lambda estimator: estimator.fit(IMAGES, Y).predict_proba(IMAGES),
    LSTMForecaster: lambda estimator: estimator.fit(SERIES).forecast(3),
    ImageToSequence: lambda estimator: estimator.fit_transform(IMAGES),
    LookBackWindow: lambda estimator: estimator.fit_transform(SERIES[:, None]),
}
CASES = [
    pytest.param(estimator_class, name, id=f"{estimator_class.__name__}-{name}")
    for estimator_class in ESTIMATORS
    for name, options in estimator_class._parameter_constraints.items()
    if any(isinstance(each, Interval) for each in options)
]
COUNTS = [
    case
    for case in CASES
    # Only tokens have vectors: tests/sequences/test_tokens.py.
    if case.values[1] != "embedding_dim"
    and any(
        getattr(each, "type", None) is Integral
        for each in case.values[0]._parameter_constraints[case.values[1]]
    )
]
# What makes a parameter count.
FURTHER = {
    "patch_size": {"scan": "patches"},
    "n_iter_no_change": {"early_stopping": True},
    "season_length": {"look_back": 9},
}


def make(estimator_class, **params):
    options = SMALL if hasattr(estimator_class, "predict") else {}
    return estimator_class(**{**options, **FURTHER.get(next(iter(params), None), {}), **params})


@pytest.mark.parametrize("value", [True, np.True_])
@pytest.mark.parametrize(("estimator_class", "name"), CASES)
def test_a_boolean_is_no_number(estimator_class, name, value):
    with pytest.raises(ValueError, match=f"'{name}' parameter of .* Got (np.True_|True) instead"):
        ESTIMATORS[estimator_class](make(estimator_class, **{name: value}))


@pytest.mark.parametrize("value", [10**400, -(2**70)])
@pytest.mark.parametrize(("estimator_class", "name"), CASES)
def test_no_number_is_too_large_for_an_error(estimator_class, name, value):
    if name == "lower_bound" and value < 0:
        value = 10**400
    with pytest.raises(ValueError, match=f"'{name}' parameter"):
        ESTIMATORS[estimator_class](make(estimator_class, **{name: value}))


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
@pytest.mark.parametrize(("estimator_class", "name"), COUNTS)
def test_integers_of_numpy_are_integers(estimator_class, name, dtype):
    found, expected = (
        ESTIMATORS[estimator_class](make(estimator_class, **{name: value}))
        for value in (dtype(3), 3)
    )

    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("estimator_class", [RNNClassifier, RNNRegressor])
def test_a_grid_of_arrays(estimator_class):
    grid = {
        "hidden_size": np.array([2, 4]),
        "bidirectional": np.array([True, False]),
        "cell": np.array(["gru", "lstm"]),
        "dropout": np.array([0.1]),
    }
    search = GridSearchCV(make(estimator_class), grid, cv=2, error_score="raise").fit(X, Y)

    assert search.best_params_["hidden_size"] in (2, 4)


def test_norm_beyond_the_integers_of_torch():
    assert RNNClassifier(**SMALL, max_grad_norm=2**70).fit(X, Y).n_iter_ == 1


@pytest.mark.parametrize("value", [True, 2**70, 1.5])
def test_counts_of_functions(value):
    with pytest.raises(ValueError, match="'look_back' parameter"):
        make_windows(SERIES, value)
    with pytest.raises(ValueError, match="'n_windows' parameter"):
        backtest(LSTMForecaster(**SMALL), SERIES, n_windows=value)
    with pytest.raises(ValueError, match="'n_steps' parameter"):
        LSTMForecaster(**SMALL).fit(SERIES).forecast(value)


@pytest.mark.parametrize("shape", [(True, 8), (8.0, 8), (0, 8)])
def test_shapes_of_images(shape):
    with pytest.raises(ValueError, match="image_shape must be"):
        ImageToSequence(image_shape=shape).fit(IMAGES)


@pytest.mark.parametrize(
    "estimator_class", [RNNClassifier, RNNRegressor, RNNImageClassifier, LSTMForecaster]
)
@pytest.mark.parametrize(
    ("written", "plain"),
    [({"cell": "LSTM"}, {"cell": "lstm"}), ({"optimizer": "RMSprop"}, {"optimizer": "rmsprop"})],
)
def test_case_of_names_does_not_matter(estimator_class, written, plain):
    found, expected = (
        ESTIMATORS[estimator_class](make(estimator_class, **each)) for each in (written, plain)
    )

    np.testing.assert_array_equal(found, expected)


def test_case_of_the_simple_cell_does_not_matter_to_its_pooling():
    found, expected = (
        ESTIMATORS[RNNImageClassifier](make(RNNImageClassifier, cell=cell))
        for cell in ("RNN", "rnn")
    )

    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("estimator_class", "params", "nearest"),
    [
        (RNNClassifier, {"cell": "lsmt"}, "lstm"),
        (RNNRegressor, {"optimizer": "Adan"}, "adam"),
        (RNNRegressor, {"loss": "squared"}, "squared_error"),
        (LSTMForecaster, {"cell": "gruu"}, "gru"),
        (RNNImageClassifier, {"scan": "Rows"}, "rows"),
        (ImageToSequence, {"scan": "row"}, "rows"),
    ],
)
def test_the_nearest_name_is_told(estimator_class, params, nearest):
    with pytest.raises(ValueError, match=rf"parameter of .* Did you mean '{nearest}'\?"):
        ESTIMATORS[estimator_class](make(estimator_class, **params))


def test_no_name_is_near():
    with pytest.raises(ValueError, match=r"Got 'transformer' instead\.$"):
        RNNClassifier(cell="transformer").fit(X, Y)
