import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.metrics import d2_pinball_score, mean_poisson_deviance
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

from sklearn_rnn import ImageToSequence, RNNRegressor
from sklearn_rnn.sequences._split import split_rows

# The same sums in another order: equal up to rounding, in float64 and in one batch.
EXACT = {"dtype": "float64", "batch_size": 1000, "max_epochs": 5, "lr": 0.01}
LOSSES = ["squared_error", "absolute_error", "huber", "quantile", "poisson"]
all_losses = pytest.mark.parametrize("loss", LOSSES)


def small(**params):
    """Build a plain network that learns quickly, and nothing but the gradients of its batches."""
    options = {
        "front_end": False,
        "linear": False,
        "hidden_size": 8,
        "dropout": 0.0,
        "max_epochs": 2,
        "batch_size": 8,
        "lr": 1e-2,
        "ema_decay": None,
        "random_state": 0,
        "device": "cpu",
    }
    return RNNRegressor(**{**options, **params})


def make_sequences(n_samples=48, n_steps=5, n_features=2, seed=0):
    """Sequences, and a number above zero that their first value tells."""
    X = np.random.default_rng(seed).normal(size=(n_samples, n_steps, n_features))
    return X, np.exp(X[:, 0, 0] / 2)


def make_ragged(n_samples=48, seed=0):
    rng = np.random.default_rng(seed)
    X = [rng.normal(size=(n_steps, 2)) for n_steps in rng.integers(1, 8, size=n_samples)]
    return X, np.array([np.exp(sequence[0, 0] / 2) for sequence in X])


all_forms = pytest.mark.parametrize("make", [make_sequences, make_ragged])


@all_losses
@all_forms
def test_learns_what_the_first_step_says(make, loss):
    X, y = make(n_samples=96)

    reg = small(loss=loss, max_epochs=30, lr="auto").fit(X, y)

    X_test, y_test = make(n_samples=96, seed=1)
    assert reg.score(X_test, y_test) > 0.6


def test_defaults_learn_a_frequency():
    rng = np.random.default_rng(0)
    y = rng.uniform(1, 5, size=120)
    waves = np.sin(2 * np.pi * y[:, None] * np.linspace(0, 1, 40) + rng.uniform(0, 6, (120, 1)))
    X = waves + rng.normal(0, 0.2, waves.shape)

    reg = RNNRegressor(max_epochs=10, random_state=0).fit(X[:80], y[:80])

    assert list(reg.shares_) == ["networks", "random_convolutions", "linear"]
    assert reg.score(X[80:], y[80:]) > 0.8


@all_forms
def test_a_linear_function_of_the_values_is_told_exactly(make):
    X, _ = make(n_samples=80)
    y = [10 + sequence[-1, 1] + sequence.sum() for sequence in X]

    reg = RNNRegressor(max_epochs=1, random_state=0).fit(X[:60], y[:60])

    assert reg.score(X[60:], y[60:]) > 0.9999
    assert reg.shares_["linear"] > 0.99


@pytest.mark.parametrize("options", [{}, {"linear": False}])
@pytest.mark.parametrize("shape", [(48,), (48, 1), (48, 3)])
def test_predictions_have_the_shape_of_y(shape, options):
    X, _ = make_sequences()
    y = np.random.default_rng(0).normal(size=shape)

    reg = small(**{"linear": "auto", **options}).fit(X, y)

    assert reg.predict(X).shape == shape
    assert [each.shape for each in reg.staged_predict(X)] == [shape] * 5


def test_each_output_has_its_own_shares():
    X, _ = make_sequences(n_samples=80)
    noise = np.random.default_rng(0).normal(size=80)

    reg = small(linear=True).fit(X, np.column_stack([X[:, 0, 0], noise]))

    linear, not_linear = reg.shares_["linear"]
    assert linear > 0.99 > not_linear


def test_last_stage_is_the_prediction():
    X, y = make_ragged()
    reg = small(linear=True).fit(X, y)

    assert_allclose(list(reg.staged_predict(X))[-1], reg.predict(X), atol=1e-6)


@all_losses
def test_units_of_y_do_not_matter(loss):
    X, y = make_sequences()
    shift = 0.0 if loss == "poisson" else 7.0
    reg = small(loss=loss, **EXACT).fit(X, y)

    scaled = small(loss=loss, **EXACT).fit(X, 1000 * y + shift)

    assert_allclose(scaled.predict(X), 1000 * reg.predict(X) + shift, rtol=1e-6)


def test_scale_is_not_learnt_from_validation_data():
    X, y = make_sequences()
    other = y.copy()
    reg = small(early_stopping=True, max_epochs=1).fit(X, y)
    _, valid_rows = split_rows(len(y), 0.1, None, None, reg._draw_seed().of("split").number)
    other[valid_rows] += 1e6

    assert_array_equal(
        small(early_stopping=True, max_epochs=1).fit(X, other).predict(X), reg.predict(X)
    )


