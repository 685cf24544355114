import copy
import pickle
import re

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from skorch.callbacks import EpochScoring
from torch import nn

from sklearn_rnn import FeatureExtractor, RNNImageCaptioner
from sklearn_rnn.datasets import make_digit_scenes
from sklearn_rnn.metrics import corpus_bleu

SMALL = {
    "hidden_size": 16,
    "embedding_size": 8,
    "dropout": 0.0,
    "word_dropout": 0.0,
    "max_shift": 0,
    "random_state": 0,
}
WORDS = {"red": 0, "green": 1, "blue": 2}


def make_flags(n_samples, seed=0, side=4):
    """Make flags of two stripes, and what they look like."""
    rng = np.random.default_rng(seed)
    names = np.array(list(WORDS))
    above, below = names[rng.integers(3, size=(2, n_samples))]
    X = np.zeros((n_samples, side, side, 3), dtype=np.uint8)
    for image, one, other in zip(X, above, below, strict=True):
        image[: side // 2, :, WORDS[one]] = image[side // 2 :, :, WORDS[other]] = 255
    noise = rng.integers(20, size=X.shape).astype(np.uint8)
    captions = [f"{one} above {other}." for one, other in zip(above, below, strict=True)]
    return np.maximum(X, noise), captions


X, Y = make_flags(60)


@pytest.fixture(scope="module")
def captioner():
    return RNNImageCaptioner(**SMALL, max_epochs=30, batch_size=8).fit(X, Y)


def quick(**parameters):
    return RNNImageCaptioner(**{**SMALL, "max_epochs": 2, "batch_size": 16, **parameters})


def test_says_what_is_there(captioner):
    X_new, y_new = make_flags(40, seed=1)

    captions = captioner.predict(X_new)

    assert captions.shape == (40,)
    assert captions.dtype.kind == "U"
    assert captions.tolist() == y_new
    assert captioner.score(X_new, y_new) == 1.0


@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.parametrize("attention", [True, False])
def test_every_network_learns(cell, attention):
    clf = RNNImageCaptioner(**SMALL, cell=cell, attention=attention, max_epochs=30, batch_size=8)

    assert clf.fit(X, Y).score(X, Y) > 0.95


def test_combinations_that_were_never_seen():
    seen = [caption != "blue above green." for caption in Y]
    X_new, y_new = make_flags(100, seed=1)
    new = [caption == "blue above green." for caption in y_new]
    clf = RNNImageCaptioner(**{**SMALL, "word_dropout": 0.3}, max_epochs=60, batch_size=8)

    clf.fit(X[seen], [caption for caption in Y if caption != "blue above green."])

    assert set(clf.predict(X_new[new])) == {"blue above green."}


def test_log_probabilities_are_those_of_all_sentences():
    # Three sentences of one word are all that can be said.
    images, captions = X[:30], [caption.split()[0] for caption in Y[:30]]
    clf = quick(max_length=1, beam_size=1).fit(images, captions)
    words, log_proba = clf.predict(images, return_log_proba=True)

    best = log_proba
    assert set(words) <= set(WORDS)
    assert (best < 0).all()
    assert (best > np.log(1 / 6)).all()


def test_wide_beams_find_captions_that_are_more_probable():
    clf = quick(beam_size=1, max_epochs=3).fit(X, Y)
    _, greedy = clf.predict(X, return_log_proba=True)
    captions, wide = clf.set_params(beam_size=20).predict(X, return_log_proba=True)

    assert (wide >= greedy - 1e-5).all()
    assert wide.sum() > greedy.sum()
    assert all(captions)


def test_log_probability_is_that_of_teacher_forcing():
    clf = quick().fit(X, Y)
    captions, log_proba = clf.predict(X[:5], return_log_proba=True)
    vocabulary = {word: code for code, word in enumerate(clf.vocabulary_, start=3)}
    network = clf.net_.module_

    for image, caption, expected in zip(X[:5], captions, log_proba, strict=True):
        words = re.findall(r" ?\w+|\.", " " + caption)
        codes = [0, *(vocabulary[word] for word in words), 1]
        with torch.no_grad():
            scores = network(torch.as_tensor(image[None]), torch.tensor([codes[:-1]]))[0]
        each = scores.log_softmax(dim=1)[torch.arange(len(codes) - 1), codes[1:]]
        if len(words) < clf.max_length_:
            assert_allclose(each.sum().item(), expected, rtol=1e-4)
        else:  # it was cut, or has ended
            assert_allclose(each[:-1].sum().item(), expected, rtol=1e-4)


@pytest.mark.parametrize("max_length", [1, 3])
def test_no_sentence_is_longer_than_the_limit(max_length):
    captions = quick(max_length=max_length).fit(X, Y).predict(X)

    assert all(1 <= len(re.findall(r"\w+|\.", caption)) <= max_length for caption in captions)


def test_limit_is_the_longest_caption_of_training():
    clf = quick().fit(X, ["red red red red red red red green blue", *Y[1:]])

    assert clf.max_length_ == 9


def test_several_captions_of_an_image():
    several = [[caption, caption.replace("above", "over")] for caption in Y]
    clf = RNNImageCaptioner(**SMALL, max_epochs=30, batch_size=8).fit(X, several)

    assert " over" in clf.vocabulary_
    assert clf.score(X, several) > 0.95


def test_one_caption_in_a_list_is_a_caption():
    one, other = quick().fit(X, Y), quick().fit(X, [[caption] for caption in Y])

    assert_array_equal(one.predict(X), other.predict(X))


@pytest.mark.parametrize("make", [np.array, pd.Series, tuple], ids=["array", "series", "tuple"])
def test_forms_of_captions(make):
    assert_array_equal(quick().fit(X, make(Y)).predict(X), quick().fit(X, Y).predict(X))


def test_score_is_corpus_bleu(captioner):
    clf = quick().fit(X, Y)

    assert clf.score(X, Y) == corpus_bleu([[each] for each in Y], clf.predict(X))
    assert 0 <= clf.score(X, Y) <= 1


def test_characters():
    clf = RNNImageCaptioner(**SMALL, tokenizer="characters", max_epochs=20, batch_size=8)

    clf.fit(X, Y)

    assert set(clf.vocabulary_) == set("".join(Y))
    assert clf.max_length_ == len("green above green.")
    assert clf.score(X, Y) > 0.3


def test_tokenizer_of_the_user():
    clf = quick(tokenizer=str.split).fit(X, Y)

    assert set(clf.vocabulary_) == {*WORDS, "above", "red.", "green.", "blue."}


def test_rare_words_are_never_said():
    clf = quick(min_df=2).fit(X, ["a crimson flag", *Y[1:]])

    assert " crimson" not in clf.vocabulary_
    assert not any("crimson" in caption for caption in clf.predict(X))


def test_same_seed_same_captions():
    one, other = (quick(dropout=0.3, word_dropout=0.3, max_shift=2).fit(X, Y) for _ in range(2))

    assert one.loss_curve_ == other.loss_curve_
    assert_array_equal(
        one.predict(X, return_log_proba=True)[1], other.predict(X, return_log_proba=True)[1]
    )


def test_global_generators_are_left_alone():
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)

    quick(dropout=0.3, word_dropout=0.3, max_shift=2, random_state=None).fit(X, Y).predict(X)

    assert torch.equal(torch.rand(1), expected)


