"""An organisation's beginning, its settings and its notices."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.text import slugify

from undersign.supporters.models import Organisation, OrganisationNotice
from undersign.supporters.ports import doorkeepers
from undersign.supporters.queries import Permission, operator_require, permission_require
from undersign.supporters.services.trail import trail_leave

CHANGEABLE = frozenset(
    {
        "name",
        "postal_address",
        "sender_name",
        "sender_email",
        "default_locale",
        "minimum_age",
        "retention_days",
    }
)


@dataclass(frozen=True, kw_only=True)
class OrganisationProfile:
    """What has to be known before an organisation can exist."""

    name: str
    postal_address: str
    sender_name: str
    sender_email: str
    default_locale: str = "en"


@transaction.atomic
def organisation_create(*, profile: OrganisationProfile, by: User | None, at: datetime) -> Organisation:
    """Found an organisation and have its place in the editing side made. Operators only.

    Raises NotAllowed; ValidationError with messages by field when the profile does not hold.
    """
    operator_require(by=by)
    organisation = Organisation(slug=_free_slug(profile.name), **asdict(profile))
    organisation.full_clean()
    organisation.save()
    for doorkeeper in doorkeepers():
        doorkeeper.organisation_opened(organisation)
    trail_leave(
        organisation_id=organisation.pk,
        by=by,
        at=at,
        act=("organisation.created", f"organisation:{organisation.pk}"),
        detail={"name": organisation.name},
    )
    return organisation


@transaction.atomic
def organisation_change(
    *, organisation: Organisation, fields: Mapping[str, Any], by: User | None, at: datetime
) -> frozenset[str]:
    """Set those of CHANGEABLE that `fields` names and return the names of those that differ.

    Raises NotAllowed; ValidationError with messages by field.
    """
    permission_require(by=by, permission=Permission.CHANGE_SETTINGS, organisation=organisation)
    stored = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    changed = sorted(name for name in CHANGEABLE & fields.keys() if getattr(stored, name) != fields[name])
    for name in changed:
        setattr(stored, name, fields[name])
        setattr(organisation, name, fields[name])
    if changed:
        stored.full_clean()
        stored.save(update_fields=changed)
        trail_leave(
            organisation_id=organisation.pk,
            by=by,
            at=at,
            act=("organisation.changed", f"organisation:{organisation.pk}"),
            detail={"fields": changed},
        )
    return frozenset(changed)


@transaction.atomic
def notice_write(
    *, organisation: Organisation, locale: str, texts: Mapping[str, str], by: User | None, at: datetime
) -> OrganisationNotice:
    """Keep the notice of one language; `texts` has `privacy_notice` and `imprint`, in Markdown.

    Raises NotAllowed; ValidationError when the privacy notice is empty.
    """
    permission_require(by=by, permission=Permission.CHANGE_SETTINGS, organisation=organisation)
    notice = OrganisationNotice.objects.filter(organisation=organisation, locale=locale).first()
    notice = notice or OrganisationNotice(organisation=organisation, locale=locale)
    if notice.pk and all(getattr(notice, name) == text for name, text in texts.items()):
        return notice
    notice.privacy_notice = texts["privacy_notice"]
    notice.imprint = texts["imprint"]
    notice.full_clean()
    notice.save()
    trail_leave(
        organisation_id=organisation.pk,
        by=by,
        at=at,
        act=("notice.written", f"organisation:{organisation.pk}"),
        detail={"locale": locale},
    )
    return notice


def _free_slug(name: str) -> str:
    stem = slugify(name)[:50].strip("-") or "organisation"
    taken = set(Organisation.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    candidates = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)
