"""The list of names: any page of a million costs what the first does."""

import json

from bench.pace import Pace
from bench.results import Results
from bench.stage import Stage


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Measure the row `names_slowest_vs_fastest`, of the first, middle and last page."""
    stage.fill(signatures=pace.names)
    pages = json.loads(stage.run_module("bench.leafing"))
    places = [pages[place] for place in ("first", "middle", "middle_backwards", "last")]
    results.add("names_ms", pages)
    results.add("ratios", {"names_slowest_vs_fastest": round(max(places) / min(places), 2)})
    print(f"names: {pages}", flush=True)