def test_pickle_and_clone(captioner):
    expected = captioner.predict(X, return_log_proba=True)

    for each in (pickle.loads(pickle.dumps(captioner)), copy.deepcopy(captioner)):
        found = each.predict(X, return_log_proba=True)
        assert_array_equal(found[0], expected[0])
        assert_array_equal(found[1], expected[1])
    assert not hasattr(clone(captioner), "net_")


def test_weight_of_zero_is_no_image():
    weight = np.ones(len(X))
    weight[:10] = 0

    weighted, fewer = quick().fit(X, Y, sample_weight=weight), quick().fit(X[10:], Y[10:])

    assert_allclose(weighted.loss_curve_, fewer.loss_curve_)


def test_weights_count():
    captions = ["red", "green"] * 30
    images = np.repeat(X[:1], 60, axis=0)
    weight = np.tile([1.0, 9.0], 30)

    clf = quick(max_epochs=10).fit(images, captions, sample_weight=weight)

    assert set(clf.predict(images)) == {"green"}


def test_early_stopping():
    clf = quick(early_stopping=True, max_epochs=30, n_iter_no_change=2, lr=1e-6).fit(X, Y)

    assert clf.n_iter_ < 30
    assert "valid_loss" in clf.net_.history[-1]


def test_warm_start():
    clf = quick(warm_start=True).fit(X, Y)
    first = list(clf.loss_curve_)

    clf.fit(X, Y)

    assert clf.n_iter_ == 4
    assert clf.loss_curve_[:2] == first
    assert clf.loss_curve_[2] < first[0]


