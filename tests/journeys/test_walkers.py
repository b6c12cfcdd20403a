"""Who walks the list of names faster than people read is slowed, then asked to come back."""

from concurrent.futures import ThreadPoolExecutor

from tests.journeys.conftest import Visitor
from tests.site import Answer, Site


def test_a_machine_that_walks_the_names_is_slowed_and_kept_from_search_engines(
    journey: Site, visitor: Visitor
) -> None:
    def look(_turn: int) -> Answer:
        return journey.get(f"{visitor.path}names/")

    with ThreadPoolExecutor(50) as walkers:
        answers = list(walkers.map(look, range(50)))
    served = [answer for answer in answers if answer.status == 200]
    refused = [answer for answer in answers if answer.status == 429]
    assert len(served) + len(refused) == 50
    assert len(served) >= 30
    assert refused
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
    assert all("noindex" in answer.headers["x-robots-tag"] for answer in answers)
