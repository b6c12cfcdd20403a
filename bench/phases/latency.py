"""What waiting is like at 70 % of the peak: requests come when people come, and latency counts from then."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median

from bench.floors.micro_cache import micro_cache_serving
from bench.floors.pgbench import Pgbench
from bench.links import confirm
from bench.pace import Pace
from bench.phases import reads, writes
from bench.phases.proofs import forms_with_proof, signing_with_proof, site_demanding_proofs
from bench.phases.writes import confirming, forms, links_enough, signing
from bench.requests import Request, get, prepare
from bench.results import Results
from bench.rounds import Contender
from bench.stage import Stage
from bench.wrk import Answers, LoadFailed, open_loop, peak

SHARE = 0.7
GENERATORS = 2


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Measure percentiles of everything whose peak is measured elsewhere."""
    view, poll = get("view", stage.path), get("poll", stage.poll_path)

    def reading(request: Request, url: str) -> Contender:
        prepared = prepare([request] * 2, stage.scratch("peak"), threads=2)
        return lambda: peak(url, prepared, seconds=pace.seconds, connections=reads.CONNECTIONS).rate

    def waiting(url: str, connections: int) -> Waiting:
        return Waiting(stage, results, pace, url, connections)

    with stage.site, micro_cache_serving(stage.site.url, stage.scratch("micro-cache")) as cached:
        reading(view, stage.site.url)()  # warms up
        for name, request, url in (
            ("page_views", view, stage.site.url),
            ("page_views_cached", view, cached),
            ("count_polls", poll, stage.site.url),
        ):
            repeated = [request] * GENERATORS
            at_once = waiting(url, reads.CONNECTIONS)
            at_once.measure(name, reading(request, url), lambda _number, asked=repeated: asked)
        writing = waiting(stage.site.url, writes.CONNECTIONS)
        writing.measure("sign", partial(signing, stage, pace), partial(forms, stage))
        writing.measure_floor("pgbench", Pgbench(stage.database_url, stage.directory))
        writing.measure(
            "confirm",
            partial(confirming, stage, pace),
            lambda number: map(confirm, links_enough(stage, number, pace)),
        )
    with site_demanding_proofs(stage):
        signing_with_proof(stage, pace)  # warms up
        peak_with_proof = partial(signing_with_proof, stage, pace)
        writing.measure("sign_with_proof", peak_with_proof, partial(forms_with_proof, stage))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Measures waiting at a share of the peak, which is measured right before each round.

    On a machine that others share, minutes can lie between two peaks that differ by a third. There are as
    many connections as for the peak.
    """

    stage: Stage
    results: Results
    pace: Pace
    url: str
    connections: int

    def measure(self, name: str, peak_now: Contender, requests: Callable[[int], Iterable[Request]]) -> None:
        """Note percentiles in milliseconds, each the median of some rounds.

        `requests` makes as many as it is asked for. Raises LoadFailed where some were refused or not
        answered.
        """
        rates, rounds = [], []
        for _ in range(self.pace.waiting_rounds):
            rates.append(SHARE * peak_now())
            rounds.append(self._answers(name, rates[-1], requests).milliseconds)
        self._note(name, rates, rounds)

    def measure_floor(self, name: str, pgbench: Pgbench) -> None:
        """Note the same of PostgreSQL alone: how much of the waiting is the machine's."""
        rates, rounds = [], []
        for _ in range(self.pace.waiting_rounds):
            rates.append(SHARE * pgbench.rate(seconds=self.pace.seconds))
            found = pgbench.percentiles(rate=rates[-1], seconds=self.pace.waiting_seconds)
            rounds.append(lambda percent, found=found: round(found[percent - 1], 1))
        self._note(name, rates, rounds)

    def _note(self, name: str, rates: Sequence[float], rounds: Sequence[Callable[[int], float]]) -> None:
        """Note the median of each percentile over the rounds; a round tells its percentiles."""
        self.results.add("waited_at_per_s", {name: [round(rate) for rate in rates]})
        for percent in 50, 99:
            found = [milliseconds(percent) for milliseconds in rounds]
            self.results.add(f"p{percent}_ms", {name: median(found)})
            self.results.add(f"p{percent}_ms_rounds", {name: found})
        at = ", ".join(f"{rate:,.0f}" for rate in rates)
        print(f"{name} at {at}/s: p99 {found} ms", flush=True)

    def _answers(self, name: str, rate: float, requests: Callable[[int], Iterable[Request]]) -> Answers:
        """Have requests come at a rate, by chance. Raises LoadFailed."""
        # By chance there are more than on average.
        made = requests(round(1.05 * rate * self.pace.waiting_seconds) + 200)
        prepared = prepare(made, self.stage.scratch("latency"), threads=GENERATORS)
        answers = open_loop(
            self.url, prepared, seconds=self.pace.waiting_seconds, rate=rate, connections=self.connections
        )
        if answers.errors or answers.broken:
            raise LoadFailed(f"{name}: {dict(answers.errors)}, {answers.broken} broken.")
        return answers
