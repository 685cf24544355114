"""From timings to a table of medians and ratios."""

from __future__ import annotations

import statistics
from typing import Any

from speed_workloads import Workload

# Results of one side: one dict a round, in the order of the rounds.
Results = dict[str, list[dict[str, Any]]]


def ratio(results: Results, key: str) -> float:
    """Median over the rounds of our time relative to the best rival's."""
    return max(
        statistics.median(
            ours[key] / theirs[key] for ours, theirs in zip(results["ours"], rounds, strict=True)
        )
        for side, rounds in results.items()
        if side != "ours"
    )


def milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.{0 if seconds >= 0.1 else 1 if seconds >= 0.01 else 2}f}"


def cell(workload: Workload, rounds: list[dict[str, Any]]) -> str:
    """Time, what comes once in parentheses, and the score."""
    text = milliseconds(statistics.median(each[workload.judged] for each in rounds))
    if "once" in rounds[0]:
        text += f" ({milliseconds(max(0, statistics.median(each['once'] for each in rounds)))})"
    if "score" in rounds[0]:
        text += f"; {statistics.median(each['score'] for each in rounds):.1f}"
    return text


def shares(workload: Workload, results: Results, rates: dict[tuple, float]) -> str:
    """Share of the rate of a large product: ours, and the product of a step alone."""
    if not workload.is_rated:
        return ""
    seconds = statistics.median(each[workload.judged] for each in results["ours"])
    rate = workload.operations() / seconds / rates["large"]
    alone = rates[workload.product()] / rates["large"]
    return f"{100 * rate:.1f} of {100 * alone:.0f}"


def row(workload: Workload, results: Results, sides: list[str], rates: dict) -> tuple[str, float]:
    """Return a row of the table, and the ratio to the best rival."""
    best = ratio(results, workload.judged)
    whole = "" if workload.whole else f"{ratio(results, 'whole'):.2f}"
    cells = [cell(workload, results[side]) if side in results else "" for side in sides]
    texts = [workload.name, *cells, f"**{best:.2f}**", whole, shares(workload, results, rates)]
    return "| " + " | ".join(texts) + " |", best


def header(sides: list[str]) -> str:
    columns = ["workload", *sides, "ratio", "of the whole fit", "% of the limit"]
    return "| " + " | ".join(columns) + " |\n|" + "---|" * len(columns)


def closing(found: list[float], cores: dict[str, float]) -> str:
    """Geometric mean of the ratios, and the most cores that each side kept busy."""
    busy = ", ".join(f"{side} {each:.2f}" for side, each in cores.items())
    return (
        f"\nGeometric mean of the ratios: {statistics.geometric_mean(found):.2f}; "
        f"largest: {max(found):.2f}.\nCores kept busy at most: {busy}."
    )
