"""What one request costs: processor time of the site and of PostgreSQL, and write-ahead log.

The phase `mails` tells what a mail costs. What many machines need is reckoned from these, in docs/scaling.md.
"""

from collections.abc import Callable, Iterable, Mapping

from bench.links import confirm
from bench.meter import Meter
from bench.pace import Pace
from bench.phases.writes import CONFIRMED, CONNECTIONS, SIGNED, forms, links_enough, signing
from bench.requests import Request, get, prepare
from bench.results import Results
from bench.stage import Stage
from bench.wrk import peak


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Measure one of each kind at full load, when batches are large and each costs least."""
    with stage.site:
        signing(stage, pace)  # warms up
        for name, requests in loads(stage, pace).items():
            prepared = prepare(requests(), stage.scratch("costs"), threads=2)
            before = Meter.read(stage, stage.web_processes())
            number = peak(stage.site.url, prepared, seconds=pace.seconds, connections=CONNECTIONS).requests
            cost = Meter.read(stage, stage.web_processes()).since(before, shared_by=number, whose="web")
            results.add("costs", {name: cost})
            print(f"{name}: {cost}", flush=True)


def loads(stage: Stage, pace: Pace) -> Mapping[str, Callable[[], Iterable[Request]]]:
    """Tell how to make the requests of each kind, when their turn comes."""
    return {
        "page_view": lambda: [get("view", stage.path)] * 2,
        "sign": lambda: forms(stage, SIGNED * pace.seconds),
        "confirm": lambda: map(confirm, links_enough(stage, CONFIRMED * pace.seconds, pace)),
    }
