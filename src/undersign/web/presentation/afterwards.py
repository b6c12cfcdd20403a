"""What follows the form: the mail, the confirmation, the thanks, and links that do not work."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from django.utils.safestring import SafeString

from undersign.web.presentation.fields import Field, email_field
from undersign.web.presentation.frame import NO_HTML, Page
from undersign.web.presentation.mailboxes import MAILBOXES, Mailbox
from undersign.web.presentation.share import ShareView


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInboxPage(Page):
    """Sent: now the mail. The same for everybody; the browser alone remembers the address.

    Both forms post to the page's own address, the second an `email`. `email` holds what was typed when it
    was wrong.
    """

    template: ClassVar[str] = "undersign/check_inbox.html"
    petition_title: str
    petition_url: str
    sender: str
    email: Field = email_field()  # noqa: RUF009 - frozen, and its words are lazy
    is_sent_again: bool = False
    mailboxes: tuple[Mailbox, ...] = MAILBOXES


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentPage(Page):
    """A form that has to come again with a proof. The front door puts it in place of a mark."""

    template: ClassVar[str] = "undersign/moment.html"
    petition_title: str = ""
    petition_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPage(Page):
    """What the mailed link opens. Its one button POSTs to the page's own address."""

    template: ClassVar[str] = "undersign/confirm.html"
    petition_title: str
    petition_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThanksPage(Page):
    """Counted. `words` is the organiser's thank-you as sanitised HTML."""

    template: ClassVar[str] = "undersign/thanks.html"
    petition_title: str
    petition_url: str
    total: int
    goal: int
    share: ShareView
    words: SafeString = NO_HTML
    was_counted_before: bool = False


class LinkFault(StrEnum):
    """Why a link does not work."""

    ENDED = "ended"
    EXPIRED = "expired"
    FORGED = "forged"
    MISPLACED = "misplaced"
    TRUNCATED = "truncated"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkProblemPage(Page):
    """A link that does not work, or did its work already. Without a petition, addresses stay empty.

    `can_sign` says that the petition at `petition_url` takes signatures.
    """

    template: ClassVar[str] = "undersign/link_problem.html"
    fault: LinkFault
    petition_url: str = ""
    can_sign: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MastodonPage(Page):
    """A plain link to the instance somebody named: the content policy lets no form lead elsewhere."""

    template: ClassVar[str] = "undersign/mastodon.html"
    petition_title: str
    petition_url: str
    instance: str = ""
    link: str = ""
