"""Forecast series of many kinds: ours with its defaults beside other methods.

Run with ``SKLEARN_RNN_DATA=<folder of the data> python benchmarks/forecasting.py``. Prints the
errors of each method on each set, and in the end means over sets; designs may have been chosen on
some of these, the others have a mean of their own. Only `horizon` and `season_length` are given.
One fit of ours tells too what smoothing does alone, with all of the ridge regression and with all
of the network; `ridge` and `network` are the shares of these. Within 90 % intervals are so many
percent of the values, and at the steps of the horizon with the fewest and the most. Seconds are
CPU seconds, in one thread, of what a line needs beyond those above it of the same method.

Names pick sets. ``--output`` adds what was measured to a file, and takes from there what it has
already. Theta and AutoETS take part where statsforecast is installed, or their rows are in that
file.
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
from forecasting_data import CHOSEN_ON, PUBLISHED, Task
from forecasting_rivals import RIVALS, Forecasts
from forecasting_series import SHORT
from jobs import make_parser, measure
from threadpoolctl import threadpool_limits

TASKS = {**PUBLISHED, **SHORT}
FORMS = {
    "sMAPE": ".2f",
    "MASE": ".3f",
    "RMSE": ".2f",
    "MSE": ".3f",
    "MAE": ".3f",
    "ridge": ".2f",
    "network": ".2f",
    "within": ".0f",
    "fewest": ".0f",
    "most": ".0f",
    "seconds": ".1f",
}
COLUMNS = ["name", "method", "by", "seed", *FORMS]


def ours(task: Task, seed: int) -> Forecasts:
    """Fit once, and forecast with the shares that were chosen, and with others."""
    # Imported here, so that rivals can run in an environment of their own.
    import torch

    from sklearn_rnn import LSTMForecaster

    torch.set_num_threads(1)
    names = task.columns or [None]
    forecaster = LSTMForecaster(
        horizon=task.horizon,
        season_length=task.season_length,
        target=names[0],
        future=names[1:] if task.ahead is not None else None,
        missing="mask" if np.isnan(task.train[0]).any() else "error",
        random_state=seed,
        device="cpu",
    )
    forecaster.fit(as_series(task, task.train))
    recent = [history[-forecaster.look_back_ :] for history in task.histories]
    known = {"series": as_series(task, recent), "future": after(task, recent), "coverage": 0.9}
    chosen = forecaster.linear_share_, forecaster.network_share_
    shares = {
        "ours": chosen,
        "smoothing alone": (0, 0),
        "with ridge": (1, 0),
        "with network": (0, 1),
    }
    for by, (linear, network) in shares.items():
        forecaster.net_.module_.shares.copy_(torch.tensor([linear, network]))
        table = np.stack([answer.to_numpy() for answer in forecaster.forecast(**known)])
        # The columns are pairs (target, part), the parts being forecast, lower and upper.
        parts = table.reshape(*table.shape[:2], task.n_targets, 3)
        forecast, lower, upper = np.moveaxis(parts, 3, 0)
        notes = covered(task, lower, upper) if by == "ours" else {}
        yield by, forecast, {"ridge": linear, "network": network, **notes}


def as_series(task: Task, tables: list[np.ndarray]) -> list:
    """Name the columns where some of them are covariates."""
    if task.columns is None:
        return [table[:, 0] if task.n_targets == 1 else table for table in tables]
    return [pd.DataFrame(table, columns=task.columns) for table in tables]


def after(task: Task, histories: list[np.ndarray]) -> list[pd.DataFrame] | None:
    """Number the time steps of the covariates known ahead on from the histories."""
    if task.ahead is None or task.columns is None:
        return None
    return [
        pd.DataFrame(ahead, len(history) + np.arange(task.horizon), task.columns[1:])
        for history, ahead in zip(histories, task.ahead, strict=True)
    ]


def covered(task: Task, lower: np.ndarray, upper: np.ndarray) -> dict[str, float]:
    """Count the values within bounds, in percent: in all, and at the steps with fewest and most."""
    known = np.isfinite(task.actual)
    inside = (task.actual >= lower) & (task.actual <= upper)
    by_step = 100 * inside.sum(axis=(0, 2)) / known.sum(axis=(0, 2))
    within = 100 * inside.sum() / known.sum()
    return {"within": within, "fewest": by_step.min(), "most": by_step.max()}


METHODS = {"ours": ours, **RIVALS}


def fit_and_score(name: str, method: str, seed: int) -> pd.DataFrame:
    """Return a row of figures for each forecast of the method."""
    task, rows = TASKS[name](), []
    start = time.process_time()
    with threadpool_limits(1):
        for by, forecast, notes in METHODS[method](task, seed):
            seconds = time.process_time() - start
            row = {"name": name, "method": method, "by": by, "seed": seed, "seconds": seconds}
            rows.append({**row, **task.score(forecast), **notes})
            start = time.process_time()
    return pd.DataFrame(rows, columns=COLUMNS)


def figure(values: pd.Series, form: str) -> str:
    """Write a mean, and the deviation from it where there are several values."""
    if values.isna().all():
        return ""
    spread = f" ± {values.std(ddof=0):{form}}" if len(values) > 1 else ""
    return f"{values.mean():{form}}{spread}"


def print_means(rows: pd.DataFrame) -> None:
    """Print means over the sets that sMAPE and MASE are for, by where they come from."""
    rows = rows[rows["MASE"].notna()]
    chosen_on, short = rows["name"].isin(CHOSEN_ON), rows["name"].isin(SHORT)
    groups = {"chosen on": chosen_on, "other published": ~chosen_on & ~short, "drawn or cut": short}
    print("\n| sets | number | by | sMAPE | MASE | CPU seconds |\n|---|---|---|---|---|---|")
    for group, within in groups.items():
        for by, part in rows[within].groupby("by", sort=False):
            means = part.groupby("name")[["sMAPE", "MASE", "seconds"]].mean()
            print(
                f"| {group} | {len(means)} | {by} | {means['sMAPE'].mean():.2f} "
                f"| {means['MASE'].mean():.3f} | {means['seconds'].sum():.0f} |"
            )


def main() -> None:
    options = make_parser(__doc__.splitlines()[0], list(METHODS), n_seeds=1).parse_args()
    print(f"| set | by | {' | '.join(FORMS)} |\n|---|---|{'---|' * len(FORMS)}", flush=True)
    jobs = [(name, method) for name in options.names or TASKS for method in options.methods]
    found = []
    for measured in measure(jobs, fit_and_score, METHODS, COLUMNS, options):
        for by, part in measured.groupby("by", sort=False):
            cells = [figure(part[column], form) for column, form in FORMS.items()]
            print(f"| {measured['name'].iloc[0]} | {by} | {' | '.join(cells)} |", flush=True)
        found.append(measured)
    print_means(pd.concat(found, ignore_index=True))


if __name__ == "__main__":
    main()
