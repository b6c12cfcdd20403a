"""Measuring fairly: all contenders in turn, several times, and the median of each."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Contender = Callable[[], float]


def interleaved(contenders: Mapping[str, Contender], *, rounds: int) -> dict[str, list[float]]:
    """Give the rates of every contender, one for each round.

    A machine that is slow for a minute is slow for all of them; the order turns, so nobody always goes first.
    """
    names = list(contenders)
    rates: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        turn = number % len(names)
        for name in (*names[turn:], *names[:turn]):
            rates[name].append(contenders[name]())
        print(
            f"round {number + 1}: " + ", ".join(f"{name} {rates[name][-1]:,.0f}/s" for name in names),
            flush=True,
        )
    return rates


def summary(rates: Mapping[str, Sequence[float]]) -> dict[str, dict[str, Any]]:
    """Give the median of each contender beside every round."""
    return {
        name: {"median": round(statistics.median(of), 1), "rounds": [round(rate, 1) for rate in of]}
        for name, of in rates.items()
    }


def ratio(rates: Mapping[str, Sequence[float]], ours: str, floor: str) -> float:
    """Divide the medians of two contenders; a floor below one a second counts as one."""
    return round(statistics.median(rates[ours]) / max(statistics.median(rates[floor]), 1), 3)
