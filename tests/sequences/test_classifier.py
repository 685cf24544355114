import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import config_context
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.inspection import permutation_importance
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch.callbacks import Callback

from sklearn_rnn import ImageToSequence, RNNClassifier

CELLS = [
    {"cell": "rnn", "nonlinearity": "tanh"},
    {"cell": "rnn", "nonlinearity": "relu"},
    {"cell": "lstm"},
    {"cell": "gru"},
]
# The same sums in another order: equal up to rounding, in float64 and in one batch.
EXACT = {"dtype": "float64", "batch_size": 1000, "max_epochs": 5, "lr": 0.01}


def small(**params):
    """Build a plain network that learns quickly, and nothing but the gradients of its batches."""
    options = {
        "front_end": False,
        "cell": "lstm",
        "bidirectional": False,
        "pooling": "last",
        "hidden_size": 8,
        "dropout": 0.0,
        "max_epochs": 2,
        "batch_size": 8,
        "lr": 1e-3,
        "ema_decay": None,
        "random_state": 0,
    }
    return RNNClassifier(**{**options, **params})


def make_sequences(n_samples=48, n_steps=5, n_features=2, seed=0):
    """Sequences whose class is told by the sign of their first value."""
    X = np.random.default_rng(seed).normal(size=(n_samples, n_steps, n_features))
    return X, np.where(X[:, 0, 0] > 0, "up", "down")


def make_ragged(n_samples=40, n_features=2, seed=0):
    rng = np.random.default_rng(seed)
    X = [rng.normal(size=(n, n_features)) for n in rng.integers(1, 8, size=n_samples)]
    return X, np.where([sequence[0, 0] > 0 for sequence in X], "up", "down")


def pad(sequences, n_more=0):
    """Fill up with NaN to the longest sequence, and some steps more."""
    n_steps = max(len(sequence) for sequence in sequences) + n_more
    padded = np.full((len(sequences), n_steps, sequences[0].shape[1]), np.nan)
    for row, sequence in zip(padded, sequences, strict=True):
        row[: len(sequence)] = sequence
    return padded


class ClassCounts(Callback):
    def on_train_begin(self, net, X=None, y=None, **kwargs):
        self.train_, self.valid_ = (np.bincount(part.y.cpu()) for part in X)


class LearningRates(Callback):
    def on_train_begin(self, net, **kwargs):
        self.rates_ = []

    def on_batch_begin(self, net, **kwargs):
        self.rates_.append(net.optimizer_.param_groups[0]["lr"])


all_cells = pytest.mark.parametrize("cell", CELLS, ids=str)
all_forms = pytest.mark.parametrize("make", [make_sequences, make_ragged])


@pytest.mark.parametrize(
    "options",
    [
        *CELLS,
        {"pooling": "mean"},
        {"pooling": "max"},
        {"pooling": ["last", "mean", "max"]},
        {"front_end": True},
        {"front_end": True, "pooling": ["max", "mean"], "n_estimators": 2},
        {"bidirectional": True},
        {"batch_norm": True},
        {"num_layers": 2, "dropout": 0.1},
        {"cell": "gru", "bidirectional": True, "pooling": "max", "num_layers": 2},
        {"cell": "rnn", "bidirectional": True, "pooling": "mean", "batch_norm": True},
    ],
    ids=str,
)
@all_forms
def test_learns_what_the_first_step_says(make, options):
    X, y = make(n_samples=96)

    clf = small(hidden_size=16, lr=0.02, max_epochs=20, **options).fit(X, y)

    X_test, y_test = make(n_samples=96, seed=1)
    assert clf.score(X_test, y_test) > 0.85


def test_learns_which_of_three_classes():
    X, _ = make_sequences(n_samples=96)
    y = X[:, 0].argmax(axis=1) + (X[:, 0].max(axis=1) < 0) * 2

    clf = small(lr=0.02, max_epochs=30).fit(X, y)

    assert_array_equal(clf.classes_, [0, 1, 2, 3][: len(clf.classes_)])
    assert clf.predict_proba(X).shape == (96, len(clf.classes_))
    assert clf.score(X, y) > 0.85


