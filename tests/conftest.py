"""What every test may use: one real PostgreSQL for the run, one database for each worker."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django import DjangoDbBlocker

from tests.database import TestDatabase
from tests.site import Site, site_make
from undersign.foundation.postgres import server_running
from undersign.foundation.postgres.layout import layout_of

# No example is too slow on a busy machine. Hypothesis says so by itself where CI is set.
if "CI" not in os.environ:
    hypothesis.settings.register_profile("undersign", deadline=None)
    hypothesis.settings.load_profile("undersign")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the run's directory when every worker has ended."""
    if not hasattr(config, "workerinput"):
        directory = Path(os.environ["UNDERSIGN_TEST_DIR"])
        shutil.rmtree(layout_of(directory).home, ignore_errors=True)
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a server: TEST_DATABASE_URL, DATABASE_URL, or the embedded one for all workers."""
    given = os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    with server_running(Path(os.environ["UNDERSIGN_TEST_DIR"]), is_durable=False) as url:
        yield url


@pytest.fixture(scope="session")
def test_database(postgres_url: str, django_db_blocker: DjangoDbBlocker) -> Iterator[TestDatabase]:
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", "alone")[:8]
    worker = os.environ.get("PYTEST_XDIST_WORKER", str(os.getpid()))
    database = TestDatabase(postgres_url, f"undersign_test_{run}_{worker}")
    with django_db_blocker.unblock():
        database.create()
    yield database
    with django_db_blocker.unblock():
        database.drop()


@pytest.fixture(scope="session")
def django_db_setup(test_database: TestDatabase) -> Iterator[None]:
    """Point Django at this worker's database; a test with transaction=True leaves a fresh copy behind.

    Django would empty every table instead, and with it what migrations put there (the root page, locales).
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: test_database.create())
        yield


@pytest.fixture(scope="session")
def database_url(test_database: TestDatabase) -> str:
    """The address of this worker's database, for a connection or a process of one's own."""
    return test_database.url


@pytest.fixture
def site(transactional_db: None, database_url: str, tmp_path: Path) -> Iterator[Site]:
    """The whole site over real HTTP, on this worker's database. Already started."""
    made = site_make(
        database_url=database_url, data_dir=tmp_path, shared=Path(os.environ["UNDERSIGN_TEST_DIR"])
    )
    with made:
        yield made


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Begin every test in the first language: a request in another one leaves it active in its thread."""
    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.activate(settings.LANGUAGE_CODE)
