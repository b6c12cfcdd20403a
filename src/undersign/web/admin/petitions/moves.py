"""What an organiser can do with a petition at once, and how each is asked back."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from undersign.campaigns import services
from undersign.campaigns.models import Petition

State = Petition.State
Words = str | Promise


@dataclass(frozen=True, kw_only=True)
class Move:
    """One button. `service` takes petition, by and at; `is_offered` says whether it makes sense now."""

    name: str
    label: Words
    question: Words
    consequence: Words
    done: Words
    service: Callable[..., None]
    is_offered: Callable[[Petition], bool]


MOVES = (
    Move(
        name="pause-signing",
        label=_("Pause signing"),
        question=_("Pause signing?"),
        consequence=_(
            "The page stays and says that signing is paused. Nobody can sign or confirm until you resume."
        ),
        done=_("Signing is paused."),
        service=services.petition_pause_signing,
        is_offered=lambda petition: petition.state == State.OPEN and not petition.signing_paused_at,
    ),
    Move(
        name="resume-signing",
        label=_("Resume signing"),
        question=_("Resume signing?"),
        consequence=_("The form opens again within a few seconds."),
        done=_("The petition can be signed again."),
        service=services.petition_resume_signing,
        is_offered=lambda petition: petition.signing_paused_at is not None,
    ),
    Move(
        name="pause-mail",
        label=_("Pause mail"),
        question=_("Pause the mails of this petition?"),
        consequence=_("Mails wait in the outbox and none is lost. Who signs now gets their link later."),
        done=_("Mail is paused."),
        service=services.petition_pause_mail,
        is_offered=lambda petition: petition.state != State.DRAFT and not petition.mail_paused_at,
    ),
    Move(
        name="resume-mail",
        label=_("Resume mail"),
        question=_("Send the mails of this petition again?"),
        consequence=_("Everything that has waited in the outbox goes out, oldest first."),
        done=_("Mails go out again."),
        service=services.petition_resume_mail,
        is_offered=lambda petition: petition.mail_paused_at is not None,
    ),
    Move(
        name="freeze",
        label=_("Make read-only"),
        question=_("Make the petition read-only?"),
        consequence=_(
            "Nothing is signed, confirmed, removed or erased until you end it. The page can still be read."
        ),
        done=_("The petition is read-only."),
        service=services.petition_freeze,
        is_offered=lambda petition: petition.state != State.DRAFT and not petition.read_only_at,
    ),
    Move(
        name="unfreeze",
        label=_("End read-only"),
        question=_("End read-only?"),
        consequence=_("People can sign and confirm again; signatures can be removed and erased."),
        done=_("The petition is no longer read-only."),
        service=services.petition_unfreeze,
        is_offered=lambda petition: petition.read_only_at is not None,
    ),
    Move(
        name="close",
        label=_("Close"),
        question=_("Close the petition?"),
        consequence=_(
            "Nobody can sign any more. Whoever has signed already can confirm for another 24 hours. "
            "The time until signatures are erased begins now."
        ),
        done=_("The petition is closed."),
        service=services.petition_close,
        is_offered=lambda petition: petition.state == State.OPEN,
    ),
    Move(
        name="declare-won",
        label=_("Declare won"),
        question=_("Declare the petition won?"),
        consequence=_(
            "Signing ends, if it has not, and the page says that you won. Tell how under “Outcome”."
        ),
        done=_("The petition is won."),
        service=services.petition_declare_won,
        is_offered=lambda petition: petition.state in services.ENDS_FROM[State.WON],
    ),
    Move(
        name="declare-lost",
        label=_("Declare lost"),
        question=_("Declare the petition lost?"),
        consequence=_(
            "Signing ends, if it has not, and the page says so. Tell what comes next under “Outcome”."
        ),
        done=_("The petition is lost."),
        service=services.petition_declare_lost,
        is_offered=lambda petition: petition.state in services.ENDS_FROM[State.LOST],
    ),
    Move(
        name="reopen",
        label=_("Reopen"),
        question=_("Reopen the petition?"),
        consequence=_("It can be signed again. A closing date that has passed is taken away."),
        done=_("The petition is open again."),
        service=services.petition_reopen,
        is_offered=lambda petition: (
            petition.signers_forgotten_at is None
            and (petition.state in services.REOPENS_FROM or petition.closes_at is not None)
        ),
    ),
)


def moves_for(petition: Petition) -> list[Move]:
    """Return what can be done with the petition as it is."""
    return [move for move in MOVES if move.is_offered(petition)]
