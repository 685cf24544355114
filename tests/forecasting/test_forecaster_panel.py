"""Many series at once, their covariates and their gaps."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV

from sklearn_rnn import LSTMForecaster

RNG = np.random.default_rng(0)
LENGTHS = {"long": 60, "short": 12, "single": 1, "other": 40}
LEVELS = {"long": 50.0, "short": -3.0, "single": 1e4, "other": 0.0}
PARTS = {
    name: LEVELS[name] + RNG.normal(size=n).cumsum() * max(1, abs(LEVELS[name]) / 10)
    for name, n in LENGTHS.items()
}
DAYS = pd.date_range("2020-01-01", periods=70, name="day")
LONG = pd.concat(
    [
        pd.DataFrame({"id": name, "day": DAYS[: len(values)], "sales": values})
        for name, values in PARTS.items()
    ],
    ignore_index=True,
)
INDEXED = LONG.set_index(["id", "day"])
POLARS = pl.DataFrame({column: LONG[column].to_list() for column in LONG})
NAMES = {"series_id": "id", "time": "day", "target": "sales"}

FORMS = {
    "list of arrays": (list(PARTS.values()), {}),
    "list of lists": ([values.tolist() for values in PARTS.values()], {}),
    "list of Series": ([pd.Series(v, DAYS[: len(v)]) for v in PARTS.values()], {}),
    "Series with two levels": (INDEXED["sales"], {}),
    "DataFrame with two levels": (INDEXED, {}),
    "long frame": (LONG, NAMES),
    "polars": (POLARS, NAMES),
}
each_form = pytest.mark.parametrize(("form", "names"), FORMS.values(), ids=FORMS)


def quick(**options):
    defaults = {
        "hidden_size": 4,
        "max_epochs": 2,
        "look_back": 6,
        "calibration_fraction": None,
        "random_state": 0,
    }
    return LSTMForecaster(**{**defaults, **options})


def as_arrays(forecast, column="sales"):
    """The forecasts of each series, from any form."""
    if isinstance(forecast, list):
        return [np.asarray(each).ravel() for each in forecast]
    if isinstance(forecast, (pl.DataFrame, pd.DataFrame)) and "id" in forecast.columns:
        names, values = list(forecast["id"]), np.asarray(forecast[column])
    else:
        names, values = forecast.index.get_level_values(0), np.asarray(forecast).ravel()
    return [values[np.array(names) == name] for name in dict.fromkeys(names)]


EXPECTED = quick(horizon=2).fit(list(PARTS.values())).forecast(3)


@each_form
def test_all_forms_give_the_same_forecasts_in_their_form(form, names):
    forecaster = quick(horizon=2, **names).fit(form)
    forecast = forecaster.forecast(3)
    assert type(forecast) is type(form)
    for found, expected in zip(as_arrays(forecast), EXPECTED, strict=True):
        np.testing.assert_array_equal(found, expected)
    # Those of one series stay near its last value, be it the only one.
    for found, values in zip(as_arrays(forecast), PARTS.values(), strict=True):
        assert np.abs(found - values[-1]).max() <= 5 * np.abs(np.diff(values)).max(initial=100)


@each_form
def test_predictions_of_all_forms_agree(form, names):
    predicted = quick(**names).fit(form).predict(form)
    expected = quick().fit(list(PARTS.values())).predict(list(PARTS.values()))
    assert type(predicted) is type(form)
    expected = [each for each in expected if len(each) or isinstance(form, list)]
    for found, each in zip(as_arrays(predicted), expected, strict=True):
        np.testing.assert_array_equal(found, each)


@each_form
def test_intervals_of_all_forms(form, names):
    forecaster = quick(calibration_fraction=0.2, **names).fit(form)
    forecast = forecaster.forecast(2, coverage=0.8)
    if isinstance(forecast, list):
        assert [each.columns.tolist() for each in forecast] == [["forecast", "lower", "upper"]] * 4
        forecast = pd.concat(forecast)
    assert list(forecast.columns)[-3:] == ["forecast", "lower", "upper"]
    assert (forecast["lower"] < forecast["forecast"]).all()
    assert (forecast["forecast"] < forecast["upper"]).all()


@each_form
def test_score_of_all_forms(form, names):
    forecaster = quick(horizon=2, **names).fit(form)
    plain = list(PARTS.values())
    assert forecaster.score(form) == pytest.approx(quick(horizon=2).fit(plain).score(plain))


def test_forecasts_continue_the_index_of_each_series():
    forecast = quick().fit(INDEXED).forecast(2)
    for name, n in LENGTHS.items():
        assert forecast.loc[name].index.tolist() == DAYS[n : n + 2].tolist()
    assert forecast.index.names == ["id", "day"]


def test_order_of_rows_does_not_matter():
    shuffled = LONG.sample(frac=1, random_state=0)
    forecast = quick(**NAMES).fit(shuffled).forecast(2).set_index("id")
    order = shuffled["id"].unique().tolist()
    assert list(dict.fromkeys(forecast.index)) == order
    parts = [PARTS[name] for name in order]
    for name, expected in zip(order, quick().fit(parts).forecast(2), strict=True):
        np.testing.assert_array_equal(forecast.loc[name, "sales"], expected)


def test_score_compares_all_series_at_once():
    panel = [PARTS["long"], PARTS["other"]]
    forecaster = quick().fit(panel)
    predicted = forecaster.predict(panel)
    actual = [values[6:] for values in panel]
    expected = r2_score(np.concatenate(actual), np.concatenate(predicted))
    assert forecaster.score(panel) == pytest.approx(expected)


def test_series_that_continue_are_predicted_from_their_start():
    cut = DAYS[30]
    earlier = LONG[LONG["day"] < cut]
    later = LONG[LONG["day"] >= cut]
    forecaster = quick(**NAMES).fit(earlier)
    predicted = forecaster.predict(later)
    # Series of which nothing new came are not there.
    assert predicted["id"].unique().tolist() == ["long", "other"]
    keys = later[["id", "day"]].reset_index(drop=True)
    pd.testing.assert_frame_equal(predicted[["id", "day"]], keys)
    first = forecaster.forecast(1).set_index("id")["sales"]
    found = predicted[predicted["day"] == cut].set_index("id")["sales"]
    np.testing.assert_allclose(found, first[["long", "other"]])


def test_new_series_start_after_a_window():
    forecaster = quick(**NAMES).fit(LONG[LONG["id"] != "other"])
    both = pd.concat([LONG[LONG["id"] == "other"], LONG[LONG["id"] == "short"]])
    predicted = forecaster.predict(both)
    assert predicted.groupby("id", sort=False).size().to_dict() == {"other": 34, "short": 6}


@pytest.mark.parametrize("form", ["list", "long frame", "polars", "two levels", "array"])
def test_series_not_seen_in_fit_are_forecast(form):
    forecaster = quick(horizon=2, **NAMES).fit(LONG[LONG["id"] != "other"])
    other, values = LONG[LONG["id"] == "other"], PARTS["other"]
    expected = quick(horizon=2)
    expected = expected.fit([PARTS[name] for name in PARTS if name != "other"])
    expected = expected.forecast(3, series=values)
    if form == "polars":
        other = POLARS.filter(pl.col("id") == "other")
    if form in ("two levels", "array"):
        forecaster = quick(horizon=2).fit(INDEXED.drop("other", level="id"))
        other = INDEXED.loc[["other"]] if form == "two levels" else values
    if form == "list":
        forecast = forecaster.forecast(3, series=[pd.DataFrame({"sales": values})] * 2)
        # Rows of one product may be summed up in different orders.
        np.testing.assert_allclose(forecast[1], expected, rtol=1e-6)
        forecast = forecast[0]
    else:
        forecast = forecaster.forecast(3, series=other)
    values = forecast["sales"] if form in ("long frame", "polars", "two levels") else forecast
    np.testing.assert_array_equal(values, expected)


def test_forecast_of_new_series_leaves_the_history():
    forecaster = quick(**NAMES).fit(LONG)
    before = forecaster.forecast(2)
    forecaster.forecast(2, series=LONG[LONG["id"] == "other"].assign(id="new"))
    pd.testing.assert_frame_equal(forecaster.forecast(2), before)


def test_one_network_learns_from_all_series():
    rng = np.random.default_rng(0)
    phase = rng.uniform(0, 7, size=40)
    panel = [10 ** rng.uniform(-3, 3) * np.sin(2 * np.pi * np.arange(15) / 7 + p) for p in phase]
    forecaster = quick(look_back=8, max_epochs=100).fit(panel[:30])
    # None of these short series was seen, and none has two seasons.
    for values in panel[30:]:
        forecast = forecaster.forecast(1, series=values[:-1])
        assert abs(forecast[0] - values[-1]) < 0.2 * np.abs(values).max()


def test_thousands_of_short_series_of_different_lengths():
    rng = np.random.default_rng(0)
    lengths, levels = rng.integers(1, 30, size=3000), rng.normal(size=3000)
    panel = [level + rng.normal(size=n) for level, n in zip(levels, lengths, strict=True)]
    forecaster = quick(horizon=3, calibration_fraction=0.2).fit(panel)
    forecast = forecaster.forecast(4)
    assert len(forecast) == 3000
    assert all(each.shape == (4,) for each in forecast)
    assert np.isfinite(np.concatenate(forecast)).all()
    wide = forecaster.forecast(4, coverage=0.9)
    np.testing.assert_array_equal(wide[7]["forecast"], forecast[7])


def test_short_series_are_learnt_from():
    # Each doubles at each step, and has fewer values than a window.
    panel = [2.0 ** (np.arange(14) + shift) for shift in np.random.default_rng(0).normal(size=200)]
    forecaster = quick(look_back=20, max_epochs=30, horizon=1).fit(panel)
    forecast = np.concatenate(forecaster.forecast())
    last = np.array([values[-1] for values in panel])
    np.testing.assert_allclose(forecast / last, 2, rtol=0.05)


def test_series_of_one_row_repeats_its_value_until_more_is_known():
    forecaster = quick(calibration_fraction=0.2, max_epochs=1).fit(
        [np.arange(30.0), np.array([7.0])]
    )
    forecast = forecaster.forecast(1)[1]
    assert abs(forecast[0] - 7) < 0.5


def test_several_targets_are_forecast_alike():
    frame = LONG.assign(double=2 * LONG["sales"])
    forecaster = quick(series_id="id", time="day", target=["sales", "double"]).fit(frame)
    forecast = forecaster.forecast(3)
    assert list(forecast.columns) == ["id", "day", "sales", "double"]
    np.testing.assert_allclose(forecast["double"], 2 * forecast["sales"], rtol=1e-5)
    predicted = forecaster.predict(frame)
    np.testing.assert_allclose(predicted["double"], 2 * predicted["sales"], rtol=1e-5)


def test_pickled_forecaster_of_a_panel():
    forecaster = quick(**NAMES).fit(LONG)
    copy = pickle.loads(pickle.dumps(forecaster))
    pd.testing.assert_frame_equal(copy.forecast(3), forecaster.forecast(3))


def test_history_holds_no_more_than_the_look_back():
    forecaster = quick().fit(list(PARTS.values()))
    assert forecaster.last_window_.lengths.tolist() == [6, 6, 1, 6]


def test_what_comes_after_the_cut_changes_nothing():
    cut = DAYS[30]
    options = {**NAMES, "horizon": 2, "calibration_fraction": 0.2}
    known = LONG[LONG["day"] < cut]
    changed = LONG.assign(sales=LONG["sales"].where(LONG["day"] < cut, 1e9))
    expected = quick(**options).fit(known)
    pd.testing.assert_frame_equal(
        quick(**options).fit(changed[changed["day"] < cut]).forecast(3), expected.forecast(3)
    )
    before, after = (
        frame[frame["day"] >= DAYS[20]].reset_index(drop=True) for frame in (LONG, changed)
    )
    forecaster = quick(**options).fit(LONG[LONG["day"] < DAYS[20]])
    one, other = forecaster.predict(before), forecaster.predict(after)
    until = (one["day"] <= cut).to_numpy()
    assert 0 < until.sum() < len(one)
    pd.testing.assert_frame_equal(other[until], one[until])


# Covariates


def with_covariates(n_times=300, names=("a", "b"), seed=0):
    """Series that one covariate of the same day, and one of the day before, decide."""
    rng = np.random.default_rng(seed)
    parts = []
    for name in names:
        promotion = rng.integers(0, 2, size=n_times).astype(float)
        clicks = rng.normal(size=n_times)
        noise = 0.05 * rng.normal(size=n_times)
        sales = 10 + 4 * promotion + 2 * np.append(0, clicks[:-1]) + noise
        columns = {"sales": sales, "clicks": clicks, "promotion": promotion}
        times = pd.date_range("2020-01-01", periods=n_times, name="day")
        parts.append(pd.DataFrame({"id": name, "day": times, **columns}))
    return pd.concat(parts, ignore_index=True)


COVARIATES = with_covariates()
FIRST_DAYS = COVARIATES["day"] < COVARIATES["day"].iloc[280]
KNOWN, COMING = COVARIATES[FIRST_DAYS], COVARIATES[~FIRST_DAYS]
ROLES = {**NAMES, "future": ["promotion"]}
# Long windows tell the scale of the series well, which the effect of covariates is learnt in.
ACCURATE = {
    "calibration_fraction": 0.2,
    "horizon": 4,
    "look_back": 30,
    "hidden_size": 16,
    "max_epochs": 60,
}


def test_covariates_decide_the_outcome():
    def score(columns, **options):
        forecaster = quick(calibration_fraction=0.2, **NAMES, **options).fit(KNOWN[columns])
        return r2_score(COMING["sales"], forecaster.predict(COMING[columns])["sales"])

    alone = ["id", "day", "sales"]
    everything = [*alone, "clicks", "promotion"]
    assert score(everything, future=["promotion"]) > 0.85
    assert score(alone) < 0.2
    # What is not known ahead, tells of yesterday only.
    assert 0.1 < score(everything) < 0.6
    assert 0.2 < score([*alone, "promotion"], future=["promotion"]) < 0.85


@pytest.mark.parametrize("n_steps", [4, 10])
def test_forecast_follows_the_covariates_known_ahead(n_steps):
    forecaster = quick(**ACCURATE, **ROLES).fit(KNOWN)
    forecast = forecaster.forecast(n_steps, future=COMING)
    ahead = COMING.groupby("id").head(n_steps).reset_index(drop=True)
    assert forecast["day"].tolist() == ahead["day"].tolist()
    never = forecaster.forecast(n_steps, future=COMING.assign(promotion=0.0))
    effect = forecast["sales"] - never["sales"]
    np.testing.assert_allclose(effect, 4 * ahead["promotion"], atol=1)


def test_forecast_follows_the_last_covariates_of_the_past():
    forecaster = quick(**ACCURATE, **ROLES).fit(KNOWN)
    is_last = KNOWN.groupby("id").cumcount(ascending=False) == 0
    without = KNOWN.assign(clicks=KNOWN["clicks"].mask(is_last, 0.0))
    forecast = forecaster.forecast(1, series=KNOWN, future=COMING)["sales"]
    effect = forecast - forecaster.forecast(1, series=without, future=COMING)["sales"]
    np.testing.assert_allclose(effect, 2 * KNOWN.loc[is_last, "clicks"], atol=1)


def test_each_series_has_covariates_of_its_own():
    forecaster = quick(horizon=4, **ROLES).fit(KNOWN)
    forecast = forecaster.forecast(4, future=COMING)
    is_b = COMING["id"] == "b"
    changed = COMING.assign(promotion=COMING["promotion"].where(~is_b, 0.5))
    other = forecaster.forecast(4, future=changed)
    same = forecast["id"] == "a"
    pd.testing.assert_frame_equal(other[same], forecast[same])
    assert (other["sales"] != forecast["sales"])[~same].all()


def test_covariates_of_new_series():
    forecaster = quick(**ACCURATE, **ROLES).fit(KNOWN)
    new = with_covariates(14, names=["c"], seed=1)
    forecast = forecaster.forecast(series=new[:10], future=new[10:])
    np.testing.assert_allclose(forecast["sales"], 10 + 4 * new["promotion"][10:], atol=2.5)


def test_covariates_of_one_frame_with_a_time_index():
    frame = COVARIATES[COVARIATES["id"] == "a"].drop(columns="id").set_index("day")
    options = {"target": "sales", "future": ["promotion"], **ACCURATE, "horizon": 1}
    forecaster = quick(**options).fit(frame[:280])
    forecast = forecaster.forecast(future=frame[["promotion"]][280:])
    assert forecast.name == "sales"
    assert forecast.index.tolist() == frame.index[280:281].tolist()
    expected = 10 + 4 * frame["promotion"] + 2 * frame["clicks"].shift(1)
    assert abs(forecast.iloc[0] - expected.iloc[280]) < 1


def test_covariates_in_polars():
    def convert(frame):
        return pl.DataFrame({column: frame[column].to_list() for column in frame})

    forecast = quick(horizon=2, **ROLES).fit(convert(KNOWN)).forecast(future=convert(COMING))
    expected = quick(horizon=2, **ROLES).fit(KNOWN).forecast(future=COMING)
    assert isinstance(forecast, pl.DataFrame)
    np.testing.assert_array_equal(forecast["sales"], expected["sales"])


@pytest.mark.parametrize(
    "future", ["promotion", ["promotion"], np.array(["promotion"]), pd.Index(["promotion"])]
)
def test_future_may_be_one_name_or_several(future):
    expected = quick(**ROLES).fit(KNOWN).forecast(future=COMING)
    forecaster = quick(**NAMES, future=future).fit(KNOWN)
    pd.testing.assert_frame_equal(forecaster.forecast(future=COMING), expected)


def test_units_of_covariates_do_not_matter():
    def change(frame):
        return frame.assign(
            promotion=1e6 * frame["promotion"] - 5, clicks=1e-6 * frame["clicks"] + 1
        )

    options = {"horizon": 2, "dtype": "float64", **ROLES}
    expected = quick(**options).fit(KNOWN).forecast(future=COMING)["sales"]
    forecast = quick(**options).fit(change(KNOWN)).forecast(future=change(COMING))["sales"]
    np.testing.assert_allclose(forecast, expected, rtol=1e-4)


def test_past_covariates_of_the_future_are_not_read():
    forecaster = quick(horizon=3, **ROLES).fit(KNOWN)
    expected = forecaster.forecast(future=COMING)
    hidden = COMING.assign(clicks=1e9, sales=np.nan)
    pd.testing.assert_frame_equal(forecaster.forecast(future=hidden), expected)
    pd.testing.assert_frame_equal(
        forecaster.forecast(future=COMING[["id", "day", "promotion"]]), expected
    )


@pytest.mark.parametrize(
    ("future", "message"),
    [
        (None, r"needs the covariates \['promotion'\] of the next 3 time steps"),
        (COMING.drop(columns="promotion"), "'promotion' is not a column of future"),
        (COMING[COMING["id"] == "a"], "3 of the 6 combinations .* are missing.*series 'b'"),
        (COMING.groupby("id").head(2), "2 of the 6 combinations of series and time stamp"),
        (COMING.assign(promotion=np.nan), "future contains NaN: 6 of 6 values"),
        (pd.concat([COMING, COMING]), "are there more than once"),
        (COMING["promotion"].to_numpy(), "of type ndarray"),
    ],
)
def test_missing_covariates_are_named(future, message):
    with pytest.raises(ValueError, match=message):
        quick(horizon=3, **ROLES).fit(KNOWN).forecast(future=future)


def test_covariates_that_nobody_asked_for():
    forecaster = quick(**NAMES).fit(KNOWN)
    with pytest.raises(ValueError, match="no known-future covariates to read"):
        forecaster.forecast(future=COMING)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "sale"}, "target='sale' is not a column of X"),
        ({"future": ["promo"]}, "future='promo' is not a column of X"),
        ({"series_id": "shop"}, "series_id='shop' is not a column of X"),
        ({"time": "date"}, "time='date' is not a column of X"),
        ({"time": None}, "name that of its time stamps"),
        ({"future": ["sales"]}, "name the column 'sales' more than once"),
        ({"target": None}, None),
    ],
)
def test_columns_that_are_not_there(options, message):
    forecaster = quick(**{**ROLES, **options})
    if message is None:
        assert forecaster.fit(KNOWN).last_window_.columns.targets.tolist() == ["sales", "clicks"]
        return
    with pytest.raises(ValueError, match=message):
        forecaster.fit(KNOWN)


def test_other_columns_than_in_fit():
    forecaster = quick(**ROLES).fit(KNOWN)
    with pytest.raises(ValueError, match=r"seen at fit time, yet now missing:\n- clicks"):
        forecaster.forecast(series=KNOWN.drop(columns="clicks"), future=COMING)


def kinds(n_series=60, n_times=40):
    """Short walks, of which those of one kind rise and the others fall, with much noise."""
    kind = np.resize([0.0, 1.0], n_series)
    drift = np.where(kind == 1, 1.0, -1.0)[:, None] * np.arange(n_times)
    walks = drift + 3 * RNG.normal(size=(n_series, n_times)) + 100 * RNG.normal(size=(n_series, 1))
    frame = pd.DataFrame(
        {
            "name": np.repeat(np.arange(n_series), n_times),
            "day": np.tile(pd.date_range("2024-01-01", periods=n_times), n_series),
            "value": walks.ravel(),
            "kind": np.repeat(kind, n_times),
        }
    )
    return frame, drift[:, -1]


def test_a_column_that_is_constant_in_a_series_describes_it():
    frame, last = kinds()
    names = {"series_id": "name", "time": "day", "target": "value"}
    options = {**names, "horizon": 8, "look_back": 3, "calibration_fraction": 0.2}
    described = quick(**options, future=["kind"]).fit(frame)
    coming = (
        frame.groupby("name")
        .head(8)
        .assign(day=np.tile(pd.date_range("2024-02-10", periods=8), 60))
    )
    ahead = described.forecast(future=coming)["value"].to_numpy().reshape(60, 8)
    past = quick(**options).fit(frame).forecast()["value"].to_numpy().reshape(60, 8)
    without = quick(**options).fit(frame.drop(columns="kind")).forecast()
    without = without["value"].to_numpy().reshape(60, 8)
    rises = np.where(last > 0, 1, -1)
    for forecast in (ahead, past):
        gain = rises * (forecast[:, 7] - forecast[:, 0])
        assert np.median(gain) > 4
    assert np.median(rises * (without[:, 7] - without[:, 0])) < 4


# Gaps


def test_missing_values_are_an_error_by_default():
    holes = LONG.assign(sales=LONG["sales"].where(np.arange(len(LONG)) != 3))
    with pytest.raises(ValueError, match=r"1 of 113 values are missing.*of series 'long'.*mask"):
        quick(**NAMES).fit(holes)
    with pytest.raises(ValueError, match=r"1 time stamps are missing.*01-04.*of series 'long'"):
        quick(**NAMES).fit(LONG.drop(index=3))


def test_missing_rows_and_missing_values_are_the_same():
    masked = quick(missing="mask", **NAMES)
    gone = masked.fit(LONG.drop(index=[3, 4, 20])).forecast(3)
    values = LONG["sales"].where(~LONG.index.isin([3, 4, 20]))
    pd.testing.assert_frame_equal(masked.fit(LONG.assign(sales=values)).forecast(3), gone)


def test_nothing_missing_is_nothing_masked():
    expected = quick(**NAMES).fit(LONG).forecast(3)
    pd.testing.assert_frame_equal(quick(missing="mask", **NAMES).fit(LONG).forecast(3), expected)


def test_what_is_missing_does_not_spoil_what_is_learnt():
    season = np.resize([3.0, 1.0, 4.0, 1.5, 9.0], 200)
    values = np.where(np.random.default_rng(0).random(200) < 0.1, np.nan, season)
    options = {"season_length": 5, "look_back": 16, "horizon": 5, "missing": "mask"}
    values[-6:] = season[-6:]
    forecast = quick(**options, calibration_fraction=0.2, max_epochs=30).fit(values).forecast(10)
    np.testing.assert_allclose(forecast, np.resize(season[:5], 10), atol=0.5)


def test_forecast_after_a_gap_at_the_end_goes_on_from_the_last_value():
    values = np.append(50 + 0.1 * RNG.normal(size=60), [np.nan] * 10)
    forecaster = quick(missing="mask").fit([values, np.arange(30.0)])
    assert forecaster.last_window_.lengths.tolist() == [11, 6]
    np.testing.assert_allclose(forecaster.forecast(2)[0], 50, atol=2)
    np.testing.assert_array_equal(forecaster.forecast(2, series=values), forecaster.forecast(2)[0])


def test_gaps_longer_than_a_window_are_predicted_across():
    values = 50 + RNG.normal(size=80)
    values[30:45] = np.nan
    predicted = quick(missing="mask").fit(values).predict(values)
    assert predicted.shape == (74,)
    np.testing.assert_allclose(predicted, 50, atol=10)


def test_score_leaves_out_what_is_missing():
    values = 50 + RNG.normal(size=60).cumsum()
    holes = np.where(np.arange(60) % 10 == 7, np.nan, values)
    forecaster = quick(missing="mask").fit(values[:40])
    predicted, known = forecaster.predict(holes), ~np.isnan(holes[6:])
    assert forecaster.score(holes) == pytest.approx(r2_score(holes[6:][known], predicted[known]))
    with pytest.raises(ValueError, match="holds no 1 values in a row to compare with"):
        forecaster.score(np.full(20, np.nan))


UNKNOWN = np.full(30, np.nan)


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (UNKNOWN, "All values of X are NaN"),
        (np.full((30, 2), [1.0, np.nan]), "All values in column 1 of X are NaN"),
        ([np.arange(30.0), UNKNOWN, UNKNOWN], r"All values of X\[1\] are NaN.* 2 such series"),
        (
            LONG.assign(sales=LONG["sales"].where(LONG["id"] != "other")),
            "of series 'other' are NaN",
        ),
    ],
)
def test_series_without_any_value(series, message):
    names = NAMES if isinstance(series, pd.DataFrame) else {}
    with pytest.raises(ValueError, match=message):
        quick(missing="mask", **names).fit(series)


def test_new_series_without_any_value():
    forecaster = quick(missing="mask").fit([np.arange(30.0), np.arange(20.0)])
    with pytest.raises(ValueError, match=r"All values of series\[1\] are NaN"):
        forecaster.forecast(2, series=[np.arange(9.0), np.full(9, np.nan)])


def test_columns_of_a_long_frame_are_all_counted():
    forecaster = quick(**NAMES).fit(LONG)
    assert forecaster.n_features_in_ == len(forecaster.feature_names_in_) == LONG.shape[1]
    assert quick(**NAMES).fit(POLARS).n_features_in_ == POLARS.shape[1]
    assert quick(target="sales").fit(INDEXED).n_features_in_ == INDEXED.shape[1]


def test_missing_covariates_count_as_their_mean():
    holes = COVARIATES.copy()
    holes.loc[::9, "clicks"] = np.nan
    known, coming = holes[FIRST_DAYS], holes[~FIRST_DAYS]
    forecaster = quick(**ACCURATE, missing="mask", **ROLES).fit(known)
    forecast = forecaster.forecast(4, future=coming)
    ahead = coming.groupby("id").head(4)
    np.testing.assert_allclose(forecast["sales"], 10 + 4 * ahead["promotion"], atol=3)


def test_look_back_of_a_panel_is_tunable():
    search = GridSearchCV(quick(), {"look_back": [2, 6]}, cv=2, error_score="raise")
    search.fit([np.sin(np.arange(30.0) + shift) for shift in range(6)])
    assert search.best_estimator_.look_back_ == search.best_params_["look_back"]