@all_cells
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("pooling", ["last", "mean", "max"])
class TestVaryingLengths:
    def fitted(self, cell, bidirectional, pooling):
        clf = small(bidirectional=bidirectional, pooling=pooling, num_layers=2, lr=0.02, **cell)
        return clf.fit(*make_ragged())

    def test_alone_as_in_a_batch(self, cell, bidirectional, pooling):
        X, _ = make_ragged()
        clf = self.fitted(cell, bidirectional, pooling)

        alone = np.vstack([clf.predict_proba([sequence]) for sequence in X])

        assert_allclose(alone, clf.predict_proba(X), atol=1e-6)

    def test_in_any_batch(self, cell, bidirectional, pooling):
        X, _ = make_ragged()
        clf = self.fitted(cell, bidirectional, pooling)

        assert_allclose(clf.predict_proba(X[:13]), clf.predict_proba(X)[:13], atol=1e-6)

    def test_padding_changes_no_bit(self, cell, bidirectional, pooling):
        X, y = make_ragged()
        clf = self.fitted(cell, bidirectional, pooling)
        padded = small(**clf.get_params()).fit(pad(X, n_more=2), y)

        expected = clf.predict_proba(X)

        assert_array_equal(clf.predict_proba(pad(X, n_more=2)), expected)
        assert_array_equal(padded.predict_proba(X), expected)

    def test_equal_lengths_as_an_array(self, cell, bidirectional, pooling):
        X, _ = make_sequences()
        clf = self.fitted(cell, bidirectional, pooling)

        assert_allclose(clf.predict_proba(list(X)), clf.predict_proba(X), atol=1e-6)


@all_cells
def test_alone_as_in_a_batch_to_the_last_bit(cell):
    X, y = make_sequences()
    clf = small(**cell).fit(X, y)

    alone = np.vstack([clf.predict_proba(X[[row]]) for row in range(len(X))])

    assert_array_equal(alone, clf.predict_proba(X))


@pytest.mark.parametrize(
    "convert",
    [
        pytest.param(tuple, id="tuple"),
        pytest.param(lambda X: [sequence.tolist() for sequence in X], id="lists"),
        pytest.param(lambda X: [pd.DataFrame(sequence) for sequence in X], id="frames"),
        pytest.param(lambda X: np.array([*X, None], dtype=object)[:-1], id="object_array"),
    ],
)
def test_forms_of_a_ragged_input(convert):
    X, y = make_ragged()
    clf = small().fit(X, y)

    other = small().fit(convert(X), y)

    assert_array_equal(other.predict_proba(convert(X)), clf.predict_proba(X))


def test_two_dimensional_input_is_univariate():
    X, y = make_sequences(n_features=1)

    flat = small().fit(X[:, :, 0], y).predict_proba(X[:, :, 0])

    assert_array_equal(flat, small().fit(X, y).predict_proba(X))


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int64, np.uint8])
def test_dtypes_and_orders_of_the_input(dtype, order):
    X, y = make_sequences()
    X = (X * 10 + 50).round().astype(dtype)
    clf = small().fit(X.astype(np.float64), y)

    other = small().fit(np.asarray(X, order=order), y)

    assert_allclose(other.predict_proba(X), clf.predict_proba(X), atol=1e-5)


def test_large_offset_keeps_its_digits():
    X, y = make_sequences()
    clf = small().fit(X, y)

    shifted = small().fit(X + 1e9, y)

    assert_allclose(shifted.predict_proba(X + 1e9), clf.predict_proba(X), atol=1e-5)


def test_scale_of_the_input_does_not_matter():
    X, y = make_sequences()
    clf = small().fit(X, y)

    scaled = small().fit(X * [1e-6, 1e6], y)

    assert_allclose(scaled.predict_proba(X * [1e-6, 1e6]), clf.predict_proba(X), atol=1e-5)


def test_scale_is_not_learnt_from_validation_data():
    X, y = make_sequences()
    clf = small(early_stopping=True, validation_fraction=0.25).fit(X, y)

    shift = clf.net_.module_.rescale.shift.cpu().numpy()

    assert not np.allclose(shift, X.mean(axis=(0, 1)))


def test_constant_feature_is_harmless():
    X, y = make_sequences()
    X[:, :, 1] = 0.1

    assert np.isfinite(small().fit(X, y).predict_proba(X)).all()


