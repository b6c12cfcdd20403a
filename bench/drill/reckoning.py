"""Afterwards: everything that was acknowledged has to be there, exactly once."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import psycopg

from bench.drill.instance import Instance, wait_until
from bench.drill.journal import Journal
from bench.drill.mailhouse import MailHouse
from undersign.foundation.keys import load_keys
from undersign.foundation.tokens import TokenSigner

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # so that no link is too old to be read

MISSING_ATTEMPTS = """
SELECT count(*) FROM unnest(%s::uuid[]) AS told (id) LEFT JOIN signing_attempt USING (id)
WHERE signing_attempt.id IS NULL
"""
MISSING_SIGNATURES = """
SELECT count(*) FROM unnest(%s::uuid[]) AS told (id)
LEFT JOIN signing_signature s ON s.attempt_id = told.id AND s.state = 'confirmed'
WHERE s.id IS NULL
"""
# Whoever pressed the link of another form of theirs was told that they had signed already.
MISSING_FOR_MAILBOXES = """
SELECT count(*) FROM unnest(%s::uuid[]) AS told (id) LEFT JOIN signing_attempt a USING (id)
WHERE NOT EXISTS (
    SELECT FROM signing_attempt b JOIN signing_signature s ON s.attempt_id = b.id AND s.state = 'confirmed'
    WHERE b.email_key = a.email_key AND b.petition_id = a.petition_id)
"""
# Compared with how often each address was typed.
DOUBLED_ATTEMPTS = """
SELECT coalesce(sum(n - 1), 0)::bigint FROM
    (SELECT count(*) AS n FROM signing_attempt WHERE id >= %s GROUP BY email_key) AS mailboxes
"""
DOUBLED_SIGNATURES = """
SELECT coalesce(sum(n - 1), 0)::bigint FROM
    (SELECT count(*) AS n FROM signing_signature GROUP BY petition_id, supporter_id) AS people
"""
SUPPORTERS_WITHOUT_ONE_SIGNATURE = """
SELECT count(*) FROM
    (SELECT supporter_id FROM signing_signature WHERE id >= %s AND state = 'confirmed'
     GROUP BY supporter_id HAVING count(*) <> 1) AS people
"""
WITHOUT_MAIL = """
SELECT count(*) FROM signing_attempt a
WHERE a.id >= %s AND NOT EXISTS (SELECT FROM messaging_outboxmail m WHERE m.cause_id = a.id)
"""
WAITING_MAILS = """
SELECT count(*) FROM messaging_outboxmail
WHERE cause_id >= %s AND status = 'queued' AND not_before < now() + interval '10 minutes'
"""  # later ones wait because their mailbox has had enough
ENDED_MAILS = """
SELECT count(*) FROM messaging_outboxmail WHERE cause_id >= %s AND status IN ('failed', 'bounced', 'dropped')
"""
TALLY_DIFFERENCE = """
SELECT abs(coalesce((SELECT sum(count) FROM signing_tally), 0)
         + coalesce((SELECT sum(delta) FROM signing_tallydelta), 0)
         - (SELECT count(*) FROM signing_signature WHERE state = 'confirmed'))::bigint
