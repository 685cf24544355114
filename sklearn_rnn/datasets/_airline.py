"""The airline passengers, 1949 to 1960."""

from __future__ import annotations

from importlib import resources

import pandas as pd


def load_airline() -> pd.Series:
    """Load the monthly numbers of international airline passengers, 1949 to 1960.

    144 months, from 112 to 622 thousand passengers, with a rising trend and a yearly season
    that grows with it [1]_.

    Returns
    -------
    passengers : Series of shape (144,)
        Passengers in thousands, dtype float64, with a monthly PeriodIndex named "month".

    References
    ----------
    .. [1] Box, G. E. P. and Jenkins, G. M. (1970). Time series analysis: forecasting and
       control. Holden-Day. Series G.

    Examples
    --------
    >>> from sklearn_rnn.datasets import load_airline
    >>> load_airline().tail(2)
    month
    1960-11    390.0
    1960-12    432.0
    Freq: M, Name: passengers, dtype: float64
    """
    with resources.files(__package__).joinpath("airline.csv").open() as file:
        frame = pd.read_csv(file)
    index = pd.PeriodIndex(frame["month"], freq="M", name="month")
    return pd.Series(frame["passengers"].to_numpy(dtype=float), index, name="passengers")
