import numpy as np
import pytest
import torch

from sklearn_rnn.forecasting import Covariates, SeriesStore, WindowData

LOOK_BACK, HORIZON = 4, 3
LENGTHS = np.array([7, 1, 5, 12])
RNG = np.random.default_rng(0)
SERIES = [RNG.normal(scale=10, size=n) + 100 * n for n in LENGTHS]
SMALLEST = np.array([0.1, 0.2, 50.0, 0.4])
PAST = [RNG.normal(size=(n, 2)) for n in LENGTHS]
# Known some steps ahead.
FUTURE = [RNG.normal(size=(n + 2, 1)) for n in LENGTHS]


def covariates(parts, owner=None):
    lengths = np.array([len(each) for each in parts])
    owner = np.arange(len(parts)) if owner is None else owner
    return Covariates(np.concatenate(parts), lengths, owner)


def build(series=SERIES, first=None, last=None, known=None, **options):
    lengths = np.array([len(each) for each in series])
    first = np.ones(len(series), dtype=int) if first is None else np.array(first)
    last = lengths if last is None else np.array(last)
    smallest = options.pop("smallest", SMALLEST[: len(series)])
    store = SeriesStore(np.concatenate(series), lengths, smallest, dtype=torch.float64, **options)
    known = None if known is None else np.array(known)
    return WindowData(store, first, last, look_back=LOOK_BACK, horizon=HORIZON, known=known)


def by_hand(series, smallest, origin):
    """Cut, fill and scale one window and what follows it, with a loop."""
    behind = [series[max(step, 0)] for step in range(origin - LOOK_BACK, origin)]
    observed = [float(step >= 0) for step in range(origin - LOOK_BACK, origin)]
    seen = series[max(origin - LOOK_BACK, 0) : origin]
    scale = max(seen.std(), smallest)
    anchor = series[origin - 1]
    ahead = [
        (series[step] - anchor) / scale if step < len(series) else np.nan
        for step in range(origin, origin + HORIZON)
    ]
    values = (np.array(behind) - anchor) / scale
    return values, observed, (seen.mean() - anchor) / scale, anchor, scale, ahead


def test_every_window_is_what_one_would_cut_by_hand():
    data = build()
    inputs, y = data[:]
    rows = [(number, origin) for number, n in enumerate(LENGTHS) for origin in range(1, n + 1)]
    assert len(data) == len(rows) == len(y)
    for row, (number, origin) in enumerate(rows):
        expected = by_hand(SERIES[number], SMALLEST[number], origin)
        values, observed, mean, anchor, scale, ahead = expected
        np.testing.assert_allclose(inputs["values"][row], values)
        np.testing.assert_array_equal(inputs["observed"][row], observed)
        np.testing.assert_allclose(inputs["mean"][row], [mean], atol=1e-12)
        np.testing.assert_allclose(inputs["anchor"][row], [anchor])
        np.testing.assert_allclose(inputs["scale"][row], [scale])
        np.testing.assert_allclose(y[row], ahead)


def test_first_and_last_are_numbers_of_steps_before_a_forecast():
    inputs, _ = build(first=[2, 1, 5, 8], last=[4, 0, 5, 7])[:]
    expected = [SERIES[0][1], SERIES[0][2], SERIES[0][3], SERIES[2][4]]
    np.testing.assert_array_equal(inputs["anchor"][:, 0], expected)


def test_no_windows():
    data = build(first=[2, 2, 2, 2], last=[1, 0, 1, -5])
    assert len(data) == 0


@pytest.mark.parametrize(
    "index",
    [slice(3, 9), slice(None, None, 4), torch.tensor([20, 0, 3, 3]), np.array([5, 1]), 7],
    ids=str,
)
def test_windows_by_number(index):
    data = build()
    inputs, y = data[index]
    rows = np.atleast_1d(np.arange(len(data))[index])
    whole, whole_y = data[:]
    for name, values in inputs.items():
        assert torch.equal(values, whole[name][rows])
    assert torch.allclose(y, whole_y[rows], equal_nan=True)


def test_missing_values_are_filled_and_not_known():
    series = np.array([1.0, np.nan, 3.0, 4.0, np.nan, 7.0, 8.0])
    inputs, y = build([series], first=[4], last=[4])[:]
    scale = np.std([1.0, 3.0, 4.0])
    np.testing.assert_allclose(inputs["values"][0], np.array([-3, -3, -1, 0]) / scale)
    assert inputs["observed"][0].tolist() == [1, 0, 1, 1]
    np.testing.assert_allclose(inputs["mean"][0], [(8 / 3 - 4) / scale])
    np.testing.assert_allclose(y[0], [np.nan, 3 / scale, 4 / scale])


