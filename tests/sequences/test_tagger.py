import copy
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from skorch.callbacks import Callback

from sklearn_rnn import RNNTagger

# The same sums in another order: equal up to rounding, in float64 and in one batch.
EXACT = {"dtype": "float64", "batch_size": 1000, "max_epochs": 5, "lr": 0.01}


def small(**params):
    """Build a plain network that learns quickly, and nothing but the gradients of its batches."""
    options = {
        "front_end": False,
        "hidden_size": 8,
        "dropout": 0.0,
        "max_epochs": 2,
        "batch_size": 8,
        "lr": 1e-2,
        "ema_decay": None,
        "random_state": 0,
        "device": "cpu",
    }
    return RNNTagger(**{**options, **params})


def tags_of(sequence):
    """Tell for each step whether the largest value is yet to come: both directions matter."""
    return np.where(np.arange(len(sequence)) < sequence[:, 0].argmax(), "before", "after")


def make_sequences(n_samples=48, n_steps=5, n_features=2, seed=0):
    X = np.random.default_rng(seed).normal(size=(n_samples, n_steps, n_features))
    return X, np.array([tags_of(sequence) for sequence in X])


def make_ragged(n_samples=48, seed=0, longest=7):
    rng = np.random.default_rng(seed)
    X = [rng.normal(size=(n_steps, 2)) for n_steps in rng.integers(1, longest + 1, n_samples)]
    return X, [tags_of(sequence) for sequence in X]


def pad(sequences, n_more=0):
    """Fill up with NaN to the longest sequence, and some steps more."""
    n_steps = max(len(sequence) for sequence in sequences) + n_more
    padded = np.full((len(sequences), n_steps, sequences[0].shape[1]), np.nan)
    for row, sequence in zip(padded, sequences, strict=True):
        row[: len(sequence)] = sequence
    return padded


def pad_tags(tags, n_steps, filler=None):
    padded = np.full((len(tags), n_steps), filler, dtype=object)
    for row, each in zip(padded, tags, strict=True):
        row[: len(each)] = each
    return padded


def joined(parts):
    return np.concatenate([np.asarray(part) for part in parts])


all_forms = pytest.mark.parametrize("make", [make_sequences, make_ragged])


class TestLearning:
    @pytest.mark.parametrize(
        "options",
        [
            {},
            {"cell": "lstm", "num_layers": 2, "dropout": 0.1},
            {"cell": "rnn", "batch_norm": True},
            {"front_end": True, "n_estimators": 2},
        ],
        ids=str,
    )
    @all_forms
    def test_learns_what_is_before_the_largest_value(self, make, options):
        tagger = small(hidden_size=16, lr=0.02, max_epochs=40, **options)
        tagger.fit(*make(n_samples=128))

        assert tagger.score(*make(n_samples=128, seed=1)) > 0.85

    def test_defaults_learn_what_has_been_seen_last(self):
        rng = np.random.default_rng(0)
        signals = rng.choice([-1, 0, 1], size=(120, 40), p=[0.05, 0.9, 0.05])
        signals[:, 0] = 1
        last = np.maximum.accumulate(np.where(signals, np.arange(40), 0), axis=1)
        y = np.take_along_axis(signals, last, axis=1)

        tagger = RNNTagger(max_epochs=20, random_state=0).fit(signals[:80], y[:80])

        assert tagger.score(signals[80:], y[80:]) > 0.97

    def test_defaults_copy_what_was_30_steps_ago(self):
        rng = np.random.default_rng(0)
        tokens = rng.integers(4, size=(120, 50))
        X, y = np.eye(4)[tokens], np.roll(tokens, 30, axis=1)
        y[:, :30] = 4

        tagger = RNNTagger(max_epochs=20, random_state=0).fit(X[:80], y[:80])

        assert tagger.score(X[80:], y[80:]) > 0.97

    def test_one_long_sequence_is_enough(self):
        X, y = make_sequences(n_samples=1, n_steps=300)

        tagger = small(max_epochs=20).fit(X, y)

        assert tagger.predict(X).shape == (1, 300)

    def test_says_that_nothing_was_learnt(self):
        X, _ = make_sequences()
        y = np.random.default_rng(1).integers(2, size=(48, 5))

        with pytest.warns(ConvergenceWarning, match="how often each class occurs"):
            small(lr=1e-5).fit(X, y)

    def test_a_step_may_depend_on_none_after_it(self):
        X, y = make_sequences(n_steps=20)
        tagger = small(bidirectional=False, front_end=True).fit(X, y)
        changed = X.copy()
        changed[:, 12:] += 1

        expected = tagger.predict_proba(X)
        found = tagger.predict_proba(changed)
        begun = tagger.predict_proba(list(X[:, :12]))

        assert_array_equal(found[:, :12], expected[:, :12])
        assert not np.allclose(found[:, 12], expected[:, 12])
        assert_allclose(begun, expected[:, :12], atol=1e-6)


