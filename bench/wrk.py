"""Load: rates by wrk, which leaves most of the processor to the server; latencies in an open loop."""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from bench.programs import program
from bench.requests import Prepared

SCRIPTS = Path(__file__).parent / "wrk"
PATIENCE = 60  # seconds beyond what a run should take


class LoadFailed(Exception):
    """Some requests were not answered, or refused: a rate of those would say nothing."""


class TooFewRequests(LoadFailed):
    """Requests that are good for once were sent again, because the server was faster than expected."""


@dataclass
class Answers:
    """What came back. `refused` are statuses from 400 on, `rounds` how often the requests were repeated."""

    requests: int
    seconds: float
    refused: int
    broken: int
    rounds: float
    latencies: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Requests/s."""
        return self.requests / self.seconds

    def milliseconds(self, percent: float, *kinds: str) -> float:
        """Give a percentile of the latencies of some kinds of requests, or of all; open loop only."""
        counts: Counter[int] = sum((self.latencies[kind] for kind in kinds or self.latencies), Counter())
        wanted = counts.total() * percent / 100
        for bucket in sorted(counts):
            wanted -= counts[bucket]
            if wanted <= 0:
                return (bucket + 1) / 10
        raise LoadFailed("There were no answers.")


def peak(url: str, prepared: Prepared, *, seconds: float, connections: int, again: bool = True) -> Answers:
    """Send requests as fast as answers come. Raises LoadFailed if one is refused or broken.

    Raises TooFewRequests if they did not last and may not be sent `again`.
    """
    answers = answers_read(_said(_wrk(url, prepared, seconds=seconds, connections=connections), seconds))
    if answers.rounds > 1 and not again:
        raise TooFewRequests(f"{answers.requests} in {answers.seconds:.1f} s.")
    if answers.refused or answers.broken:
        raise LoadFailed(f"{answers.refused} refused, {answers.broken} broken of {answers.requests}.")
    return answers


def with_enough(measured: Callable[[int], float], number: int) -> float:
    """Measure with so many requests; while they do not last, again with twice as many."""
    while True:
        try:
            return measured(number)
        except TooFewRequests:
            number *= 2


def open_loop(
    url: str, prepared: Prepared, *, seconds: float, rate: float, connections: int = 256
) -> Answers:
    """Send `rate` requests/s in all, whether or not those before are answered."""
    place = urlsplit(url)
    commands = [
        [
            *(sys.executable, "-m", "bench.open_loop", str(place.hostname), str(place.port)),
            *(str(prepared.directory / str(number)), str(rate / prepared.threads), str(seconds)),
            str(connections // prepared.threads),
        ]
        for number in range(prepared.threads)
    ]
    with ThreadPoolExecutor() as pool:
        parts = [answers_read(said) for said in pool.map(partial(_said, seconds=seconds), commands)]
    return added(parts)


def _wrk(url: str, prepared: Prepared, *, seconds: float, connections: int) -> list[str]:
    return [
        *(program("wrk"), "-t", str(prepared.threads), "-c", str(connections), "-d", f"{seconds:.0f}s"),
        *("--timeout", f"{PATIENCE}s", "-s", str(SCRIPTS / "closed_loop.lua"), url),
        *("--", str(prepared.directory)),
    ]


def _said(command: list[str], seconds: float) -> str:
    """Run a generator of load and give what it says. Raises LoadFailed when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + PATIENCE, check=False)
    if done.returncode:
        raise LoadFailed(done.stderr or done.stdout)
    return done.stdout


def added(parts: Sequence[Answers]) -> Answers:
    """Add up what several generators were answered at the same time."""
    whole = Answers(
        requests=sum(part.requests for part in parts),
        seconds=max(part.seconds for part in parts),
        refused=sum(part.refused for part in parts),
        broken=sum(part.broken for part in parts),
        rounds=max(part.rounds for part in parts),
    )
    for part in parts:
        for kind, counts in part.latencies.items():
            whole.latencies[kind].update(counts)
        whole.errors.update(part.errors)
    return whole


def answers_read(said: str) -> Answers:
    """Read what our generators print."""
    lines = [line.split(" ") for line in said.splitlines()]
    totals = json.loads(next(" ".join(words[1:]) for words in lines if words[0] == "bench"))
    answers = Answers(
        requests=int(totals["requests"]),
        seconds=totals["seconds"],
        refused=int(totals["refused"]),
        broken=int(totals["broken"]),
        rounds=totals["rounds"],
    )
    for words in lines:
        if words[0] == "latencies":
            answers.latencies[words[1]][int(words[2])] += int(words[3])
        elif words[0] == "errors":
            answers.errors[f"{words[1]} {words[2]}"] += int(words[3])
    return answers
