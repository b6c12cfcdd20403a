"""The nginx configuration that we ship, in front of a site that runs here."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bench.floors.nginx import nginx_running
from tests.ports import free_port

MAIN = Path(__file__).parent / "nginx_main.conf"
SHIPPED = Path(__file__).resolve().parents[2] / "deploy" / "nginx"


@contextmanager
def micro_cache_serving(site_url: str, directory: Path) -> Iterator[str]:
    """Run nginx before a site and give its address; only the places are other than shipped."""
    directory.mkdir(parents=True, exist_ok=True)
    for name in "micro-cache.conf", "site.conf":
        text = (SHIPPED / name).read_text()
        text = text.replace("/var/cache/nginx/undersign", str(directory / "cache"))
        (directory / name).write_text(text)
    values = {"site": urlsplit(site_url).netloc}
    with nginx_running(MAIN, directory, values, port=free_port()) as url:
        yield url
