import torch
from torch.testing import assert_close

from sklearn_rnn.nn import Values

X = torch.tensor([[[1.0], [2.0], [6.0]], [[4.0], [5.0], [torch.nan]]])
LENGTHS = torch.tensor([3, 2])
SCALE = torch.tensor([1.0]), torch.tensor([2.0])


def test_equal_lengths():
    values = Values(*SCALE, 3, is_varying=False)

    assert_close(values(X[:1]), torch.tensor([[0.0, 0.5, 2.5]], dtype=torch.float64))


def test_shorter_than_in_training():
    values = Values(*SCALE, 3, is_varying=False)

    assert_close(values(X[:1, :2]), torch.tensor([[0.0, 0.5, 0.0]], dtype=torch.float64))


def test_varying_lengths():
    found = Values(*SCALE, 3, is_varying=True)(X, LENGTHS)

    forward, backward = [[0, 0.5, 2.5], [1.5, 2, 0]], [[2.5, 0.5, 0], [2, 1.5, 0]]
    rest = [[3, 1, 3], [3.5, 1.75, 2]]  # total, mean, number of steps
    expected = torch.cat([torch.tensor(each) for each in (forward, backward, rest)], dim=1)
    assert_close(found, expected.double())


def test_longer_than_in_training():
    found = Values(*SCALE, 2, is_varying=True)(X[:1])

    assert_close(found[0, :4], torch.tensor([0, 0.5, 2.5, 0.5], dtype=torch.float64))
    assert_close(found[0, 4:], torch.tensor([3.0, 1.0, 3.0], dtype=torch.float64))