@all_forms
def test_probabilities_sum_to_one(make):
    X, y = make()

    probabilities = small().fit(X, y).predict_proba(X)

    assert probabilities.shape == (len(X), 2)
    assert (probabilities >= 0).all()
    assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)


def test_log_probabilities_are_logarithms():
    X, y = make_sequences()
    clf = small().fit(X, y)

    assert_allclose(clf.predict_log_proba(X), np.log(clf.predict_proba(X)), rtol=1e-9)


def test_predicts_the_most_probable_class():
    X, y = make_sequences()
    clf = small().fit(X, y)

    assert_array_equal(clf.predict(X), clf.classes_[clf.predict_proba(X).argmax(axis=1)])


@pytest.mark.parametrize(
    "labels",
    [
        np.array(["down", "up"]),
        np.array(["down", "up"], dtype=object),
        np.array([False, True]),
        np.array([-7, 3]),
        np.array([1.0, 2.0]),
    ],
    ids=str,
)
def test_labels_come_back_as_given(labels):
    X, y = make_sequences()
    codes = (y == "up").astype(int)

    clf = small(lr=0.02, max_epochs=10).fit(X, labels[codes])

    predicted = clf.predict(X)
    assert_array_equal(clf.classes_, labels)
    assert predicted.dtype == labels.dtype
    assert (predicted == labels[codes]).mean() > 0.8


def test_labels_may_be_a_series():
    X, y = make_sequences()

    clf = small().fit(X, pd.Series(y, index=range(100, 100 + len(y))))

    assert_array_equal(clf.predict_proba(X), small().fit(X, y).predict_proba(X))


def test_column_of_labels_warns():
    X, y = make_sequences()

    with pytest.warns(UserWarning, match="column-vector"):
        small().fit(X, y[:, None])


def test_fitted_attributes():
    X, y = make_sequences(n_steps=5, n_features=2)

    clf = small(max_epochs=3).fit(X, y)

    assert_array_equal(clf.classes_, ["down", "up"])
    assert clf.n_features_in_ == 2
    assert clf.sequence_shape_ == (5, 2)
    assert clf.n_iter_ == len(clf.loss_curve_) == 3
    assert not hasattr(clf, "feature_names_in_")


def test_sequence_shape_of_ragged_input():
    clf = small().fit(*make_ragged())

    assert clf.sequence_shape_ == (None, 2)
    assert clf.n_features_in_ == 2


def test_fit_on_an_array_forgets_the_names_of_a_frame():
    X, y = make_sequences()
    frame = pd.DataFrame(X[:, :, 0], columns=list("abcde"))
    clf = small().fit(frame, y)
    assert_array_equal(clf.feature_names_in_, list("abcde"))

    clf.fit(X, y)

    assert not hasattr(clf, "feature_names_in_")
    assert clf.n_features_in_ == 2


def test_first_loss_is_about_that_of_a_guess():
    X, y = make_sequences()

    clf = small(lr=1e-9, max_epochs=1).fit(X, y)

    assert clf.loss_curve_[0] == pytest.approx(np.log(2), abs=0.3)


def test_accuracy_in_the_history():
    X, y = make_sequences()

    # With a learning rate of next to nothing, the net of each batch is the net at the end.
    clf = small(lr=1e-9, optimizer="sgd", max_epochs=1).fit(X, y)

    assert clf.net_.history[-1, "train_accuracy"] == pytest.approx(clf.score(X, y))


def test_validation_data_are_stratified():
    X, _ = make_sequences(n_samples=40)
    y = np.repeat(["often", "seldom"], [36, 4])

    clf = small(early_stopping=True, validation_fraction=0.25, callbacks=[ClassCounts()])
    clf.fit(X, y)

    counts = dict(clf.net_.callbacks_)["ClassCounts"]
    assert_array_equal(counts.train_, [27, 3])
    assert_array_equal(counts.valid_, [9, 1])


@pytest.mark.parametrize("n_samples", [17, 25])
def test_batch_norm_takes_a_last_batch_of_one(n_samples):
    X, y = make_sequences(n_samples=n_samples)

    clf = small(batch_norm=True, batch_size=8).fit(X, y)

    assert np.isfinite(clf.predict_proba(X)).all()