@pytest.mark.parametrize("options", [{}, {"front_end": True}, {"bidirectional": False}], ids=str)
class TestVaryingLengths:
    def test_alone_as_in_a_batch(self, options):
        X, y = make_ragged()
        tagger = small(**options).fit(X, y)

        alone = [tagger.predict_proba([sequence])[0] for sequence in X]

        for found, expected in zip(alone, tagger.predict_proba(X), strict=True):
            assert_allclose(found, expected, atol=1e-6)

    def test_padding_changes_no_bit(self, options):
        X, y = make_ragged()
        tagger = small(**options).fit(X, y)
        expected = joined(tagger.predict_proba(X))

        padded = pad(X, n_more=2)
        other = small(**options).fit(padded, pad_tags(y, padded.shape[1]))

        assert_array_equal(joined(tagger.predict_proba(padded)), expected)
        assert_array_equal(joined(other.predict_proba(X)), expected)

    def test_equal_lengths_as_an_array(self, options):
        X, y = make_sequences()
        tagger = small(**options).fit(X, y)

        assert_array_equal(np.array(tagger.predict_proba(list(X))), tagger.predict_proba(X))


class TestForms:
    @pytest.mark.parametrize(
        "convert",
        [
            pytest.param(tuple, id="tuple"),
            pytest.param(lambda y: [each.tolist() for each in y], id="lists"),
            pytest.param(lambda y: [pd.Series(each) for each in y], id="series"),
            pytest.param(lambda y: [pl.Series(each) for each in y], id="polars"),
            pytest.param(lambda y: np.array([*y, None], dtype=object)[:-1], id="object_array"),
            pytest.param(lambda y: pd.Series(y), id="series_of_arrays"),
            pytest.param(lambda y: pad_tags(y, 7), id="padded_by_none"),
            pytest.param(lambda y: pad_tags(y, 7, np.nan), id="padded_by_nan"),
            pytest.param(lambda y: pad_tags(y, 7, "other").astype(str), id="padded_by_a_label"),
            pytest.param(lambda y: pd.DataFrame(pad_tags(y, 7)), id="frame"),
        ],
    )
    def test_forms_of_the_labels(self, convert):
        X, y = make_ragged()
        tagger = small().fit(X, y)

        other = small().fit(X, convert(y))

        assert_array_equal(other.classes_, ["after", "before"])
        assert_array_equal(joined(other.predict_proba(X)), joined(tagger.predict_proba(X)))
        assert other.score(X, convert(y)) == tagger.score(X, y)

    @pytest.mark.parametrize(
        "labels",
        [
            np.array(["down", "up"]),
            np.array([False, True]),
            np.array([-7, 3]),
            np.array([1.0, 2.0]),
        ],
        ids=str,
    )
    def test_labels_come_back_as_given(self, labels):
        X, y = make_sequences()
        codes = (y == "after").astype(int)

        tagger = small().fit(X, labels[codes])

        assert_array_equal(tagger.classes_, labels)
        assert tagger.predict(X).dtype == labels.dtype

    def test_whole_numbers_beside_missing_padding(self):
        X, y = make_ragged()
        padded = pad_tags([(each == "after").astype(int) for each in y], 7).astype(float)

        tagger = small().fit(pad(X), padded)

        assert_array_equal(tagger.classes_, [0, 1])

    def test_an_array_without_padding_is_answered_by_an_array(self):
        X, y = make_sequences()
        tagger = small().fit(X, y)

        assert tagger.predict(X).shape == (48, 5)
        assert tagger.predict_proba(X).shape == (48, 5, 2)
        assert tagger.predict_log_proba(X).shape == (48, 5, 2)

    @pytest.mark.parametrize("convert", [list, lambda X: pad(X, n_more=1)], ids=["list", "padded"])
    def test_all_else_is_answered_by_a_list(self, convert):
        X, y = make_ragged()
        tagger = small().fit(X, y)

        for tags, shares, sequence in zip(
            tagger.predict(convert(X)), tagger.predict_proba(convert(X)), X, strict=True
        ):
            assert tags.shape == (len(sequence),)
            assert shares.shape == (len(sequence), 2)

    def test_a_list_of_equal_lengths_is_answered_by_a_list(self):
        X, y = make_sequences()
        tagger = small().fit(X, y)

        assert isinstance(tagger.predict(list(X)), list)

    def test_two_dimensional_input_is_univariate(self):
        X, y = make_sequences(n_features=1)

        flat = small().fit(X[:, :, 0], y).predict_proba(X[:, :, 0])

        assert_array_equal(flat, small().fit(X, y).predict_proba(X))

    def test_columns_of_frames_are_matched_by_name(self):
        X, y = make_ragged()
        frames = [pd.DataFrame(sequence, columns=["a", "b"]) for sequence in X]
        tagger = small().fit(frames, y)

        turned = tagger.predict_proba([frame[["b", "a"]] for frame in frames])

        assert_array_equal(joined(turned), joined(tagger.predict_proba(frames)))


