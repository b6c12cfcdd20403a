import secrets
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import conninfo, sql


@pytest.fixture
def anyio_backend() -> str:
    """Run the asynchronous tests on asyncio, which is what Granian gives us."""
    return "asyncio"


@pytest.fixture(scope="session")
def scratch_dsn(postgres_url: str) -> Iterator[str]:
    """Give the address of an empty database of its own on the run's server."""
    name = f"scratch_{secrets.token_hex(6)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield conninfo.make_conninfo(postgres_url, dbname=name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
