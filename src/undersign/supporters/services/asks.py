"""What an organisation asks signers to agree to, and the words it asks with."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from undersign.supporters.errors import WordingMissing
from undersign.supporters.models import Channel, ConsentAsk, ConsentWording, Organisation
from undersign.supporters.queries import Permission, permission_require
from undersign.supporters.services.trail import trail_leave


@transaction.atomic
def ask_create(
    *, organisation: Organisation, purpose: str, channel: str, by: User | None, at: datetime
) -> ConsentAsk:
    """Begin to ask for something new. It has no words yet, so nobody is asked before they are written.

    Raises NotAllowed; ValidationError when the organisation already asks this.
    """
    permission_require(by=by, permission=Permission.CHANGE_SETTINGS, organisation=organisation)
    ask = ConsentAsk(organisation=organisation, purpose=purpose, channel=Channel(channel))
    ask.full_clean()
    ask.save()
    _record(ask=ask, action="consent_ask.created", by=by, at=at)
    return ask


@transaction.atomic
def ask_change(*, ask: ConsentAsk, is_default: bool, by: User | None, at: datetime) -> ConsentAsk:
    """Say whether petitions ask this unless they choose otherwise. Raises NotAllowed."""
    permission_require(by=by, permission=Permission.CHANGE_SETTINGS, organisation=ask.organisation)
    if ask.is_default != is_default:
        ask.is_default = is_default
        ask.save(update_fields=["is_default"])
        _record(ask=ask, action="consent_ask.changed", by=by, at=at)
    return ask


@transaction.atomic
def wording_write(
    *, ask: ConsentAsk, locale: str, text: str, by: User | None, at: datetime
) -> ConsentWording:
    """Keep `text` as the words of `ask` in one language; words that differ become a new version.

    Raises NotAllowed, WordingMissing.
    """
    permission_require(by=by, permission=Permission.CHANGE_SETTINGS, organisation=ask.organisation)
    words = text.strip()
    if not words:
        raise WordingMissing
    ConsentAsk.objects.select_for_update(no_key=True).get(pk=ask.pk)
    newest = ask.wordings.filter(locale=locale).order_by("-version").first()
    if newest and newest.text == words:
        return newest
    version = newest.version + 1 if newest else 1
    wording = ask.wordings.create(locale=locale, version=version, text=words, made_at=at)
    _record(ask=ask, action="consent_wording.written", by=by, at=at)
    return wording


def _record(*, ask: ConsentAsk, action: str, by: User | None, at: datetime) -> None:
    trail_leave(
        organisation_id=ask.organisation_id,
        by=by,
        at=at,
        act=(action, f"consent_ask:{ask.pk}"),
        detail={"purpose": ask.purpose, "channel": str(ask.channel)},
    )