class TestPredictions:
    @all_forms
    def test_probabilities_go_with_the_rest(self, make):
        X, y = make()
        tagger = small().fit(X, y)
        shares = joined(tagger.predict_proba(X)).reshape(-1, 2)

        assert_allclose(shares.sum(axis=1), 1, rtol=1e-12)
        assert_allclose(joined(tagger.predict_log_proba(X)).reshape(-1, 2), np.log(shares))
        assert_array_equal(joined(tagger.predict(X)), tagger.classes_[shares.argmax(axis=1)])

    @all_forms
    def test_score_is_the_share_of_the_steps_that_exist(self, make):
        X, y = make()
        tagger = small().fit(X, y)
        weight = np.random.default_rng(0).random(len(X))
        is_right = joined(tagger.predict(X)) == joined(y)
        of_steps = np.repeat(weight, [len(each) for each in y])

        assert tagger.score(X, y) == pytest.approx(is_right.mean())
        assert tagger.score(X, y, weight) == pytest.approx(np.average(is_right, weights=of_steps))

    def test_values_far_out_are_an_error(self):
        X, y = make_ragged()
        tagger = small(cell="rnn", nonlinearity="relu").fit(X, y)
        X[3] = X[3] * 1e300

        with pytest.raises(ValueError, match=r"1 of 48 samples: X\[3\]"):
            tagger.predict(X)

    def test_unfitted(self):
        X, y = make_sequences()

        for predict in (small().predict, small().predict_proba, small().predict_log_proba):
            with pytest.raises(NotFittedError):
                predict(X)
        with pytest.raises(NotFittedError):
            small().score(X, y)

    def test_a_copy_answers_alike(self):
        X, y = make_sequences()
        tagger = small(n_estimators=2, front_end=True).fit(X, y)

        found = pickle.loads(pickle.dumps(tagger)).predict_proba(X)

        assert_array_equal(found, tagger.predict_proba(X))


class TestWeights:
    @pytest.mark.parametrize("class_weight", [None, {"after": 3}, "balanced"])
    @all_forms
    def test_weights_are_repetitions(self, make, class_weight):
        X, y = make(n_samples=24)
        times = np.random.default_rng(0).integers(0, 3, size=24)
        repeated = [place for place, n in enumerate(times) for _ in range(n)]
        tagger = small(class_weight=class_weight, **EXACT).fit(list(X), list(y), times)

        other = small(class_weight=class_weight, **EXACT)
        other.fit([X[place] for place in repeated], [y[place] for place in repeated])

        found, expected = (joined(each.predict_proba(list(X))) for each in (tagger, other))
        assert_allclose(found, expected, rtol=1e-6)
        assert_allclose(tagger.loss_curve_, other.loss_curve_, rtol=1e-6)

    def test_class_weights_favour_a_class(self):
        X, y = make_ragged()
        tagger = small().fit(X, y)

        other = small(class_weight={"before": 20}).fit(X, y)

        n_before = [np.sum(joined(each.predict(X)) == "before") for each in (tagger, other)]
        assert n_before[0] < n_before[1]

    def test_equal_weights_change_nothing(self):
        X, y = make_ragged()
        tagger = small(**EXACT).fit(X, y)

        other = small(**EXACT).fit(X, y, np.full(len(X), 7.0))

        assert_allclose(other.loss_curve_, tagger.loss_curve_, rtol=1e-9)

    @pytest.mark.parametrize("weights", [{"before": -1}, {"before": 0, "after": 0}])
    def test_impossible_class_weights(self, weights):
        with pytest.raises(ValueError, match="The 'class_weight' parameter must"):
            small(class_weight=weights).fit(*make_ragged())


