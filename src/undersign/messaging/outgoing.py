"""A letter as the message that Django's mail API sends."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.utils import format_datetime
from functools import lru_cache
from uuid import UUID

from django.core.mail import EmailMultiAlternatives

from undersign.messaging.letters import Letter, Sender


@dataclass(frozen=True, slots=True)
class House:
    """Who sends for this instance: its own address, and the domains it may also send for.

    A mail from a domain whose SPF, DKIM and DMARC records do not name our server is thrown away (RFC 7489),
    so an organisation's address stands in From only if its domain is one of these.
    """

    address: str
    domains: Collection[str] = field(default=())

    def may_send_as(self, address: str) -> bool:
        """Tell whether mail may come from this address."""
        domain = _domain(address)
        return domain == _domain(self.address) or domain in self.domains


class OrganisationMail(EmailMultiAlternatives):
    """A mail of one organisation, known by its row in the outbox."""

    organisation_id: int
    html: str
    # Anymail hands this to the provider and finds it again in what the provider reports.
    metadata: dict[str, str]


def mail_build(
    letter: Letter, *, outbox_id: UUID, organisation_id: int, house: House, at: datetime
) -> OrganisationMail:
    """Write the headers around a letter. The Message-ID is the outbox row's, so a duplicate can be told.

    `Auto-Submitted: auto-generated` (RFC 3834 §5) keeps holiday replies away.
    """
    mail = OrganisationMail(
        subject=_one_line(letter.subject),
        body=letter.text,
        from_email=_from(letter.sender, house),
        to=[letter.to],
        reply_to=[letter.sender.address],
        headers={
            "Message-ID": f"<{outbox_id}@{_domain(house.address)}>",
            "Date": format_datetime(at),
            "Auto-Submitted": "auto-generated",
            "Content-Language": letter.locale,
        },
    )
    mail.attach_alternative(letter.html, "text/html")
    mail.html = letter.html
    mail.organisation_id = organisation_id
    mail.metadata = {"outbox": str(outbox_id)}
    return mail


def _from(sender: Sender, house: House) -> str:
    return _mailbox(sender.name, sender.address if house.may_send_as(sender.address) else house.address)


@lru_cache(maxsize=256)
def _mailbox(name: str, address: str) -> str:
    """Write an address with its name; kept, since it is that of every mail of an organisation."""
    return str(Address(display_name=_one_line(name), addr_spec=address))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()
