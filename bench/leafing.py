"""Time pages of the list of names, first to last: `python -m bench.leafing`, in the instance's environment.

Prints JSON: for each place in the list of the petition with most names, the median milliseconds of its page.
"""

import json
import os
import statistics
import time
from collections.abc import Callable, Mapping

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "undersign.config.settings")

import django

django.setup()

from undersign.signing.models import Signature, Tally
from undersign.signing.queries.names import PAGE_SIZE, NamesPage, names_newer_than, names_older_than

TIMES = 300


def main() -> None:
    tally = Tally.objects.order_by("-count").values("petition_id", "count")[0]
    petition_id, names = tally["petition_id"], tally["count"]
    ids = Signature.objects.filter(petition_id=petition_id, state="confirmed").order_by("-id")
    middle, last = (ids.values_list("id", flat=True)[place] for place in (names // 2, names - PAGE_SIZE - 1))
    pages: Mapping[str, Callable[[], NamesPage]] = {
        "first": lambda: names_older_than(petition_id=petition_id, before=None),
        "middle": lambda: names_older_than(petition_id=petition_id, before=middle),
        "middle_backwards": lambda: names_newer_than(petition_id=petition_id, after=middle),
        "last": lambda: names_older_than(petition_id=petition_id, before=last),
    }
    print(json.dumps({"names": names, **timed(pages)}))


def timed(pages: Mapping[str, Callable[[], NamesPage]]) -> dict[str, float]:
    """Give the median milliseconds of each page, asked for in turn."""
    seconds: dict[str, list[float]] = {place: [] for place in pages}
    for _ in range(TIMES):
        for place, page in pages.items():
            began = time.perf_counter()
            assert page().names
            seconds[place].append(time.perf_counter() - began)
    return {place: round(statistics.median(each) * 1000, 3) for place, each in seconds.items()}


if __name__ == "__main__":
    main()
