"""Every form that sequences are kept apart in: the same network, whatever holds them."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from numpy.testing import assert_array_equal

from sklearn_rnn import RNNClassifier, RNNRegressor

RNG = np.random.default_rng(0)
LENGTHS = [3 + n % 4 for n in range(24)]
SINGLE = [RNG.normal(size=n) for n in LENGTHS]
SEVERAL = [RNG.normal(size=(n, 2)) for n in LENGTHS]
Y = np.arange(24) % 2
SMALL = {"hidden_size": 4, "max_epochs": 1, "random_state": 0}


def as_objects(sequences):
    objects = np.empty(len(sequences), dtype=object)
    objects[:] = sequences
    return objects


def pad(sequences):
    padded = np.full((len(sequences), max(LENGTHS), *sequences[0].shape[1:]), np.nan)
    for row, each in zip(padded, sequences, strict=True):
        row[: len(each)] = each
    return padded


def frames(sequences, make=pd.DataFrame):
    return [make({"a": each[:, 0], "b": each[:, 1]}) for each in sequences]


SINGLE_FORMS = {
    "arrays": list,
    "tuple": tuple,
    "object array": as_objects,
    "lists": lambda X: [each.tolist() for each in X],
    "columns": lambda X: [each[:, None] for each in X],
    "Series": lambda X: [pd.Series(each, index=range(7, 7 + len(each)), name="a") for each in X],
    "polars Series": lambda X: [pl.Series(each) for each in X],
    "tensors": lambda X: [torch.tensor(each, requires_grad=True) for each in X],
    "Series of arrays": lambda X: pd.Series(X, index=range(100, 124)),
    "polars Series of lists": lambda X: pl.Series([each.tolist() for each in X]),
    "nested frame": lambda X: pd.DataFrame({"a": X}),
    "padded rows": pad,
    "padded array": lambda X: pad(X)[:, :, None],
    "padded tensor": lambda X: torch.tensor(pad(X)),
}
SEVERAL_FORMS = {
    "arrays": list,
    "lists": lambda X: [each.tolist() for each in X],
    "tensors": lambda X: [torch.tensor(each) for each in X],
    "nested frame": lambda X: pd.DataFrame(
        {name: [pd.Series(each[:, n]) for each in X] for n, name in enumerate("ab")}
    ),
    "nested polars frame": lambda X: pl.DataFrame(
        {name: [each[:, n].tolist() for each in X] for n, name in enumerate("ab")}
    ),
    "frames": frames,
    "polars frames": lambda X: frames(X, pl.DataFrame),
    "whole numbers missing": lambda X: [each.convert_dtypes() for each in frames(X)],
    "padded array": pad,
}
CASES = [
    pytest.param(sequences, make, id=f"{name} of {sequences[0].ndim} dimensions")
    for sequences, forms in ((SINGLE, SINGLE_FORMS), (SEVERAL, SEVERAL_FORMS))
    for name, make in forms.items()
]
# Names of columns are known in some forms, and unknown in others.
pytestmark = pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names")


@pytest.mark.parametrize(("sequences", "make"), CASES)
def test_every_form_in_fit_and_in_predict(sequences, make):
    expected = RNNClassifier(**SMALL).fit(sequences, Y)
    clf = RNNClassifier(**SMALL).fit(make(sequences), Y)

    wanted = expected.predict_proba(sequences)
    assert_array_equal(clf.predict_proba(sequences), wanted)
    assert_array_equal(expected.predict_proba(make(sequences)), wanted)


def test_forms_of_a_regressor():
    reg = RNNRegressor(**SMALL).fit(SINGLE, [each.mean() for each in SINGLE])

    assert_array_equal(reg.predict([pd.Series(each) for each in SINGLE]), reg.predict(SINGLE))


def test_nested_frame_has_names():
    X = SEVERAL_FORMS["nested frame"](SEVERAL)
    clf = RNNClassifier(**SMALL).fit(X, Y)

    assert_array_equal(clf.feature_names_in_, ["a", "b"])
    assert_array_equal(clf.predict_proba(X[["b", "a"]]), clf.predict_proba(frames(SEVERAL)))


def nested_with(cell):
    """Put a cell into the third row of the first column."""
    X = SEVERAL_FORMS["nested frame"](SEVERAL)
    return X.assign(a=pd.Series([*X["a"][:2], cell, *X["a"][3:]], dtype=object))


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (
            dict(enumerate(SINGLE)),
            r"X is of type dict\. Give its sequences as list\(X\.values\(\)\)",
        ),
        (
            pd.DataFrame({"id": [0, 0], "a": [1.0, 2.0]}).groupby("id"),
            "X is a DataFrameGroupBy.*by as series_id",
        ),
        ((each for each in SINGLE), r"X is of type generator\. .* list\(X\)"),
        (pl.LazyFrame({"a": [1.0]}), r"X is a LazyFrame: collect\(\) it"),
        (nested_with(pd.Series([1.0])), r"row 2 holds \{'a': 1, 'b': 5\} steps"),
        (nested_with(1.0), r"row 2 holds \{'a': None, 'b': 5\} steps"),
        ([*SINGLE[:23], 1.0], r"X\[23\] is of type float, of 0 dimensions"),
        ([*SINGLE[:23], SEVERAL[23]], r"X\[23\] is of type ndarray, of 2 dimensions"),
        ([*SINGLE[:23], []], r"X\[23\] has no steps"),
        ([*SINGLE[:23], ["a"]], r"X\[23\] holds no numbers"),
        (
            [*frames(SEVERAL[:23]), pd.DataFrame({"a": ["x"], "b": [1.0]})],
            r"Column 'a' of X\[23\] has dtype \w+, .* In row 0, it holds 'x'",
        ),
        (
            pd.DataFrame({"a": np.arange(24.0), "b": ["x"] * 24}),
            r"Column 'b' of X .* name it by series_id or time",
        ),
    ],
)
def test_what_is_read_as_no_form_is_named(X, message):
    with pytest.raises(ValueError, match=message):
        RNNClassifier(**SMALL).fit(X, Y)
