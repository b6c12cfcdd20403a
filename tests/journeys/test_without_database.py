"""The night the database is away."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
from django.db import connections
from playwright.sync_api import Browser, Page, expect

from tests.database import TestDatabase, execute
from tests.journeys.browsing import DESKTOP, PHONE, visiting
from tests.journeys.conftest import Visitor, link_in
from tests.journeys.test_in_a_browser import fill_in
from tests.messaging.servers import Server
from tests.site import Answer, Site
from tests.waiting import until


@contextmanager
def away(database: TestDatabase) -> Iterator[None]:
    """Cut every connection to the database and let nobody connect until the block ends."""
    connections.close_all()
    with psycopg.connect(database.server_url, autocommit=True) as server:
        execute(server, "ALTER DATABASE {} ALLOW_CONNECTIONS false", database.name)
        server.execute(
            "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity WHERE datname = %s",
            [database.name],
        )
        try:
            yield
        finally:
            execute(server, "ALTER DATABASE {} ALLOW_CONNECTIONS true", database.name)


def test_the_form_outlives_the_outage_and_one_button_sends_it(
    browser: Browser, journey: Site, visitor: Visitor, mail_server: Server, test_database: TestDatabase
) -> None:
    signers = {"scripted": (DESKTOP, True), "plain": (PHONE, False)}
    assert journey.get(f"{visitor.path}count.json").status == 200  # as a page asks for after ten seconds
    with ExitStack() as stack:
        pages: dict[str, Page] = {}
        for who, (size, is_scripted) in signers.items():
            visit = stack.enter_context(
                visiting(browser, journey, viewport=size, java_script_enabled=is_scripted)
            )
            visit.open(visitor.path)
            fill_in(visit.page, f"{who}-{visitor.email}")
            pages[who] = visit.page
        with away(test_database):
            for who, page in pages.items():
                with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
                    page.get_by_role("button", name="Sign the petition").click()
                assert (answered.value.status, "retry-after" in answered.value.headers) == (503, True)
                expect(page.get_by_role("heading", level=1)).to_contain_text("Please try again")
                expect(page.locator("input[name=email]")).to_have_value(f"{who}-{visitor.email}")
            assert journey.get(visitor.path).status == 200
            assert journey.get(f"{visitor.path}count.json").status == 200
        until(lambda: journey.get("/readyz").status == 200)
        for page in pages.values():
            _try_again(page)
    for who in signers:
        assert "/confirm/" in link_in(mail_server, f"{who}-{visitor.email}")


def test_who_asks_whether_a_process_is_ready_is_told_so_by_a_database_that_hangs(
    journey: Site, test_database: TestDatabase
) -> None:
    with psycopg.connect(test_database.url) as report:
        report.execute("LOCK TABLE django_migrations IN ACCESS EXCLUSIVE MODE")
        assert [journey.get("/readyz").status for _ in range(2)] == [503, 503]
        assert journey.get("/healthz").status == 200
        report.rollback()
    until(lambda: journey.get("/readyz").status == 200)


def _try_again(page: Page) -> None:
    """Press the button as often as the page asks for it: a process looks for the database twice a second."""
    for _ in range(20):
        page.get_by_role("button", name="Try again").click()
        page.wait_for_load_state()
        if "/inbox/" in page.url:
            return
        page.wait_for_timeout(250)
    raise AssertionError(page.content())


def test_a_process_that_begins_without_database_knows_the_petitions_and_keeps_the_form(
    journey: Site, visitor: Visitor, mail_server: Server
) -> None:
    form = visitor.form()
    inbox = visitor.sign().headers["location"]
    link = link_in(mail_server, visitor.email)
    assert journey.get(link).status == 200
    journey.stop()
    journey.environment["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:9/nothing"
    journey.launch()
    first = until(lambda: _answered(journey, link), patience=60)
    assert (first.status, "Open the weir" in first.text) == (200, True)
    assert "Open the weir" in journey.get(visitor.path).text
    refused = journey.post(visitor.path, form)
    assert refused.status == 503
    assert 'value="Alice Ames"' in refused.text
    assert "retry-after" in refused.headers
    again = journey.post(inbox, {})
    assert (again.status, "retry-after" in again.headers) == (503, True)


def _answered(site: Site, path: str) -> Answer | None:
    try:
        return site.get(path)
    except OSError:
        return None
