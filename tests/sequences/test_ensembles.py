"""Networks with a front end that learn next to each other: the same bits, wherever they learn."""

import pickle
import warnings

import joblib
import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from skorch.callbacks import BatchScoring, Callback, EpochScoring

from sklearn_rnn import RNNClassifier, RNNImageClassifier

rng = np.random.default_rng(0)
LENGTHS = [14, 1, 3, 14, 9, 12, 2, 14] * 4
X = [rng.normal(size=(n_steps, 2)) for n_steps in LENGTHS]
Y = np.where([sequence[0, 0] > 0 for sequence in X], "up", "down")
ARRAY = rng.normal(size=(32, 14, 3))
OPTIONS = {
    "front_end": True,
    "n_estimators": 3,
    "hidden_size": 4,
    "max_epochs": 2,
    "batch_size": 8,
    "device": "cpu",
    "random_state": 0,
}
FITS = {
    "ragged": (RNNClassifier, X, {}),
    "array": (RNNClassifier, ARRAY, {"bidirectional": False, "pooling": ["last", "max"]}),
    "early stopping": (RNNClassifier, X, {"early_stopping": True, "validation_fraction": 0.25}),
    "named rate": (RNNClassifier, X, {"lr": 0.01, "num_layers": 2}),
    "images": (RNNImageClassifier, ARRAY, {"dropout": 0.3, "max_shift": 1}),
}

all_fits = pytest.mark.parametrize("kind", FITS)


def make(kind="ragged", **options):
    classifier_class, X, others = FITS[kind]
    return classifier_class(**{**OPTIONS, **others, **options}), X


def fitted(kind="ragged", **options):
    clf, X = make(kind, **options)
    return clf.fit(X, Y)


def probabilities(clf):
    return clf.predict_proba(ARRAY if clf.n_features_in_ != 2 else X)


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@all_fits
def test_each_fit_gives_the_same_bits(kind):
    clf = fitted(kind)
    expected = probabilities(clf)

    assert_array_equal(probabilities(fitted(kind)), expected)
    assert_array_equal(probabilities(clf.fit(make(kind)[1], Y)), expected)
    assert not np.array_equal(probabilities(fitted(kind, random_state=1)), expected)


@all_fits
def test_number_of_threads_changes_no_bit(kind, threads):
    found = []
    for n_threads in (1, 2, 3):
        threads(n_threads)
        found.append(probabilities(fitted(kind)))

    assert_array_equal(found[1], found[0])
    assert_array_equal(found[2], found[0])


@all_fits
def test_worker_process_gives_the_same_bits(kind):
    clf, X = make(kind)

    elsewhere = joblib.Parallel(n_jobs=2)([joblib.delayed(clf.fit)(X, Y)] * 2)

    for each in elsewhere:
        assert_array_equal(probabilities(each), probabilities(fitted(kind)))


@all_fits
def test_pickled_ones_predict_and_go_on_alike(kind):
    clf = fitted(kind)
    other = pickle.loads(pickle.dumps(clf))
    assert_array_equal(probabilities(other), probabilities(clf))

    for each in (clf, other):
        each.set_params(early_stopping=False).partial_fit(make(kind)[1], Y)

    assert_array_equal(probabilities(other), probabilities(clf))


class Watch(Callback):
    """Look at each batch and epoch with the net, as a callback may."""

    def on_batch_end(self, net, batch, training, **kwargs):
        if training:
            net.history.record_batch(
                "norm", float(net.module_.members[0].output.weight.detach().norm())
            )
            net.evaluation_step((batch[0], batch[1]))

    def on_epoch_end(self, net, dataset_train, **kwargs):
        net.history.record("first", float(net.outputs(dataset_train)[0, 0]))


@all_fits
def test_verbose_and_watching_change_no_bit(kind, capsys):
    expected = fitted(kind)
    watching = [
        Watch(),
        EpochScoring("accuracy", name="again", on_train=True, lower_is_better=False),
        BatchScoring("accuracy", name="batches", on_train=True, lower_is_better=False),
    ]

    for options in ({"verbose": 1}, {"verbose": 2}, {"callbacks": watching}):
        found = fitted(kind, **options)
        assert_array_equal(probabilities(found), probabilities(expected), err_msg=str(options))
        assert found.loss_curve_ == expected.loss_curve_

    assert "train_loss" in capsys.readouterr().out


@all_fits
def test_each_network_is_trained(kind):
    clf, before = fitted(kind), fitted(kind, max_epochs=1, lr=1e-9)
    after, start = (each.net_.module_.members for each in (clf, before))

    assert len(after) == 3
    for trained, fresh in zip(after, start, strict=True):
        for weight, same in zip(trained.parameters(), fresh.parameters(), strict=True):
            assert not torch.allclose(weight, same, atol=1e-6)


def test_partial_fit_learns_over_calls():
    clf, X = make("array", n_estimators=2, dropout=0.0)
    y = np.where(X[:, 0, 0] > 0, "up", "down")

    for _ in range(40):
        for rows in (slice(0, 16), slice(16, 32)):
            clf.partial_fit(X[rows], y[rows], classes=["down", "up"])

    assert clf.score(X, y) > 0.9
    assert clf.n_iter_ == 80


