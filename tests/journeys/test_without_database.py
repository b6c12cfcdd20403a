"""The night the database is away."""

from tests.journeys.conftest import Visitor
from tests.site import Site
from tests.waiting import until


def test_a_stopped_database_leaves_pages_standing_and_keeps_the_form(journey: Site, visitor: Visitor) -> None:
    form = visitor.form()
    inbox = visitor.sign().headers["location"]
    journey.stop()
    journey.environment["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:9/nothing"
    journey.launch()
    page = until(lambda: _served(journey, visitor.path), patience=60)
    assert "Open the weir" in page
    refused = journey.post(visitor.path, form)
    assert refused.status == 503
    assert 'value="Alice Ames"' in refused.text
    assert "retry-after" in refused.headers
    again = journey.post(inbox, {})
    assert (again.status, "retry-after" in again.headers) == (503, True)


def _served(site: Site, path: str) -> str | None:
    try:
        answer = site.get(path)
    except OSError:
        return None
    return answer.text if answer.status == 200 else None
