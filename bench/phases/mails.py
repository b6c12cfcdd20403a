"""Confirmation mails that one worker hands over."""

import statistics

from bench.mails import mails_drain
from bench.pace import Pace
from bench.results import Results
from bench.rounds import summary
from bench.stage import Stage


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Measure the row `mails_per_s`, the median of as many outboxes as rounds, and a mail's cost."""
    drained = [mails_drain(stage, mails=pace.mails) for _ in range(pace.rounds)]
    rates = [round(each.rate, 1) for each in drained]
    costs = {name: statistics.median(each.cost[name] for each in drained) for name in drained[0].cost}
    results.add("costs", {"mail": costs})
    results.add("rates", summary({"mails": rates}))
    results.add("ratios", {"mails_per_s": statistics.median(rates)})
    print(f"mails: {rates}", flush=True)
