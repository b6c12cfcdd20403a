"""Load by wrk, which leaves most of the processor to the server: rates, and latencies in an open loop."""

import json
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from bench.programs import program
from bench.requests import Prepared

SCRIPTS = Path(__file__).parent / "wrk"
PATIENCE = 60  # seconds beyond what a run should take


class LoadFailed(Exception):
    """Some requests were not answered, or refused: a rate of those would say nothing."""


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


def peak(url: str, prepared: Prepared, *, seconds: float, connections: int) -> Answers:
    """Send requests as fast as answers come. Raises LoadFailed if one is refused or broken."""
    answers = _run(
        url, prepared, script="closed_loop.lua", seconds=seconds, connections=connections, arguments=()
    )
    if answers.refused or answers.broken:
        raise LoadFailed(f"{answers.refused} refused, {answers.broken} broken of {answers.requests}.")
    return answers


def open_loop(url: str, prepared: Prepared, *, seconds: float, rate: float) -> Answers:
    """Send `rate` requests/s in all, whether or not those before are answered."""
    arguments = (f"{rate / prepared.threads:.6f}",)
    return _run(
        url,
        prepared,
        script="open_loop.lua",
        seconds=seconds,
        connections=prepared.threads,
        arguments=arguments,
    )


def _run(
    url: str,
    prepared: Prepared,
    *,
    script: str,
    seconds: float,
    connections: int,
    arguments: tuple[str, ...],
) -> Answers:
    command = [
        *(program("wrk"), "-t", str(prepared.threads), "-c", str(connections), "-d", f"{seconds:.0f}s"),
        *("--timeout", f"{PATIENCE}s", "-s", str(SCRIPTS / script), url),
        *("--", str(prepared.directory), *arguments),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + PATIENCE, check=False)
    if done.returncode:
        raise LoadFailed(done.stderr or done.stdout)
    return answers_read(done.stdout)


def answers_read(said: str) -> Answers:
    """Read what our scripts print."""
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
