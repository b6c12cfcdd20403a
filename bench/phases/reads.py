"""Page views and count polls: from the front door alone, through nginx's micro-cache, from nginx's files."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from bench.floors.micro_cache import micro_cache_serving
from bench.floors.nginx import nginx_serving, nginx_version
from bench.pace import Pace
from bench.requests import Request, get, prepare
from bench.results import Results
from bench.rounds import Contender, interleaved, ratio, summary
from bench.stage import Stage
from bench.wrk import peak

CONNECTIONS = 64
RATIOS = {
    "page_views_vs_nginx": ("page_views", "page_views_nginx"),
    "cached_page_views_vs_nginx": ("page_views_cached", "page_views_nginx"),
    "count_polls_vs_nginx": ("count_polls", "count_polls_nginx"),
}


def measure(stage: Stage, results: Results, pace: Pace) -> None:
    """Measure the rows of RATIOS."""
    with stage.site, contenders_ready(stage, pace) as contenders:
        packed = {"Accept-Encoding": "gzip"}
        sizes = {path: len(stage.site.get(path, packed).body) for path in (stage.path, stage.poll_path)}
        rates = interleaved(contenders, rounds=pace.rounds)
    results.add("rates", summary(rates))
    results.add("bytes", sizes)
    results.add("machine", {"nginx": nginx_version()})
    results.add("ratios", {name: ratio(rates, *pair) for name, pair in RATIOS.items()})


@contextmanager
def contenders_ready(stage: Stage, pace: Pace) -> Iterator[Mapping[str, Contender]]:
    """Start both nginx and give everybody who is compared."""
    file = f"{stage.path}index.html"
    pages = {file: stage.site.get(stage.path), stage.poll_path: stage.site.get(stage.poll_path)}

    def asking(url: str, request: Request) -> Contender:
        """Ask for one page again and again."""
        name = f"{request.kind}-{url.rpartition(':')[2]}"
        prepared = prepare([request] * 2, stage.scratch(name), threads=2)
        return lambda: peak(url, prepared, seconds=pace.seconds, connections=CONNECTIONS).rate

    with (
        nginx_serving(pages, stage.scratch("nginx")) as floor,
        micro_cache_serving(stage.site.url, stage.scratch("micro-cache")) as cached,
    ):
        view, poll = get("view", stage.path), get("poll", stage.poll_path)
        yield {
            "page_views": asking(stage.site.url, view),
            "page_views_cached": asking(cached, view),
            "page_views_nginx": asking(floor, get("view", file)),
            "count_polls": asking(stage.site.url, poll),
            "count_polls_nginx": asking(floor, poll),
        }
