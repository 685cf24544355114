"""The checks of scikit-learn that a captioner's kind of `y` allows: numbers are said as words."""

from unittest import SkipTest

import numpy as np
import pytest
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import estimator_checks_generator
from torch import nn

from sklearn_rnn import FeatureExtractor, RNNImageCaptioner


def say(y):
    return [f"number {float(each)}" for each in np.real(np.asarray(y)).ravel()]


class NumberCaptioner(RNNImageCaptioner):
    """A captioner whose captions are numbers, as scikit-learn's checks have them."""

    def fit(self, X, y, sample_weight=None):
        return super().fit(X, None if y is None else say(y), sample_weight)

    def predict(self, X):
        captions, log_proba = super().predict(X, return_log_proba=True)
        return (
            1000 * np.array([self._words.codes[each.split()[0]] for each in captions]) + log_proba
        )

    def score(self, X, y):
        return super().score(X, say(y))


CAPTIONER = NumberCaptioner(
    hidden_size=4, embedding_size=4, max_epochs=2, tokenizer=str.split, random_state=0
)
EXTRACTOR = FeatureExtractor(nn.Conv2d(1, 3, 1), mean=[0.0], std=[1.0])
LEFT_OUT = {
    # Repeated rows are in other batches than weighted ones, and batch norm takes all rows alike.
    ("NumberCaptioner", "check_sample_weight_equivalence_on_dense_data"),
    # It compares hashes, and those of a torch module and of its copy differ.
    ("FeatureExtractor", "check_estimators_overwrite_params"),
}
CHECKS = {
    (type(each).__name__, f"{check.func.__name__} {number}"): (each, check)
    for estimator in (CAPTIONER, EXTRACTOR)
    for number, (each, check) in enumerate(estimator_checks_generator(estimator))
}


def is_left_out(name, check):
    return (name, check.split()[0]) in LEFT_OUT


@pytest.mark.parametrize("key", [key for key in CHECKS if not is_left_out(*key)], ids="-".join)
def test_scikit_learn_check(key):
    estimator, check = CHECKS[key]
    try:
        check(estimator)
    except SkipTest as reason:
        pytest.fail(f"The check was skipped: {reason}")


def test_what_is_left_out_exists():
    assert sum(is_left_out(*key) for key in CHECKS) == len(LEFT_OUT)


def test_no_tag_switches_checks_off():
    tags = get_tags(RNNImageCaptioner())

    assert tags.input_tags.two_d_array
    assert tags.target_tags.required
    assert not tags.no_validation
    assert not tags.non_deterministic
    assert not tags._skip_test
