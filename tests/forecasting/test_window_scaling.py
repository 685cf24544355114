import pytest
import torch

from sklearn_rnn.forecasting import scale_windows

GENERATOR = torch.Generator().manual_seed(0)
WINDOWS = torch.randn(5, 8, generator=GENERATOR, dtype=torch.float64)
SMALL = torch.full((5, 1), 1e-9, dtype=torch.float64)
ALL = torch.ones_like(WINDOWS)


def test_windows_are_relative_to_their_last_value_in_units_of_their_spread():
    scaled = scale_windows(WINDOWS, ALL, SMALL)
    torch.testing.assert_close(scaled.anchor, WINDOWS[:, -1:])
    torch.testing.assert_close(scaled.scale, WINDOWS.std(dim=1, correction=0, keepdim=True))
    torch.testing.assert_close(scaled.values, (WINDOWS - scaled.anchor) / scaled.scale)
    torch.testing.assert_close(scaled.mean, scaled.values.mean(dim=1, keepdim=True))


@pytest.mark.parametrize(("slope", "shift"), [(1.0, 1e6), (1e-6, 0.0), (1e6, -3.0)])
def test_series_of_any_level_and_scale_look_alike(slope, shift):
    scaled = scale_windows(WINDOWS, ALL, SMALL)
    other = scale_windows(slope * WINDOWS + shift, ALL, slope * SMALL)
    torch.testing.assert_close(other.values, scaled.values, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(other.mean, scaled.mean, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(other.scale, slope * scaled.scale)


def test_what_was_not_observed_does_not_count():
    observed = ALL.clone()
    observed[:, :3] = 0
    changed = WINDOWS.clone()
    changed[:, :3] = 1e6
    scaled, short = (
        scale_windows(changed, observed, SMALL),
        scale_windows(WINDOWS[:, 3:], ALL[:, 3:], SMALL),
    )
    torch.testing.assert_close(scaled.values[:, 3:], short.values)
    torch.testing.assert_close(scaled.mean, short.mean)
    torch.testing.assert_close(scaled.scale, short.scale)


@pytest.mark.parametrize("value", [0.0, 7.0, -1e8])
def test_constant_windows_have_the_smallest_scale(value):
    scaled = scale_windows(torch.full_like(WINDOWS, value), ALL, 0.5 + 0 * SMALL)
    assert (scaled.values == 0).all()
    assert (scaled.mean == 0).all()
    assert (scaled.scale == 0.5).all()


@pytest.mark.parametrize("value", [0.0, 7.0, -1e8])
def test_window_without_any_observed_value_looks_like_a_constant_one(value):
    windows = torch.full_like(WINDOWS, value)
    scaled = scale_windows(windows, torch.zeros_like(windows), SMALL)
    assert (scaled.values == 0).all()
    assert (scaled.mean == 0).all()
    assert (scaled.anchor == value).all()
