import pytest

from sklearn_rnn.nn._parts import LARGE, MIN_MULTIPLICATIONS, MIN_ROWS, split


@pytest.mark.parametrize("n_rows", [1, 31, 63, 64, 100, 1000])
def test_parts_are_of_about_the_same_size(n_rows):
    parts = split(10, n_rows, LARGE)

    sizes = [n for _, n in parts]
    assert [first for first, _ in parts] == [sum(sizes[:i]) for i in range(len(sizes))]
    assert sum(sizes) == n_rows
    assert len(parts) == max(1, min(n_rows // MIN_ROWS, n_rows * LARGE * 10 // MIN_MULTIPLICATIONS))
    assert max(sizes) - min(sizes) <= 1


def test_little_work_is_not_divided():
    assert split(1, 1000, MIN_MULTIPLICATIONS // 1000) == [(0, 1000)]
    assert len(split(2, 1000, MIN_MULTIPLICATIONS // 1000)) == 2


def test_products_of_few_rows_with_many_weights_are_not_made():
    assert len(split(100, 64, LARGE)) == 2
    assert len(split(100, 64, LARGE + 1)) == 1
