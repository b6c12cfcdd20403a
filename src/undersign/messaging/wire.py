"""A message as it goes over the wire: CRLF line ends, and nothing but ASCII in short lines.

Servers on the way may re-encode 8-bit text, which breaks a DKIM signature (RFC 6376 §5.3), so text goes
out as quoted-printable from the start.

Mails of organisations, of which thousands go out in a minute, are written here; `email.message` takes a
millisecond for each (docs/decisions/0095). All others are written by it.
"""

import re
from binascii import b2a_qp
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from functools import lru_cache

from django.core.mail import EmailMessage
from django.core.mail.message import forbid_multi_line_headers

from undersign.messaging.outgoing import OrganisationMail

_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP
_SHORT = 76
# “=_” is in no quoted-printable text, so this is a line of neither part (RFC 2045 §6.7).
_BOUNDARY = b"=_undersign"
_NEWLINE = re.compile(r"\r\n|\r|\n")


def wire_bytes(message: EmailMessage) -> bytes:
    """Write a message of Django's for the wire. Raises BadHeaderError for a line break in a header."""
    if isinstance(message, OrganisationMail):
        return _organisation_mail(message)
    built = message.message()
    for part in built.walk():
        if part.get_content_maintype() == "text" and part.get("Content-Transfer-Encoding") == "8bit":
            _to_quoted_printable(part)
    content: bytes = built.as_bytes(linesep="\r\n")
    return content


def _to_quoted_printable(part: Message) -> None:
    content = part.get_payload(decode=True)
    if isinstance(content, bytes):
        del part["Content-Transfer-Encoding"]
        part.set_payload(content.decode(), _UTF8)


def _organisation_mail(message: OrganisationMail) -> bytes:
    """Write the two texts of a mail as multipart/alternative, the better one last (RFC 2046 §5.1.4)."""
    headers = {
        "Subject": message.subject,
        "From": message.from_email,
        "To": message.to[0],
        "Reply-To": ", ".join(message.reply_to),
        **message.extra_headers,
    }
    lines = [_header(name, value) for name, value in headers.items()]
    lines += [
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/alternative; boundary="%b"' % _BOUNDARY,
        b"",
        *_part(b"plain", str(message.body)),
        *_part(b"html", message.html),
        b"--%b--" % _BOUNDARY,
        b"",
    ]
    return b"\r\n".join(lines)


def _part(kind: bytes, text: str) -> tuple[bytes, ...]:
    return (
        b"--%b" % _BOUNDARY,
        b'Content-Type: text/%b; charset="utf-8"' % kind,
        b"Content-Transfer-Encoding: quoted-printable",
        b"",
        _quoted_printable(text),
    )


def _quoted_printable(text: str) -> bytes:
    """Encode a text; its line ends, whichever they are, become CRLF. Soft ones are as the first hard one."""
    return b2a_qp(_NEWLINE.sub("\r\n", f"{text}\n").encode(), istext=True)


def _header(name: str, value: str) -> bytes:
    line = f"{name}: {value}"
    if len(line) <= _SHORT and line.isascii() and line.isprintable():
        return line.encode()
    return _long_header(name, value)


@lru_cache(maxsize=512)
def _long_header(name: str, value: str) -> bytes:
    """Encode and fold a header field. Kept, since the subject of a petition is that of all its mails."""
    checked = forbid_multi_line_headers(name, value, "utf-8")[1]
    if name == "Subject" and not value.isascii():
        header = Header(value, "utf-8", header_name=name)
    else:
        header = Header(checked, header_name=name)
    return b"%b: %b" % (name.encode(), header.encode(linesep="\r\n").encode())
