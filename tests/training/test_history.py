"""The history of a training as a frame, through the estimators that keep it."""

import numpy as np
import pytest
from skorch.callbacks import Callback

from sklearn_rnn import (
    LSTMForecaster,
    RNNClassifier,
    RNNImageCaptioner,
    RNNImageClassifier,
    RNNRegressor,
    RNNTagger,
)

rng = np.random.default_rng(0)
X = rng.normal(size=(30, 4, 4))
Y = np.arange(30) % 2
SMALL = {"hidden_size": 2, "max_epochs": 3, "random_state": 0}
ALONE = {"front_end": False, "n_estimators": 1, "random_convolutions": False}
ANSWERS = {
    LSTMForecaster: (X[:, :, 0], X[:, 0, 1]),
    RNNClassifier: (X, Y),
    RNNImageCaptioner: (X, ["an even one", "odd"] * 15),
    RNNImageClassifier: (X, Y),
    RNNRegressor: (X, X[:, 0, 0]),
    RNNTagger: (X, (X[:, :, 0] > 0).astype(int)),
}


@pytest.mark.parametrize("estimator_class", ANSWERS)
def test_a_row_for_each_epoch(estimator_class):
    estimator = estimator_class(**SMALL).fit(*ANSWERS[estimator_class])

    history = estimator.history_
    assert history.index.tolist() == [1, 2, 3]
    assert history.index.name == "epoch"
    assert history.columns[0] == "train_loss"
    assert history.columns[-1] == "dur"
    assert history["train_loss"].tolist() == estimator.loss_curve_
    assert history.notna().all(axis=None)
    assert {each.kind for each in history.dtypes} == {"f"}


def test_names_are_those_of_skorch():
    clf = RNNClassifier(**SMALL, **ALONE, early_stopping=True).fit(X, Y)

    names = ["train_loss", "valid_loss", "train_acc", "valid_acc", "dur"]
    assert clf.history_.columns.tolist() == names
    for name in ("valid_loss", "valid_acc", "dur"):
        assert clf.history_[name].tolist() == clf.net_.history[:, name]


def test_losses_of_each_network():
    clf = RNNClassifier(**{**SMALL, **ALONE, "n_estimators": 3}).fit(X, Y)

    losses = clf.history_[[f"train_loss_{number}" for number in range(3)]]
    assert losses.iloc[-1].nunique() == 3
    np.testing.assert_allclose(losses.mean(axis=1), clf.history_["train_loss"], rtol=1e-5)


def test_what_callbacks_record():
    class Norm(Callback):
        def on_epoch_end(self, net, **kwargs):
            net.history.record("norm", 0.5)
            net.history.record("note", "no number")

    reg = RNNRegressor(**SMALL, **ALONE, callbacks=[Norm()]).fit(X, X[:, 0, 0])

    assert reg.history_["norm"].tolist() == [0.5] * 3
    assert "note" not in reg.history_


def test_history_goes_on():
    clf = RNNClassifier(**SMALL, **ALONE, warm_start=True).fit(X, Y)
    first = clf.history_

    clf.fit(X, Y).partial_fit(X, Y)

    assert clf.history_.index.tolist() == list(range(1, 8))
    assert clf.history_[:3].equals(first)
    assert clf.n_iter_ == 7


def test_another_fit_starts_anew():
    clf = RNNClassifier(**SMALL, **ALONE).fit(X, Y)

    assert clf.fit(X, Y).history_.index.tolist() == [1, 2, 3]
    assert clf.fine_tune(X, 1 - Y).history_.index.tolist() == [1, 2, 3]


def test_failed_fit_leaves_it():
    clf = RNNClassifier(**SMALL, **ALONE).fit(X, Y)
    before = clf.history_

    with pytest.raises(ValueError, match="inconsistent numbers"):
        clf.fit(X, Y[:-1])

    assert clf.history_ is before
