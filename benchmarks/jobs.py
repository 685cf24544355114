"""Jobs of a benchmark: each a set and a method, whose rows a file may hold already."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pandas as pd

Job = tuple[str, str]


def make_parser(description: str, names: list[str], n_seeds: int) -> argparse.ArgumentParser:
    """Offer what all these benchmarks have; the names are those of methods."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("names", nargs="*", metavar="NAME", help="sets, instead of all")
    parser.add_argument("--methods", nargs="*", choices=names, default=names)
    parser.add_argument("--seeds", type=int, default=n_seeds, help="of ours")
    parser.add_argument("--jobs", type=int, default=1, help="number of processes")
    parser.add_argument("--output", type=Path, help="CSV file to take rows from and to add to")
    return parser


def measure(
    jobs: list[Job],
    fit_and_score: Callable[[str, str, int], pd.DataFrame],
    methods: dict[str, Any],
    columns: list[str],
    options: argparse.Namespace,
    *,
    seconds: float = float("inf"),
) -> Iterator[pd.DataFrame]:
    """Yield the rows of each job, from the file or measured, several at a time as they are done.

    Ours runs with several seeds, as far as the seconds allow that they may take together. Of a
    method that is None, since it is not installed, there are the rows of the file.
    """
    rows = pd.DataFrame(columns=columns)
    if options.output and options.output.exists():
        rows = pd.read_csv(options.output)
    elif options.output:
        rows.to_csv(options.output, index=False)
    n_seeds = {name: int(method is not None) for name, method in methods.items()}
    measure_one = partial(
        _measure,
        fit_and_score=fit_and_score,
        rows=rows,
        n_seeds=n_seeds | {"ours": options.seeds},
        seconds=seconds,
        output=options.output,
    )
    if options.jobs == 1:
        yield from map(measure_one, jobs)
        return
    with get_context("spawn").Pool(options.jobs) as pool:
        yield from pool.imap_unordered(measure_one, jobs)


def _measure(
    job: Job,
    fit_and_score: Callable[[str, str, int], pd.DataFrame],
    rows: pd.DataFrame,
    n_seeds: dict[str, int],
    seconds: float,
    output: Path | None,
) -> pd.DataFrame:
    """Run a method on a set with the seeds that `rows` lacks, as far as time allows.

    New rows are added to the file at once, so that a run can be broken off.
    """
    name, method = job
    known = rows[(rows["name"] == name) & (rows["method"] == method)]
    for seed in range(n_seeds[method]):
        if seed in set(known["seed"]):
            continue
        if known["seconds"].sum() + known["seconds"].max() > seconds:
            break
        new = fit_and_score(name, method, seed)
        if output:
            new.to_csv(output, mode="a", header=False, index=False)
        known = pd.concat([known, new]) if len(known) else new
    return known
