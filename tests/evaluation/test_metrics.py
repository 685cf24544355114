import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error

from sklearn_rnn.metrics import (
    coverage,
    mean_absolute_scaled_error,
    symmetric_mean_absolute_percentage_error,
)

rng = np.random.default_rng(0)
Y_TRAIN, Y_TRUE, Y_PRED = rng.normal(size=20), rng.normal(size=6), rng.normal(size=6)
PAIRS = rng.normal(size=(3, 8, 2))


def test_mase_is_the_error_over_that_of_the_naive_forecast():
    naive = np.abs(Y_TRAIN[4:] - Y_TRAIN[:-4]).mean()

    loss = mean_absolute_scaled_error(Y_TRUE, Y_PRED, y_train=Y_TRAIN, season_length=4)

    assert isinstance(loss, float)
    assert loss == pytest.approx(np.abs(Y_TRUE - Y_PRED).mean() / naive)


def test_mase_of_the_last_value_in_its_own_series_is_one():
    loss = mean_absolute_scaled_error(Y_TRAIN[1:], Y_TRAIN[:-1], y_train=Y_TRAIN)

    assert loss == pytest.approx(1)


def test_mase_has_no_units():
    y_true, y_pred, y_train = PAIRS * [1, 1000]

    loss = mean_absolute_scaled_error(y_true, y_pred, y_train=y_train)

    assert loss == pytest.approx(mean_absolute_scaled_error(*PAIRS[:2], y_train=PAIRS[2]))


def test_mase_of_several_outputs():
    y_true, y_pred, y_train = PAIRS
    each = [
        mean_absolute_scaled_error(y_true[:, i], y_pred[:, i], y_train=y_train[:, i])
        for i in range(2)
    ]

    def loss(multioutput):
        return mean_absolute_scaled_error(y_true, y_pred, y_train=y_train, multioutput=multioutput)

    np.testing.assert_allclose(loss("raw_values"), each)
    assert loss("uniform_average") == pytest.approx(np.mean(each))
    assert loss([3, 1]) == pytest.approx(np.average(each, weights=[3, 1]))


@pytest.mark.parametrize("form", [np.asarray, pd.Series])
def test_mase_of_a_panel_is_the_mean_over_series(form):
    panel = [
        [form(Y_TRUE), form(Y_PRED), form(Y_TRAIN)],
        [form(3 * Y_PRED), form(Y_TRUE), form(Y_TRAIN[:7])],
    ]
    y_true, y_pred, y_train = zip(*panel, strict=True)
    each = [mean_absolute_scaled_error(*series[:2], y_train=series[2]) for series in panel]

    loss = mean_absolute_scaled_error(list(y_true), list(y_pred), y_train=list(y_train))

    assert isinstance(loss, float)
    assert loss == pytest.approx(np.mean(each))


def test_mase_of_each_output_of_a_panel():
    y_true, y_pred, y_train = PAIRS
    loss = mean_absolute_scaled_error(
        [y_true] * 2, [y_pred] * 2, y_train=[y_train] * 2, multioutput="raw_values"
    )

    assert loss.shape == (2,)


def test_gaps_in_the_past():
    errors_of_two = mean_absolute_scaled_error([5], [4], y_train=[1, 2, np.nan, 3, 6])

    assert errors_of_two == pytest.approx(1 / 2)


def test_weights_of_a_panel():
    weights = [np.array([1, 0, 0, 0, 0, 0]), np.array([0, 0, 0, 0, 0, 1])]
    loss = mean_absolute_scaled_error(
        [Y_TRUE] * 2, [Y_PRED] * 2, y_train=[Y_TRAIN] * 2, sample_weight=weights
    )
    ends = mean_absolute_scaled_error(Y_TRUE[[0, -1]], Y_PRED[[0, -1]], y_train=Y_TRAIN)

    assert loss == pytest.approx(ends)


@pytest.mark.parametrize(
    ("y_train", "season_length", "message"),
    [
        ([2, 2, 2], 1, "The training series is constant: with season_length=1"),
        ([1, 2, 1, 2], 2, "The training series repeats the same season: with season_length=2"),
        ([1, 2], 2, "has 2 time steps; with season_length=2 it needs at least 3"),
        ([1, np.nan, 3], 1, "has gaps: no two of its values are season_length=1 time steps apart"),
        ([1, np.inf, 3], 1, "Input y_train contains infinity"),
        ([[1, 2], [3, 5]], 1, r"y_true and y_train have different number of output \(1!=2\)"),
        ([1, 2], 0, "The 'season_length' parameter of mean_absolute_scaled_error must be an int"),
    ],
)
def test_mase_cannot_scale(y_train, season_length, message):
    with pytest.raises(ValueError, match=message):
        mean_absolute_scaled_error(Y_TRUE, Y_PRED, y_train=y_train, season_length=season_length)