def test_warm_start_with_other_words():
    clf = quick(warm_start=True).fit(X, Y)

    with pytest.raises(ValueError, match="the same words"):
        clf.fit(X, ["white below black"] * 60)
    assert clf.n_iter_ == 2


def test_callbacks_see_the_net():
    scoring = EpochScoring(lambda net, X, y: 0.5, name="mine", use_caching=False, on_train=True)

    clf = quick(callbacks=[scoring]).fit(X, Y)

    assert clf.net_.history[:, "mine"] == [0.5, 0.5]


def test_verbose(capsys):
    quick(verbose=1).fit(X, Y)

    assert "2 of 2" in capsys.readouterr().out


def test_grid_search():
    search = GridSearchCV(quick(), {"attention": [True, False]}, cv=2).fit(X, Y)

    assert 0 <= search.best_score_ <= 1


def test_attention_adds_up(captioner):
    words, weights = captioner.attend(X[:4])

    assert [" ".join(each) for each in words] == [each.replace(".", " .") for each in Y[:4]]
    for own_words, own_weights in zip(words, weights, strict=True):
        assert own_weights.shape == (len(own_words), *captioner.net_.module_.grid)
        assert_allclose(own_weights.sum(axis=(1, 2)), 1, rtol=1e-5)
        assert (own_weights >= 0).all()


def test_attention_of_given_captions(captioner):
    words, weights = captioner.attend(X[:2], ["red", "purple above blue"])

    assert words == [["red"], ["purple", "above", "blue"]]
    assert [len(each) for each in weights] == [1, 3]


def test_attention_needs_attention():
    with pytest.raises(ValueError, match="attention=False"):
        quick(attention=False).fit(X, Y).attend(X)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64, np.int64])
def test_dtypes_of_images(dtype):
    expected = quick().fit(X, Y).predict(X)

    assert_array_equal(quick().fit(X.astype(dtype), Y).predict(X.astype(dtype)), expected)


def test_grey_and_flat_images():
    grey = X[:, :, :, 0]

    expected = quick().fit(grey, Y).predict(grey)

    assert_array_equal(quick().fit(grey.reshape(60, 16), Y).predict(grey), expected)
    assert quick(image_shape=(4, 4, 3)).fit(X.reshape(60, -1), Y).image_shape_ == (4, 4, 3)


@pytest.mark.parametrize("shape", [(1, 1), (40, 3), (17, 33), (70, 64)])
def test_images_of_any_size(shape):
    images = np.random.default_rng(0).random((6, *shape, 3))

    clf = quick(max_epochs=1).fit(images, Y[:6])

    assert len(clf.attend(images)[1]) == 6


# Features


class See(nn.Module):
    """Says the mean colour of four quarters, and counts how often it looks."""

    n_images = 0

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(3, 6, 3, padding=1)
        self.dropout = nn.Dropout(0.5)
        self.pool = nn.AdaptiveAvgPool2d(1)

    def forward(self, x):
        See.n_images += len(x)
        features = nn.functional.avg_pool2d(self.convolution(x), 2)
        return self.pool(self.dropout(features)).flatten(1)


@pytest.fixture
def eye():
    See.n_images = 0
    module = See()
    with torch.no_grad():
        module.convolution.weight.normal_(generator=torch.Generator().manual_seed(0))
        module.convolution.bias.zero_()
    return module


def test_features_are_seen_once(eye):
    clf = RNNImageCaptioner(**SMALL, encoder=eye, max_epochs=60, batch_size=8).fit(X, Y)

    assert See.n_images == len(X)
    assert clf.score(X, Y) > 0.9
    assert See.n_images == 2 * len(X)


