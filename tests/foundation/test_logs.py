import base64
import io
import json
import logging
import random
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from tests.steps import steps_of
from undersign.foundation.logs import configure_logs, redact_event, request_logged
from undersign.foundation.redaction import redact_text

TOKEN = "Q1x-8yHk3_2mVd0aLz7RtBqP"
WORDS = st.text(alphabet=st.characters(categories=["L", "Zs", "P"]), max_size=30)
BYTES = st.builds(lambda seed, size: random.Random(seed).randbytes(size), st.integers(), st.integers(16, 54))
TOKENS = BYTES.map(lambda data: base64.urlsafe_b64encode(data).rstrip(b"=").decode())
HEX_TOKENS = BYTES.map(bytes.hex)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure_logs(stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def wrap(text: str, shape: int) -> Any:
    """Put `text` into one of the places where a careless line of code would."""
    return [
        text,
        {"deep": [{"er": text}]},
        {text: 1},
        (text,),
        text.encode(),
        ValueError(f"no such thing: {text}"),
        f"GET /p/bees?email={text}",
        f"<{text}>",
    ][shape]


@given(address=st.emails(), before=WORDS, shape=st.integers(0, 7))
def test_no_mail_address_passes(address: str, before: str, shape: int) -> None:
    event = redact_event(None, "info", {"event": f"{before} {address}", "field": wrap(address, shape)})
    assert address not in json.dumps(event, ensure_ascii=False)
    assert address.split("@", maxsplit=1)[0] + "@" not in json.dumps(event, ensure_ascii=False)


@given(token=st.one_of(TOKENS, HEX_TOKENS), before=WORDS, shape=st.integers(0, 7))
def test_no_token_passes(token: str, before: str, shape: int) -> None:
    event = redact_event(None, "info", {"event": f"{before} {token}", "field": wrap(token, shape)})
    assert token not in json.dumps(event, ensure_ascii=False)


@given(token=TOKENS, page=st.sampled_from(["confirm", "unsubscribe", "data"]))
def test_links_keep_their_kind_and_lose_their_token(token: str, page: str) -> None:
    assert redact_text(f"POST /de/{page}/{token}/ 303") == f"POST /de/{page}/[token]/ 303"


@given(query=st.text(alphabet="abcdefghij0123456789=&%+", min_size=1))
def test_query_strings_are_never_written(query: str) -> None:
    assert redact_text(f"GET /p/bees?{query} 200") == "GET /p/bees?[masked] 200"


@given(address=st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).filter(lambda one: not one.is_loopback))
def test_no_network_address_passes(address: Any) -> None:
    if not address.is_unspecified:
        assert str(address) not in redact_text(f"refused {address}, from [{address}] at {address}")


@pytest.mark.parametrize(
    "text",
    [
        '"alice smith"@example.org',
        "alice%40example.org",
        "o'brien@example.org",
        "alice＠example.org",
        "用户@例子.公司",
        "mailto:alice@example.org?subject=x",
        "+49 171 1234567",
        "+4420 7946 0958",
    ],
)
def test_odd_spellings_are_masked(text: str) -> None:
    masked = redact_text(f"could not reach {text} today")
    assert masked.startswith("could not reach [")
    assert not {"alice", "brien", "smith", "用户", "1234567", "0958"} & set(masked.replace("%", " ").split())
    assert text not in masked


@pytest.mark.parametrize(
    "text",
    [
        "confirmation_mail_postponed_by_network_cap",
        "undersign.foundation.group_commit.submissions",
        "ConnectionRefusedError",
        "PROMETHEUS_MULTIPROC_DIR",
        "2026-11-22T06:38:16.123456Z",
        "06:38:16",
        'File "/usr/lib/python3.11/asyncio/base_events.py", line 653',
        "  @wraps",
        "----------------------------------------",
        "019aa9f2-8c3b-7d11-9f7e-0c1d2e3f4a5b",
        "connection to 127.0.0.1 port 5432 refused",
        "listening on http://[::1]:8000/p/save-the-bees",
        "petition:42",
    ],
)
def test_what_helps_to_understand_stays(text: str) -> None:
    assert redact_text(text) == text


def test_ids_stay_readable() -> None:
    name = str(uuid.uuid4())
    assert redact_text(f"attempt {name}") == f"attempt {name}"


@pytest.mark.parametrize("piece", ["a", "a@", '"', "1.1.", "+1 ", ":"])
def test_the_work_grows_no_faster_than_the_text(piece: str) -> None:
    def cost(length: int) -> int:
        return steps_of(lambda: redact_text(piece * (length // len(piece))))

    assert cost(100_000) < 2.2 * cost(50_000) + 100


def test_details_of_the_database_server_are_masked() -> None:
    message = (
        'duplicate key value\nDETAIL:  Key (display)=(Alice Smith) already exists.\nCONTEXT:  $1 = "Alice"'
    )
    assert redact_text(message) == "duplicate key value\nDETAIL: [masked]\nCONTEXT: [masked]"


def test_fields_that_hold_personal_data_are_masked_whole() -> None:
    event = redact_event(None, "info", {"event": "x", "display_name": "Alice", "Email": "?", "phone": None})
    assert event == {"event": "x", "display_name": "[personal]", "Email": "[personal]", "phone": None}


def test_lines_are_json_with_the_request_they_belong_to(lines: io.StringIO) -> None:
    with request_logged("abc123"):
        structlog.get_logger("undersign.web").info("page_rendered", path="/p/bees", seconds=0.1)
    line = json.loads(lines.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "page_rendered",
        "level": "info",
        "logger": "undersign.web",
        "path": "/p/bees",
        "request_id": "abc123",
        "seconds": 0.1,
    }


def test_what_libraries_log_is_masked_too(lines: io.StringIO) -> None:
    logging.getLogger("django.request").warning(
        "Not Found: %s", f"/confirm/{TOKEN}", extra={"email": "a@b.org"}
    )
    line = json.loads(lines.getvalue())
    assert line["event"] == "Not Found: /confirm/[token]"
    assert line["email"] == "[personal]"


def test_tracebacks_are_kept_and_masked(lines: io.StringIO) -> None:
    address = "alice@example.org"
    try:
        int(address)
    except ValueError:
        structlog.get_logger("undersign.web").exception("mail_not_sent")
    line = json.loads(lines.getvalue())
    assert "Traceback" in line["exception"]
    assert "invalid literal for int() with base 10: [mailbox]" in line["exception"]
    assert "alice" not in lines.getvalue()


def test_a_terminal_gets_readable_lines(lines: io.StringIO) -> None:
    terminal = Terminal()
    configure_logs(stream=terminal)
    structlog.get_logger("undersign.web").info("page_rendered", path="/p/bees", who="alice@example.org")
    assert "page_rendered" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")
    assert "alice" not in terminal.getvalue()