def test_batch_norm_takes_batches_of_one():
    X, y = make_sequences(n_samples=16)

    clf = small(batch_norm=True, batch_size=1).fit(X, y)

    assert np.isfinite(clf.predict_proba(X)).all()


def test_batch_norm_normalises_by_all_training_data():
    X, y = make_sequences()
    clf = small(batch_norm=True, lr=0.02, max_epochs=5).fit(X, y)
    norm, seen = clf.net_.module_.norm, []
    norm.register_forward_pre_hook(lambda module, args: seen.append(args[0].cpu().numpy()))

    clf.predict(X)

    assert_allclose(norm.running_mean.cpu(), seen[0].mean(axis=0), atol=1e-5)
    assert_allclose(norm.running_var.cpu(), seen[0].var(axis=0, ddof=1), atol=1e-5)


def weighted_and_repeated(make, seed=0):
    X, y = make()
    weight = np.random.default_rng(seed).integers(0, 4, size=len(X))
    rows = np.repeat(np.arange(len(X)), weight)
    repeated = [X[row] for row in rows] if isinstance(X, list) else X[rows]
    return X, y, weight, repeated, y[rows]


@all_forms
@all_cells
@pytest.mark.parametrize("class_weight", [None, "balanced", {"up": 3.0}], ids=str)
def test_weights_are_repetitions(make, cell, class_weight):
    X, y, weight, X_repeated, y_repeated = weighted_and_repeated(make)
    options = {**EXACT, **cell, "class_weight": class_weight}

    weighted = small(**options).fit(X, y, sample_weight=weight)

    repeated = small(**options).fit(X_repeated, y_repeated)
    assert_allclose(weighted.predict_proba(X), repeated.predict_proba(X), rtol=1e-9)


def test_loss_curve_has_the_precision_of_the_network():
    X, y, weight, X_repeated, y_repeated = weighted_and_repeated(make_sequences)

    weighted = small(**EXACT).fit(X, y, sample_weight=weight)

    repeated = small(**EXACT).fit(X_repeated, y_repeated)
    assert_allclose(weighted.loss_curve_, repeated.loss_curve_, rtol=1e-9)


@all_forms
def test_only_ratios_of_weights_matter(make):
    X, y = make()
    weight = np.random.default_rng(0).uniform(size=len(X))
    clf = small(**EXACT).fit(X, y, sample_weight=weight)

    other = small(**EXACT).fit(X, y, sample_weight=weight * 1000)

    assert_allclose(other.predict_proba(X), clf.predict_proba(X), rtol=1e-9)


@pytest.mark.parametrize(
    ("class_weight", "by_class"),
    [("balanced", {"up": 40 / 20, "down": 40 / 60}), ({"up": 3.0}, {"up": 3.0, "down": 1.0})],
    ids=str,
)
def test_class_weight_is_a_sample_weight(class_weight, by_class):
    X, _ = make_sequences(n_samples=40)
    y = np.repeat(["up", "down"], [10, 30])
    weighted = small(**EXACT).fit(X, y, sample_weight=[by_class[label] for label in y])

    clf = small(class_weight=class_weight, **EXACT).fit(X, y)

    assert_allclose(clf.predict_proba(X), weighted.predict_proba(X), rtol=1e-9)


def test_class_weight_by_bool_labels():
    X, y = make_sequences()

    clf = small(class_weight={True: 1e6, False: 1.0}, lr=0.02, max_epochs=10).fit(X, y == "up")

    assert clf.predict(X).all()


def test_row_of_zero_weight_is_no_row():
    X, y = make_sequences()
    weight = np.ones(len(X))
    weight[:8] = 0
    X[:8] = 1e6

    clf = small().fit(X, y, sample_weight=weight)

    kept = small().fit(X[8:], y[8:], sample_weight=weight[8:])
    assert_array_equal(clf.predict_proba(X[8:]), kept.predict_proba(X[8:]))


