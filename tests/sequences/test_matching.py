"""What is given for each sequence of a long frame, or for each row: matched, and named."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score

from sklearn_rnn import RNNClassifier, RNNRegressor, RNNTagger

RNG = np.random.default_rng(0)
IDS = [f"s{n}" for n in RNG.permutation(16)]
LONG = pd.DataFrame(
    {
        "id": np.repeat(IDS, 4),
        "t": np.tile(np.arange(4), 16),
        "a": RNG.normal(size=64),
        "b": RNG.normal(size=64),
    }
).sample(frac=1, random_state=0)
GROUPED = LONG.groupby("id")
Y = pd.Series(np.where(GROUPED["a"].mean() > 0, "up", "down"), sorted(IDS), name="way")
TABLE = Y.rename_axis("id").reset_index()
BY_ROW = LONG["id"].map(Y).rename("way")
NUMBERS = GROUPED[["a", "b"]].max().rename(columns={"a": "highest", "b": "widest"})
INDICATORS = (NUMBERS > 1).astype(int)
OPTIONS = {
    "series_id": "id",
    "time": "t",
    "hidden_size": 4,
    "max_epochs": 1,
    "random_state": 0,
    "device": "cpu",
}
EXPECTED = RNNClassifier(**OPTIONS).fit(LONG, Y).predict_proba(LONG)


def to_polars(frame):
    return pl.DataFrame({name: frame[name].to_list() for name in frame})


@pytest.mark.parametrize(
    "y",
    [
        Y.to_dict(),
        TABLE,
        to_polars(TABLE),
        BY_ROW,
        BY_ROW.to_numpy(),
        LONG[["id", "t"]].assign(way=BY_ROW),
        pd.concat([TABLE, TABLE]),
    ],
    ids=lambda y: type(y).__name__,
)
def test_labels_of_ids_in_any_form(y):
    clf = RNNClassifier(**OPTIONS).fit(LONG, y)

    assert_array_equal(clf.predict_proba(LONG), EXPECTED)
    assert clf.score(LONG, y) == clf.score(LONG, Y)


def test_tables_of_numbers_and_of_weights():
    weight = pd.Series(1 + RNG.random(16), NUMBERS.index)
    expected = RNNRegressor(**OPTIONS).fit(LONG, NUMBERS, weight)

    reg = RNNRegressor(**OPTIONS).fit(LONG, NUMBERS.reset_index(), LONG["id"].map(weight))

    pd.testing.assert_frame_equal(reg.predict(LONG), expected.predict(LONG))


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (LONG, TABLE[1:], "Column 'id' of y does not hold the series 's0'; it"),
        (LONG[LONG["id"] != "s3"], TABLE, r"'s3'. Leave them out: y\[y\['id'\]\.isin\(X\['id'"),
        (LONG, TABLE[["id"]], "y has no columns but those of series_id and time"),
        (LONG, BY_ROW.where(LONG.index != 5, "other"), r"y holds several.*groupby\(X\['id'\]\)"),
        (LONG, pd.concat([TABLE, TABLE.assign(way="no")]), r"several.*y\.groupby\('id'\)\.first"),
        (LONG, BY_ROW.sort_index(), "its index differs from that of X"),
        (LONG, {"s0": "up"}, "y does not hold the series 's.* others; it holds 's0'"),
        (
            LONG,
            Y.to_dict() | {"x": "up"},
            r"not: 'x'. Leave them out: y = \{key: y\[key\] for key in",
        ),
        (LONG, Y.where(Y.index != "s3"), "y contains NaN: it has no value for the series 's3'"),
    ],
)
def test_what_does_not_fit_is_named(X, y, message):
    with pytest.raises(ValueError, match=message):
        RNNClassifier(**OPTIONS).fit(X, y)


def test_rows_are_cross_validated_where_groups_keep_sequences_whole():
    clf, options = RNNClassifier(**OPTIONS), {"groups": LONG["id"], "cv": GroupKFold(2)}

    scores = cross_val_score(clf, LONG, BY_ROW, **options, error_score="raise")
    search = GridSearchCV(clf, {"hidden_size": [2, 3]}, cv=GroupKFold(2), error_score="raise")

    assert len(scores) == 2
    assert search.fit(LONG, BY_ROW, groups=LONG["id"]).best_params_["hidden_size"] in (2, 3)


def test_sequences_that_were_cut_by_rows_are_told():
    clf = RNNClassifier(**OPTIONS).fit(LONG[LONG["t"] < 3], Y)

    with pytest.warns(UserWarning, match=r"series 's.*GroupKFold\(\), groups=X\['id'\]"):
        clf.score(LONG[LONG["t"] == 3], Y)


def test_answers_have_the_names_of_y():
    labels = RNNClassifier(**OPTIONS).fit(LONG, INDICATORS)

    assert RNNClassifier(**OPTIONS).fit(LONG, TABLE).predict(LONG).name == "way"
    assert RNNClassifier(**OPTIONS).fit(LONG, Y.to_numpy()).predict(LONG).name is None
    assert list(labels.predict(LONG).columns) == ["highest", "widest"]
    assert list(labels.predict_proba(LONG).columns) == ["highest", "widest"]
    assert list(labels.fine_tune(LONG, NUMBERS < 0).predict(LONG)) == ["highest", "widest"]
    reg = RNNRegressor(**OPTIONS)
    assert list(reg.fit(LONG, NUMBERS).predict(LONG).columns) == ["highest", "widest"]
    assert reg.fit(LONG, NUMBERS["widest"]).predict(LONG).name == "widest"
    assert list(reg.fit(LONG, NUMBERS.to_numpy()).predict(LONG).columns) == [0, 1]


def test_arrays_have_no_names():
    X = RNG.normal(size=(16, 4, 2))

    assert isinstance(
        RNNRegressor(**OPTIONS).set_params(series_id=None, time=None).fit(X, NUMBERS).predict(X),
        np.ndarray,
    )


class TestOfEachStep:
    Y = pd.Series(np.where(LONG["a"] > 0, "above", "below"), LONG.index, name="where")

    @pytest.mark.parametrize(
        "y", [Y.to_frame(), LONG[["id", "t"]].assign(where=Y), to_polars(LONG[["id"]].assign(y=Y))]
    )
    def test_frames(self, y):
        expected = RNNTagger(**OPTIONS).fit(LONG, self.Y)

        found = RNNTagger(**OPTIONS).fit(LONG, y)

        assert_array_equal(found.predict_proba(LONG), expected.predict_proba(LONG))
        assert expected.predict(LONG).name == "where"

    @pytest.mark.parametrize(
        ("y", "message"),
        [
            (Y.where(np.arange(64) != 7), rf"of row 7 \(series '{LONG['id'].iloc[7]}'\) .*missing"),
            (Y.where(np.arange(64) != 7, 3), r"row 7 \(series .* is 3, but others are such as"),
            (Y.map({"above": 0.5, "below": 1}), r"series .* is 0\.5"),
            (LONG, r"y has the columns \['a', 'b'\]: give a single label for each row"),
            (Y[1:], "y holds 63 labels, but X has 64 rows"),
            (Y.sort_index(), "its index differs from that of X"),
        ],
    )
    def test_what_does_not_fit_is_named(self, y, message):
        with pytest.raises(ValueError, match=message):
            RNNTagger(**OPTIONS).fit(LONG, y)

    def test_states_of_rows(self):
        tagger = RNNTagger(**OPTIONS).fit(LONG, self.Y)
        ids = LONG["id"].unique()

        states = tagger.transform_steps(LONG)

        assert_array_equal(states.index, LONG.index)
        assert list(states.columns) == [f"state{n}" for n in range(8)]
        in_order = [
            LONG[LONG["id"] == each].sort_values("t").drop(columns=["id", "t"]) for each in ids
        ]
        expected = tagger.set_params(series_id=None, time=None).transform_steps(in_order)
        rows = [ids.tolist().index(each) for each in LONG["id"]]
        assert_array_equal(states, expected[rows, LONG["t"]])


def test_tokens_of_a_long_frame():
    words = LONG[["id", "t"]].assign(word=np.where(LONG["a"] > 0, "good", "bad"))
    ids = LONG["id"].unique()
    texts = [words[words["id"] == each].sort_values("t")["word"].tolist() for each in ids]
    expected = RNNClassifier(hidden_size=4, max_epochs=1, random_state=0, device="cpu")
    expected.fit(texts, Y[ids])

    clf = RNNClassifier(**OPTIONS).fit(words, Y)

    assert_array_equal(clf.predict_proba(words), expected.predict_proba(texts))
    with pytest.raises(ValueError, match="Column 'word' of X holds no token in 1 of 64 rows"):
        clf.predict(words.assign(word=words["word"].where(words.index != 3)))
    with pytest.raises(ValueError, match=r"Tokens are one a step.*\['word', 'more'\]"):
        RNNClassifier(**OPTIONS).fit(words.assign(more="x"), Y)
