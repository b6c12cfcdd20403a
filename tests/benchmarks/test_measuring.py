from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import sleep

import pytest
from bench.growth import compared
from bench.plot import plot
from bench.programs import ProgramMissing, require
from bench.requests import HOST, get, post, prepare
from bench.results import Results
from bench.rounds import interleaved, ratio, summary
from bench.table import ROWS, Row, Sections, table
from bench.wrk import Answers, LoadFailed, TooFewRequests, added, answers_read, open_loop, with_enough

SAID = """\
Running 1s test
bench {"requests": 10, "seconds": 2.0, "refused": 1, "broken": 0, "rounds": 0.5}
latencies poll 9 4
latencies poll 19 5
latencies sign 499 1
errors sign 503 1
"""


def test_what_wrk_says_is_read() -> None:
    answers = answers_read(SAID)
    assert (answers.requests, answers.rate, answers.refused, answers.rounds) == (10, 5.0, 1, 0.5)
    assert answers.errors == Counter({"sign 503": 1})


def test_percentiles_are_of_all_kinds_or_of_one() -> None:
    answers = answers_read(SAID)
    assert answers.milliseconds(50) == 2.0
    assert answers.milliseconds(99) == 50.0
    assert answers.milliseconds(99, "poll") == 2.0


def test_a_percentile_of_nothing_is_refused() -> None:
    with pytest.raises(LoadFailed):
        Answers(requests=0, seconds=1, refused=0, broken=0, rounds=0).milliseconds(99)


def test_everybody_has_a_turn_in_every_round_and_nobody_is_always_first() -> None:
    order: list[str] = []

    def contender(name: str, rate: float) -> float:
        order.append(name)
        return rate

    rates = interleaved({"a": lambda: contender("a", 30), "b": lambda: contender("b", 60)}, rounds=2)
    assert order == ["a", "b", "b", "a"]
    assert ratio(rates, "a", "b") == 0.5
    assert summary(rates)["a"] == {"median": 30.0, "rounds": [30.0, 30.0]}


def test_requests_are_dealt_out_to_the_threads(tmp_path: Path) -> None:
    requests = [get("view", "/p/bees/"), post("sign", "/p/bees/", {"name": "Alice"}), get("poll", "/")]
    prepared = prepare(requests, tmp_path / "requests", threads=2)
    first, second = ((prepared.directory / name).read_bytes() for name in ("0", "1"))
    assert first.startswith(b"view ")
    assert b"poll " in first
    kind, _, raw = second.partition(b"\n")
    assert kind == f"sign {len(raw)}".encode()
    assert raw.endswith(b"\r\n\r\nname=Alice")
    assert f"Host: {HOST}".encode() in raw


def test_a_cost_is_bounded_from_above() -> None:
    cost, gain = Row("cost", "", 2, 1.25, is_cost=True), Row("gain", "", 0.35, 0.5)
    assert [cost.verdict(value) for value in (1.2, 2, 2.1)] == ["aim", "must", "MISSED"]
    assert [gain.verdict(value) for value in (0.5, 0.4, 0.3)] == ["aim", "must", "MISSED"]


