"""Where a page's coming and going meets the rules of its petition.

Buttons, schedules, copies that stay live and aliases all pass through Wagtail's signals and through nothing
else, so these two receivers are the only places that keep texts and open petitions.
"""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import get_active_log_context
from wagtail.models import Revision
from wagtail.signals import page_published, page_unpublished

from undersign.campaigns.services import petition_publish, petition_text_publish, petition_unpublish
from undersign.web.models import PetitionPage
from undersign.web.plain_words import text_draft


def receivers_connect() -> None:
    """Listen to petition pages; called once, when the application starts."""
    page_published.connect(_went_public, sender=PetitionPage, dispatch_uid="petition_went_public")
    page_unpublished.connect(_was_taken_away, sender=PetitionPage, dispatch_uid="petition_was_taken_away")


@transaction.atomic
def _went_public(*, instance: PetitionPage, revision: Revision | None, **_: Any) -> None:
    """Keep the words and open the petition. Wagtail also signals a page that was only scheduled: not live."""
    if not instance.live:
        return
    author = revision.user if revision else instance.owner
    by, at = _actor() or author, instance.last_published_at or timezone.now()
    petition, locale = instance.petition, instance.language
    petition_text_publish(petition=petition, locale=locale, draft=text_draft(instance), by=by, at=at)
    petition_publish(petition=petition, locale=locale, by=by, at=at)


def _was_taken_away(*, instance: PetitionPage, **_: Any) -> None:
    petition_unpublish(petition=instance.petition, locale=instance.language, by=_actor(), at=timezone.now())


def _actor() -> User | None:
    """Return who is at work in the admin; None for the worker and the command line."""
    user = get_active_log_context().user
    return user if isinstance(user, User) else None
