"""What "auto" stands for, by the number of sequences and their length."""

import numpy as np
import pytest
import torch
from skorch.callbacks import EarlyStopping

from sklearn_rnn import RNNClassifier, RNNImageClassifier
from sklearn_rnn.nn import SequenceEnsemble, SequenceNetwork
from sklearn_rnn.sequences._auto import choose_batch_size, choose_epochs, choose_network

rng = np.random.default_rng(0)
NEW_RATE = {
    "lr": 5e-3,
    "lr_schedule": "one_cycle",
    "weight_decay": 0.01,
    "max_grad_norm": None,
    "ema_decay": None,
    "label_smoothing": 0.1,
}
NAMED_RATE = {
    "lr": 0.01,
    "lr_schedule": None,
    "weight_decay": 0.0,
    "max_grad_norm": 5.0,
    "ema_decay": 0.99,
    "label_smoothing": 0.0,
}


def fitted(X, estimator_class=RNNClassifier, **options):
    """Fit for two epochs, which leaves `max_epochs` as it is."""
    stop = EarlyStopping(
        monitor="train_loss",
        patience=1,
        threshold=1e9,
        threshold_mode="abs",
        sink=lambda text: None,
    )
    clf = estimator_class(hidden_size=2, random_state=0, callbacks=[stop], **options)
    clf.fit(X, np.arange(len(X)) % 2)
    assert clf.n_iter_ == 2
    return clf


# Front end, batch norm, number of networks, and fixed convolutions.
PLAIN, FRONT_END = (False, False, 1, False), (True, True, 2, True)
AUTO = dict.fromkeys(("front_end", "batch_norm", "n_estimators", "random_convolutions"), "auto")


def chosen(n_steps, n_samples=100, **given):
    return tuple(choose_network(n_samples, n_steps, **{**AUTO, **given}).values())


@pytest.mark.parametrize(
    ("n_steps", "expected"), [(1, PLAIN), (11, PLAIN), (12, FRONT_END), (500, FRONT_END)]
)
def test_network_by_length(n_steps, expected):
    assert chosen(n_steps) == expected


@pytest.mark.parametrize("n_steps", [1, 11, 12, 500])
def test_what_is_named_of_the_network_is_taken(n_steps):
    assert chosen(n_steps, front_end=True) == FRONT_END
    assert chosen(n_steps, front_end=False) == PLAIN
    assert chosen(n_steps, front_end=True, batch_norm=False) == (True, False, 2, True)
    assert chosen(n_steps, front_end=False, batch_norm=True) == (False, True, 1, False)
    assert chosen(n_steps, n_estimators=3)[2] == 3
    assert chosen(n_steps, n_estimators=1)[:2] == chosen(n_steps)[:2]


def test_fixed_convolutions_are_for_few_samples():
    assert chosen(50, n_samples=10_000)[3]
    assert not chosen(50, n_samples=10_001)[3]
    assert chosen(5, random_convolutions=True) == (False, False, 1, True)
    assert chosen(50, random_convolutions=False) == (True, True, 2, False)


@pytest.mark.parametrize(
    ("n_samples", "batch_size"),
    [
        (2, 2),
        (7, 2),
        (8, 2),
        (20, 5),
        (63, 15),
        (64, 16),
        (3199, 16),
        (3200, 32),
        (6399, 32),
        (6400, 64),
        (12800, 128),
        (10**6, 128),
    ],
)
def test_batch_size_by_number(n_samples, batch_size):
    assert choose_batch_size(n_samples) == batch_size


@pytest.mark.parametrize(
    ("n_batches", "n_epochs"),
    [(1, 600), (4, 150), (6, 100), (7, 100), (15, 100), (16, 94), (150, 10), (10**4, 10)],
)
def test_epochs_by_number_of_batches(n_batches, n_epochs):
    assert choose_epochs(n_batches) == n_epochs


def test_short_sequences():
    clf = fitted(rng.normal(size=(64, 11, 2)))

    assert clf.auto_params_ == {
        "embedding_dim": None,
        "front_end": False,
        "batch_norm": False,
        "n_estimators": 1,
        "random_convolutions": False,
        "batch_size": 16,
        "max_epochs": 150,
        **NEW_RATE,
    }
    assert isinstance(clf.net_.module_, SequenceNetwork)


