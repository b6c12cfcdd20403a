"""The columns of a table of signatures, from the left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC

from undersign.signing.queries.signatories import Signatory
from undersign.supporters.models import ConsentAsk


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, for programs in every language the same, and what stands below it for one signatory."""

    heading: str
    text: Callable[[Signatory], str]


WHAT_WAS_GIVEN = (
    Column("signed_at", lambda s: s.confirmed_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")),
    Column("name", lambda s: s.details.name),
    Column("email", lambda s: s.email),
    Column("country", lambda s: s.details.country),
    Column("postcode", lambda s: s.details.postcode),
    Column("phone", lambda s: s.details.phone),
    Column("reason", lambda s: s.details.reason),
    Column("display", lambda s: s.display),
    Column("public_name", lambda s: s.public_name),
    Column("language", lambda s: s.locale),
    Column("source", lambda s: s.source),
    Column("text_version", lambda s: str(s.text_version)),
)
_ANSWERS = {True: "yes", False: "no", None: ""}


def columns_for(asks: Sequence[ConsentAsk]) -> tuple[Column, ...]:
    """Give all columns; each thing people were asked to agree to has one: yes, no, or empty if not asked."""
    return (*WHAT_WAS_GIVEN, *(_column_of(ask) for ask in asks))


def _column_of(ask: ConsentAsk) -> Column:
    ask_id = ask.pk
    return Column(f"consent_{ask.purpose}_{ask.channel}", lambda s: _ANSWERS[s.answers.get(ask_id)])
