"""What waiting is like at 70 % of the peak: requests come when people come, and latency counts from then."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from statistics import median

from bench.floors.micro_cache import micro_cache_serving
from bench.links import confirm
from bench.pace import Pace
from bench.phases.proofs import forms_with_proof, signing_with_proof, site_demanding_proofs
from bench.phases.writes import CONNECTIONS, forms, links_enough
from bench.requests import Request, get, prepare
from bench.results import Results
from bench.stage import Stage
from bench.wrk import Answers, LoadFailed, open_loop, peak

SHARE = 0.7
GENERATORS = 2


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Measure percentiles of everything that the phases before have found the peak of."""
    at_share = Waiting(stage, results, pace)
    view, poll = get("view", stage.path), get("poll", stage.poll_path)
    with stage.site, micro_cache_serving(stage.site.url, stage.scratch("micro-cache")) as cached:
        warm = prepare([view] * 2, stage.scratch("latency"), threads=2)
        peak(stage.site.url, warm, seconds=pace.seconds, connections=CONNECTIONS)
        at_share.measure("page_views", lambda _number: [view] * GENERATORS)
        at_share.measure("page_views_cached", lambda _number: [view] * GENERATORS, url=cached)
        at_share.measure("count_polls", lambda _number: [poll] * GENERATORS)
        at_share.measure("sign", lambda number: forms(stage, number))
        at_share.measure("confirm", lambda number: map(confirm, links_enough(stage, number, pace)))
    with site_demanding_proofs(stage):
        signing_with_proof(stage, pace)  # warms up
        at_share.measure("sign_with_proof", partial(forms_with_proof, stage))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Measures waiting at a share of the peaks that this run has measured before."""

    stage: Stage
    results: Results
    pace: Pace

    def measure(
        self, name: str, requests: Callable[[int], Iterable[Request]], *, url: str | None = None
    ) -> None:
        """Note percentiles in milliseconds, each the median of some rounds.

        `requests` makes as many as it is asked for. Raises LoadFailed where some were refused or not
        answered.
        """
        rate = SHARE * self.results.rate(name)
        rounds = [
            self._answers(name, rate, requests, url or self.stage.site.url)
            for _ in range(self.pace.waiting_rounds)
        ]
        for percent in 50, 99:
            found = [answers.milliseconds(percent) for answers in rounds]
            self.results.add(f"p{percent}_ms", {name: median(found)})
            self.results.add(f"p{percent}_ms_rounds", {name: found})
        print(f"{name} at {rate:,.0f}/s: p99 {found} ms", flush=True)

    def _answers(
        self, name: str, rate: float, requests: Callable[[int], Iterable[Request]], url: str
    ) -> Answers:
        """Have requests come at a rate, by chance. Raises LoadFailed."""
        # By chance there are more than on average.
        made = requests(round(1.05 * rate * self.pace.waiting_seconds) + 200)
        prepared = prepare(made, self.stage.scratch("latency"), threads=GENERATORS)
        answers = open_loop(url, prepared, seconds=self.pace.waiting_seconds, rate=rate)
        if answers.errors or answers.broken:
            raise LoadFailed(f"{name}: {dict(answers.errors)}, {answers.broken} broken.")
        return answers
