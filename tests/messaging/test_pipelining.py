"""MAIL, RCPT and DATA sent together, against a server that keeps to a script."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

import pytest
from django.core.mail import EmailMessage, get_connection

from undersign.messaging.errors import MailServerTrouble
from undersign.messaging.senders.outcome import ACCEPTED, Fate
from undersign.messaging.senders.transport import Transport

OK, GO_ON = b"250 OK", b"354 go on"
GOOD = [OK, OK, GO_ON, OK]


@dataclass
class Script:
    """Answers the commands after EHLO in turn, a text with one reply; notes what came in one piece."""

    replies: list[bytes]
    port: int = 0
    pieces: list[bytes] = field(default_factory=list)

    def serve(self, listening: socket.socket) -> None:
        connection, _ = listening.accept()
        connection.settimeout(10)
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 mx.test\r\n")
            lines.readline()
            connection.sendall(b"250-mx.test\r\n250 PIPELINING\r\n")
            before = b""
            for reply in self.replies:
                self.pieces.append(text_in(lines) if before == GO_ON else lines.readline())
                connection.sendall(reply + b"\r\n")
                before = reply
            connection.shutdown(socket.SHUT_RDWR)


def text_in(lines: BinaryIO) -> bytes:
    text = lines.readline()
    while text != b".\r\n" and not text.endswith(b"\r\n.\r\n"):
        text += lines.readline()
    return text


@pytest.fixture
def speaking() -> Iterator[Callable[[Sequence[bytes]], Script]]:
    threads, sockets = [], []

    def start(replies: Sequence[bytes]) -> Script:
        script = Script(list(replies))
        listening = socket.create_server(("127.0.0.1", 0))
        script.port = listening.getsockname()[1]
        thread = threading.Thread(target=script.serve, args=[listening])
        thread.start()
        threads.append(thread)
        sockets.append(listening)
        return script

    yield start
    for thread in threads:
        thread.join(10)
    for listening in sockets:
        listening.close()


def transport_to(script: Script) -> Transport:
    backend = "undersign.messaging.senders.smtp.EmailBackend"
    transport = Transport(
        lambda: get_connection(backend, host="127.0.0.1", port=script.port, use_tls=False, timeout=10)
    )
    transport.connect()
    return transport


def mail(text: str = "hello") -> EmailMessage:
    return EmailMessage("Subject", text, "River <river@sender.example>", ["alice@example.org"])


def test_a_mail_is_announced_without_waiting_for_each_answer() -> None:
    """The server answers nothing before it has read DATA, and gets it nevertheless."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        heard: list[bytes] = []

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"220 mx.test\r\n")
                lines.readline()
                connection.sendall(b"250-mx.test\r\n250 PIPELINING\r\n")
                heard.extend(lines.readline() for _ in range(3))
                connection.sendall(b"250 OK\r\n250 OK\r\n354 go on\r\n")
                while lines.readline() != b".\r\n":
                    pass
                connection.sendall(b"250 OK\r\n")
                lines.readline()
                connection.sendall(b"221 bye\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        with transport_to(Script([], listening.getsockname()[1])) as transport:
            assert transport.send(mail()) == ACCEPTED
        thread.join(10)
    assert heard == [b"MAIL FROM:<river@sender.example>\r\n", b"RCPT TO:<alice@example.org>\r\n", b"DATA\r\n"]


def test_lines_that_begin_with_a_dot_arrive_whole(speaking: Callable[[Sequence[bytes]], Script]) -> None:
    script = speaking([*GOOD, b"221 bye"])
    with transport_to(script) as transport:
        transport.send(mail("one\n.two\n..\n."))
    assert script.pieces[3].endswith(b"one\r\n..two\r\n...\r\n..\r\n.\r\n")


def test_a_server_that_asks_for_a_text_to_nobody_gets_an_empty_one(
    speaking: Callable[[Sequence[bytes]], Script],
) -> None:
    refused = [OK, b"550 5.1.1 no such user", GO_ON, b"554 no recipients", OK]
    script = speaking([*refused, *GOOD, b"221 bye"])
    with transport_to(script) as transport:
        assert transport.send(mail()).fate is Fate.NO_MAILBOX
        assert transport.send(mail()) == ACCEPTED
    assert script.pieces[3:5] == [b".\r\n", b"rset\r\n"]


@pytest.mark.parametrize(
    ("replies", "fate"),
    [
        ([OK, b"451 4.7.1 later", b"503 no recipients", OK], Fate.LATER),
        ([OK, b"550 5.7.1 no", b"554 no recipients", OK], Fate.REFUSED),
        ([OK, OK, b"452 4.3.1 full", OK], Fate.LATER),
        ([OK, OK, GO_ON, b"554 5.7.1 spam", OK], Fate.REFUSED),
    ],
)
def test_after_a_refusal_the_next_mail_goes_out_on_the_same_connection(
    speaking: Callable[[Sequence[bytes]], Script], replies: list[bytes], fate: Fate
) -> None:
    script = speaking([*replies, *GOOD, b"221 bye"])
    with transport_to(script) as transport:
        assert transport.send(mail()).fate is fate
        assert transport.send(mail()) == ACCEPTED


@pytest.mark.parametrize(
    "replies",
    [
        [b"421 4.3.2 shutting down"],
        [OK, b"421 4.3.2 shutting down"],
        [OK, OK, b"421 4.3.2 shutting down"],
        [OK, OK, GO_ON, b"421 4.3.2 shutting down"],
        [b"550 5.7.1 not from you", b"503 no", b"503 no", OK],
        [OK],
        [OK, OK, GO_ON],
    ],
    ids=["421 to MAIL", "421 to RCPT", "421 to DATA", "421 to text", "sender refused", "cut", "cut in text"],
)
def test_what_would_hit_every_mail_is_no_fault_of_this_one(
    speaking: Callable[[Sequence[bytes]], Script], replies: list[bytes]
) -> None:
    transport = transport_to(speaking(replies))
    with pytest.raises(MailServerTrouble) as trouble:
        transport.send(mail())
    assert "alice" not in str(trouble.value)
    assert not transport.is_connected
