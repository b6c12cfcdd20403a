"""Keeping what people sign: a text that somebody may have put their name to is never rewritten."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from undersign.campaigns.drafts import WORDS, TextDraft
from undersign.campaigns.models import Petition, PetitionText, Target, TextVersion
from undersign.campaigns.ports import binders
from undersign.campaigns.services.petitions import petition_lock
from undersign.campaigns.services.records import petition_record


@transaction.atomic
def petition_text_publish(
    *, petition: Petition, locale: str, draft: TextDraft, by: User | None, at: datetime
) -> PetitionText:
    """Keep the words that come before the public in `locale`, and return the row that stands for them.

    The same words change nothing. Words in a language that is new to the version, or was only carried over,
    complete it. Other words replace those of a version that nobody has begun to sign; after that they make
    a new version, into which the other languages are carried over as they are.
    """
    stored = petition_lock(petition)
    version = stored.versions.order_by("-number").first()
    current = _current(version, locale)
    if current and TextDraft.of(current) == draft:
        _no_longer_carried_over(current)
        return current
    if version is None or (current and not current.is_carried_over and _is_bound(version)):
        version = _next_version(stored, version, by=by, at=at)
        current = _current(version, locale)
    text = _replace(current, version=version, locale=locale, draft=draft, at=at)
    detail = {"locale": locale, "version": version.number, "text": text.pk}
    petition_record(petition=stored, action="petition.text_published", by=by, at=at, detail=detail)
    return text


def _current(version: TextVersion | None, locale: str) -> PetitionText | None:
    texts = PetitionText.objects.filter(version=version, locale=locale, replaced_at__isnull=True)
    return texts.first() if version else None


def _no_longer_carried_over(text: PetitionText) -> None:
    if text.is_carried_over:
        text.is_carried_over = False
        text.save(update_fields=["is_carried_over"])


def _is_bound(version: TextVersion) -> bool:
    return any(
        binder.has_bound(petition_id=version.petition_id, since=version.made_at) for binder in binders()
    )


def _next_version(
    petition: Petition, before: TextVersion | None, *, by: User | None, at: datetime
) -> TextVersion:
    """Make the version after `before` with the words of all its languages, marked as carried over."""
    number = before.number + 1 if before else 1
    version = petition.versions.create(number=number, made_at=at, made_by=by)
    for text in before.texts.filter(replaced_at__isnull=True) if before else ():
        carried = _write(version=version, locale=text.locale, draft=TextDraft.of(text), at=at)
        carried.is_carried_over = True
        carried.save(update_fields=["is_carried_over"])
        _retire(text, at=at)
    return version


def _replace(
    current: PetitionText | None, *, version: TextVersion, locale: str, draft: TextDraft, at: datetime
) -> PetitionText:
    if current:
        _retire(current, at=at)
    return _write(version=version, locale=locale, draft=draft, at=at)


def _retire(text: PetitionText, *, at: datetime) -> None:
    """Take a text out of use and keep its row: whoever is reading it right now may still sign it."""
    text.replaced_at = at
    text.save(update_fields=["replaced_at"])


def _write(*, version: TextVersion, locale: str, draft: TextDraft, at: datetime) -> PetitionText:
    words = {name: getattr(draft, name) for name in WORDS}
    text = version.texts.create(locale=locale, made_at=at, **words)
    Target.objects.bulk_create(
        Target(
            text=text,
            position=position,
            name=target.name,
            role=target.role,
            organisation=target.organisation,
        )
        for position, target in enumerate(draft.targets)
    )
    return text
