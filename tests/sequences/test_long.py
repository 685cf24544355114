"""Long frames: a row for each step, with the names of sequence and time in columns."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal

from sklearn_rnn import RNNClassifier, RNNRegressor

RNG = np.random.default_rng(0)
# Not in the order of their names, neither by number nor by letter.
IDS = [f"s{n}" for n in RNG.permutation(20)]
LENGTHS = [3 + n % 4 for n in range(20)]
ORDERED = pd.DataFrame(
    {
        "id": np.repeat(IDS, LENGTHS),
        "day": np.concatenate([pd.date_range("2024-01-01", periods=n) for n in LENGTHS]),
        "a": RNG.normal(size=sum(LENGTHS)),
        "b": RNG.integers(9, size=sum(LENGTHS)),
    }
)
# Rows of all sequences mixed, each sequence with its first row where it was.
LONG = ORDERED.assign(key=RNG.random(len(ORDERED)))
LONG.loc[~LONG["id"].duplicated(), "key"] -= 1
LONG = LONG.sort_values("key", ignore_index=True).drop(columns="key")
SEQUENCES = [
    ORDERED.loc[ORDERED["id"] == name, ["a", "b"]].reset_index(drop=True)
    for name in LONG["id"].unique()
]
LABELS = np.where([each["a"].mean() > 0 for each in SEQUENCES], "up", "down")
Y = pd.Series(LABELS, LONG["id"].unique()).sort_index()
WEIGHT = pd.Series(RNG.random(20), Y.index)
SMALL = {"hidden_size": 4, "max_epochs": 2, "random_state": 0}
NAMES = {"series_id": "id", "time": "day"}


def to_polars(frame):
    return pl.DataFrame({name: frame[name].to_list() for name in frame})


@pytest.mark.parametrize(
    ("X", "names"),
    [
        (LONG, NAMES),
        (to_polars(LONG), NAMES),
        (LONG.set_index(["id", "day"]), NAMES),
        (LONG.set_index("day"), NAMES),
        (LONG.rename(columns={"id": 0, "day": 1}), {"series_id": 0, "time": 1}),
        (LONG.assign(day=LONG["day"].dt.to_period("D")), NAMES),
        (LONG.assign(day=LONG["day"].dt.date), NAMES),
        (LONG.assign(id=LONG["id"].astype("category")), NAMES),
        (LONG.assign(id=LONG["id"].str[1:].astype(int)), NAMES),
        (LONG[["b", "day", "id", "a"]], NAMES),
        (LONG.sort_values("day"), {"series_id": "id", "time": None}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_is_read_as_a_list_of_frames(X, names):
    if names["time"] is None:
        X = X.drop(columns="day")
    order = pd.unique(LONG["id"] if names["time"] else X["id"])
    position = {name: n for n, name in enumerate(LONG["id"].unique())}
    rows = [position[name] for name in order]
    frames, y = [SEQUENCES[n] for n in rows], LABELS[rows]
    if next(iter(X.columns)) == "b":
        frames = [each[["b", "a"]] for each in frames]
    expected = RNNClassifier(**SMALL).fit(frames, y)

    clf = RNNClassifier(**SMALL, **names).fit(X, y)

    assert clf.n_features_in_ == 2
    assert_array_equal(clf.feature_names_in_, expected.feature_names_in_)
    assert_array_equal(clf.predict_proba(X), expected.predict_proba(frames))
    assert_array_equal(clf.predict_proba(frames), expected.predict_proba(frames))
    assert_array_equal(
        list(clf.staged_predict_proba(X)), list(expected.staged_predict_proba(frames))
    )


@pytest.mark.parametrize("kind", [Y.__class__, np.asarray], ids=["by name", "by order"])
def test_answers_and_weights_go_with_their_sequences(kind):
    in_order = LONG["id"].unique()
    given = [each if kind is pd.Series else each[in_order].to_numpy() for each in (Y, WEIGHT)]
    expected = RNNClassifier(**SMALL).fit(SEQUENCES, LABELS, WEIGHT[in_order].to_numpy())

    clf = RNNClassifier(**SMALL, **NAMES).fit(LONG, *given)

    assert_array_equal(clf.predict_proba(LONG), expected.predict_proba(SEQUENCES))
    found = clf.score(LONG, *given)
    assert found == expected.score(SEQUENCES, LABELS, WEIGHT[in_order].to_numpy())


def test_predictions_have_the_names_of_the_sequences():
    clf = RNNClassifier(**SMALL, **NAMES).fit(LONG, Y)
    index = pd.Index(LONG["id"].unique(), name="id")

    labels, probabilities = clf.predict(LONG), clf.predict_proba(LONG)

    pd.testing.assert_index_equal(labels.index, index, exact=False)
    pd.testing.assert_index_equal(probabilities.index, index, exact=False)
    assert list(probabilities.columns) == ["down", "up"]
    assert list(clf.predict_log_proba(LONG).columns) == ["down", "up"]
    assert_array_equal(labels, clf.predict(SEQUENCES))
    assert isinstance(clf.predict(to_polars(LONG)), np.ndarray)
    assert isinstance(clf.predict(SEQUENCES), np.ndarray)


def test_numbers_by_name():
    heights = LONG.groupby("id")[["a", "b"]].max()
    reg = RNNRegressor(**SMALL, **NAMES).fit(LONG, heights)
    in_order = heights.loc[LONG["id"].unique()].to_numpy()
    expected = RNNRegressor(**SMALL).fit(SEQUENCES, in_order)

    assert_array_equal(reg.predict(LONG), expected.predict(SEQUENCES))
    assert_array_equal(reg.predict(LONG).index, LONG["id"].unique())
    # Sums go by the order of y in memory.
    assert reg.score(LONG, heights) == pytest.approx(expected.score(SEQUENCES, in_order), rel=1e-12)
    single = RNNRegressor(**SMALL, **NAMES).fit(LONG, heights["a"])
    assert isinstance(single.predict(LONG), pd.Series)


def test_partial_fit_by_name():
    there, back = (
        RNNClassifier(**SMALL, **NAMES).partial_fit(LONG, y, classes=["down", "up"])
        for y in (Y, Y[::-1])
    )
    back.set_params(series_id=None, time=None)

    for clf in (there, back):
        clf.partial_fit(LONG, Y)

    assert_array_equal(there.predict_proba(LONG), back.predict_proba(LONG))


@pytest.mark.parametrize(
    ("X", "y", "names", "message"),
    [
        (
            LONG,
            Y,
            {"series_id": "nope"},
            r"series_id='nope' is not a column of X; columns are \['i",
        ),
        (LONG, Y, {"series_id": "id", "time": "nope"}, "time='nope' is not a column of X"),
        (LONG, Y, {"series_id": ["id", "b"]}, "must name a single column of X"),
        (LONG, Y, {"series_id": "id", "time": "id"}, "name the same column, 'id'"),
        (LONG, Y, {"time": "day"}, r"by the parameter series_id\. .* \[X\.drop\(columns='day'\)\]"),
        (np.ones((20, 3)), Y, NAMES, "X is of type ndarray"),
        (LONG[["id", "day"]], Y, NAMES, "no columns of features"),
        (LONG.iloc[:0], Y, NAMES, r"0 sample\(s\)"),
        (LONG.assign(c="x"), Y, NAMES, "Column 'c' of X .* In row 0, it holds 'x'"),
        (LONG.assign(day=LONG["day"].astype(str)), Y, NAMES, r"'day' of X .* pd\.to_datetime\(X\["),
        (
            LONG.assign(day=LONG["day"].where(LONG.index != 7)),
            Y,
            NAMES,
            "'day' of X has no time stamp in 1 of .* first of which is row 7",
        ),
        (
            LONG.assign(id=LONG["id"].where(LONG.index != 7)),
            Y,
            NAMES,
            "'id' of X names no series in 1 of .* first of which is row 7",
        ),
        (
            pd.concat([LONG, LONG.iloc[[4]]]),
            Y,
            NAMES,
            rf"two rows of series '{LONG['id'][4]}' at 2024-01-.* of which is row {len(LONG)}",
        ),
        (
            LONG.assign(a=LONG["a"].where(LONG.index != LONG.index[LONG["id"] == "s3"][0])),
            Y,
            NAMES,
            r"series 's3' contains NaN at step \d in column 'a'",
        ),
        (
            LONG,
            LONG["b"] > 4,
            NAMES,
            r"y holds several values .* True, and in row .*y\.groupby\(X\['id'\]\)\.first\(\)",
        ),
        (LONG, LABELS[:-1], NAMES, "y holds 19 values, but X holds 20 sequences"),
        (LONG, Y.drop("s3"), NAMES, "The index of y does not hold the series 's3'; it holds 's"),
        (LONG, pd.concat([Y, Y[["s3"]]]), NAMES, "The index of y holds the series 's3' twice"),
        (
            LONG[LONG["id"] != "s3"],
            Y,
            NAMES,
            r"that X does not: 's3'\. Leave them out: y\.loc\[X\[",
        ),
        (LONG[["a", "b"]], Y, {}, "Each row of the DataFrame X is read as a sequence"),
    ],
)
def test_what_does_not_fit_together_is_named(X, y, names, message):
    with pytest.raises(ValueError, match=message):
        RNNClassifier(**SMALL, **names).fit(X, y)


def test_other_columns_than_in_fit():
    clf = RNNClassifier(**SMALL, **NAMES).fit(LONG, Y)

    with pytest.raises(ValueError, match="now missing:\n- b"):
        clf.predict(LONG.drop(columns="b"))
    with pytest.raises(ValueError, match="series_id='id' is not a column of X"):
        clf.predict(LONG.drop(columns="id"))


def test_row_numbers_are_no_names():
    with pytest.raises(ValueError, match=r"The index of y holds row numbers.*set_index\('id'\)"):
        RNNClassifier(**SMALL, **NAMES).fit(LONG, Y.reset_index(drop=True))


def test_columns_of_time_stamps_are_to_be_named():
    with pytest.raises(ValueError, match="In a long frame, name them and the series by time and"):
        RNNClassifier(**SMALL).fit(LONG[["day", "a"]], np.resize(["up", "down"], len(LONG)))


def test_a_column_of_times_is_no_feature():
    with pytest.raises(ValueError, match=r"Column 'day' of X .* set time='day'"):
        RNNClassifier(**SMALL, series_id="id").fit(LONG, Y)
