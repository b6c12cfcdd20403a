"""What a petition asks of the people who sign it, and for how long it keeps their answers."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from undersign.campaigns.models import Petition
from undersign.campaigns.services.petitions import petition_lock
from undersign.campaigns.services.records import petition_record
from undersign.supporters.models import ConsentAsk
from undersign.supporters.queries import Permission, permission_require


@dataclass(frozen=True, kw_only=True)
class PetitionForm:
    """Each of country, postcode, phone and reason is a value of Petition.Field."""

    country: str
    postcode: str
    phone: str
    reason: str
    names_per_mailbox: int
    closes_at: datetime | None
    retention_days: int | None
    is_trap_set: bool
    is_pace_limited: bool
    is_list_applied: bool
    is_domain_checked: bool

    @classmethod
    def of(cls, petition: Petition) -> "PetitionForm":
        """Return the form as the petition has it."""
        return cls(**{field.name: getattr(petition, field.name) for field in fields(cls)})


@transaction.atomic
def petition_form_change(
    *, petition: Petition, form: PetitionForm, asks: Iterable[ConsentAsk], by: User | None, at: datetime
) -> frozenset[str]:
    """Set what the form asks for, from this moment on, and return the names of what differs.

    Nobody who signed before is asked again. Raises NotAllowed; ValidationError with messages by field.
    """
    permission_require(by=by, permission=Permission.PUBLISH, organisation=petition.organisation)
    stored = petition_lock(petition)
    before = asdict(PetitionForm.of(stored))
    changed = {name: value for name, value in asdict(form).items() if value != before[name]}
    for name, value in changed.items():
        setattr(stored, name, value)
    stored.full_clean()
    stored.save(update_fields=sorted(changed))
    names = set(changed) | _asks_change(stored, asks)
    if names:
        detail = {"fields": sorted(names)}
        petition_record(petition=stored, action="petition.form_changed", by=by, at=at, detail=detail)
    return frozenset(names)


def _asks_change(petition: Petition, asks: Iterable[ConsentAsk]) -> set[str]:
    """Have the petition ask for exactly these consents, all of them its own organisation's."""
    wanted = {ask.pk: ask for ask in asks}
    if any(ask.organisation_id != petition.organisation_id for ask in wanted.values()):
        raise ValidationError({"consent_asks": _("This consent belongs to another organisation.")})
    if wanted.keys() == set(petition.consent_asks.values_list("pk", flat=True)):
        return set()
    petition.consent_asks.set(wanted.values())
    return {"consent_asks"}
