from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.mail import BadHeaderError

from tests.messaging.dns import dns_of
from undersign.messaging.dkim import dkim_signer
from undersign.messaging.letters import Letter, Sender
from undersign.messaging.outgoing import House, OrganisationMail, mail_build
from undersign.messaging.wire import wire_bytes

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MAIL_ID = UUID("0199aaaa-0000-7000-8000-000000000001")
HOUSE = House("petitions@sender.example")


def mail_of(**changes: object) -> OrganisationMail:
    values = {
        "to": "alice@example.org",
        "sender": Sender("River", "hello@river.example"),
        "subject": "Please confirm",
        "text": "Hello\n",
        "html": "<p>Hello</p>\n",
        "locale": "en",
    }
    letter = Letter(**(values | changes))  # type: ignore[arg-type]
    return mail_build(letter, outbox_id=MAIL_ID, organisation_id=1, house=HOUSE, at=AT)


def read(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def text_in(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


TEXTS = [
    "",
    "plain",
    "\n\nthree lines\n",
    "a line with spaces at its end   \nand a tab\t\n",
    ".\n..\n.dot\nFrom here\n",
    "=_undersign\n--=_undersign--\n= equals =3D\n",
    "long " * 400,
    "x" * 2000 + "\n",
    "Lasst den Fluß atmen – „jetzt“ \U0001f30a\n" * 20,
    "دعوا النهر يتنفس\n" * 20,
    "-- \nFriends of the River\n",
]


@pytest.mark.parametrize("text", TEXTS)
def test_both_texts_arrive_as_they_were_written(text: str) -> None:
    raw = wire_bytes(mail_of(text=text, html=f"<p>{text}</p>"))
    message = read(raw)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert text_in(message, "plain").rstrip("\n") == text.rstrip("\n")
    assert text_in(message, "html").rstrip("\n") == f"<p>{text}</p>"
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_every_line_end_becomes_one_on_the_wire(line_end: str) -> None:
    assert b"\r\n\r\none\r\ntwo\r\n" in wire_bytes(mail_of(text=f"one{line_end}two{line_end}"))


@pytest.mark.parametrize(
    "subject",
    [
        "Lasst den Fluß atmen " * 9,
        "a long subject in plain letters " * 9,
        "no-space-anywhere" * 9,
        "دعوا النهر يتنفس",
        "It costs 5 \U0001f4b6, =?utf-8?q?no?= more",
    ],
)
def test_subjects_of_every_script_and_length_arrive_whole(subject: str) -> None:
    assert str(read(wire_bytes(mail_of(subject=subject)))["Subject"]).strip() == subject.strip()


@pytest.mark.parametrize("name", ["Freunde des Flußes", 'The "River", Ltd.', "أصدقاء النهر", "River " * 30])
def test_the_senders_name_arrives_whole(name: str) -> None:
    [sender] = read(wire_bytes(mail_of(sender=Sender(name, "hello@river.example"))))["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (" ".join(name.split()), "petitions@sender.example")


def test_each_header_stands_once() -> None:
    names = [name.lower() for name in read(wire_bytes(mail_of())).keys()]  # noqa: SIM118 -- no mapping
    assert len(names) == len(set(names))
    assert {"subject", "from", "to", "reply-to", "message-id", "date", "mime-version"} <= set(names)


@pytest.mark.parametrize("where", ["to", "subject"])
def test_no_header_can_be_smuggled_in(where: str) -> None:
    mail = mail_of()
    smuggled = "alice@example.org\r\nBcc: mallory@example.org"
    setattr(mail, where, [smuggled] if where == "to" else smuggled)
    with pytest.raises(BadHeaderError):
        wire_bytes(mail)


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_signed_verifies(text: str) -> None:
    key = generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    raw = wire_bytes(mail_of(text=text, html=text, subject="Lasst den Fluß atmen " * 9))
    signed = dkim_signer(domain="sender.example", selector="u1", pem=pem).header(raw, at=AT) + raw
    assert dkim.verify(signed, dnsfunc=dns_of(key))