def test_a_constant_is_told():
    X, _ = make_sequences()

    for loss in LOSSES:
        reg = small(linear="auto", loss=loss, max_epochs=20, lr="auto").fit(X, np.full(48, 5.0))
        assert_allclose(reg.predict(X), 5, rtol=1e-6 if loss == "squared_error" else 0.3)


@pytest.mark.parametrize("quantile", [0.1, 0.9])
def test_quantiles_are_told(quantile):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3, 1))
    y = X[:, 0, 0] + rng.normal(size=200)

    reg = small(loss="quantile", quantile=quantile, max_epochs=30, lr="auto").fit(X, y)

    assert np.mean(y < reg.predict(X)) == pytest.approx(quantile, abs=0.06)
    assert d2_pinball_score(y, reg.predict(X), alpha=quantile) > 0.2


def test_counts_are_told_as_means_above_zero():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3, 1))
    y = rng.poisson(np.exp(X[:, 0, 0] - 1))

    reg = small(loss="poisson", max_epochs=30, lr="auto").fit(X, y)

    predicted = reg.predict(X)
    assert predicted.min() > 0
    assert mean_poisson_deviance(y, predicted) < 0.8 * mean_poisson_deviance(
        y, np.full(200, y.mean())
    )


def test_outliers_do_not_matter_to_the_absolute_error():
    X, y = make_sequences(n_samples=96)
    spoilt = y.copy()
    spoilt[:5] = 1e9

    reg = small(loss="absolute_error", max_epochs=30, lr="auto").fit(X, spoilt)

    assert reg.score(X[5:], y[5:]) > 0.6


@all_losses
@all_forms
def test_weights_are_repetitions(make, loss):
    X, y = make()
    weight = np.random.default_rng(0).integers(0, 4, size=len(X))
    rows = np.repeat(np.arange(len(X)), weight)
    repeated = [X[row] for row in rows] if isinstance(X, list) else X[rows]

    weighted = small(loss=loss, **EXACT).fit(X, y, sample_weight=weight)

    assert_allclose(
        weighted.predict(X), small(loss=loss, **EXACT).fit(repeated, y[rows]).predict(X), rtol=1e-8
    )


def test_row_of_zero_weight_is_no_row():
    X, y = make_sequences(n_steps=12)
    weight = np.ones(48)
    weight[:8] = 0
    X[:8], y[:8] = 1e6, 1e9
    options = {"front_end": True, "linear": True, "random_convolutions": True}

    reg = small(**options).fit(X, y, sample_weight=weight)

    kept = small(**options).fit(X[8:], y[8:], sample_weight=weight[8:])
    assert_array_equal(reg.predict(X[8:]), kept.predict(X[8:]))


def test_rows_held_out_do_not_teach():
    X, y = make_sequences(n_samples=40)
    held_out = {}

    class Spy(RNNRegressor):
        def _choose_shares(self, train, *args):
            held_out["rows"] = train.held_out.numpy() == 0
            return super()._choose_shares(train, *args)

    options = small(linear=True, n_estimators=1, batch_norm=True, batch_size=4).get_params()
    first = Spy(**options).fit(X, y)
    # The mean and the deviation of all stay as they were.
    other = y.copy()
    other[held_out["rows"]] = other[held_out["rows"]][::-1]
    second = Spy(**options).fit(X, other)

    assert held_out["rows"].sum() == 4
    weights, others = (
        reg.net_.module_.members[0].output.weight.detach() for reg in (first, second)
    )
    assert_allclose(weights, others, atol=1e-7)


def test_warm_start_keeps_the_shares():
    X, y = make_sequences()
    reg = small(linear=True, warm_start=True).fit(X, y)
    before = reg.shares_

    reg.set_params(max_epochs=5).fit(X, y)

    assert reg.shares_ is before
    assert reg.n_iter_ == 7


@pytest.mark.parametrize("n_samples", [1, 2, 5, 9, 11])
def test_few_samples(n_samples):
    X, y = make_sequences(n_samples=n_samples, n_steps=12)

    reg = RNNRegressor(max_epochs=1, random_state=0).fit(X, y)

    assert np.isfinite(reg.predict(X)).all()


def test_partial_fit():
    X, y = make_sequences(n_samples=96)
    reg = small()

    for _ in range(30):
        reg.partial_fit(X, y)

    assert reg.n_iter_ == 30
    assert reg.score(X, y) > 0.6
    with pytest.raises(ValueError, match=r"y has 2 numbers for each sample, .* fitted to 1"):
        reg.partial_fit(X, np.column_stack([y, y]))


