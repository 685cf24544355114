import pytest

from sklearn_rnn import datasets, sequences


@pytest.mark.parametrize("module", [datasets, sequences])
def test_every_public_name_exists(module):
    missing = [name for name in module.__all__ if not hasattr(module, name)]
    assert missing == []
