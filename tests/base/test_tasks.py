"""Callbacks of scikit-learn, through the estimators that they are set on."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.callback import ProgressBar
from sklearn.model_selection import GridSearchCV

from sklearn_rnn import LSTMForecaster, RNNClassifier

rng = np.random.default_rng(0)
X = rng.normal(size=(30, 4, 2))
Y = np.arange(30) % 2
SMALL = {"hidden_size": 2, "max_epochs": 3, "random_state": 0, "device": "cpu"}
ALONE = {"front_end": False, "n_estimators": 1, "random_convolutions": False}


class Record:
    """Writes down the tasks that it is told of."""

    def __init__(self, stop_after=None):
        self.begun, self.ended, self.stop_after = [], [], stop_after
        self.is_set_up = False
        self.max_propagation_depth = None

    def setup(self, estimator, context):
        self.is_set_up = True

    def teardown(self, estimator, context):
        self.is_set_up = False

    def on_fit_task_begin(self, estimator, context):
        self.begun.append((context.task_name, context.task_id, context.max_subtasks))

    def on_fit_task_end(self, estimator, context):
        self.ended.append((context.task_name, context.task_id))
        return self.ended[-1] == ("epoch", self.stop_after)


def small(**options):
    return RNNClassifier(**SMALL, **ALONE, **options)


def test_epochs_are_told_of():
    record = Record()

    clf = small().set_callbacks(record).fit(X, Y)

    epochs = [("epoch", number, 0) for number in range(3)]
    assert record.begun == [("fit", 0, None), ("training", 0, 3), *epochs]
    assert record.ended == [*(each[:2] for each in epochs), ("training", 0), ("fit", 0)]
    assert not record.is_set_up
    assert_array_equal(clf.predict_proba(X), small().fit(X, Y).predict_proba(X))
    # What is kept does not hold on to what was told.
    assert "tasks" not in dict(clf.net_.callbacks_)


def test_forecasters_train_twice():
    record = Record()

    LSTMForecaster(look_back=4, **SMALL).set_callbacks(record).fit(rng.normal(size=60))

    trainings = [each for each in record.begun if each[0] == "training"]
    assert trainings == [("training", 0, 3), ("training", 1, 3)]


def test_a_callback_may_end_the_training():
    clf = small().set_callbacks(Record(stop_after=1)).fit(X, Y)

    assert clf.n_iter_ == 2


def test_searches_pass_them_on():
    record = Record()

    GridSearchCV(small(), {"hidden_size": [2, 3]}, cv=2).set_callbacks(record).fit(X, Y)

    assert sum(name == "epoch" for name, _ in record.ended) == 5 * 3


def test_failed_fit_ends_what_was_set_up():
    record = Record()
    clf = clone(small().set_callbacks(record))

    with pytest.raises(ValueError, match="NaN"):
        clf.fit(np.full((30, 4, 2), np.nan), Y)

    assert record.begun == [("fit", 0, None)]
    assert not record.is_set_up


def test_partial_fit_is_an_epoch():
    record = Record()
    clf = small().set_callbacks(record)

    for _ in range(2):
        clf.partial_fit(X, Y, classes=[0, 1])

    assert record.ended.count(("fit", 0)) == 2
    assert clf.n_iter_ == 2


def test_callbacks_of_scikit_learn_are_no_parameter():
    with pytest.raises(ValueError, match=r"scikit-learn go to set_callbacks\(<.*ProgressBar"):
        small(callbacks=[ProgressBar.__new__(ProgressBar)]).fit(X, Y)
