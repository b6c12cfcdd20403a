"""The pages between the form and the list: the mail, the button, the thanks."""

from collections.abc import Callable
from dataclasses import replace

from undersign.signing.queries.counts import counts_shown
from undersign.web.composition.petitions import petition_frame, petition_path, rich_text, share_view
from undersign.web.models import PetitionPage
from undersign.web.presentation.afterwards import CheckInboxPage, ConfirmPage, MomentPage, ThanksPage
from undersign.web.presentation.count import next_goal
from undersign.web.presentation.frame import Page

Compose = Callable[[PetitionPage], Page]


def inbox_page(page: PetitionPage) -> CheckInboxPage:
    """Compose the page that says where to look."""
    return CheckInboxPage(
        frame=petition_frame(page),
        petition_title=page.title,
        petition_url=petition_path(page),
        sender=page.petition.organisation.sender_email,
    )


def inbox_again_page(page: PetitionPage) -> CheckInboxPage:
    """Compose the same page for those who asked for the mail again."""
    return replace(inbox_page(page), is_sent_again=True)


def moment_page(page: PetitionPage) -> MomentPage:
    """Compose the page that a form waits in."""
    return MomentPage(frame=petition_frame(page), petition_title=page.title, petition_url=petition_path(page))


def confirm_page(page: PetitionPage) -> ConfirmPage:
    """Compose the page of the button that confirms."""
    return ConfirmPage(
        frame=petition_frame(page), petition_title=page.title, petition_url=petition_path(page)
    )


def thanks_page(page: PetitionPage) -> ThanksPage:
    """Compose the page that thanks and asks to pass it on."""
    total = counts_shown([page.petition_id])[page.petition_id]
    return ThanksPage(
        frame=petition_frame(page),
        petition_title=page.title,
        petition_url=petition_path(page),
        total=total,
        goal=next_goal(total),
        share=share_view(page),
        words=rich_text(page.thank_you),
    )


def thanks_already_page(page: PetitionPage) -> ThanksPage:
    """Compose the same page for those who were counted before."""
    return replace(thanks_page(page), was_counted_before=True)
