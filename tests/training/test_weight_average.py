import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from sklearn_rnn import RNNClassifier
from sklearn_rnn.sequences._split import split_rows
from sklearn_rnn.training import WeightAverage

X = np.random.default_rng(0).normal(size=(40, 4, 2))
y = (X[:, :, 0].sum(axis=1) > 0).astype(int)


class KeepWeights(Callback):
    def initialize(self):
        self.weights_ = []
        return self

    def on_batch_end(self, net, training=None, **kwargs):
        if training:
            self.weights_.append(net.module_.output.weight.detach().clone())


def test_average_by_hand():
    module = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(module.weight)
    average = WeightAverage(module, decay=0.25)
    for value in (1.0, 2.0):
        torch.nn.init.constant_(module.weight, value)
        average.update()

    expected = 0.25 * (2 / 11 * 0.0 + 9 / 11 * 1.0) + 0.75 * 2.0
    # The first decay is (1 + 1) / (10 + 1), the second 3 / 12 = 0.25.
    with average.applied():
        assert module.weight.item() == pytest.approx(expected)
    assert module.weight.item() == 2.0


def raise_within(average):
    with average.applied():
        raise RuntimeError("stop")


def test_weights_come_back_after_an_error():
    module = torch.nn.Linear(2, 2)
    average = WeightAverage(module, decay=0.9)
    torch.nn.init.ones_(module.weight)
    with pytest.raises(RuntimeError, match="stop"):
        raise_within(average)
    assert (module.weight == 1).all()


def test_running_statistics_are_averaged():
    norm = torch.nn.BatchNorm1d(3)
    average = WeightAverage(norm, decay=0.5)
    norm.running_mean.fill_(1.0)
    average.update()
    with average.applied():
        assert 0 < norm.running_mean[0] < 1


def test_fit_ends_with_the_average():
    keep = KeepWeights()
    clf = RNNClassifier(hidden_size=4, max_epochs=3, ema_decay=0.9, random_state=0)
    clf.set_params(callbacks=[("keep", keep)]).fit(X, y)
    steps = dict(clf.net_.callbacks_)["keep"].weights_
    plain = clf.set_params(ema_decay=None).fit(X, y).net_.module_.output.weight

    assert torch.equal(steps[-1], plain)
    averaged = clf.set_params(ema_decay=0.9).fit(X, y).net_.module_.output.weight
    spread = torch.stack(steps)
    assert not torch.equal(averaged, plain)
    assert (averaged >= spread.amin(dim=0) - 1e-2).all()
    assert (averaged <= spread.amax(dim=0) + 1e-2).all()


def test_early_stopping_validates_and_restores_the_average():
    clf = RNNClassifier(
        hidden_size=4, max_epochs=8, ema_decay=0.9, early_stopping=True, random_state=0, lr=0.05
    ).fit(X, y)
    valid_losses = clf.net_.history[:, "valid_loss"]

    seed = clf._draw_seed().of("split").number
    _, valid_rows = split_rows(len(y), clf.validation_fraction, y, None, seed)
    probabilities = clf.predict_proba(X[valid_rows])
    restored = -np.log(probabilities[np.arange(len(valid_rows)), y[valid_rows]]).mean()
    assert restored == pytest.approx(min(valid_losses), rel=1e-5)


def test_net_holds_no_average_after_training():
    clf = RNNClassifier(hidden_size=4, max_epochs=1, ema_decay=0.9, random_state=0).fit(X, y)
    assert clf.net_.average_ is None
