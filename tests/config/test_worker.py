"""The worker as a process of its own: `undersign worker` against a real database and a real mail server."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.messaging.conftest import Clock, Post, post, ring, ring_file  # noqa: F401 -- fixtures
from tests.messaging.servers import serving
from undersign.foundation.keys import add_sealing_key


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC))


@pytest.fixture(scope="session")
def keys_file(ring_file: Path) -> Path:  # noqa: F811
    return ring_file


@contextmanager
def working(url: str, keys_file: Path, mail_url: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = os.environ | {
        "DATABASE_URL": url,
        "UNDERSIGN_KEYS_FILE": str(keys_file),
        "UNDERSIGN_DATA_DIR": str(keys_file.parent),
        "UNDERSIGN_MAIL_URL": mail_url,
        "DJANGO_SETTINGS_MODULE": "undersign.config.settings",
    }
    command = [sys.executable, "-c", "from undersign.config.cli import main; main()", "worker"]
    with (
        log.open("wb") as file,
        subprocess.Popen(command, env=environment, stdout=file, stderr=file) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def wait_until(condition: Callable[[], bool], *, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def is_sent(post: Post, *mails: object) -> bool:  # noqa: F811
    return all(post.row(mail)["status"] == "sent" for mail in mails)  # type: ignore[arg-type]


def test_the_worker_mails_survives_a_lost_database_and_ends_cleanly(
    post: Post,  # noqa: F811
    keys_file: Path,
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    with serving() as server, working(post.url, keys_file, f"smtp://127.0.0.1:{server.port}", log) as process:
        first = post.sign("alice@example.org")
        wait_until(lambda: is_sent(post, first))

        post.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        second = post.sign("bob@example.org")
        wait_until(lambda: is_sent(post, second))
        assert process.poll() is None

        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0, log.read_text()
        assert server.recipients == ["alice@example.org", "bob@example.org"]
        beats = {row["loop"] for row in post.rows("SELECT loop FROM foundation_heartbeat")}
        assert {"mail", "tallies", "partitions", "outbox age", "retention"} <= beats
        assert "alice" not in log.read_text()


def test_a_killed_worker_loses_no_mail(post: Post, keys_file: Path, tmp_path: Path) -> None:  # noqa: F811
    with serving() as server:
        server.slow_on.add("slow@example.org")
        mails = [post.sign("slow@example.org"), post.sign("alice@example.org")]
        url = f"smtp://127.0.0.1:{server.port}"
        with working(post.url, keys_file, url, tmp_path / "first") as process:
            wait_until(lambda: "slow@example.org" in server.recipients)
            process.kill()
        assert {post.row(mail)["status"] for mail in mails} == {"queued"}

        server.slow_on.clear()
        with working(post.url, keys_file, url, tmp_path / "second") as process:
            wait_until(lambda: is_sent(post, *mails))
        assert sorted(server.recipients) == ["alice@example.org", "slow@example.org", "slow@example.org"]


def test_each_kill_in_the_middle_of_a_batch_makes_at_most_one_duplicate(
    post: Post,  # noqa: F811
    keys_file: Path,
    tmp_path: Path,
) -> None:
    mails = {f"alice{number}@example.org": post.sign(f"alice{number}@example.org") for number in range(90)}
    with serving() as server:
        url = f"smtp://127.0.0.1:{server.port}"
        for kill in (1, 2):
            with working(post.url, keys_file, url, tmp_path / f"log{kill}") as process:
                wait_until(lambda: len(server.recipients) >= 25 * kill)  # noqa: B023 -- used at once
                process.kill()
                process.wait()
            post.execute("UPDATE messaging_outboxmail SET claimed_until = now() WHERE status = 'queued'")
        with working(post.url, keys_file, url, tmp_path / "last"):
            wait_until(lambda: not post.rows("SELECT FROM messaging_outboxmail WHERE status <> 'sent'"))
        assert set(server.recipients) == set(mails)
        assert len(server.recipients) - len(mails) <= 2


def test_without_a_mail_setting_mails_wait_sealed_in_the_mailbox(
    post: Post,  # noqa: F811
    keys_file: Path,
    tmp_path: Path,
) -> None:
    with working(post.url, keys_file, "", tmp_path / "log"):
        mail = post.sign("alice@example.org")
        wait_until(lambda: is_sent(post, mail))
    [row] = post.rows("SELECT * FROM messaging_offlinemail")
    assert row["organisation_id"] == post.organisation_id
    assert b"alice" not in bytes(row["sealed"])


def test_a_running_worker_takes_a_new_sealing_key_into_use(
    post: Post,  # noqa: F811
    keys_file: Path,
    tmp_path: Path,
) -> None:
    with serving() as server:
        url = f"smtp://127.0.0.1:{server.port}"
        with working(post.url, keys_file, url, tmp_path / "log") as process:
            first = post.sign("alice@example.org")
            wait_until(lambda: is_sent(post, first))
            fresh = add_sealing_key(keys_file, at=datetime.now(UTC))
            time.sleep(5)  # as long as `undersign keys rotate` waits
            second = replace(post, ring=fresh).sign("bob@example.org")
            wait_until(lambda: is_sent(post, second))
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0
        assert server.recipients == ["alice@example.org", "bob@example.org"]