def test_sequence_of_zero_weight_is_none_even_if_it_is_the_longest():
    rng = np.random.default_rng(0)
    X, y = [rng.normal(size=(n, 2)) for n in (50, *[10] * 20)], [0, 1, 0] * 7
    weight = np.ones(len(X))
    weight[0] = 0

    clf = small().fit(X, y, sample_weight=weight)
    kept = small().fit(X[1:], y[1:])

    assert_allclose(clf.predict_proba(X[1:]), kept.predict_proba(X[1:]), rtol=1e-5)


def test_class_of_zero_weight_is_no_class():
    X, y = make_sequences()
    y = np.where(np.arange(len(y)) < 5, "gone", y)

    clf = small().fit(X, y, sample_weight=(y != "gone").astype(float))

    assert_array_equal(clf.classes_, ["down", "up"])


def test_one_class_left_by_zero_weights_raises():
    X, y = make_sequences()

    with pytest.raises(ValueError, match="only one class: 'up'"):
        small().fit(X, y, sample_weight=(y == "up").astype(float))


def test_negative_weights_raise():
    X, y = make_sequences()

    with pytest.raises(ValueError, match=r"[Nn]egative"):
        small().fit(X, y, sample_weight=np.full(len(X), -1.0))


def test_weights_reach_the_validation_loss():
    X, y = make_sequences()
    weight = np.where(y == "up", 1.0, 1e-9)
    options = {"early_stopping": True, "lr": 1e-9, "max_epochs": 1, "dtype": "float64"}

    clf = small(**options).fit(X, y, sample_weight=weight)

    assert clf.net_.history[-1, "valid_loss"] != pytest.approx(
        small(**options).fit(X, y).net_.history[-1, "valid_loss"], rel=1e-3
    )


def test_partial_fit_learns_over_calls():
    X, y = make_sequences(n_samples=96)
    clf = small(lr=0.02)

    for _ in range(15):
        for rows in np.split(np.arange(96), 3):
            clf.partial_fit(X[rows], y[rows], classes=["down", "up"])

    assert clf.score(X, y) > 0.9
    assert clf.n_iter_ == len(clf.loss_curve_) == 45


def test_partial_fit_knows_classes_that_it_has_not_seen():
    X, y = make_sequences()

    clf = small().partial_fit(X, y, classes=["sideways", "up", "down"])

    assert_array_equal(clf.classes_, ["down", "sideways", "up"])
    assert clf.predict_proba(X).shape == (len(X), 3)


def test_partial_fit_of_one_class():
    X, y = make_sequences()
    clf = small().partial_fit(X[y == "up"], y[y == "up"], classes=["down", "up"])

    assert clf.predict_proba(X).shape == (len(X), 2)


def test_partial_fit_trains_one_epoch_more():
    X, y = make_sequences()
    options = {"batch_size": 1000, "dtype": "float64", "random_state": None}
    fitted = small(max_epochs=1, **options).fit(X, y)
    before = fitted.net_.module_.output.weight.detach().clone()

    fitted.partial_fit(X, y)

    assert fitted.n_iter_ == 2
    assert not np.array_equal(fitted.net_.module_.output.weight.detach().cpu(), before.cpu())


@pytest.mark.parametrize("lr_schedule", ["one_cycle", "cosine"])
def test_partial_fit_after_fit_has_no_schedule(lr_schedule):
    X, y = make_sequences()
    clf = small(lr=0.01, lr_schedule=lr_schedule, callbacks=[LearningRates()]).fit(X, y)

    clf.partial_fit(X, y)

    assert dict(clf.net_.callbacks_)["LearningRates"].rates_ == [0.01] * 6


def test_partial_fit_after_fit_with_early_stopping():
    X, y = make_sequences()
    clf = small(early_stopping=True).fit(X, y)

    clf.set_params(early_stopping=False).partial_fit(X, y)

    assert clf.n_iter_ == 3


def test_partial_fit_takes_one_row():
    X, y = make_sequences()
    clf = small(batch_norm=True).fit(X, y)

    clf.partial_fit(X[:1], y[:1])

    assert np.isfinite(clf.predict_proba(X)).all()


def test_partial_fit_weighs_samples():
    X, y = make_sequences()
    clf = small(lr=0.02)

    for _ in range(10):
        clf.partial_fit(X, y, ["down", "up"], sample_weight=np.where(y == "up", 1.0, 1e-6))

    assert (clf.predict(X) == "up").all()