def test_phases_add_to_one_file(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    Results(path).add("ratios", {"sign_vs_pgbench": 0.4})
    Results(path).add("rates", {"sign": {"median": 4000.0}})
    again = Results(path)
    assert again.sections["rates"]["sign"] == {"median": 4000.0}
    assert "signatures accepted durably/s" in table(again.sections)


def test_the_picture_has_every_row_that_was_measured() -> None:
    drawn = plot(everything(1.0), caption="2 cores & a disk")
    assert all(row.name in drawn for row in ROWS)
    assert "2 cores &amp; a disk" in drawn


def test_what_is_missing_is_named_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.programs.PLACES", "/nowhere")
    with pytest.raises(ProgramMissing, match="apt-get install nginx-light wrk"):
        require(["nginx", "wrk"])


def test_more_time_is_worse_and_so_are_fewer_a_second() -> None:
    few, many = [everything(100.0)], [everything(50.0)]
    figures = compared(few, many)
    assert figures["sign_vs_pgbench"]["times_worse"] == 2.0
    assert figures["p99_ms.sign"]["times_worse"] == 0.5
    assert figures["memory_mb.web_after_all"]["times_worse"] == 0.5
    assert "errors" not in figures


def test_two_sizes_are_compared_by_the_median_of_their_turns() -> None:
    few, many = ([everything(value) for value in values] for values in ((10, 900, 20), (40, 30, 1)))
    figure = compared(few, many)["p99_ms.sign"]
    assert (figure["few"], figure["many"], figure["times_worse"]) == (20, 30, 1.5)
    assert figure["few_turns"] == [10, 900, 20]


def everything(value: float) -> Sections:
    """Give every row of the table the same value."""
    return {
        section: {row.name: value for row in ROWS if row.section == section}
        for section in {row.section for row in ROWS}
    }


def test_requests_come_when_they_are_due_and_every_answer_is_counted(tmp_path: Path) -> None:
    requests = [get("view", "/p/bees/"), get("poll", "/missing")]
    prepared = prepare(requests, tmp_path / "requests", threads=1)
    with answering() as url:
        answers = open_loop(url, prepared, seconds=0.5, rate=200, connections=4)
    asked = answers.latencies["view"].total(), answers.latencies["poll"].total()
    assert answers.requests == sum(asked) > 20
    assert abs(asked[0] - asked[1]) <= 1
    assert answers.errors == Counter({"poll 404": asked[1]})
    assert answers.broken == 0
    assert answers.milliseconds(99) > 0


def test_answers_may_come_in_chunks_end_the_connection_or_never_come(tmp_path: Path) -> None:
    kinds = ("chunked", "closing", "broken")
    prepared = prepare([get(kind, f"/{kind}") for kind in kinds], tmp_path / "requests", threads=1)
    with answering() as url:
        answers = open_loop(url, prepared, seconds=0.5, rate=200, connections=4)
    chunked, closing = (answers.latencies[kind].total() for kind in kinds[:2])
    assert answers.requests == chunked + closing > 20
    assert not answers.latencies["broken"]
    assert chunked - 1 <= answers.broken <= chunked
    assert not answers.errors


def test_latency_counts_from_when_a_request_was_due(tmp_path: Path) -> None:
    prepared = prepare([get("slow", "/slow")], tmp_path / "requests", threads=1)
    with answering() as url:
        answers = open_loop(url, prepared, seconds=0.5, rate=80, connections=1)
    assert answers.broken == 0
    # One after the other they take 50 ms each, and the last of them was due within half a second.
    assert answers.milliseconds(100) >= 50 * answers.requests - 500 > 0


def test_what_several_generators_were_answered_is_added_up() -> None:
    both = added([answers_read(SAID), answers_read(SAID)])
    assert (both.requests, both.rate, both.refused) == (20, 10.0, 2)
    assert both.latencies["poll"] == Counter({9: 8, 19: 10})
    assert both.errors == Counter({"sign 503": 2})


@contextmanager
def answering() -> Iterator[str]:
    """Serve one page and some that are answered oddly; everything else is not there."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path == "/broken":
                self.close_connection = True
                return
            if self.path == "/slow":
                sleep(0.05)
            self.send_response(404 if self.path == "/missing" else 200)
            if self.path == "/chunked":
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.wfile.write(b"4\r\nbees\r\n")
                self.wfile.write(b"0\r\n\r\n")
                return
            self.send_header("Content-Length", "4")
            if self.path == "/closing":
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"bees")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_requests_that_do_not_last_are_made_again_and_twice_as_many() -> None:
    tried: list[int] = []

    def measured(number: int) -> float:
        tried.append(number)
        if number < 300:
            raise TooFewRequests("10 in 1 s.")
        return 42

    assert with_enough(measured, 100) == 42
    assert tried == [100, 200, 400]
