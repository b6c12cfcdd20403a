"""What waiting is like at 70 % of the peak: requests come when people come, and latency counts from then."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench.floors.micro_cache import micro_cache_serving
from bench.links import confirm
from bench.pace import Pace
from bench.phases.writes import forms, links_enough
from bench.requests import Request, get, prepare
from bench.results import Results
from bench.stage import Stage
from bench.wrk import Answers, LoadFailed, open_loop

SHARE = 0.7
STREAMS = 64


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Measure percentiles of what has a peak by now; proofs.py measures its own."""
    view, poll = get("view", stage.path), get("poll", stage.poll_path)
    with stage.site, micro_cache_serving(stage.site.url, stage.scratch("micro-cache")) as cached:
        at_share = Waiting(stage, results, pace)
        at_share.measure("page_views", lambda _number: [view] * STREAMS)
        at_share.measure("page_views_cached", lambda _number: [view] * STREAMS, url=cached)
        at_share.measure("count_polls", lambda _number: [poll] * STREAMS)
        at_share.measure("sign", lambda number: forms(stage, number))
        at_share.measure("confirm", lambda number: map(confirm, links_enough(stage, number, pace)))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Measures waiting at a share of the peaks that this run has measured before."""

    stage: Stage
    results: Results
    pace: Pace

    def measure(
        self, name: str, requests: Callable[[int], Iterable[Request]], *, url: str | None = None
    ) -> None:
        """Note percentiles in milliseconds; `requests` makes as many as it is asked for.

        Raises LoadFailed where some were refused, or not answered.
        """
        answers = self._answers(SHARE * self.results.rate(name), requests, url or self.stage.site.url)
        if answers.errors or answers.broken:
            raise LoadFailed(f"{name}: {dict(answers.errors)}, {answers.broken} broken.")
        for percent in 50, 99:
            self.results.add(f"p{percent}_ms", {name: answers.milliseconds(percent)})
        print(f"{name} at {answers.rate:,.0f}/s: p99 {answers.milliseconds(99)} ms", flush=True)

    def _answers(self, rate: float, requests: Callable[[int], Iterable[Request]], url: str) -> Answers:
        """Have requests come at a rate, by chance."""
        # By chance some streams need more than their share.
        made = requests(round(1.15 * rate * self.pace.waiting_seconds) + STREAMS)
        prepared = prepare(made, self.stage.scratch("latency"), threads=STREAMS)
        return open_loop(url, prepared, seconds=self.pace.waiting_seconds, rate=rate)
