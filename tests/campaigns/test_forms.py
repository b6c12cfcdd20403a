"""What a petition asks of its signers."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from tests.campaigns.conftest import NOON
from undersign.campaigns.models import Petition
from undersign.campaigns.services import PetitionForm, petition_form_change
from undersign.foundation.models import AuditEntry
from undersign.supporters.errors import NotAllowed
from undersign.supporters.models import ConsentAsk, Organisation


def test_a_form_is_changed_at_once_and_on_record(weir: Petition, rivers: Organisation, bob: User) -> None:
    ask = ConsentAsk.objects.create(organisation=rivers, purpose="updates")
    form = replace(PetitionForm.of(weir), postcode="required", names_per_mailbox=2, retention_days=60)
    changed = petition_form_change(petition=weir, form=form, asks=[ask], by=bob, at=NOON)
    assert changed == {"postcode", "names_per_mailbox", "retention_days", "consent_asks"}
    weir.refresh_from_db()
    assert PetitionForm.of(weir) == form
    assert list(weir.consent_asks.all()) == [ask]
    entry = AuditEntry.objects.latest("pk")
    assert entry.detail == {"fields": sorted(changed)}


def test_the_same_form_again_is_no_change(weir: Petition, bob: User) -> None:
    before = AuditEntry.objects.count()
    form = PetitionForm.of(weir)
    assert not petition_form_change(petition=weir, form=form, asks=[], by=bob, at=NOON)
    assert AuditEntry.objects.count() == before


def test_nobody_is_asked_for_another_organisations_consent(weir: Petition, bob: User, mallory: User) -> None:
    mills = mallory.memberships.get().organisation
    ask = ConsentAsk.objects.create(organisation=mills, purpose="updates")
    with pytest.raises(ValidationError):
        petition_form_change(petition=weir, form=PetitionForm.of(weir), asks=[ask], by=bob, at=NOON)


def test_signatures_are_kept_for_thirty_days_at_least(weir: Petition, bob: User) -> None:
    form = replace(PetitionForm.of(weir), retention_days=29)
    with pytest.raises(ValidationError) as problem:
        petition_form_change(petition=weir, form=form, asks=[], by=bob, at=NOON)
    assert "retention_days" in problem.value.message_dict


def test_mallory_cannot_ask_for_phone_numbers_in_bobs_name(weir: Petition, mallory: User) -> None:
    form = replace(PetitionForm.of(weir), phone="required")
    with pytest.raises(NotAllowed):
        petition_form_change(petition=weir, form=form, asks=[], by=mallory, at=NOON)
