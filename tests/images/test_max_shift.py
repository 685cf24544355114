import numpy as np
import pytest
import torch

from sklearn_rnn import RNNImageClassifier
from sklearn_rnn.images import read_images, scan_order, shifted_orders
from sklearn_rnn.nn import Seed, SequenceNetwork

rng = np.random.default_rng(0)
SHAPE = (5, 4, 2)
IMAGES = rng.integers(1, 256, size=(6, *SHAPE), dtype=np.uint8)
SCANS = ["rows", "columns", "patches", "snake", "hilbert", "permuted"]


def shift_by_hand(images, down, right, fill=0):
    shifted = np.full_like(images, fill)
    height, width = images.shape[1:3]
    for row in range(height):
        for column in range(width):
            source = row + down, column + right
            if 0 <= source[0] < height and 0 <= source[1] < width:
                shifted[:, row, column] = images[:, source[0], source[1]]
    return shifted


@pytest.mark.parametrize("scan", SCANS)
def test_orders_read_the_shifted_image(scan):
    order = scan_order(scan, SHAPE, patch_size=3)
    orders = shifted_orders(order, SHAPE, max_shift=1).reshape(3, 3, -1)
    flat = read_images(IMAGES, order).reshape(len(IMAGES), -1)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            positions = orders[down + 1, right + 1]
            got = np.where(positions < 0, 0, flat[:, positions])
            expected = read_images(shift_by_hand(IMAGES, down, right), order)
            np.testing.assert_array_equal(got, expected.reshape(len(IMAGES), -1))


def test_each_training_image_is_shifted_on_its_own_and_none_in_prediction():
    order = scan_order("rows", SHAPE, patch_size=1)
    orders = torch.as_tensor(shifted_orders(order, SHAPE, max_shift=1))
    network = SequenceNetwork(
        torch.full((8,), 3.0),
        torch.ones(8),
        hidden_size=2,
        n_outputs=2,
        seed=Seed(0),
        n_steps=3,
        orders=orders,
    )
    x = torch.from_numpy(np.repeat(read_images(IMAGES[:1], order), 40, axis=0))
    shifted = network.train().reorder(x).numpy()
    possible = [
        read_images(shift_by_hand(IMAGES[:1], down, right, fill=3), order)[0]
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
    ]
    kinds = [
        [kind for kind, each in enumerate(possible) if np.array_equal(each, one)] for one in shifted
    ]
    assert all(len(kind) == 1 for kind in kinds)
    assert len({kind[0] for kind in kinds}) > 5
    assert torch.equal(network.eval().reorder(x), x)


def test_same_seed_same_shifts():
    y = np.arange(6) % 2
    options = {"hidden_size": 3, "max_epochs": 2, "max_shift": 1, "random_state": 0}
    first = RNNImageClassifier(**options).fit(IMAGES, y).predict_proba(IMAGES)
    second = RNNImageClassifier(**options).fit(IMAGES, y).predict_proba(IMAGES)
    plain = RNNImageClassifier(**{**options, "max_shift": 0}).fit(IMAGES, y).predict_proba(IMAGES)
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, plain)


def test_shifts_help_on_shifted_test_images():
    lines = np.zeros((90, 9, 9))
    y = np.arange(90) % 3
    for image, label in zip(lines, y, strict=True):
        image[1 + 3 * label, 1:8] = 1
    lines += 0.05 * rng.random(lines.shape)
    # Shifted by one row, the lines of different classes do not meet.
    shifted = np.roll(lines, 1, axis=1)

    def accuracy(max_shift):
        scores = []
        for seed in range(5):
            clf = RNNImageClassifier(
                hidden_size=16, max_epochs=20, max_shift=max_shift, random_state=seed
            )
            scores.append(clf.fit(lines, y).score(shifted, y))
        return np.mean(scores)

    assert accuracy(max_shift=1) > max(0.98, accuracy(max_shift=0))
