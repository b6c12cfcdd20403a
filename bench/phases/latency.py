"""What waiting is like at 70 % of the peak: requests come when people come, and latency counts from then."""

from collections.abc import Callable, Iterable, Mapping

from bench.links import confirm, links_needed
from bench.pace import Pace
from bench.phases.writes import forms
from bench.requests import Request, get, prepare
from bench.results import Results
from bench.stage import Stage
from bench.wrk import Answers, LoadFailed, open_loop

SHARE = 0.7
STREAMS = 64


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Measure percentiles in milliseconds, at a share of the peaks that this run has measured before."""
    with stage.site:
        for name, requests in loads(stage).items():
            answers = at(SHARE * results.rate(name), requests, stage=stage, seconds=4 * pace.seconds)
            if answers.errors or answers.broken:
                raise LoadFailed(f"{name}: {dict(answers.errors)}, {answers.broken} broken.")
            for percent in 50, 99:
                results.add(f"p{percent}_ms", {name: answers.milliseconds(percent)})
            print(f"{name} at {answers.rate:,.0f}/s: p99 {answers.milliseconds(99)} ms", flush=True)


def loads(stage: Stage) -> Mapping[str, Callable[[int], Iterable[Request]]]:
    """Tell how to make so many requests of each kind. There have to be attempts to confirm."""
    return {
        "page_views": lambda _number: [get("view", stage.path)] * STREAMS,
        "count_polls": lambda _number: [get("poll", stage.poll_path)] * STREAMS,
        "sign": lambda number: forms(stage, number),
        "confirm": lambda number: map(confirm, links_needed(stage, number)),
    }


def at(rate: float, requests: Callable[[int], Iterable[Request]], *, stage: Stage, seconds: int) -> Answers:
    """Have requests come at a rate, by chance."""
    # By chance some streams need more than their share.
    made = requests(round(1.15 * rate * seconds) + STREAMS)
    prepared = prepare(made, stage.scratch("latency"), threads=STREAMS)
    return open_loop(stage.site.url, prepared, seconds=seconds, rate=rate)
