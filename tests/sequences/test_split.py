import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn import config_context
from sklearn.model_selection import GroupKFold, cross_validate

from sklearn_rnn import RNNClassifier, RNNImageClassifier, RNNRegressor

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 5, 2))
Y = (X[:, :, 0].mean(axis=1) > 0).astype(int)
GROUPS = np.repeat(np.arange(12), 5)
OPTIONS = {"device": "cpu", "random_state": 0, "hidden_size": 4, "max_epochs": 3}


class Seen(RNNClassifier):
    """Remembers the groups of its training and validation data, which stand in a feature."""

    def _train(self, net, train, valid):
        self.seen_ = [set(np.unique(data.X[data.rows][:, 0, 1])) for data in (train, valid)]
        super()._train(net, train, valid)


def test_groups_stay_together():
    marked = X.copy()
    marked[:, :, 1] = GROUPS[:, None]

    clf = Seen(**OPTIONS, early_stopping=True, validation_fraction=0.25)
    train, valid = clf.fit(marked, Y, groups=GROUPS).seen_

    assert not train & valid
    assert len(valid) == 3


def test_groups_come_by_metadata_routing():
    with config_context(enable_metadata_routing=True):
        clf = Seen(**OPTIONS, early_stopping=True, validation_fraction=0.25)
        found = cross_validate(
            clf.set_fit_request(groups=True),
            np.dstack([X[:, :, 0], np.broadcast_to(GROUPS[:, None], (60, 5))]),
            Y,
            params={"groups": GROUPS},
            cv=GroupKFold(3),
            return_estimator=True,
        )

    for each in found["estimator"]:
        train, valid = each.seen_
        assert not train & valid


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (Y, "60 samples in 2 groups so that each class is in both parts"),
        (GROUPS[:-1], "`groups` has 59 entries, but X holds 60 samples"),
        (np.where(GROUPS, GROUPS, np.nan), r"groups\[0\] is missing"),
    ],
)
def test_bad_groups(groups, message):
    with pytest.raises(ValueError, match=message):
        RNNClassifier(**OPTIONS, early_stopping=True).fit(X, Y, groups=groups)


@pytest.mark.parametrize("kind", [RNNClassifier, RNNImageClassifier, RNNRegressor])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_validation_data_of_the_user(kind, early_stopping):
    est = kind(**OPTIONS, early_stopping=early_stopping)

    est.fit(X[:40], Y[:40], X_val=X[40:], y_val=Y[40:])

    assert len(est.net_.history[:, "valid_loss"]) == 3


def test_validation_data_are_not_learnt_from():
    expected = RNNClassifier(**OPTIONS).fit(X[:40], Y[:40]).predict_proba(X)

    clf = RNNClassifier(**OPTIONS).fit(X[:40], Y[:40], X_val=X[40:], y_val=Y[40:])

    assert_array_equal(clf.predict_proba(X), expected)


def test_weights_of_validation_data_count():
    losses = [
        RNNClassifier(**OPTIONS)
        .fit(X[:40], Y[:40], X_val=X[40:], y_val=Y[40:], sample_weight_val=weight)
        .net_.history[-1, "valid_loss"]
        for weight in (None, np.ones(20), np.arange(20.0))
    ]

    assert losses[0] == losses[1] != losses[2]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"X_val": X}, "X_val was given without y_val"),
        ({"y_val": Y}, "y_val was given without X_val"),
        ({"X_val": X[:, :, :1], "y_val": Y}, "X_val and y_val do not go .* 1 features per step"),
        ({"X_val": X, "y_val": Y + 1}, r"X_val and y_val do not go .* the labels \[2\]"),
        ({"X_val": X, "y_val": Y[:9]}, "X_val and y_val do not go .* inconsistent numbers"),
    ],
)
def test_bad_validation_data(given, message):
    with pytest.raises(ValueError, match=message):
        RNNClassifier(**OPTIONS).fit(X, Y, **given)