class TestTraining:
    @all_forms
    def test_history_is_averaged_over_the_steps_that_exist(self, make):
        X, y = make()
        tagger = small(max_epochs=3, lr=1e-9, batch_size=7, label_smoothing=0.0).fit(X, y)

        shares = joined(tagger.predict_proba(X)).reshape(-1, 2)
        codes = np.searchsorted(tagger.classes_, joined(y).ravel())
        loss = -np.log(shares[np.arange(len(codes)), codes]).mean()

        assert tagger.loss_curve_[-1] == pytest.approx(loss, rel=1e-4)
        assert tagger.net_.history[-1, "train_accuracy"] == pytest.approx(tagger.score(X, y))
        assert tagger.n_iter_ == len(tagger.loss_curve_) == 3

    def test_early_stopping_keeps_the_best_weights(self):
        tagger = small(early_stopping=True, max_epochs=30, n_iter_no_change=2, tol=0.5)

        tagger.fit(*make_ragged())

        history = tagger.net_.history
        assert tagger.n_iter_ < 30
        assert {"valid_loss", "valid_accuracy", "valid_acc"} <= set(history[-1])

    def test_too_few_sequences_to_hold_some_out(self):
        with pytest.raises(ValueError, match="both parts have some"):
            small(early_stopping=True).fit(*make_sequences(n_samples=1))

    def test_warm_start_goes_on(self):
        X, y = make_ragged()
        tagger = small(warm_start=True).fit(X, y)

        tagger.fit(X, y)

        assert tagger.n_iter_ == 4
        assert tagger.loss_curve_[2] < tagger.loss_curve_[0]
        with pytest.raises(ValueError, match="same classes as in the previous call"):
            tagger.fit(X, [np.where(each == "after", "x", "z") for each in y])

    def test_partial_fit_is_an_epoch(self):
        X, y = make_ragged()
        tagger = small()

        for _ in range(2):
            tagger.partial_fit(X[:20], y[:20], classes=["after", "before", "never"])
        tagger.partial_fit(X[20:], y[20:])

        assert tagger.n_iter_ == 3
        assert tagger.predict_proba(X)[0].shape == (len(X[0]), 3)
        with pytest.raises(ValueError, match=r"holds the labels \['x'\]"):
            tagger.partial_fit(X, [np.full(len(each), "x") for each in y])
        with pytest.raises(ValueError, match="classes must be passed"):
            small().partial_fit(X, y)

    @pytest.mark.parametrize("options", [{"early_stopping": True}, {"class_weight": "balanced"}])
    def test_partial_fit_refuses_what_needs_all_data(self, options):
        with pytest.raises(ValueError, match="partial_fit does not support"):
            small(**options).partial_fit(*make_ragged(), classes=["after", "before"])

    @pytest.mark.parametrize("options", [{}, {"front_end": True, "n_estimators": 2}], ids=str)
    def test_same_seed_same_bits(self, options):
        X, y = make_ragged()
        expected, found, other = (
            joined(small(**{"random_state": seed, **options}).fit(X, y).predict_proba(X))
            for seed in (0, 0, 1)
        )

        assert_array_equal(found, expected)
        assert not np.array_equal(other, expected)

    def test_callbacks_hear_of_batches(self):
        class Batches(Callback):
            def initialize(self):
                self.steps_ = 0
                return self

            def on_batch_end(self, net, batch=None, training=False, **kwargs):
                self.steps_ += len(batch[1])

        tagger = small(callbacks=[("batches", Batches())]).fit(*make_ragged())

        assert dict(tagger.net_.callbacks_)["batches"].steps_ == 2 * 48

    def test_verbose_tells_of_epochs(self, capsys):
        small(verbose=1).fit(*make_ragged())

        assert "train_accuracy" in capsys.readouterr().out

    def test_auto_params(self):
        long, short = (
            small(front_end="auto", n_estimators="auto", max_epochs=1).fit(
                *make_sequences(n_steps=n_steps)
            )
            for n_steps in (12, 11)
        )

        for tagger, has_front_end in ((long, True), (short, False)):
            chosen = tagger.auto_params_
            assert chosen["front_end"] is has_front_end
            assert chosen["n_estimators"] == 1 + has_front_end
            assert set(chosen) <= set(tagger.get_params())

    def test_data_and_fitted_tagger_stay_as_they_were(self):
        X, y = make_sequences()
        tagger = small().fit(X, y)
        before, expected = copy.deepcopy((X, y)), tagger.predict_proba(X)

        with pytest.raises(ValueError, match="only one class"):
            tagger.fit(X, np.full(y.shape, "after"))

        assert_array_equal(X, before[0])
        assert_array_equal(y, before[1])
        assert_array_equal(tagger.predict_proba(X), expected)


