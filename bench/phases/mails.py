"""Confirmation mails that one worker hands over."""

import statistics

from bench.mails import mails_per_second
from bench.pace import Pace
from bench.results import Results
from bench.rounds import summary
from bench.stage import Stage


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Measure the row `mails_per_s`, the median of as many outboxes as there are rounds."""
    rates = [round(mails_per_second(stage, mails=pace.mails), 1) for _ in range(pace.rounds)]
    results.add("rates", summary({"mails": rates}))
    results.add("ratios", {"mails_per_s": statistics.median(rates)})
    print(f"mails: {rates}", flush=True)
