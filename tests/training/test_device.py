import pytest
import torch

from sklearn_rnn.training import resolve_device


def test_auto_takes_the_gpu_if_there_is_one():
    assert resolve_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize("device", ["cpu", torch.device("cpu")], ids=repr)
def test_device_that_is_there(device):
    assert resolve_device(device) == torch.device("cpu")


@pytest.mark.parametrize("device", ["nonsense", "", "cuda:99", "cpu:x"])
def test_device_that_is_not_there_is_named(device):
    with pytest.raises(ValueError, match=f"device='{device}' is not available"):
        resolve_device(device)