@pytest.mark.parametrize(
    ("constant", "name"), [(np.ones(3), "1"), (pd.Series([5.0, 5.0], name="shop"), r"1 \('shop'\)")]
)
def test_mase_names_the_series_it_cannot_scale(constant, name):
    with pytest.raises(ValueError, match=f"The training series {name} is constant"):
        mean_absolute_scaled_error(
            [Y_TRUE] * 2, [Y_PRED] * 2, y_train=[pd.Series(Y_TRAIN), constant]
        )


def test_mase_needs_as_many_series_everywhere():
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        mean_absolute_scaled_error([Y_TRUE], [Y_PRED], y_train=[Y_TRAIN] * 2)


def test_smape_is_in_percent():
    expected = 200 * np.mean(np.abs(Y_TRUE - Y_PRED) / (np.abs(Y_TRUE) + np.abs(Y_PRED)))

    loss = symmetric_mean_absolute_percentage_error(Y_TRUE, Y_PRED)

    assert isinstance(loss, float)
    assert loss == pytest.approx(expected)


@pytest.mark.parametrize(
    ("y_true", "y_pred", "expected"), [([0, 0], [0, 0], 0), ([1, 2], [-1, 0], 200), ([3], [1], 100)]
)
def test_smape_of_extremes(y_true, y_pred, expected):
    assert symmetric_mean_absolute_percentage_error(y_true, y_pred) == expected


def test_smape_of_several_outputs_and_weights():
    y_true, y_pred, _ = PAIRS
    weights = np.arange(8)
    options = {"multioutput": "raw_values", "sample_weight": weights}
    percent = 200 * np.abs(y_true - y_pred) / (np.abs(y_true) + np.abs(y_pred))

    loss = symmetric_mean_absolute_percentage_error(y_true, y_pred, **options)

    np.testing.assert_allclose(loss, np.average(percent, axis=0, weights=weights))


@pytest.mark.parametrize(
    "metric",
    [
        mean_absolute_error,  # the model for the others
        symmetric_mean_absolute_percentage_error,
        lambda *y, **options: mean_absolute_scaled_error(*y, y_train=Y_TRAIN, **options),
    ],
)
@pytest.mark.parametrize(
    ("y_true", "y_pred", "options", "message"),
    [
        ([1, 2], [1], {}, "inconsistent numbers of samples"),
        ([1, 2], [[1, 2], [3, 4]], {}, "different number of output"),
        ([1, np.nan], [1, 2], {}, "Input contains NaN"),
        ([1, 2], [1, 2], {"sample_weight": [1]}, "inconsistent numbers of samples"),
        ([1, 2], [1, 2], {"multioutput": "sum"}, "The 'multioutput' parameter of .* must be a str"),
        ([1, 2], [1, 2], {"multioutput": [1]}, "useful only in multi-output cases"),
    ],
)
def test_errors_are_those_of_scikit_learn(metric, y_true, y_pred, options, message):
    with pytest.raises(ValueError, match=message):
        metric(y_true, y_pred, **options)


def test_coverage_counts_the_bounds():
    assert coverage([0, 1, 2, 3], [0, 0, 0, 0], [2, 2, 2, 2]) == 0.75
    assert coverage([[0, 5], [1, 5]], np.zeros((2, 2)), np.full((2, 2), 3)) == 0.5
    assert coverage([0, 5], [0, 0], [3, 3], sample_weight=[3, 1]) == 0.75


def test_intervals_may_be_open():
    assert coverage([0, 5], [-np.inf, -np.inf], [3, np.inf]) == 1


@pytest.mark.parametrize(
    ("lower", "upper", "message"),
    [
        ([0, 2], [1, 1], "lower is above upper in 1 places, first at 1"),
        ([0, np.nan], [1, 1], "Input lower contains NaN, first in row 1"),
        ([0], [1, 1], "inconsistent numbers of samples"),
        ([[0, 0], [0, 0]], [1, 1], r"must have the same shape. Got \(2, 1\), \(2, 2\) and"),
    ],
)
def test_no_intervals(lower, upper, message):
    with pytest.raises(ValueError, match=message):
        coverage([0, 1], lower, upper)


@pytest.mark.parametrize(
    ("sample_weight", "message"),
    [
        ([0, 0, 0], "at least one non-zero"),
        ([np.nan, 1, 1], "sample_weight contains NaN"),
        ([np.inf, 1, 1], "sample_weight contains infinity"),
        ([-1, 1, 1], "Negative values in data passed to `sample_weight`"),
        ([1, 1], "inconsistent numbers of samples"),
    ],
)
@pytest.mark.parametrize(
    "metric",
    [
        lambda weight: coverage([1, 2, 3], [0, 0, 0], [2, 2, 2], sample_weight=weight),
        lambda weight: symmetric_mean_absolute_percentage_error(
            [1, 2, 3], [2, 2, 2], sample_weight=weight
        ),
        lambda weight: mean_absolute_scaled_error(
            [1, 2, 3], [2, 2, 2], y_train=[1, 2, 4], sample_weight=weight
        ),
    ],
)
def test_weights_that_are_none_are_refused(metric, sample_weight, message):
    with pytest.raises(ValueError, match=message):
        metric(sample_weight)
