import numpy as np

from sklearn_rnn import LSTMForecaster
from sklearn_rnn.forecasting import _window_data
from sklearn_rnn.forecasting._series_source import SeriesWindows


def test_very_many_windows_are_drawn_from_all_series(monkeypatch):
    series = [np.random.default_rng(number).normal(size=60) for number in range(8)]
    options = {"look_back": 8, "max_epochs": 1, "hidden_size": 2, "batch_size": 16}
    seen = []
    take = SeriesWindows.take

    def noted(windows, rows):
        seen.append((windows.place(rows)[1], len(rows)))
        return take(windows, rows)

    monkeypatch.setattr(SeriesWindows, "take", noted)
    monkeypatch.setattr(_window_data, "MAX_DRAWN", 40)
    monkeypatch.setattr(_window_data, "N_DRAWN_AT_ONCE", 40)

    LSTMForecaster(random_state=0, device="cpu", **options).fit(series)

    drawn = [set(numbers.tolist()) for numbers, n_rows in seen if n_rows == 40]
    assert drawn
    assert all(each == set(range(8)) for each in drawn)
