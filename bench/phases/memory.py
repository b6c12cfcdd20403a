"""What web processes weigh after a million requests, and whether they go on growing."""

from bench.pace import Pace
from bench.phases.writes import forms
from bench.requests import Prepared, get, prepare
from bench.results import Results
from bench.stage import WORKERS, Stage
from bench.wrk import peak

CONNECTIONS = 64
# What comes with each form: the number, the page, a script.
POLLS, VIEWS, FILES = 14, 4, 1
FORMS = 4000


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Weigh the heaviest web process after half of the requests and after all, in MB (2²⁰ bytes)."""
    with stage.site:
        mixed = mix(stage)
        fresh = heaviest(stage)
        half = after(stage, pace, mixed)
        whole = after(stage, pace, mixed)
    stage.forget_attempts()  # many of the same mailboxes
    weighed = {
        "web_at_start": fresh,
        "web_at_half": half,
        "web_after_all": whole,
        "requests_each": pace.requests,
        "growth_percent": round(100 * (whole / half - 1), 2),
    }
    results.add("memory_mb", weighed)
    print(f"memory: {weighed}", flush=True)


def mix(stage: Stage) -> Prepared:
    """Prepare what visitors do; of those who sign, each has a mailbox of their own."""
    rest = [
        *[get("poll", stage.poll_path)] * POLLS,
        *[get("view", stage.path)] * VIEWS,
        *[get("file", stage.script_path())] * FILES,
    ]
    requests = (request for form in forms(stage, FORMS) for request in (form, *rest))
    return prepare(requests, stage.scratch("memory"), threads=2)


def after(stage: Stage, pace: Pace, mixed: Prepared) -> float:
    """Have each process answer half of its requests and weigh the heaviest."""
    left = pace.requests // 2 * WORKERS
    while left > 0:
        left -= peak(stage.site.url, mixed, seconds=pace.seconds, connections=CONNECTIONS).requests
    return heaviest(stage)


def heaviest(stage: Stage) -> float:
    """Give the resident memory of the heaviest web process; what processes share counts in full."""
    processes = stage.web_processes()
    return round(max(process.memory_info().rss for process in processes) / 2**20, 1)
