import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal

from sklearn_rnn.training import SequenceData
from sklearn_rnn.training._data import BatchIterator, as_tensor


def numbered(n_samples=10, **options):
    """Sequences that tell their row."""
    X = np.arange(n_samples, dtype=np.float64)[:, None, None] * np.ones((1, 3, 2))
    return SequenceData(X, np.arange(n_samples), **options)


def rows_of(inputs):
    return inputs["x"][:, 0, 0].int().tolist()


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_array_is_wrapped_without_a_copy(dtype):
    array = np.zeros((2, 3, 1), dtype=dtype)

    tensor = as_tensor(array)

    array[1, 2] = 7
    assert tensor[1, 2, 0] == 7


@pytest.mark.parametrize(
    ("dtype", "kept"),
    [
        (bool, torch.float32),
        (np.int8, torch.float32),
        (np.int16, torch.float32),
        (np.uint16, torch.float32),
        (np.float16, torch.float32),
        (np.int32, torch.float64),
        (np.int64, torch.float64),
        (np.uint64, torch.float64),
        (">f8", torch.float64),
    ],
)
def test_array_of_another_dtype_is_converted(dtype, kept):
    array = np.array([[[0, 1, 100]]]).astype(dtype)

    tensor = as_tensor(array)

    assert tensor.dtype == kept
    assert_array_equal(tensor, array)


def test_read_only_array_is_not_copied():
    array = np.arange(6.0).reshape(1, 3, 2)
    array.flags.writeable = False
    assert as_tensor(array).data_ptr() == array.ctypes.data


@pytest.mark.parametrize(
    "view", [np.asfortranarray, lambda a: a[::-1], lambda a: a[:, ::2], lambda a: a.swapaxes(0, 1)]
)
def test_array_in_another_order_is_copied(view):
    array = view(np.arange(24.0).reshape(4, 3, 2))

    assert_array_equal(as_tensor(array), array)


def test_length():
    assert len(numbered(7)) == 7


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtypes(dtype):
    X = np.zeros((3, 2, 1))
    data = SequenceData(X, np.zeros(3), sample_weight=np.ones(3), dtype=dtype)

    inputs, y = data[:]

    assert (inputs["x"].dtype, inputs["sample_weight"].dtype, y.dtype) == (
        torch.float64,
        dtype,
        dtype,
    )


def test_class_codes_stay_integers():
    assert numbered()[:][1].dtype == torch.int64


def test_only_what_there_is_is_given():
    assert set(numbered()[:][0]) == {"x"}


@pytest.mark.parametrize("index", [slice(2, 5), torch.tensor([2, 3, 4])], ids=["slice", "tensor"])
def test_rows_are_taken_from_everything(index):
    weight, lengths = np.arange(10.0), np.array([1, 2, 3] * 3 + [1])

    inputs, y = numbered(sample_weight=weight, lengths=lengths)[index]

    assert rows_of(inputs) == y.tolist() == inputs["sample_weight"].int().tolist() == [2, 3, 4]
    assert inputs["lengths"].tolist() == [3, 1, 2]


@pytest.mark.parametrize("index", [slice(1, 3), torch.tensor([1, 2])], ids=["slice", "tensor"])
def test_parts_of_the_data_share_their_memory(index):
    X = np.arange(10.0)[:, None, None] * np.ones((1, 3, 2))
    rows = np.array([7, 0, 4])
    data = SequenceData(X, rows, sample_weight=rows.astype(float), rows=rows)

    inputs, y = data[index]

    assert len(data) == 3
    assert rows_of(inputs) == y.tolist() == inputs["sample_weight"].int().tolist() == [0, 4]
    assert data.X.data_ptr() == X.ctypes.data


def test_batch_is_trimmed_to_its_longest_sequence():
    inputs, _ = numbered(lengths=np.array([1, 2] * 5))[:4]

    assert inputs["x"].shape == (4, 2, 2)


@pytest.mark.parametrize("batch_size", [1, 3, 5, 10, 99])
@pytest.mark.parametrize("shuffled", [False, True])
def test_batches_cover_each_row_once(batch_size, shuffled):
    generator = torch.Generator().manual_seed(0) if shuffled else None
    batches = list(BatchIterator(numbered(), batch_size, generator))

    rows = [row for inputs, _ in batches for row in rows_of(inputs)]

    assert sorted(rows) == list(range(10))
    assert rows == [code for _, y in batches for code in y.tolist()]
    assert (rows != sorted(rows)) == shuffled


@pytest.mark.parametrize(("batch_size", "sizes"), [(4, [4, 4, 2]), (5, [5, 5]), (99, [10])])
@pytest.mark.parametrize("shuffled", [False, True])
def test_sizes_of_batches(batch_size, sizes, shuffled):
    generator = torch.Generator().manual_seed(0) if shuffled else None
    batches = BatchIterator(numbered(), batch_size, generator)

    assert [len(y) for _, y in batches] == sizes
    assert len(batches) == len(sizes)


def test_each_epoch_has_an_order_of_its_own():
    batches = BatchIterator(numbered(), 10, torch.Generator().manual_seed(0))

    first, second = ([rows_of(inputs) for inputs, _ in batches] for _ in range(2))

    assert first != second


def test_order_is_decided_by_the_generator():
    first, second = (
        [rows_of(inputs) for inputs, _ in BatchIterator(numbered(), 3, generator)]
        for generator in (torch.Generator().manual_seed(0) for _ in range(2))
    )

    assert first == second


@pytest.mark.parametrize(("batch_size", "max_batches"), [(4, 3), (5, 2), (99, 1), (3, 99)])
def test_no_more_batches_than_asked_for_change_nothing(batch_size, max_batches):
    first, second = (
        [rows_of(inputs) for inputs, _ in BatchIterator(numbered(), batch_size, *options)]
        for options in (
            (torch.Generator().manual_seed(0), max_batches),
            (torch.Generator().manual_seed(0),),
        )
    )

    assert first == second


@pytest.mark.parametrize("max_batches", [1, 2, 4])
def test_of_more_batches_that_many_are_drawn(max_batches):
    batches = BatchIterator(numbered(10), 2, torch.Generator().manual_seed(0), max_batches)

    sizes = [len(rows_of(inputs)) for inputs, _ in batches]

    assert sizes == [2] * max_batches
    assert len(batches) == max_batches
    assert batches.n_rows == 2 * max_batches


def test_each_row_is_drawn_as_often_as_any_other():
    batches = BatchIterator(numbered(10), 2, torch.Generator().manual_seed(0), 4)

    rows = [row for _ in range(500) for inputs, _ in batches for row in rows_of(inputs)]

    counts = np.bincount(rows, minlength=10)
    assert counts.sum() == 500 * 4 * 2
    assert (abs(counts - 400) < 100).all()


def test_draws_are_decided_by_the_generator():
    first, second, other = (
        [
            rows_of(inputs)
            for inputs, _ in BatchIterator(numbered(), 2, torch.Generator().manual_seed(seed), 3)
        ]
        for seed in (0, 0, 1)
    )

    assert first == second != other