def test_partial_fit_without_classes_raises():
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        small().partial_fit(*make_sequences())


def test_partial_fit_with_unknown_label_raises():
    X, y = make_sequences()
    clf = small().partial_fit(X, y, classes=["down", "up"])

    with pytest.raises(ValueError, match=r"labels .*sideways.* not among the classes"):
        clf.partial_fit(X, np.where(y == "up", "sideways", y))


def test_partial_fit_with_other_classes_raises():
    X, y = make_sequences()
    clf = small().partial_fit(X, y, classes=["down", "up"])

    with pytest.raises(ValueError, match="not the same as on last call"):
        clf.partial_fit(X, y, classes=["down", "sideways", "up"])


@pytest.mark.parametrize(
    ("params", "name"),
    [({"early_stopping": True}, "early_stopping"), ({"class_weight": "balanced"}, "class_weight")],
)
def test_partial_fit_needs_no_look_at_all_data(params, name):
    X, y = make_sequences()

    with pytest.raises(ValueError, match=f"partial_fit does not support {name}"):
        small(**params).partial_fit(X, y, classes=["down", "up"])


def test_warm_start_with_other_features_raises():
    X, y = make_sequences()
    clf = small(warm_start=True).fit(X, y)

    with pytest.raises(ValueError, match="warm_start"):
        clf.fit(X[:, :, :1], y)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite_raise(value):
    X, y = make_sequences()
    X[3, 2, 1] = value

    with pytest.raises(ValueError, match="NaN" if np.isnan(value) else "infinity"):
        small().fit(X, y)


def test_nan_in_the_middle_of_a_padded_array_raises():
    X, y = make_ragged()
    padded = pad(X)
    padded[np.argmax([len(sequence) for sequence in X]), 0] = np.nan

    with pytest.raises(ValueError, match="NaN"):
        small().fit(padded, y)


def test_step_that_is_partly_nan_is_no_padding():
    X, y = make_sequences()
    X[3, -1, 0] = np.nan

    with pytest.raises(ValueError, match="NaN"):
        small().fit(X, y)


def test_nan_in_a_ragged_sequence_raises_and_names_it():
    X, y = make_ragged()
    X[3][0, 0] = np.nan

    with pytest.raises(ValueError, match=r"X\[3\] contains NaN"):
        small().fit(X, y)


def test_sequence_that_is_all_padding_raises():
    X, y = make_sequences()
    X[3] = np.nan

    with pytest.raises(ValueError, match=r"X\[3\] has no steps"):
        small().fit(X, y)


def test_empty_sequence_raises_and_is_named():
    X, y = make_ragged()
    X[3] = X[3][:0]

    with pytest.raises(ValueError, match=r"X\[3\]"):
        small().fit(X, y)


def test_sequence_with_other_features_raises():
    X, y = make_ragged()
    X[3] = np.zeros((4, 3))

    with pytest.raises(ValueError, match=r"X\[3\] has 3 features, but X\[0\] has 2"):
        small().fit(X, y)


@pytest.mark.parametrize("sequence", [np.zeros(4), np.zeros((4, 2, 1)), 1.0], ids=np.shape)
def test_sequence_that_is_not_2d_raises_and_is_named(sequence):
    X, y = make_ragged()
    X[3] = sequence

    with pytest.raises(ValueError, match=r"X\[3\]"):
        small().fit(X, y)


def test_four_dimensions_raise():
    X, y = make_sequences()

    with pytest.raises(ValueError, match="X has 4 dimensions"):
        small().fit(X[:, :, :, None], y)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "predict_log_proba"])
class TestOtherShape:
    def test_other_features_raise(self, method):
        X, y = make_sequences()
        clf = small().fit(X, y)

        with pytest.raises(ValueError, match=r"X has 1 features .* expecting 2 features"):
            getattr(clf, method)(X[:, :, :1])

    def test_other_steps_raise(self, method):
        X, y = make_sequences()
        clf = small().fit(X, y)

        with pytest.raises(ValueError, match=r"X has 4 steps, .* expecting 5 steps"):
            getattr(clf, method)(X[:, :4])

    def test_other_steps_of_ragged_input_do_not(self, method):
        X, y = make_sequences()
        clf = small().fit(X, y)

        assert len(getattr(clf, method)([*X[:3], X[0, :2]])) == 4

    def test_not_fitted_raises(self, method):
        with pytest.raises(NotFittedError):
            getattr(small(), method)(make_sequences()[0])


