"""Who may do what for an organisation, and who decides that."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser, User

from undersign.supporters.errors import AddressNotUsable, AlreadyMember, LastOrganiser, NotAllowed, NotMember
from undersign.supporters.models import Organisation, Role
from undersign.supporters.queries import Permission, may, organisations_where
from undersign.supporters.services import (
    OrganisationProfile,
    membership_add,
    membership_change,
    membership_remove,
    organisation_change,
    organisation_create,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def found(name: str) -> Organisation:
    profile = OrganisationProfile(
        name=name, postal_address="1 Weir Lane", sender_name=name, sender_email="hello@rivers.example"
    )
    return organisation_create(profile=profile, by=None, at=NOON)


@pytest.fixture
def rivers(db: None) -> Organisation:
    return found("Free Rivers")


def member(organisation: Organisation, name: str, role: Role) -> User:
    email = f"{name}@rivers.example"
    return membership_add(organisation=organisation, email=email, role=role, by=None, at=NOON).user


def test_each_role_may_what_the_table_says_and_nothing_elsewhere(rivers: Organisation) -> None:
    mills = found("Mills")
    people = {role: member(rivers, role, role) for role in Role}
    held = {role: {one for one in Permission if may(user, one, rivers)} for role, user in people.items()}
    assert held[Role.ORGANISER] == set(Permission)
    assert held[Role.EDITOR] == {Permission.WRITE_PAGES}
    assert held[Role.MODERATOR] == {Permission.SEE_PEOPLE, Permission.MODERATE}
    bob = people[Role.ORGANISER]
    assert not any(may(bob, one, mills) for one in Permission)
    assert list(organisations_where(bob)) == [rivers]
    assert not may(AnonymousUser(), Permission.WRITE_PAGES, rivers)


def test_somebody_who_was_locked_may_nothing(rivers: Organisation) -> None:
    bob = member(rivers, "bob", Role.ORGANISER)
    bob.is_active = False
    assert not may(bob, Permission.WRITE_PAGES, rivers)


def test_an_editor_can_change_neither_people_nor_settings(rivers: Organisation) -> None:
    eve = member(rivers, "eve", Role.EDITOR)
    with pytest.raises(NotAllowed):
        membership_add(organisation=rivers, email="m@x.example", role=Role.EDITOR, by=eve, at=NOON)
    with pytest.raises(NotAllowed):
        membership_change(organisation=rivers, user=eve, role=Role.ORGANISER, by=eve, at=NOON)
    with pytest.raises(NotAllowed):
        organisation_change(organisation=rivers, fields={"name": "Eve's"}, by=eve, at=NOON)


def test_only_operators_found_organisations(rivers: Organisation) -> None:
    bob = member(rivers, "bob", Role.ORGANISER)
    profile = OrganisationProfile(
        name="X", postal_address="x", sender_name="x", sender_email="x@rivers.example"
    )
    with pytest.raises(NotAllowed):
        organisation_create(profile=profile, by=bob, at=NOON)


def test_the_last_organiser_stays_until_there_is_another(rivers: Organisation) -> None:
    bob = member(rivers, "bob", Role.ORGANISER)
    with pytest.raises(LastOrganiser):
        membership_remove(organisation=rivers, user=bob, by=bob, at=NOON)
    member(rivers, "dora", Role.ORGANISER)
    membership_remove(organisation=rivers, user=bob, by=bob, at=NOON)
    with pytest.raises(NotMember):
        membership_remove(organisation=rivers, user=bob, by=None, at=NOON)


def test_the_groups_follow_the_role(rivers: Organisation) -> None:
    bob, _dora = member(rivers, "bob", Role.ORGANISER), member(rivers, "dora", Role.ORGANISER)
    assert bob.groups.get().name == "Organisers of Free Rivers (free-rivers)"
    membership_change(organisation=rivers, user=bob, role=Role.EDITOR, by=None, at=NOON)
    assert bob.groups.get().name == "Editors of Free Rivers (free-rivers)"
    membership_remove(organisation=rivers, user=bob, by=None, at=NOON)
    assert not bob.groups.exists()


def test_an_address_is_one_account_however_it_is_typed(rivers: Organisation) -> None:
    member(rivers, "bob", Role.EDITOR)
    with pytest.raises(AlreadyMember):
        member(rivers, "BOB", Role.ORGANISER)
    with pytest.raises(AddressNotUsable):
        membership_add(organisation=rivers, email="bob@", role=Role.EDITOR, by=None, at=NOON)


def test_two_organisations_may_have_the_same_name(rivers: Organisation) -> None:
    assert found("Free Rivers").slug == "free-rivers-2"
