"""Scores of time steps that training reached past are warned of."""

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.model_selection import TimeSeriesSplit, cross_val_score, cross_validate

from sklearn_rnn import LSTMForecaster, PanelTimeSeriesSplit

N_MONTHS = 24
MONTHS = pd.period_range("2020-01", periods=N_MONTHS, freq="M")
RNG = np.random.default_rng(0)
NAMES = {"series_id": "shop", "time": "month", "target": "sold"}


def sales(n_shops=4, months=MONTHS):
    shops = [f"s{number}" for number in range(n_shops)]
    return pd.DataFrame(
        {
            "shop": np.repeat(shops, len(months)),
            "month": months.append([months] * (n_shops - 1)),
            "sold": RNG.normal(size=n_shops * len(months)).cumsum(),
        }
    )


def quick(**options):
    return LSTMForecaster(
        **{
            "hidden_size": 4,
            "max_epochs": 1,
            "look_back": 3,
            "calibration_fraction": None,
            "random_state": 0,
            **NAMES,
            **options,
        }
    )


def before(frame, month):
    return frame[frame["month"] < month]


def since(frame, month):
    return frame[frame["month"] >= month]


@pytest.mark.parametrize("n_shops", [3, 4, 5])
def test_rows_of_a_long_frame(n_shops):
    with pytest.warns(UserWarning, match=r"cv=PanelTimeSeriesSplit\(time='month'\)"):
        cross_val_score(quick(), sales(n_shops), cv=TimeSeriesSplit(3), error_score="raise")


def test_rows_of_a_frame_with_two_levels():
    indexed = sales().set_index(["shop", "month"])
    forecaster = quick(**dict.fromkeys(NAMES))
    with pytest.warns(UserWarning, match=r"cv=PanelTimeSeriesSplit\(\)"):
        cross_val_score(forecaster, indexed, cv=TimeSeriesSplit(3), error_score="raise")


def test_rows_of_a_polars_frame():
    frame = sales().assign(month=lambda each: each["month"].dt.to_timestamp())
    frame = pl.DataFrame({name: frame[name].to_list() for name in frame})
    with pytest.warns(UserWarning, match=r"cv=PanelTimeSeriesSplit\(time='month'\)"):
        cross_val_score(quick(), frame, cv=TimeSeriesSplit(3), error_score="raise")


def test_holes_that_are_masked():
    with pytest.warns(UserWarning, match="the forecaster has learnt from what came later"):
        cross_val_score(quick(missing="mask"), sales(3), cv=5, error_score="raise")


def test_message_names_series_and_time_stamps():
    frame = sales(2)
    forecaster = quick().fit(since(frame, "2020-07"))
    with pytest.warns(
        UserWarning,
        match="The score of series 's0' starts at 2020-04, but training reached 2021-12",
    ):
        forecaster.score(before(frame, "2020-07"))


def test_time_is_cut_without_a_warning():
    cv = PanelTimeSeriesSplit(3, time="month")
    cross_validate(quick(), sales(), cv=cv, return_train_score=True, error_score="raise")


def test_series_that_end_at_different_times():
    short = sales().query("shop != 's0' or month < '2021-06'")
    last = short.groupby("shop").tail(4)
    quick().fit(short.drop(last.index)).score(last)


def test_history_before_what_is_scored():
    frame = sales()
    forecaster = quick().fit(before(frame, "2021-01"))
    forecaster.score(since(frame, "2020-10"))
    with pytest.warns(UserWarning, match="starts at 2020-12"):
        forecaster.score(since(frame, "2020-09"))


def test_part_of_the_series():
    frame = sales()
    forecaster = quick().fit(before(frame, "2021-01"))
    forecaster.score(since(frame, "2021-01").query("shop == 's2'"))
    forecaster.score(before(frame, "2021-01").query("shop == 's2'"))


def test_series_without_names_or_time_stamps():
    series = pd.Series(RNG.normal(size=N_MONTHS).cumsum(), MONTHS)
    plain = quick(**dict.fromkeys(NAMES))
    plain.fit(series).score(series[:12])
    plain.fit([series, series]).score([series[:12]])
    plain.fit(series.to_numpy()).score(series.to_numpy()[:12])


def test_forecasts_of_the_past_are_no_scores():
    frame = sales()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        forecaster = quick().fit(since(frame, "2020-07"))
        forecaster.predict(before(frame, "2020-07"))
        forecaster.forecast(series=before(frame, "2020-07"))
