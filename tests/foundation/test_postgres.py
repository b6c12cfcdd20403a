"""The embedded PostgreSQL keeps its data, recovers, and lets nobody in the way."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from django.db import connection
from wagtail.models import Page

from tests.waiting import until
from undersign.foundation.postgres import EmbeddedServer, database_url, server_running
from undersign.foundation.postgres.errors import (
    AlreadyOwned,
    BinariesMissing,
    DataFromAnotherVersion,
    DirectoryUnusable,
)
from undersign.foundation.postgres.layout import LONGEST_SOCKET_DIR, Layout, layout_of

OWNER = """
import sys, time
from pathlib import Path
from undersign.foundation.postgres import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]))
server.start()
print(server.pid, flush=True)
time.sleep(120)
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    shutil.rmtree(layout_of(tmp_path).home, ignore_errors=True)


def ask(url: str, statement: str) -> object:
    with psycopg.connect(url, autocommit=True) as session:
        cursor = session.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def owner_in_another_process(data_dir: Path) -> tuple[subprocess.Popen[str], int]:
    """Start a server from a process that can be killed; returns that process and the server's id."""
    owner = subprocess.Popen([sys.executable, "-c", OWNER, data_dir], stdout=subprocess.PIPE, text=True)
    return owner, int(owner.stdout.readline())


def test_data_is_there_after_a_second_start(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as server:
        ask(server.url, "CREATE TABLE kept AS SELECT 7 AS number")
    with EmbeddedServer(data_dir) as server:
        assert ask(server.url, "SELECT number FROM kept") == 7


def test_the_address_is_known_before_anything_runs(data_dir: Path) -> None:
    url = database_url(data_dir)
    assert list(data_dir.iterdir()) == []
    with EmbeddedServer(data_dir) as server:
        assert server.url == url
        assert ask(url, "SELECT current_database()") == "undersign"


def test_it_sorts_by_code_point_checks_its_pages_and_listens_nowhere(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as server:
        assert ask(server.url, "SELECT lower('ÄÖÜ')") == "äöü"
        assert ask(server.url, "SHOW server_encoding") == "UTF8"
        assert ask(server.url, "SHOW data_checksums") == "on"
        assert ask(server.url, "SHOW fsync") == "on"
        assert ask(server.url, "SHOW listen_addresses") == ""
        listening = [one for one in psutil.Process(server.pid).net_connections() if one.status == "LISTEN"]
    assert not listening


def test_the_socket_is_reachable_by_its_owner_only(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as server:
        socket_dir = server.layout.socket_dir.stat()
    assert socket_dir.st_mode & 0o777 == 0o700
    assert socket_dir.st_uid == server.account.uid != 0


def test_a_path_too_long_for_a_socket_gets_a_short_one() -> None:
    layout = Layout(Path("/srv") / ("petitions" * 20))
    assert len(str(layout.socket_dir)) <= LONGEST_SOCKET_DIR


def test_a_socket_directory_that_mallory_made_is_refused(data_dir: Path) -> None:
    server = EmbeddedServer(data_dir)
    with server:
        pass
    server.layout.socket_dir.chmod(0o777)
    with pytest.raises(DirectoryUnusable, match="mode 0700"):
        EmbeddedServer(data_dir).start()


def test_a_killed_server_recovers_what_was_committed(data_dir: Path) -> None:
    server = EmbeddedServer(data_dir)
    server.start()
    ask(server.url, "CREATE TABLE signed AS SELECT generate_series(1, 1000) AS number")
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    with EmbeddedServer(data_dir) as server:
        assert ask(server.url, "SELECT count(*) FROM signed") == 1000


def _is_running(pid: int) -> bool:
    """Tell whether a process does anything: one that has ended is there until its new parent looks."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def test_a_killed_owner_leaves_no_server_and_the_data(data_dir: Path) -> None:
    owner, server_pid = owner_in_another_process(data_dir)
    with owner:
        owner.kill()
    with EmbeddedServer(data_dir) as server:
        until(lambda: not _is_running(server_pid))
        assert ask(server.url, "SELECT 1") == 1


def test_an_id_left_by_a_dead_server_is_not_taken_for_a_living_one(data_dir: Path) -> None:
    server = EmbeddedServer(data_dir)
    with server:
        pid_file = (server.layout.cluster / "postmaster.pid").read_text()
    stale = server.layout.cluster / "postmaster.pid"
    stranger = subprocess.Popen(["sleep", "60"], **server.account.run_as)
    try:
        stale.write_text("\n".join([str(stranger.pid), *pid_file.splitlines()[1:]]))
        server.account.own(stale)
        with EmbeddedServer(data_dir) as again:
            assert ask(again.url, "SELECT 1") == 1
    finally:
        stranger.kill()
        stranger.wait()


def test_two_owners_at_once_are_refused(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as server:
        with pytest.raises(AlreadyOwned):
            EmbeddedServer(data_dir).start()
        assert ask(server.url, "SELECT 1") == 1


def test_a_command_joins_the_server_that_another_process_runs(data_dir: Path) -> None:
    owner, server_pid = owner_in_another_process(data_dir)
    try:
        with server_running(data_dir) as url:
            assert ask(url, "SELECT 1") == 1
        assert psutil.pid_exists(server_pid)
    finally:
        with owner:
            owner.terminate()


def test_a_command_runs_the_server_for_as_long_as_it_takes(data_dir: Path) -> None:
    with server_running(data_dir) as url:
        assert ask(url, "SELECT 1") == 1
    with pytest.raises(psycopg.OperationalError):
        ask(url, "SELECT 1")


def test_data_of_another_major_version_is_refused_in_plain_words(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as server:
        version = server.layout.cluster / "PG_VERSION"
    version.write_text("14\n")
    with pytest.raises(DataFromAnotherVersion, match="written by PostgreSQL 14"):
        EmbeddedServer(data_dir).start()


def test_programs_that_are_not_there_are_named(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERSIGN_POSTGRES_BIN", "/nowhere/bin")
    with pytest.raises(BinariesMissing, match="/nowhere/bin"):
        EmbeddedServer(data_dir).start()


def test_an_unfinished_first_start_is_begun_again(data_dir: Path) -> None:
    server = EmbeddedServer(data_dir)
    with server:
        pass
    server.layout.cluster.rename(server.layout.home / "cluster.unfinished")
    with EmbeddedServer(data_dir) as again:
        assert ask(again.url, "SELECT 1") == 1


def test_people_do_not_reach_the_servers_log(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as server:
        ask(server.url, "CREATE TABLE people (address text UNIQUE)")
        ask(server.url, "INSERT INTO people VALUES ('alice@example.org')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            ask(server.url, "INSERT INTO people VALUES ('alice@example.org')")
    assert "alice@example.org" not in server.layout.log.read_text()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_test_deletes_and_commits_is_back_for_the_next(time: str) -> None:
    assert Page.objects.exists()
    Page.objects.all().delete()
    connection.commit()
    assert not Page.objects.exists()
