"""What is posted and is no form of ours: refused in words, with what was typed kept, and never at length."""

import json
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from tests.journeys.conftest import Visitor
from tests.site import FORM, Answer, Site
from tests.waiting import until
from undersign.campaigns.services import petition_close
from undersign.signing.models import Attempt
from undersign.web.models import PetitionPage

PARTS = "multipart/form-data; boundary=weir"
SMALL = 150_000  # bytes of an answer, whatever was sent


def send(visitor: Visitor, body: bytes | str, kind: str, path: str = "") -> Answer:
    raw = body.encode() if isinstance(body, str) else body
    return visitor.site.request("POST", path or visitor.path, headers={"Content-Type": kind}, body=raw)


def in_parts(values: dict[str, str]) -> str:
    parts = (
        f'--weir\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in values.items()
    )
    return "".join(parts) + "--weir--\r\n"


def keeps(answer: Answer, visitor: Visitor) -> bool:
    """Tell whether the form came back as Alice filled it in, and can be sent again."""
    typed = (
        'value="Alice Ames"',
        f'value="{visitor.email}"',
        'value="full" required aria-describedby="display-error" checked',
    )
    return all(each in answer.text for each in typed) and 'name="text_version"' in answer.text


@pytest.fixture(autouse=True)
def nothing_is_taken(weir: PetitionPage) -> None:
    assert not Attempt.objects.filter(petition_id=weir.petition_id)


def test_a_form_sent_as_another_type_comes_back_filled_in(visitor: Visitor) -> None:
    form = visitor.form()
    sent = {
        PARTS: in_parts(form),
        "application/json": json.dumps(form),
        "text/plain;charset=UTF-8": urlencode(form),
        "": urlencode(form),
    }
    for kind, body in sent.items():
        answer = send(visitor, body, kind)
        assert answer.status == 415
        assert "could not read as a form" in answer.text
        assert 'id="errors"' in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert keeps(answer, visitor), kind


def test_a_form_of_too_many_fields_comes_back_filled_in(visitor: Visitor) -> None:
    answer = send(visitor, urlencode(visitor.form()) + "&a=1" * 500, FORM)
    assert answer.status == 400
    assert "more in this than the form asks" in answer.text
    assert keeps(answer, visitor)


@pytest.mark.parametrize("cut_in", ["x", "%E2%82%AC", "&name"])
def test_a_form_that_is_too_long_comes_back_as_far_as_it_was_read(visitor: Visitor, cut_in: str) -> None:
    answer = send(visitor, urlencode(visitor.form()) + "&postcode=" + cut_in * 1_000_000, FORM)
    assert answer.status == 413
    assert "more than a form can hold" in answer.text
    assert keeps(answer, visitor)
    assert "\ufffd" not in answer.text
    assert len(answer.body) < SMALL


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (FORM, "name=" + "<" * 10_000_000),
        (FORM, "&".join(f"wording_{n}=%22" for n in range(100_000))),
        (PARTS, in_parts({"name": "'" * 10_000_000})),
        (PARTS, "--weir\r\n" * 100_000),
        ("multipart/form-data", in_parts({"name": "Alice"})),
        ("multipart/form-data; boundary=\u00fc", in_parts({"name": "Alice"})),
        ("application/json", "[" * 60_000),
        ("application/json", "9" * 60_000),
        ("application/json", '["Alice"]'),
        ("application/json", '{"name": {"first": "Alice"}, "email": "\\ud800", "reason": 7}'),
        ("application/json", b'{"name": "\xff"}'),
        ("text/plain", "name: Alice"),
        ("image/png", b"\x89PNG\r\n\x1a\n\0\0" * 7),
    ],
)
def test_whatever_is_sent_the_answer_is_small_and_says_what_to_do(
    visitor: Visitor, kind: str, body: str | bytes
) -> None:
    answer = send(visitor, body, kind.encode().decode("latin-1"))
    assert answer.status == (413 if kind == FORM else 415)
    assert "Please check it and send it again" in answer.text
    assert len(answer.body) < SMALL


def test_bytes_that_are_no_text_are_a_wrong_field(visitor: Visitor) -> None:
    version = visitor.form()["text_version"]
    answer = send(visitor, b"name=%ED%A0%80&email=%FF&text_version=" + version.encode(), FORM)
    assert answer.status == 422
    assert "cannot be used" in answer.text


def test_another_address_that_cannot_be_read_comes_back_beside_its_field(
    journey: Site, visitor: Visitor
) -> None:
    inbox = visitor.sign().headers["location"]
    answer = send(visitor, in_parts({"email": "alice@other.example"}), PARTS, inbox)
    assert answer.status == 415
    assert "could not read as a form" in answer.text
    assert 'value="alice@other.example"' in answer.text
    assert "Send to this address instead" in answer.text


def test_what_came_too_late_can_be_copied_in_every_shape(
    journey: Site, visitor: Visitor, weir: PetitionPage
) -> None:
    form = {**visitor.form(), "reason": "Salmon.\n<b>Now</b>", "country": "DE", "phone": " "}
    petition_close(petition=weir.petition, by=None, at=timezone.now())
    until(lambda: journey.post(visitor.path, form).status == 409 or None)
    for kind, body, status in ((FORM, urlencode(form), 409), (PARTS, in_parts(form), 415)):
        late = send(visitor, body, kind)
        assert late.status == status
        for value in ("Alice Ames", visitor.email, "Germany", "Salmon.\n&lt;b&gt;Now&lt;/b&gt;"):
            assert f'<dd dir="auto">{value}</dd>' in late.text
        assert "<dt>Phone</dt>" not in late.text
        assert "Signing has ended" in late.text


def test_a_form_of_the_admin_without_its_proof_says_what_to_do(journey: Site) -> None:
    answer = journey.post("/admin/login/", {"username": "bob", "password": "long forgotten"})
    assert answer.status == 403
    assert "What you typed is still there" in answer.text
    assert "css/undersign" in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/static/gone.css", "/media/gone.jpg", "/media/secrets.txt", "/static/../x"]
)
def test_a_file_that_is_not_there_is_missed_in_the_design(journey: Site, path: str) -> None:
    answer = journey.get(path)
    assert answer.status == 404
    assert "Nothing is at this address" in answer.text
    assert "css/undersign" in answer.text
