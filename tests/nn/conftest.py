import pytest

from sklearn_rnn.nn import set_threads


@pytest.fixture
def threads():
    """Set how many threads share the parts of a batch."""
    yield set_threads
    set_threads(None)
