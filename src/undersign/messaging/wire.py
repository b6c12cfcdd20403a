"""A message as it goes over the wire: CRLF line ends, and nothing but ASCII in short lines.

Servers on the way may re-encode 8-bit text, which breaks a DKIM signature (RFC 6376 §5.3), so text goes
out as quoted-printable from the start.
"""

from email.charset import QP, Charset
from email.message import Message

from django.core.mail import EmailMessage

_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP


def wire_bytes(message: EmailMessage) -> bytes:
    """Write a message of Django's for the wire."""
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