def test_one_class_raises_and_is_named():
    X, _ = make_sequences()

    with pytest.raises(ValueError, match="only one class: 'a'"):
        small().fit(X, np.full(len(X), "a"))


def test_missing_y_raises():
    with pytest.raises(ValueError, match="requires y to be passed"):
        small().fit(make_sequences()[0], None)


@all_forms
def test_y_of_another_length_raises(make):
    X, y = make()

    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        small().fit(X, y[:-1])


def test_continuous_y_raises():
    X, _ = make_sequences()

    with pytest.raises(ValueError, match="Unknown label type: continuous"):
        small().fit(X, X[:, 0, 0])


def test_nan_in_y_raises():
    X, y = make_sequences()

    with pytest.raises(ValueError, match="y contains NaN"):
        small().fit(X, np.where(y == "up", 1.0, np.nan))


def test_in_a_pipeline_after_images():
    X, y = make_sequences(n_steps=9, n_features=1)
    X = X[:, :, 0]
    pipeline = make_pipeline(ImageToSequence(scan="columns"), small())

    pipeline.fit(X, y)

    assert pipeline[-1].sequence_shape_ == (3, 3)
    assert_array_equal(pipeline.classes_, ["down", "up"])


@all_forms
def test_cross_validate(make):
    X, y = make()

    scores = cross_validate(
        small(), X, y, cv=3, scoring=["accuracy", "neg_log_loss", "roc_auc"], error_score="raise"
    )

    assert all(np.isfinite(scores[f"test_{name}"]).all() for name in ("accuracy", "roc_auc"))


def test_grid_search_in_other_processes():
    X, y = make_sequences()
    grid = {"cell": ["rnn", "gru"], "hidden_size": [2, 3]}
    here = GridSearchCV(small(), grid, cv=2, error_score="raise").fit(X, y)

    elsewhere = GridSearchCV(small(), grid, cv=2, n_jobs=2, error_score="raise").fit(X, y)

    for name in ("mean_test_score", "std_test_score", "params"):
        assert list(elsewhere.cv_results_[name]) == list(here.cv_results_[name])


@all_forms
def test_calibrated(make):
    X, y = make()

    calibrated = CalibratedClassifierCV(small(), cv=2).fit(X, y)

    assert_allclose(calibrated.predict_proba(X).sum(axis=1), 1)


def test_voting():
    X, y = make_sequences()
    voters = [("rnn", small(cell="rnn")), ("gru", small(cell="gru"))]

    voting = VotingClassifier(voters, voting="soft").fit(X, y)

    mean = np.mean([small(cell=cell).fit(X, y == "up").predict_proba(X) for cell, _ in voters], 0)
    assert_allclose(voting.predict_proba(X), mean, atol=1e-6)


def test_permutation_importance():
    X, y = make_sequences(n_samples=96, n_features=1)
    X = X[:, :, 0]
    clf = small(lr=0.02, max_epochs=10).fit(X, y)

    importance = permutation_importance(clf, X, y, n_repeats=2, random_state=0)

    assert importance.importances_mean.argmax() == 0


def test_sample_weight_is_routed():
    X, y = make_sequences(n_features=1)
    X = X[:, :, 0]
    weight = np.random.default_rng(0).integers(1, 4, size=len(X)).astype(float)

    with config_context(enable_metadata_routing=True):
        classifier = small(max_epochs=1).set_fit_request(sample_weight=True)
        pipeline = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), classifier)
        grid = {"rnnclassifier__hidden_size": [4]}
        scorer = get_scorer("accuracy").set_score_request(sample_weight=True)
        search = GridSearchCV(pipeline, grid, scoring=scorer, cv=2, error_score="raise")
        search.fit(X, y, sample_weight=weight)

    expected = small(max_epochs=1, hidden_size=4)
    expected.fit(StandardScaler().fit_transform(X), y, sample_weight=weight)
    assert search.best_estimator_[-1].loss_curve_ == expected.loss_curve_
