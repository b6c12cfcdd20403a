"""Forms and query strings as browsers encode them."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from undersign.web.front_door.bodies import fields_of, form_values


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_what_a_browser_encodes_is_read_back(fields: dict[str, str]) -> None:
    assert fields_of(urlencode(fields).encode()) == fields


@given(st.text(alphabet="ab=&+%20cF9;", max_size=40))
def test_odd_spellings_are_read_as_the_standard_library_reads_them(text: str) -> None:
    expected = dict(parse_qsl(text, keep_blank_values=True, errors="surrogateescape"))
    assert fields_of(text.encode()) == expected


def test_bytes_of_utf8_need_no_escape_and_others_are_lone_surrogates() -> None:
    assert fields_of("name=Zoë".encode()) == {"name": "Zoë"}
    assert fields_of(b"name=Zo%EB&email=\xff") == {"name": "Zo\udceb", "email": "\udcff"}


def test_the_last_value_of_a_field_counts() -> None:
    assert fields_of(b"name=Alice&name=Bob&&email") == {"name": "Bob", "email": ""}


@pytest.mark.anyio
@pytest.mark.parametrize(("announced", "asked"), [(b"10", 2), (None, 3)])
async def test_a_server_is_not_asked_for_more_than_was_announced(announced: bytes | None, asked: int) -> None:
    rest: list[Message] = [
        {"type": "http.request", "body": b"name=", "more_body": True},
        {"type": "http.request", "body": b"Alice", "more_body": True},
        {"type": "http.request", "body": b"", "more_body": False},
    ]
    came: list[Message] = []

    async def receive() -> Message:
        came.append(rest.pop(0))
        return came[-1]

    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    if announced is not None:
        headers.append((b"content-length", announced))
    request = Request({"type": "http", "headers": headers}, receive)
    assert await form_values(request) == {"name": "Alice"}
    assert len(came) == asked
