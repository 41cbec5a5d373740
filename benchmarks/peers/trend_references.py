"""Trends as others compute them: Kleinberg's automaton as printed, and Mann-Kendall of a library."""

import math
from collections.abc import Sequence

import pymannkendall  # type: ignore[import-untyped]


def find_bursts(counts: Sequence[int], totals: Sequence[int], ratio: float = 2, gamma: float = 1) -> list[range]:
    """Runs of months in the upper state of the cheapest path through Kleinberg's (2002, section 4) two-state automaton.

    The cost of a month in a state is minus the log of the binomial probability of its count; moving up costs
    gamma * ln(months), moving down nothing. Plain dynamic programming over both states, with the path kept.
    """
    base = sum(counts) / sum(totals)
    if not 0 < base < 1:
        return []
    shares = (base, min(ratio * base, (1 + base) / 2))
    entry = gamma * math.log(len(totals))
    costs, paths = [0.0, math.inf], [[], []]  # type: tuple[list[float], list[list[int]]]
    for count, total in zip(counts, totals, strict=True):
        choices = math.lgamma(total + 1) - math.lgamma(count + 1) - math.lgamma(total - count + 1)
        own = [-(choices + count * math.log(share) + (total - count) * math.log(1 - share)) for share in shares]
        low, high = int(costs[1] < costs[0]), int(costs[1] <= costs[0] + entry)
        paths = [[*paths[low], 0], [*paths[high], 1]]
        costs = [costs[low] + own[0], min(costs[1], costs[0] + entry) + own[1]]
    path = paths[int(costs[1] < costs[0])]
    starts = [month for month, state in enumerate(path) if state and (month == 0 or not path[month - 1])]
    ends = [month + 1 for month, state in enumerate(path) if state and (month + 1 == len(path) or not path[month + 1])]
    return [range(start, end) for start, end in zip(starts, ends, strict=True)]


def test_drift(shares: Sequence[float]) -> tuple[float, float, float, float]:
    """S, z, p and Sen's slope of pymannkendall's original test (tie correction, continuity correction)."""
    found = pymannkendall.original_test(shares)
    return float(found.s), float(found.z), float(found.p), float(found.slope)
