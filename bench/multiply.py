"""Millions of signatures from a few real ones, each copied for people who differ in what the indexes hold.

The copies cannot be opened (what is sealed is bound to its row), and nothing that is measured opens them.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import psycopg

AT_ONCE = 100_000
SESSIONS = 2
A_MILLISECOND = 8  # so many people each; ids are in the order of time

# A UUIDv7 (RFC 9562) for the n-th of a kind, so that what belongs together finds itself again.
ID = """
CREATE FUNCTION pg_temp.id_of(kind text, n bigint, since bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex(since + n / 8), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0')
            || '8' || substr(md5(kind || n), 1, 15))::uuid $$
"""
PEOPLE = """
INSERT INTO supporters_supporter (id, organisation_id, email_sealed, email_key, locale, created_at)
SELECT pg_temp.id_of('supporter', n, %(people_since)s), p.organisation_id, p.email_sealed,
       substr(sha256(('mailbox ' || n)::bytea), 1, length(p.email_key)), p.locale, p.created_at
FROM generate_series(%(first)s::bigint, %(last)s) AS n, supporters_supporter p
WHERE p.id = (SELECT supporter_id FROM signing_signature WHERE id = %(model)s)
"""
SIGNATURES = """
INSERT INTO signing_signature
    (id, petition_id, supporter_id, slot, attempt_id, text_id, name_key, sealed, display, public_name,
     country, postcode_area, locale, network, source, mail_domain, state, withdrawn_by, confirmed_at)
SELECT pg_temp.id_of(%(model)s || 'signature', n, %(since)s), s.petition_id,
       pg_temp.id_of('supporter', n, %(people_since)s), s.slot,
       pg_temp.id_of(%(model)s || 'attempt', n, %(since)s), s.text_id, s.name_key, s.sealed, s.display,
       s.public_name, s.country, s.postcode_area, s.locale, s.network, s.source, s.mail_domain, s.state,
       s.withdrawn_by, s.confirmed_at
FROM generate_series(%(first)s::bigint, %(last)s) AS n, signing_signature s WHERE s.id = %(model)s::uuid
"""
EVENTS = """
INSERT INTO signing_signatureevent (id, signature_id, kind, at, reason)
SELECT pg_temp.id_of(%(model)s || 'event', n, %(since)s),
       pg_temp.id_of(%(model)s || 'signature', n, %(since)s), e.kind, e.at, e.reason
FROM generate_series(%(first)s::bigint, %(last)s) AS n, signing_signatureevent e
WHERE e.signature_id = %(model)s::uuid
"""
CONSENTS = """
INSERT INTO supporters_consent (id, supporter_id, wording_id, is_given, at, action, attempt_id)
SELECT pg_temp.id_of(c.id || 'consent', n, %(since)s), pg_temp.id_of('supporter', n, %(people_since)s),
       c.wording_id, c.is_given, c.at, c.action, pg_temp.id_of(%(model)s || 'attempt', n, %(since)s)
FROM generate_series(%(first)s::bigint, %(last)s) AS n, supporters_consent c
WHERE c.attempt_id = (SELECT attempt_id FROM signing_signature WHERE id = %(model)s::uuid)
"""
TALLY = """
UPDATE signing_tally SET count = count + %s, updated_at = now()
WHERE petition_id = (SELECT petition_id FROM signing_signature WHERE id = %s::uuid)
"""
# One of each petition of the organisation that has most: a supporter belongs to one organisation.
MODELS = """
SELECT DISTINCT ON (s.petition_id) s.id::text FROM signing_signature s
JOIN campaigns_petition p ON p.id = s.petition_id
WHERE s.state = 'confirmed' AND p.state = 'open' AND p.organisation_id =
    (SELECT organisation_id FROM campaigns_petition WHERE slug = %s)
ORDER BY s.petition_id, s.id
"""


@dataclass(frozen=True, slots=True)
class Work:
    """A part of the crowd signs the petition of one model; instants are in milliseconds since 1970."""

    model: str
    people_since: int
    since: int
    is_first: bool
    first: int = 0
    last: int = 0

    def parts(self, number: int) -> Iterator["Work"]:
        """Cut a crowd into what one transaction takes."""
        for first in range(0, number, AT_ONCE):
            yield replace(self, first=first, last=min(first + AT_ONCE, number) - 1)

    @property
    def statements(self) -> Sequence[str]:
        return (*([PEOPLE] if self.is_first else []), SIGNATURES, EVENTS, CONSENTS)


def multiply(conninfo: str, *, slug: str, signatures: int, supporters: int, until: int) -> int:
    """Add so many signatures of so many people, made before `until`; return how many there was room for."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        models = [model for (model,) in connection.execute(MODELS, [slug]).fetchall()]
        since = until - (len(models) + 1) * supporters // A_MILLISECOND
        added = 0
        for place, model in enumerate(models):
            number = min(signatures - added, supporters)
            begins = since + place * supporters // A_MILLISECOND
            work = Work(model, people_since=since, since=begins, is_first=place == 0)
            with ThreadPoolExecutor(SESSIONS) as pool:
                list(pool.map(lambda part: write(conninfo, part), work.parts(number)))
            connection.execute(TALLY, [number, model])
            added += number
    return added


def write(conninfo: str, work: Work) -> None:
    """Write one part, in one transaction."""
    values = {name: getattr(work, name) for name in ("model", "people_since", "since", "first", "last")}
    with psycopg.connect(conninfo) as connection:
        connection.execute(ID)
        for statement in work.statements:
            connection.execute(statement.encode(), values)