class TestOtherParts:
    @all_forms
    def test_cross_validation(self, make):
        X, y = make()

        scores = cross_val_score(small(), X, y, cv=3)
        search = GridSearchCV(small(), {"hidden_size": [4, 8]}, cv=2).fit(X, y)

        assert scores.shape == (3,)
        assert len(search.predict(X)) == 48

    def test_out_of_fold_predictions_of_an_array(self):
        X, y = make_sequences()

        assert cross_val_predict(small(), X, y, cv=3).shape == y.shape


class TestErrors:
    @pytest.mark.parametrize("y", [np.arange(48) % 2, list("ab") * 24, pd.Series(range(48))])
    def test_one_class_for_each_sequence(self, y):
        X, _ = make_sequences()

        with pytest.raises(ValueError, match=r"a label for each step.*RNNClassifier"):
            small().fit(X, y)

    @pytest.mark.parametrize("y", [np.zeros((48, 5, 1)), [np.zeros((5, 1))] * 48])
    def test_labels_of_other_shapes(self, y):
        X, _ = make_sequences()

        with pytest.raises(ValueError, match=r"is of shape \(.*5, 1\)"):
            small().fit(X, y)

    @pytest.mark.parametrize("method", ["fit", "score"])
    def test_another_number_of_labels(self, method):
        X, y = make_ragged()
        tagger = small().fit(X, y)
        y[3] = y[3][:-1]

        with pytest.raises(
            ValueError,
            match=rf"y\[3\] holds {len(X[3]) - 1} labels, but X\[3\] has {len(X[3])} steps",
        ):
            getattr(tagger, method)(X, y)

    def test_another_number_of_columns(self):
        X, y = make_sequences()

        with pytest.raises(ValueError, match=r"4 labels for each sequence.* have 5 steps"):
            small().fit(X, y[:, :4])

    @pytest.mark.parametrize("convert", [list, np.array])
    def test_another_number_of_sequences(self, convert):
        X, y = make_sequences()

        with pytest.raises(ValueError, match="labels of 47 sequences, but X holds 48"):
            small().fit(X, convert(list(y[:47])))

    @pytest.mark.parametrize("missing", [np.nan, None])
    def test_a_missing_label(self, missing):
        X, y = make_sequences()
        y = y.astype(object)
        y[7, 2] = missing

        for given in (y, y.tolist()):
            with pytest.raises(ValueError, match=r"y\[7\]\[2\] is missing"):
                small().fit(X, given)

    @pytest.mark.parametrize(("label", "others"), [(0.5, 0), (3, "a"), ("a", 3), (b"a", "a")])
    def test_labels_of_two_kinds(self, label, others):
        X, _ = make_sequences()
        y = np.full((48, 5), others, dtype=object)
        y[7, 2] = label

        for given in (y, y.tolist()):
            with pytest.raises(ValueError, match=r"y\[7\]\[2\] is .*all integers, or all strings"):
                small().fit(X, given)

    def test_fractions_in_an_array(self):
        X, _ = make_sequences()

        with pytest.raises(ValueError, match=r"y\[0\]\[0\] is"):
            small().fit(X, X[:, :, 0])

    def test_one_class(self):
        X, y = make_sequences()

        with pytest.raises(ValueError, match=r"at least 2 classes.* only one class: 'after'"):
            small().fit(X, np.full(y.shape, "after"))

    def test_no_labels(self):
        with pytest.raises(ValueError, match="requires y to be passed"):
            small().fit(make_sequences()[0], None)
