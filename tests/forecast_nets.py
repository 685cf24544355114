"""Nets that forecast, and windows to feed them with, for the tests of more than one module."""

import numpy as np
import torch
from torch import nn

from sklearn_rnn.forecasting import ForecastNet, ForecastNetwork, SeriesStore, WindowData
from sklearn_rnn.nn import Seed

LOOK_BACK, HORIZON = 5, 2
SERIES = 10 + np.random.default_rng(0).normal(size=200)


def make_data(series=SERIES, first=LOOK_BACK, last=None, dtype=torch.float64, **options):
    n_times = len(series)
    last = n_times - HORIZON if last is None else last
    store = SeriesStore(series, np.array([n_times]), np.array([1e-6]), dtype=dtype, **options)
    first, last = np.array([first]), np.array([last])
    return WindowData(store, first, last, look_back=LOOK_BACK, horizon=HORIZON)


def make_net(awake=True, linear=None, **options):
    linear = torch.zeros(LOOK_BACK + 2, HORIZON) if linear is None else linear
    options = {
        "lr": 1e-30,
        "max_epochs": 1,
        "batch_size": 8,
        "verbose": 0,
        "seed": Seed(0),
    } | options
    options.setdefault("criterion", nn.MSELoss)
    net = ForecastNet(
        ForecastNetwork,
        module__linear=linear,
        module__look_back=LOOK_BACK,
        module__n_past=0,
        module__n_future=0,
        module__hidden_size=4,
        module__seed=Seed(0),
        module__dtype=torch.float64,
        **options,
    ).initialize()
    if awake:
        generator = torch.Generator().manual_seed(0)
        nn.init.normal_(net.module_.correction.output.weight, generator=generator)
    return net