def test_partial_fit_refuses_early_stopping():
    with pytest.raises(ValueError, match="early_stopping=True"):
        small(early_stopping=True).partial_fit(*make_sequences())


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (["a", "b"] * 24, r"RNNRegressor tells numbers, but y holds 'a'\. RNNClassifier tells"),
        (np.array(["1"] * 48, dtype=object), "y holds '1'"),
        ([None] * 48, r"y\[0\] is nan"),
        (np.ones(48, dtype=complex), "of the type complex128"),
        (np.r_[np.ones(47), np.nan], r"Input y contains NaN or infinity: y\[47\] is nan"),
        (np.where(np.eye(48)[:, :2] > 0, np.inf, 1), r"y\[0, 0\] is inf"),
        (np.ones(47), "y holds 47 samples, but X holds 48 sequences"),
        (np.ones((48, 2, 2)), r"shape \(n_samples,\) or .* Got \(48, 2, 2\)"),
        (np.r_[1e300, -1e300, np.ones(46)], "y holds values too large"),
    ],
    ids=["text", "object", "none", "complex", "nan", "inf", "short", "cube", "large"],
)
def test_what_is_no_number_is_named(y, message):
    X, _ = make_sequences()

    with pytest.raises(ValueError, match=message):
        small().fit(X, y)


def test_no_y():
    with pytest.raises(ValueError, match="requires y to be passed, but the target y is None"):
        small().fit(make_sequences()[0], None)


@pytest.mark.parametrize(
    ("y", "message"),
    [(-np.ones(48), r"from 0 on in y\. Got -1 as the smallest"), (np.zeros(48), "only zeros")],
)
def test_numbers_that_are_no_counts_are_named(y, message):
    with pytest.raises(ValueError, match=f"loss='poisson' needs numbers .*{message}"):
        small(loss="poisson").fit(make_sequences()[0], y)


@pytest.mark.parametrize("name", ["linear", "random_convolutions"])
def test_ridge_regression_goes_with_squared_errors(name):
    with pytest.raises(ValueError, match=f"{name}=True is a ridge .* loss='huber'"):
        small(**{"loss": "huber", name: True}).fit(*make_sequences())


def test_not_fitted():
    with pytest.raises(NotFittedError):
        RNNRegressor().predict(make_sequences()[0])


def test_fit_that_learns_nothing_warns():
    X, _ = make_sequences(n_samples=500)
    noise = np.random.default_rng(1).normal(size=500)

    with pytest.warns(ConvergenceWarning, match=r"hardly below 1, that of always answering the"):
        small(lr=1e-9, max_epochs=1).fit(X, noise)


def test_alone_as_in_a_batch_to_the_last_bit():
    X, y = make_sequences()
    reg = RNNRegressor(max_epochs=1, linear=False, random_state=0).fit(X, y)

    assert_array_equal(np.hstack([reg.predict(X[[row]]) for row in range(48)]), reg.predict(X))


def test_padding_changes_no_bit():
    X, y = make_ragged()
    padded = np.full((48, 9, 2), np.nan)
    for row, sequence in zip(padded, X, strict=True):
        row[: len(sequence)] = sequence

    reg = small(linear=True).fit(X, y)

    assert_array_equal(reg.predict(padded), reg.predict(X))


def test_longer_and_shorter_sequences_than_in_training():
    X, y = make_ragged()
    reg = small(linear=True).fit(X, y)

    assert np.isfinite(reg.predict([np.ones((n_steps, 2)) for n_steps in (1, 30)])).all()


def test_frames_and_series():
    X, y = make_ragged()
    frames = [pd.DataFrame(sequence, columns=["a", "b"]) for sequence in X]

    reg = small().fit(frames, pd.Series(y, index=range(100, 148)))

    assert_array_equal(
        reg.predict([frame[["b", "a"]] for frame in frames]), reg.predict(X_of(frames))
    )


def X_of(frames):
    return [frame[["a", "b"]] for frame in frames]


def test_images_to_numbers():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, size=(60, 6, 6)).astype(np.uint8)
    y = images.mean(axis=(1, 2))

    pipeline = make_pipeline(ImageToSequence(), small(linear=True)).fit(images[:40], y[:40])

    assert pipeline.score(images[40:], y[40:]) > 0.99


def test_model_selection():
    X, y = make_sequences()
    search = GridSearchCV(small(max_epochs=1), {"loss": ["squared_error", "huber"]}, cv=2)

    assert search.fit(X, y).best_params_["loss"] in ("squared_error", "huber")
    assert len(cross_val_score(small(max_epochs=1), X, y, cv=3, scoring="r2")) == 3
