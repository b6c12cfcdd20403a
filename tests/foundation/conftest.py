import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo, sql

from tests.foundation.page_cache_site import Site
from undersign.foundation.page_cache import Shelf


@pytest.fixture
def anyio_backend() -> str:
    """Run the asynchronous tests on asyncio, which is what Granian gives us."""
    return "asyncio"


@pytest.fixture
async def shelf(site: Site, tmp_path: Path) -> AsyncIterator[Shelf]:
    """Give a directory of pages, beside the `site` of the test."""
    shelf = site.shelf(tmp_path)
    yield shelf
    await shelf.close()


@pytest.fixture(scope="session")
def scratch_dsn(postgres_url: str) -> Iterator[str]:
    """Give the address of an empty database of its own on the run's server."""
    name = f"scratch_{secrets.token_hex(6)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield conninfo.make_conninfo(postgres_url, dbname=name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