def test_partial_fit_takes_one_sequence():
    clf = fitted("array")

    clf.partial_fit(ARRAY[:1], Y[:1])

    assert np.isfinite(probabilities(clf)).all()


def test_batches_of_one_sequence():
    y = np.where(ARRAY[:, 0, 0] > 0, "up", "down")
    options = {"batch_size": 1, "max_epochs": 40, "dropout": 0.0, "lr": 2e-3, "n_estimators": 1}

    assert fitted("array", **options).fit(ARRAY, y).score(ARRAY, y) > 0.9


@all_fits
def test_warm_start_continues(kind):
    clf = fitted(kind, warm_start=True, lr=1e-9, dropout=0.0, max_epochs=1)
    before = {name: each.clone() for name, each in clf.net_.module_.learnt_state().items()}
    X = FITS[kind][1]

    clf.fit(X, Y)

    # Hardly moved from where it was.
    after = clf.net_.module_.learnt_state()
    for name, weight in before.items():
        if "running" not in name and weight.is_floating_point():
            assert_allclose(after[name], weight, atol=1e-6)
    assert clf.n_iter_ == len(clf.loss_curve_) == 2


def test_warm_start_keeps_the_scale_of_the_new_data():
    clf = fitted("array", warm_start=True)

    clf.fit(10 * ARRAY + 5, Y)

    for member in clf.net_.module_.members:
        assert_allclose(member.rescale.shift, (10 * ARRAY + 5).mean(axis=(0, 1)))


@pytest.mark.parametrize("change", [{"n_estimators": 2}, {"n_estimators": 1}, {"front_end": False}])
def test_warm_start_with_other_networks_raises(change):
    clf = fitted(warm_start=True)

    message = r"warm_start can only be used where the network.*Of '.*' the shape was .* now\. Set"
    with pytest.raises(ValueError, match=message):
        clf.set_params(**change).fit(X, Y)


@pytest.mark.parametrize("kind", ["ragged", "array", "images"])
def test_rows_of_zero_weight_are_no_rows(kind):
    clf, X = make(kind)
    weight = rng.uniform(0.5, 2.0, size=32)
    # Among them is the longest sequence, and all that is far from the others.
    weight[[0, 3, 5, 31]] = 0
    X = [np.concatenate([X[0]] * 5), *X[1:]] if kind == "ragged" else X.copy()
    X[3] = 1e4 * X[3]
    kept = np.flatnonzero(weight)
    X_kept = [X[row] for row in kept] if kind == "ragged" else X[kept]

    clf.fit(X, Y, sample_weight=weight)

    other, _ = make(kind)
    other.fit(X_kept, Y[kept], sample_weight=weight[kept])
    assert_array_equal(other.predict_proba(X_kept), clf.predict_proba(X_kept))
    assert other.auto_params_ == clf.auto_params_


@pytest.mark.parametrize("form", ["list", "padded"])
def test_alone_padded_and_in_any_batch(form):
    clf = fitted()
    expected = probabilities(clf)
    padded = np.full((32, 17, 2), np.nan)
    for row, sequence in zip(padded, X, strict=True):
        row[: len(sequence)] = sequence

    if form == "padded":
        assert_array_equal(clf.predict_proba(padded), expected)
        assert_array_equal(fitted().fit(padded, Y).predict_proba(X), expected)
    else:
        alone = np.vstack([clf.predict_proba([sequence]) for sequence in X])
        assert_allclose(alone, expected, atol=1e-6)
        assert_allclose(clf.predict_proba(X[:5]), expected[:5], atol=1e-6)


def test_batch_norms_take_all_training_data():
    clf = fitted("array", max_epochs=4)

    for member in clf.net_.module_.members:
        seen = []
        norm = member.front_end.layers[0].norm
        norm.register_forward_pre_hook(lambda norm, args, seen=seen: seen.append(args[0]))
        clf.net_.infer({"x": torch.as_tensor(ARRAY)})
        mean = seen[0].mean(dim=(0, 2))
        assert_allclose(norm.running_mean.numpy(), mean.detach().numpy(), atol=1e-6)


@all_fits
def test_last_stage_is_the_answer(kind):
    clf = fitted(kind)

    *_, last = clf.staged_predict_proba(FITS[kind][1])

    assert_allclose(last, probabilities(clf), atol=1e-6)


def test_probabilities_are_those_of_the_mean_outputs():
    clf = fitted("array", random_convolutions=False)

    with torch.inference_mode():
        outputs = [member(torch.as_tensor(ARRAY)) for member in clf.net_.module_.members]

    expected = torch.stack(outputs).mean(dim=0).double().softmax(dim=1).numpy()
    assert_allclose(probabilities(clf), expected, atol=1e-6)


def test_quick_fits_warn_of_nothing_else():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted(max_epochs=30)