def test_long_sequences():
    clf = fitted(rng.normal(size=(20, 12)))

    assert clf.auto_params_ == {
        "embedding_dim": None,
        "front_end": True,
        "batch_norm": True,
        "n_estimators": 2,
        "random_convolutions": True,
        "batch_size": 5,
        "max_epochs": 150,
        **NEW_RATE,
    }
    assert isinstance(clf.net_.module_, SequenceEnsemble)


def test_longest_sequence_decides():
    X = [rng.normal(size=(n_steps, 2)) for n_steps in (1, 11, 12, 3) * 4]
    padded = np.full((16, 14, 2), np.nan)
    padded[:, :11] = 1.0

    assert fitted(X).auto_params_["front_end"]
    assert not fitted(X[:2] * 8).auto_params_["front_end"]
    assert not fitted(padded).auto_params_["front_end"]


def test_rows_that_count_decide():
    X = rng.normal(size=(24, 5, 1))
    weight = np.repeat([1.0, 0.0], [16, 8])
    clf = RNNClassifier(hidden_size=2, max_epochs=1).fit(X, np.arange(24) % 2, weight)

    assert clf.auto_params_["batch_size"] == 4

    held_out = fitted(X, early_stopping=True, validation_fraction=0.5)
    assert held_out.auto_params_["batch_size"] == held_out.net_.batch_size == 3


def test_named_rate():
    found = fitted(rng.normal(size=(20, 5)), lr=0.01).auto_params_

    assert {name: found[name] for name in NAMED_RATE} == NAMED_RATE


def test_what_is_named_is_told_as_it_is():
    named = {
        "embedding_dim": None,
        "front_end": False,
        "batch_norm": True,
        "n_estimators": 2,
        "random_convolutions": False,
        "batch_size": 10,
        "max_epochs": 7,
        "lr": 0.02,
        "lr_schedule": "cosine",
        "weight_decay": 0.5,
        "max_grad_norm": 2.0,
        "ema_decay": 0.5,
        "label_smoothing": 0.2,
    }

    assert fitted(rng.normal(size=(20, 15)), **named).auto_params_ == named


def test_auto_values_reach_the_training():
    clf = fitted(rng.normal(size=(20, 5)))
    net, optimizer = clf.net_, clf.net_.optimizer_

    assert (net.max_epochs, net.batch_size, net.ema_decay) == (150, 5, None)
    assert net.criterion_.label_smoothing == 0.1
    assert type(optimizer) is torch.optim.AdamW
    assert optimizer.defaults["weight_decay"] == 0.01


def test_images():
    images = rng.integers(256, size=(96, 14, 3))
    clf = fitted(images, RNNImageClassifier)

    assert clf.auto_params_ == {
        "front_end": False,
        "batch_norm": True,
        "n_estimators": 1,
        "random_convolutions": False,
        "batch_size": 8,
        "max_epochs": 50,
        "lr": 5e-3,
        "lr_schedule": "one_cycle",
        "weight_decay": 0.0,
        "max_grad_norm": 1.0,
        "ema_decay": None,
        "label_smoothing": 0.0,
    }
    auto = dict.fromkeys(AUTO, "auto")
    images = rng.integers(256, size=(96, 16, 17))
    found = fitted(images, RNNImageClassifier, **auto).auto_params_
    assert tuple(found[name] for name in auto) == FRONT_END


def test_partial_fit_has_no_schedule():
    X = rng.normal(size=(20, 5))
    clf = RNNClassifier(hidden_size=2).partial_fit(X, np.arange(20) % 2, classes=[0, 1])

    assert clf.auto_params_["lr"] == 5e-3
    assert clf.auto_params_["lr_schedule"] is None
    assert clf.auto_params_["ema_decay"] == clf.net_.ema_decay == 0.99


@pytest.mark.parametrize("pooling", [[], ["median"], ("max", "median"), "median"], ids=str)
def test_unknown_pooling_is_named(pooling):
    with pytest.raises(ValueError, match="The 'pooling' parameter of RNNClassifier must be"):
        RNNClassifier(pooling=pooling).fit(rng.normal(size=(20, 5)), np.arange(20) % 2)
