"""Page views and count polls: from the front door alone, through nginx's micro-cache, from nginx's files."""

from bench.floors.nginx import nginx_serving, nginx_version
from bench.pace import Pace
from bench.requests import Prepared, Request, get, prepare
from bench.results import Results
from bench.rounds import Contender, interleaved, ratio, summary
from bench.stage import Stage
from bench.wrk import peak


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Measure the rows `page_views_vs_nginx` and `count_polls_vs_nginx`."""
    polled = f"{stage.path}count.json"
    with stage.site:
        pages = {path: stage.site.get(path) for path in (stage.path, polled)}
        sizes = {path: len(stage.site.get(path, {"Accept-Encoding": "gzip"}).body) for path in pages}
        with nginx_serving(
            {f"{stage.path}index": pages[stage.path], polled: pages[polled]}, stage.scratch("nginx")
        ) as floor:
            view, poll = get("view", stage.path), get("poll", polled)
            file = get("view", f"{stage.path}index")
            rates = interleaved(
                {
                    "page_views": _asking(stage, stage.site.url, view, pace),
                    "page_views_nginx": _asking(stage, floor, file, pace),
                    "count_polls": _asking(stage, stage.site.url, poll, pace),
                    "count_polls_nginx": _asking(stage, floor, poll, pace),
                },
                rounds=pace.rounds,
            )
    results.add("rates", summary(rates))
    results.add("bytes", {"page_view": sizes[stage.path], "count_poll": sizes[polled]})
    results.add("machine", {"nginx": nginx_version()})
    results.add(
        "ratios",
        {
            "page_views_vs_nginx": ratio(rates, "page_views", "page_views_nginx"),
            "count_polls_vs_nginx": ratio(rates, "count_polls", "count_polls_nginx"),
        },
    )


def _asking(stage: Stage, url: str, request: Request, pace: Pace) -> Contender:
    name = f"{request.kind}-{url.rpartition(':')[2]}"
    prepared: Prepared = prepare([request] * 2, stage.scratch(name), threads=2)
    return lambda: peak(url, prepared, seconds=pace.seconds, connections=64).rate
