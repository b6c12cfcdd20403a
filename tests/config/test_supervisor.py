"""`undersign up` keeps its parts running, merges what they say, and leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

FREE_RUN = """
import asyncio, sys
from undersign.config.supervisor.log import MergedLog
from undersign.config.supervisor.part import Part
from undersign.config.supervisor.supervision import Supervision

async def run():
    parts = [Part(name, [sys.executable, "-c", code], grace=float(grace)) for name, grace, code in {parts!r}]
    supervision = Supervision(parts=parts, server=None, environment={{}}, log=MergedLog())
    supervision.listen_for_signals()
    await supervision.serve(ready_url="http://127.0.0.1:9/", announce=print)

asyncio.run(run())
print("clean end", flush=True)
"""
SAY_AND_WAIT = """
import os, signal, sys, time
def end(*_): print("ends", flush=True); sys.exit()
signal.signal(signal.SIGTERM, end)
print("runs as", os.getpid(), flush=True)
time.sleep(60)
"""
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, lambda *_: print("ignores", flush=True))
print("runs as", os.getpid(), flush=True)
while True: time.sleep(1)
"""
WITH_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("runs as", child.pid, flush=True)
time.sleep(60)
"""


class Running:
    """A supervisor in a process of its own, and what it has said so far."""

    def __init__(self, *parts: tuple[str, float, str]) -> None:
        code = FREE_RUN.format(parts=parts)
        self.process = subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.lines: list[str] = []

    def line_with(self, wanted: str) -> str:
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if wanted in line:
                return line.rstrip()
        pytest.fail(f"no {wanted!r} in {self.lines}")

    def pid_of(self, part: str) -> int:
        return int(self.line_with(f"{part:<9} | runs as").split()[-1])

    def end(self, with_signal: signal.Signals = signal.SIGTERM) -> str:
        self.process.send_signal(with_signal)
        return "\n".join([*self.lines, self.process.communicate(timeout=30)[0]])


@pytest.fixture
def run() -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(*parts: tuple[str, float, str]) -> Running:
        started.append(Running(*parts))
        return started[-1]

    yield start
    for one in started:
        with one.process:
            one.process.kill()


def is_gone(pid: int, within: float = 10) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


def test_every_line_says_which_part_it_is_from(run: Callable[..., Running]) -> None:
    running = run(("web", 5, SAY_AND_WAIT), ("worker", 5, SAY_AND_WAIT))
    said = [running.line_with("runs as"), running.line_with("runs as")]
    assert sorted(line.partition(" as ")[0] for line in said) == ["web       | runs", "worker    | runs"]
    assert "\x1b" not in running.end()


@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_parts_end_in_their_order(run: Callable[..., Running], with_signal: signal.Signals) -> None:
    running = run(("web", 5, SAY_AND_WAIT), ("worker", 5, SAY_AND_WAIT))
    first = {running.line_with("runs as")[:9].strip(), running.line_with("runs as")[:9].strip()}
    assert first == {"web", "worker"}
    said = running.end(with_signal)
    assert said.index("web       | ends") < said.index("worker    | ends") < said.index("clean end")
    assert running.process.returncode == 0


def test_a_crashed_part_is_started_again(run: Callable[..., Running]) -> None:
    running = run(("web", 5, SAY_AND_WAIT))
    first = running.pid_of("web")
    os.kill(first, signal.SIGKILL)
    running.line_with("web was ended by SIGKILL; starting it again in 1 s")
    assert running.pid_of("web") != first


def test_a_part_that_ends_at_once_is_tried_less_and_less_often(run: Callable[..., Running]) -> None:
    running = run(("web", 5, "raise SystemExit(3)"))
    for pause in (1, 2, 4):
        running.line_with(f"web ended with status 3; starting it again in {pause} s")
    said = running.end()  # in the middle of a pause, which is not waited out: it would end once more
    assert "starting it again in 8 s" not in said
    assert "clean end" in said


def test_a_part_that_will_not_end_is_killed_when_its_time_is_over(run: Callable[..., Running]) -> None:
    running = run(("web", 1, STUBBORN))
    pid = running.pid_of("web")
    assert "web did not end in time and is killed" in running.end()
    assert is_gone(pid)


def test_a_second_signal_does_not_wait(run: Callable[..., Running]) -> None:
    running = run(("web", 60, STUBBORN))
    running.pid_of("web")
    running.process.send_signal(signal.SIGINT)
    running.line_with("ignores")
    assert "clean end" in running.end(signal.SIGINT)  # which waits for half of the part's minute of grace


def test_children_do_not_outlive_a_killed_supervisor(run: Callable[..., Running]) -> None:
    running = run(("web", 5, SAY_AND_WAIT))
    pid = running.pid_of("web")
    running.process.kill()
    assert is_gone(pid)


def test_what_a_part_started_ends_with_it(run: Callable[..., Running]) -> None:
    running = run(("web", 5, WITH_CHILD))
    grandchild = running.pid_of("web")
    running.end()
    assert is_gone(grandchild)


def test_what_a_killed_part_leaves_behind_ends_before_it_starts_again(run: Callable[..., Running]) -> None:
    running = run(("web", 5, WITH_CHILD))
    grandchild = running.pid_of("web")
    psutil.Process(grandchild).parent().kill()
    running.line_with("starting it again in 1 s")
    assert is_gone(grandchild)
    assert running.pid_of("web") != grandchild


def undersign_up(data_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "undersign.config", "up", *arguments],
        env={
            **os.environ,
            "UNDERSIGN_DATA_DIR": str(data_dir),
            "DJANGO_SETTINGS_MODULE": "undersign.config.settings",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_that_is_taken_is_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = undersign_up(tmp_path / "data", "--port", str(port))
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: Cannot listen on 127.0.0.1 port {port}: Address already in use.")
    assert not list((tmp_path / "data").glob("postgres*"))


def test_a_data_directory_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a directory")
    done = undersign_up(tmp_path / "data", "--port", "18733")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: The data directory")
    assert "Traceback" not in done.stderr
