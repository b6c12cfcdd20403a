"""Handing over one mail in two round trips instead of four: RFC 2920.

MAIL, RCPT and DATA go out together. There is never more than one mail under way, so whatever breaks can make
no more than one duplicate.
"""

import contextlib
import smtplib

_GO_ON = 354
_TAKEN = 250
_RECIPIENT_TAKEN = (250, 251)
_CLOSING = 421  # RFC 5321 §3.8

Reply = tuple[int, bytes]


def mail_hand_over(connection: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> None:
    """Hand over a mail to one recipient. `content` has CRLF line ends; both addresses are bare and ASCII.

    Raises what `smtplib.SMTP.sendmail` raises.
    """
    connection.ehlo_or_helo_if_needed()
    if not connection.has_extn("pipelining"):
        connection.sendmail(sender, [recipient], content)
        return
    try:
        _envelope(connection, sender, recipient)
        _text(connection, content)
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
        with contextlib.suppress(smtplib.SMTPServerDisconnected):
            connection.rset()
        raise


def _envelope(connection: smtplib.SMTP, sender: str, recipient: str) -> None:
    """Announce a mail, up to where its text is asked for."""
    connection.send(f"MAIL FROM:<{sender}>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n".encode("ascii"))
    from_sender, from_recipient, from_data = (_reply(connection) for _ in range(3))
    try:
        _check_addresses(sender, from_sender, recipient, from_recipient)
    except smtplib.SMTPException:
        if from_data[0] == _GO_ON:
            # RFC 2920 §3.1: a server may ask for the text of a mail to nobody; it gets an empty one.
            connection.send(b".\r\n")
            _reply(connection)
        raise
    if from_data[0] != _GO_ON:
        raise smtplib.SMTPDataError(*from_data)


def _check_addresses(sender: str, from_sender: Reply, recipient: str, from_recipient: Reply) -> None:
    if from_sender[0] != _TAKEN:
        raise smtplib.SMTPSenderRefused(*from_sender, sender)
    if from_recipient[0] not in _RECIPIENT_TAKEN:
        raise smtplib.SMTPRecipientsRefused({recipient: from_recipient})


def _text(connection: smtplib.SMTP, content: bytes) -> None:
    connection.send(content.replace(b"\r\n.", b"\r\n..").removesuffix(b"\r\n") + b"\r\n.\r\n")
    reply = _reply(connection)
    if reply[0] != _TAKEN:
        raise smtplib.SMTPDataError(*reply)


def _reply(connection: smtplib.SMTP) -> Reply:
    reply = connection.getreply()
    if reply[0] == _CLOSING:
        connection.close()
        raise smtplib.SMTPServerDisconnected(f"{_CLOSING} {reply[1].decode('utf-8', 'replace')}")
    return reply