"""
UNFOLDED = "SELECT count(*) FROM signing_tallydelta"


def id_at(milliseconds: int) -> UUID:
    """Return the smallest UUIDv7 of an instant, in milliseconds since 1970."""
    return UUID(bytes=milliseconds.to_bytes(6, "big") + b"\x70\x00\x80" + bytes(7))


@dataclass(frozen=True)
class Reckoning:
    """What a case came to. Only `acknowledged` may be more than nothing (and mails where a case says so)."""

    acknowledged: int
    lost: int
    doubled: int
    seconds_down: float
    also: dict[str, Any] = field(default_factory=dict)

    def is_passed(self, *, mails_may_double: int) -> bool:
        """Say whether nothing is lost or doubled. Mails that wait are neither."""
        zero = ("without_mail", "tally_difference", "supporters_without_one_signature", "mails_ended")
        is_exact = not any([self.lost, self.doubled, *(self.also[name] for name in zero)])
        return self.acknowledged > 0 and is_exact and self.also["mails_doubled"] <= mails_may_double


def reckon(
    instance: Instance, journal: Journal, house: MailHouse, *, began_at: int, patience: float
) -> Reckoning:
    """Wait until mails and counts have settled, then compare. `began_at` is in milliseconds since 1970.

    An address that was asked for n times may have n attempts and n mails.
    """
    signed, confirmed, repeated = acknowledged(instance, journal)
    with psycopg.connect(instance.database_url, autocommit=True) as connection:
        first = id_at(began_at)

        def number(query: str, *values: Any) -> int:
            row = connection.execute(query, values or None).fetchone()  # type: ignore[call-overload]
            return int(row[0])

        settled = _settle(
            lambda: instance.unwritten() + number(WAITING_MAILS, first) + number(UNFOLDED), patience
        )
        asked = Counter(entry["email"] for entry in journal.entries("asked"))
        repeats = asked.total() - len(asked)
        return Reckoning(
            acknowledged=len(signed) + len(confirmed | repeated),
            lost=number(MISSING_ATTEMPTS, list(signed))
            + number(MISSING_SIGNATURES, list(confirmed))
            + number(MISSING_FOR_MAILBOXES, list(repeated - confirmed)),
            doubled=max(0, number(DOUBLED_ATTEMPTS, first) - repeats) + number(DOUBLED_SIGNATURES),
            seconds_down=longest_gap(journal, "signed"),
            also={
                "attempts_acknowledged": len(signed),
                "confirmations_acknowledged": len(confirmed | repeated),
                "refused": refusals(journal),
                "unanswered": sum(1 for _ in journal.entries("broken")),
                "slowest_answer_s": max(
                    (e["took"] for e in journal.entries("signed", "refused")), default=0.0
                ),
                "seconds_without_page_or_count": longest_gap(journal, "seen"),
                "without_mail": number(WITHOUT_MAIL, first),
                "mails_doubled": sum(max(0, house.received[email] - n) for email, n in asked.items()),
                "mails_waiting": number(WAITING_MAILS, first),
                "mails_ended": number(ENDED_MAILS, first),
                "supporters_without_one_signature": number(SUPPORTERS_WITHOUT_ONE_SIGNATURE, first),
                "tally_difference": number(TALLY_DIFFERENCE),
                "seconds_to_settle": settled,
            },
        )


def acknowledged(instance: Instance, journal: Journal) -> tuple[set[UUID], set[UUID], set[UUID]]:
    """Read from its own links what the site has acknowledged.

    Gives the attempts that were signed, that were thanked for, and those whose owner had signed already.
    """
    tokens = TokenSigner(load_keys(instance.keys_file))

    def ids(links: Iterable[str], purpose: str) -> set[UUID]:
        names = (link.rpartition("/")[2] for link in links)
        return {UUID(bytes=tokens.read(name, purpose=purpose, at=LONG_AGO).subject) for name in names}

    thanked = [entry for entry in journal.entries("confirmed") if "already" not in entry["location"]]
    repeated = [entry for entry in journal.entries("confirmed") if "already" in entry["location"]]
    return (
        ids((entry["location"] for entry in journal.entries("signed")), "inbox"),
        ids((entry["link"] for entry in thanked), "confirm"),
        ids((entry["link"] for entry in repeated), "confirm"),
    )


def longest_gap(journal: Journal, kind: str) -> float:
    """Give the longest time without an entry of a kind while people signed, in seconds."""
    times = [entry["at"] for entry in journal.entries("began", kind, "rested")]
    return round(max((later - earlier for earlier, later in pairwise(times)), default=0.0), 2)


def forms_cut_off(journal: Journal, instants: Sequence[float]) -> int:
    """Count the forms that were under way at some instants (time.monotonic) and had no answer.

    Others break too: those sent on a connection whose process had ended by then.
    """
    broken = [entry for entry in journal.entries("broken") if entry["what"].startswith("POST /p/")]
    return sum(1 for e in broken if any(e["began"] < instant <= e["at"] for instant in instants))


def refusals(journal: Journal) -> dict[str, int]:
    """Count the answers that acknowledged nothing."""
    return dict(Counter(f"{entry['what']} {entry['status']}" for entry in journal.entries("refused")))


def _settle(waiting: Any, patience: float) -> float:
    began = time.monotonic()
    with suppress(TimeoutError):  # the reckoning tells what still waits
        wait_until(lambda: waiting() == 0, "mails and counts", patience=patience)
    return round(time.monotonic() - began, 1)