def test_gap_longer_than_the_window_goes_on_from_the_last_value():
    series = np.array([1.0, 5.0, *[np.nan] * 6, 6.0])
    inputs, y = build([series], first=[8], last=[8])[:]
    assert inputs["anchor"].item() == 5.0
    assert inputs["values"].tolist() == [[0.0] * LOOK_BACK]
    assert inputs["observed"].tolist() == [[0.0] * LOOK_BACK]
    assert inputs["mean"].item() == 0.0
    np.testing.assert_allclose(y[0], [1 / SMALLEST[0], np.nan, np.nan])


@pytest.mark.parametrize(
    ("series", "options"),
    [
        (SERIES, {}),
        ([np.array([1.0, np.nan, 3.0, 4.0, np.nan, 7.0, 8.0])], {"last": [4]}),
        ([np.arange(9.0)], {"last": [6], "known": [8]}),
    ],
    ids=["up to the end", "missing", "not yet"],
)
def test_what_is_known_of_what_follows(series, options):
    inputs, y = build(series, **options)[:]
    assert torch.equal(inputs["known"], y.isfinite().double())
    assert not y.isfinite().all()


def test_all_is_known_of_what_follows():
    inputs, y = build([np.arange(9.0)], last=[6])[:]
    assert "known" not in inputs
    assert y.isfinite().all()


@pytest.mark.parametrize("n_known", [3, 5, 9])
def test_nothing_is_known_after_the_cut(n_known):
    changed = [np.where(np.arange(len(each)) >= n_known, 1e6, each) for each in SERIES[2:]]
    options = {"first": [1, 1], "last": [n_known - 1, n_known - 1], "smallest": SMALLEST[2:]}
    known = np.minimum(n_known, LENGTHS[2:])
    inputs, y = build(SERIES[2:], known=known, **options)[:]
    others, other_y = build(changed, known=known, **options)[:]
    for name in inputs:
        assert torch.equal(inputs[name], others[name])
    assert torch.allclose(y, other_y, equal_nan=True)
    # All that is known is there.
    for row in range(n_known - 1):
        n_ahead = min(HORIZON, int(known[0]) - (row + 1))
        assert y[row].isfinite().sum() == max(n_ahead, 0)


def test_past_covariates_are_those_of_the_window():
    inputs, _ = build(past=covariates(PAST), first=[5, 1, 2, 12], last=[5, 0, 2, 12])[:]
    np.testing.assert_array_equal(inputs["past"][0], PAST[0][1:5])
    # Those before the start repeat the first ones.
    np.testing.assert_array_equal(inputs["past"][1], PAST[2][[0, 0, 0, 1]])
    np.testing.assert_array_equal(inputs["past"][2], PAST[3][8:12])
    assert "future" not in inputs


def test_future_covariates_are_those_of_the_horizon():
    inputs, _ = build(future=covariates(FUTURE), first=[3, 1, 5, 12], last=[3, 0, 5, 12])[:]
    np.testing.assert_array_equal(inputs["future"][0], FUTURE[0][3:6])
    # Two steps are known after the end, of which the last one is repeated.
    np.testing.assert_array_equal(inputs["future"][1], FUTURE[2][[5, 6, 6]])
    np.testing.assert_array_equal(inputs["future"][2], FUTURE[3][[12, 13, 13]])
    assert "past" not in inputs


def test_series_share_the_covariates_of_their_owner():
    pair = covariates([PAST[0], PAST[3]], owner=np.array([1, 0]))
    inputs, _ = build([SERIES[3], SERIES[0]], past=pair, first=[6, 6], last=[6, 6])[:]
    np.testing.assert_array_equal(inputs["past"][0], PAST[3][2:6])
    np.testing.assert_array_equal(inputs["past"][1], PAST[0][2:6])


def test_weight_of_a_window_is_that_of_its_series():
    data = build(sample_weight=np.array([1.0, 2.0, 3.0, 4.0]), first=LENGTHS, last=LENGTHS)
    assert data[:][0]["sample_weight"].tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_far_from_zero_no_digits_are_lost(dtype):
    series = np.array([1.0, 2.0, 4.0, 3.0, 5.0])
    found = []
    for level in (0.0, 1e9):
        store = SeriesStore(level + series, np.array([5]), np.array([1e-3]), dtype=dtype)
        data = WindowData(store, np.array([4]), np.array([4]), look_back=4, horizon=1)
        inputs, y = data[:]
        assert inputs["values"].dtype == y.dtype == dtype
        found.append(torch.cat([inputs["values"][0], inputs["mean"][0], y[0]]))
    torch.testing.assert_close(found[0], found[1])
