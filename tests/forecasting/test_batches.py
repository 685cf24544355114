import numpy as np
import pytest

from sklearn_rnn import LSTMForecaster
from sklearn_rnn.forecasting import _batches
from sklearn_rnn.forecasting._batches import Scaling
from sklearn_rnn.forecasting._series_windows import SeriesWindows

RNG = np.random.default_rng(0)
WINDOWS = 50 + RNG.normal(size=(40, 30)).cumsum(axis=1)
SMALLEST = np.full((40, 1), 1e-3)


def scaling(kind, horizon=4):
    return Scaling(kind, (6,), horizon).learn(WINDOWS, SMALLEST)


@pytest.mark.parametrize("kind", ["logarithm", "linear", "fixed"])
def test_way_back(kind):
    scaled = scaling(kind).scale(WINDOWS, SMALLEST)
    values = WINDOWS[:, -4:]
    there = scaling(kind).to_frame(values, scaled.frame)
    np.testing.assert_allclose(scaling(kind).from_frame(there, scaled.frame), values)
    several = np.stack([there, there], axis=2)
    back = scaling(kind).from_frame(several, scaled.frame)
    np.testing.assert_allclose(back[:, :, 1], values)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
@pytest.mark.parametrize("kind", ["logarithm", "linear"])
def test_scale_makes_no_difference(kind, factor):
    one = scaling(kind).scale(WINDOWS, SMALLEST)
    other = scaling(kind).scale(factor * WINDOWS, factor * SMALLEST)
    for name in ("values", "rest", "path", "error", "features"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name), rtol=1e-6, atol=1e-6)


def test_level_makes_no_difference_to_values():
    # But to the weight of a window, which is one of the features.
    one = scaling("linear").scale(WINDOWS, SMALLEST)
    other = scaling("linear").scale(WINDOWS + 1e7, SMALLEST)
    for name in ("values", "rest", "path", "error"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name), atol=1e-5)


def test_logarithms_stay_above_zero():
    counts = RNG.poisson(0.3, size=(40, 30)).astype(float)
    scaled = scaling("logarithm").scale(counts, SMALLEST)
    low = scaling("logarithm").from_frame(np.full((40, 4), -1e3), scaled.frame)
    assert (low == 0).all()


def test_constant_windows_have_the_smallest_unit():
    scaled = scaling("linear").scale(np.full((40, 30), 3.0), SMALLEST)
    assert (scaled.frame.unit == SMALLEST).all()
    assert (scaled.path == 0).all()


def test_no_window_weighs_much_more_than_others():
    wild = WINDOWS * np.where(np.arange(40) == 3, 1e4, 1.0)[:, None]
    wild[3] += RNG.normal(size=30) * 1e6
    known = scaling("linear")
    weights = known.weights(known.scale(np.abs(wild), SMALLEST).frame)
    assert weights.max() <= known.largest_weight


def test_weights_of_windows_are_as_many_windows():
    n_times = np.arange(40) % 3
    weighted = Scaling("linear", (), 4).learn(WINDOWS, SMALLEST, n_times / 2)
    repeated = Scaling("linear", (), 4).learn(
        *(np.repeat(x, n_times, 0) for x in (WINDOWS, SMALLEST))
    )
    for name in ("center", "deviation", "largest_weight", "usual_unit"):
        np.testing.assert_allclose(getattr(weighted, name), getattr(repeated, name))


def test_very_many_windows_are_drawn_from_all_series(monkeypatch):
    series = [np.random.default_rng(number).normal(size=60) for number in range(8)]
    options = {"look_back": 8, "max_epochs": 1, "hidden_size": 2, "batch_size": 16}
    seen = []
    take = SeriesWindows.take

    def noted(windows, rows):
        seen.append((windows.place(rows)[1], len(rows)))
        return take(windows, rows)

    monkeypatch.setattr(SeriesWindows, "take", noted)
    monkeypatch.setattr(_batches, "MAX_DRAWN", 40)
    monkeypatch.setattr(_batches, "N_DRAWN_AT_ONCE", 40)

    LSTMForecaster(random_state=0, device="cpu", **options).fit(series)

    drawn = [set(numbers.tolist()) for numbers, n_rows in seen if n_rows == 40]
    assert drawn
    assert all(each == set(range(8)) for each in drawn)
