import os
import subprocess
import sys
from pathlib import Path

import pytest

from undersign.foundation.metrics import CacheReport, CommitWatch, metrics_prepare, metrics_response
from undersign.foundation.page_cache import Counts

WORKER = """
from undersign.foundation.metrics import ATTEMPTS, CommitWatch, MAILS
ATTEMPTS.labels("accepted").inc(3)
CommitWatch("attempts").flushed(size=40, seconds=0.004, waiting=7)
{then}
"""


def run_worker(then: str = "") -> None:
    subprocess.run([sys.executable, "-c", WORKER.format(then=then)], check=True, timeout=30)


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "to be replaced")
    metrics_prepare(tmp_path / "metrics")
    return tmp_path / "metrics"


def samples() -> dict[str, float]:
    _, text = metrics_response()
    lines = [line for line in text.decode().splitlines() if not line.startswith("#")]
    return {name: float(number) for name, _, number in (line.rpartition(" ") for line in lines)}


def test_processes_are_added_up(shared: Path) -> None:
    run_worker()
    run_worker()
    assert samples()['undersign_attempts_total{outcome="accepted"}'] == 6
    assert samples()['undersign_commit_batch_size_count{queue="attempts"}'] == 2


def test_what_waited_in_a_dead_process_waits_no_more(shared: Path) -> None:
    run_worker()
    assert list(shared.glob("gauge_livesum_*.db"))
    assert 'undersign_commit_waiting{queue="attempts"}' not in samples()
    assert not list(shared.glob("gauge_livesum_*.db"))


def test_what_waits_in_a_living_process_counts(shared: Path) -> None:
    run_worker(
        "from undersign.foundation.metrics import metrics_response\n"
        "assert b'undersign_commit_waiting{queue=\"attempts\"} 7.0' in metrics_response()[1]"
    )


def test_a_new_start_begins_at_zero(shared: Path) -> None:
    run_worker()
    metrics_prepare(shared)
    assert samples() == {}


def test_a_single_process_needs_no_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    CommitWatch("single").flushed(size=5, seconds=0.003, waiting=2)
    content_type, _ = metrics_response()
    assert content_type.startswith("text/plain")
    assert samples()['undersign_commit_waiting{queue="single"}'] == 2
    assert samples()['undersign_commit_batch_size_bucket{le="5.0",queue="single"}'] == 1


def test_counts_of_the_page_cache_are_carried_over_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    name = 'undersign_page_cache_answers_total{how="hits"}'
    before = samples().get(name, 0)
    counts = Counts(hits=5)
    report = CacheReport(counts)
    report()
    report()
    counts.hits += 2
    report()
    assert samples()[name] == before + 7


def test_the_directory_is_ours_alone(shared: Path) -> None:
    assert shared.stat().st_mode & 0o777 == 0o700
    assert os.environ["PROMETHEUS_MULTIPROC_DIR"] == str(shared)
