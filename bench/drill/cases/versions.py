"""Stopping, replacing and renewing what runs."""

import os
import signal
import socket
import time
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlencode

import psycopg

from bench.drill.instance import Instance, takes_connections, wait_until
from bench.drill.journal import Journal
from bench.drill.reckoning import forms_cut_off
from bench.drill.scene import Scene
from bench.drill.visitors import PETITION, address_new, form_of

IN_FLIGHT = 10
GIVES_WAY = "A table is in use"  # what `undersign prepare` says
NEXT_VERSION = "bench.drill.next_version.settings"


def stopped_while_signing(scene: Scene) -> None:
    """SIGTERM for all, with forms half sent: they finish, new ones are refused, and it starts again."""
    instance = scene.instance
    halves = [_half_sent(scene) for _ in range(IN_FLIGHT)]
    time.sleep(0.5)
    began = time.monotonic()
    instance.supervisor().terminate()
    time.sleep(1)
    scene.require(not takes_connections(instance.port), "new connections are refused")
    scene.also["finished_in_flight"] = sum(half.finish(scene.journal) for half in halves)
    instance.wait_for_end()
    scene.also["seconds_to_stop"] = round(time.monotonic() - began, 1)
    scene.require(scene.also["finished_in_flight"] == IN_FLIGHT, "what was in flight finished")
    scene.also["forms_cut_off"] = forms_cut_off(scene.journal, [began])
    scene.require(scene.also["forms_cut_off"] == 0, "no form that was under way is cut off")
    scene.require("is killed" not in instance.log.read_text(errors="replace"), "nothing had to be killed")
    instance.start()


def processes_replaced(scene: Scene) -> None:
    """SIGHUP to Granian: each web process is replaced while another serves."""
    rounds = int(scene.lasting(2, 1))
    for _ in range(rounds):
        before = {process.pid for process in scene.instance.web_workers()}
        os.kill(scene.instance.web_main().pid, signal.SIGHUP)
        wait_until(lambda old=before: _all_new(scene.instance, old), "new processes", patience=120)
        time.sleep(3)
    scene.also["rounds"] = rounds


def deployed_while_signing(scene: Scene) -> None:
    """Restart one node after the other with the next version, whose migration the first one brings."""
    first, second = scene.instance, scene.instance.other
    assert second is not None
    scene.require(_column_exists(first) is False, "the migration is new")
    report = psycopg.connect(first.database_url)
    report.execute("SELECT count(*) FROM signing_attempt")  # and its transaction stays open
    scene.on_end(report.close)
    for node in (first, second):
        node.stop()
        node.environment["DJANGO_SETTINGS_MODULE"] = NEXT_VERSION
        node.launch()
        if node is first:
            wait_until(lambda: GIVES_WAY in first.log.read_text(errors="replace"), "a migration that waits")
            time.sleep(5)
            report.close()
        wait_until(node.is_ready, "the next version")
        time.sleep(3)
    scene.require(_column_exists(first), "the migration was made")


@dataclass(frozen=True)
class HalfForm:
    """A form of which the last byte is yet to be sent."""

    email: str
    connection: socket.socket
    rest: bytes

    def finish(self, journal: Journal) -> bool:
        """Send the rest and say whether it was acknowledged."""
        began = round(time.monotonic(), 4)
        journal.write("asked", email=self.email)
        try:
            self.connection.sendall(self.rest)
            answer = HTTPResponse(self.connection)
            answer.begin()
        except (OSError, HTTPException) as error:
            what = f"POST {PETITION}"
            journal.write("broken", what=what, began=began, error=type(error).__name__)
            return False
        finally:
            self.connection.close()
        took, location = round(time.monotonic() - began, 4), answer.getheader("Location", "")
        if answer.status == 303:
            journal.write("signed", email=self.email, location=location, took=took)
        return answer.status == 303


def _half_sent(scene: Scene) -> HalfForm:
    visitor, email = scene.crowd.visitor(), address_new("half")
    form = form_of(visitor.read(PETITION)) | {"name": "Bob Half", "email": email, "display": "full"}
    visitor.leave()
    body = urlencode(form).encode()
    connection = socket.create_connection(("127.0.0.1", scene.instance.port), 30)
    connection.sendall(
        f"POST {PETITION} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode()
        + body[:-1]
    )
    return HalfForm(email, connection, body[-1:])


def _all_new(instance: Instance, old: set[int]) -> bool:
    now = {process.pid for process in instance.web_workers()}
    return len(now) == instance.workers and not now & old


def _column_exists(instance: Instance) -> bool:
    return bool(
        instance.number(
            "SELECT count(*) FROM information_schema.columns"
            " WHERE table_name = 'signing_attempt' AND column_name = 'drilled'"
        )
    )