def test_pipeline_of_features_equals_the_encoder(eye):
    expected = quick(encoder=eye).fit(X, Y).predict(X, return_log_proba=True)[1]
    pipeline = make_pipeline(FeatureExtractor(eye), quick()).fit(X, Y)

    assert_array_equal(pipeline.predict(X, return_log_proba=True)[1], expected)
    assert_array_equal(
        quick(encoder=FeatureExtractor(eye)).fit(X, Y).predict(X, return_log_proba=True)[1],
        expected,
    )


def test_frozen_encoder_stays_as_it_is(eye):
    before = copy.deepcopy(eye.state_dict())

    clf = quick(encoder=eye).fit(X, Y)

    for weights in (eye.state_dict(), clf.encoder_.feature_map_.model.state_dict()):
        assert all(torch.equal(weights[name], before[name]) for name in before)


def test_fine_tuned_encoder_learns(eye):
    before = copy.deepcopy(eye.state_dict())

    clf = RNNImageCaptioner(**SMALL, encoder=eye, fine_tune=True, max_epochs=30, batch_size=8)
    clf.fit(X, Y)

    assert all(torch.equal(eye.state_dict()[name], before[name]) for name in before)
    learnt = clf.net_.module_.eye.feature_map.model.convolution.weight
    assert not torch.allclose(learnt, before["convolution.weight"])
    assert clf.score(X, Y) > 0.9
    assert clf.encoder_ is None


def test_fine_tuning_has_the_seed_alone(eye):
    def fit():
        return quick(encoder=eye, fine_tune=True).fit(X, Y)

    first = fit().loss_curve_
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)

    assert fit().loss_curve_ == first
    assert torch.equal(torch.rand(1), expected)


# Bad input


@pytest.mark.parametrize(
    ("captions", "message"),
    [
        (Y[:59], "X has 60 images, y has captions for 59"),
        ([*Y[:7], "  ", *Y[8:]], r"y\[7\] is an empty caption"),
        ([*Y[:7], [], *Y[8:]], r"y\[7\] holds no caption"),
        (["red"] * 60, "two are needed"),
        (None, "the target y is None"),
    ],
)
def test_captions_that_do_not_go(captions, message):
    with pytest.raises(ValueError, match=message):
        quick().fit(X, captions)


@pytest.mark.parametrize(
    ("captions", "message"),
    [
        ("red", "a sequence of strings"),
        ([*Y[:7], 3, *Y[8:]], r"y\[7\] must be a string.* Got 3 of type int"),
        ([*Y[:7], ["red", None], *Y[8:]], r"y\[7\] must be a string"),
    ],
)
def test_captions_that_are_no_strings(captions, message):
    with pytest.raises(TypeError, match=message):
        quick().fit(X, captions)


def test_words_that_are_all_rare():
    with pytest.raises(ValueError, match="min_df=100"):
        quick(min_df=100).fit(X, Y)


def test_tokenizer_that_returns_no_strings():
    with pytest.raises(ValueError, match="must return a list of strings"):
        quick(tokenizer=len).fit(X, Y)


def test_images_of_different_sizes():
    with pytest.raises(ValueError, match=r"X\[1\].*\(5, 4, 3\).*X\[0\].*\(4, 4, 3\)"):
        quick().fit([X[0], np.zeros((5, 4, 3)), *X[2:]], Y)


def test_fine_tuning_needs_an_encoder():
    with pytest.raises(ValueError, match="fine_tune=True needs an encoder"):
        quick(fine_tune=True).fit(X, Y)


def test_values_far_from_those_of_training(captioner):
    with pytest.raises(ValueError, match="no finite output"):
        captioner.predict(np.full((1, 4, 4, 3), 1e300))


def test_failed_fit_changes_nothing(captioner):
    clf = copy.deepcopy(captioner)
    with pytest.raises(ValueError, match="empty"):
        clf.fit(X[:, :2], [""] * 60)

    assert_array_equal(clf.predict(X), captioner.predict(X))


def test_digit_scenes_can_be_learnt():
    images, captions = make_digit_scenes(8, n_digits=1, random_state=0)
    clf = RNNImageCaptioner(**SMALL, max_epochs=60, batch_size=4).fit(images, captions)

    assert_array_equal(clf.predict(images), captions)
