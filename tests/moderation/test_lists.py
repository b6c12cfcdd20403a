"""Allow and block lists: whom they find, who keeps them, and what they do to a form."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from altcha import solve_challenge
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from prometheus_client import REGISTRY
from psycopg import AsyncConnection

from tests.campaigns.conftest import mallory, rivers  # noqa: F401 -- fixtures
from tests.petitions import signable
from undersign.foundation.keys.ring import make_index_epoch, make_ring
from undersign.foundation.models import AuditEntry
from undersign.moderation.errors import AlreadyListed, NothingToList
from undersign.moderation.lists import Rule, lists_of
from undersign.moderation.models import ListEntry
from undersign.moderation.pace import Pace
from undersign.moderation.proofs import Proofs
from undersign.moderation.queries.lists import list_entries, lists_version, rules_read
from undersign.moderation.screen import PetitionScreen
from undersign.moderation.services.listing import NewEntry, list_entry_add, list_entry_remove, listed_address
from undersign.moderation.work import challenge_read, solution_encode
from undersign.signing.identity import SigningKeys
from undersign.signing.payload import AttemptPayload, SignerDetails
from undersign.signing.screens import ProofDemanded, Submission
from undersign.supporters.errors import NotAllowed
from undersign.supporters.models import Membership, Organisation, Role

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RING = make_ring(alias_rules=1, at=NOW)
KEYS = SigningKeys.of_newest_epoch(RING)
PETITION = signable(organisation_id=7)


def form(email: str = "alice@mail.example", *, network: str = "192.0.2.0/24", **other: Any) -> Submission:
    payload = AttemptPayload(email=email, display="full", details=SignerDetails(name="Alice"))
    return Submission(**{
        "petition": PETITION, "payload": payload, "values": {}, "network": network, "keys": KEYS, "at": NOW,
        **other,
    })  # fmt: skip


def rule(kind: str, value: str, effect: str = "block", ends: datetime | None = None) -> Rule:
    return Rule(7, effect, kind, value, None, None, ends)


def screen(*rules: Rule, per_minute: int | None = None) -> PetitionScreen:
    return PetitionScreen(Pace(per_minute), Proofs.of(RING, numbers=1), lists_of(rules))


@pytest.mark.parametrize(
    ("network", "is_held"), [("192.0.2.0/24", True), ("192.0.3.0/24", True), ("192.1.0.0/24", False)]
)
def test_a_network_holds_what_lies_in_it(network: str, is_held: bool) -> None:
    blocked = screen(rule("network", "192.0.0.0/16"), rule("network", "2001:db8::/32"))
    assert blocked.judge(form(network=network)).held_reason == ("network" if is_held else "")
    assert blocked.judge(form(network="2001:db8:7:8::/64")).held_reason == "network"


@pytest.mark.parametrize(
    ("email", "is_held"),
    [("a@trash.example", True), ("a@deep.Trash.example", True), ("a@notrash.example", False)],
)
def test_a_domain_holds_what_lies_below_it(email: str, is_held: bool) -> None:
    blocked = screen(rule("domain", "trash.example"))
    assert blocked.judge(form(email)).held_reason == ("domain" if is_held else "")


def test_a_line_ends_and_holds_for_one_organisation_and_where_a_petition_applies_it() -> None:
    ended, elsewhere = rule("domain", "mail.example", ends=NOW), rule("domain", "mail.example")
    assert screen(ended).judge(form()).held_reason == ""
    assert screen(elsewhere._replace(organisation_id=8)).judge(form()).held_reason == ""
    without = replace(PETITION, is_list_applied=False)
    assert screen(elsewhere).judge(form(petition=without)).held_reason == ""


def test_allowing_wins_and_only_an_allowed_network_needs_no_proof() -> None:
    block, by_name = rule("network", "192.0.2.0/24"), rule("domain", "mail.example", "allow")
    by_network = rule("network", "192.0.2.0/24", "allow")
    assert screen(block, by_name).judge(form(values={"reference": "x"})).held_reason == ""
    with pytest.raises(ProofDemanded):
        screen(by_name, per_minute=0).judge(form())
    before = counted("undersign_allowed_total", kind="network")
    assert screen(by_network, per_minute=0).judge(form()).proof_id is None
    assert counted("undersign_allowed_total", kind="network") == before + 1


def test_work_and_waiting_are_counted_apart() -> None:
    asked = screen(per_minute=0)
    with pytest.raises(ProofDemanded) as demanded:
        asked.judge(form())
    challenge = challenge_read(demanded.value.demand.challenge)
    solution = solve_challenge(challenge)
    assert solution
    proof = solution_encode(
        demanded.value.demand.challenge, counter=solution.counter, derived_key=solution.derived_key
    )
    before = [counted("undersign_proofs_total", what=what) for what in ("worked", "waited")]
    assert asked.judge(form(values={"altcha": proof})).proof_id
    later = form(values={"wait": demanded.value.demand.token})
    assert asked.judge(replace(later, at=later.at + timedelta(seconds=11))).proof_id
    after = [counted("undersign_proofs_total", what=what) for what in ("worked", "waited")]
    assert after == [number + 1 for number in before]


def test_a_petition_may_leave_out_its_layers() -> None:
    bare = replace(PETITION, is_trap_set=False, is_pace_limited=False)
    assert screen(per_minute=0).judge(form(petition=bare, values={"reference": "x"})).held_reason == ""


def test_what_is_held_is_counted_by_its_reason() -> None:
    before = counted("undersign_attempts_held_total", reason="honeypot")
    assert screen().judge(form(values={"reference": "x"})).held_reason == "honeypot"
    assert counted("undersign_attempts_held_total", reason="honeypot") == before + 1


@pytest.mark.parametrize("is_checked", [True, False])
def test_a_mail_domain_is_noted_where_the_petition_asks_for_it(is_checked: bool) -> None:
    asked = screen()
    asked.judge(form(petition=replace(PETITION, is_domain_checked=is_checked)))
    assert [met.domain for met in asked.domains.take()] == (["mail.example"] if is_checked else [])


def counted(name: str, **labels: str) -> float:
    """What Prometheus would be told."""
    return REGISTRY.get_sample_value(name, labels) or 0


def entry(kind: str, value: str, **other: Any) -> NewEntry:
    return NewEntry(**{"effect": "block", "kind": kind, "value": value, "reason": "spam", **other})


def add(organisation: Organisation, new: NewEntry, by: User | None = None) -> ListEntry:
    return list_entry_add(organisation=organisation, entry=new, ring=RING, by=by, at=NOW)


@pytest.mark.django_db
def test_a_line_is_brought_into_the_shape_that_forms_are_found_by(rivers: Organisation) -> None:  # noqa: F811
    assert add(rivers, entry("network", "198.51.100.77")).value == "198.51.100.0/24"
    assert add(rivers, entry("network", "2001:db8::1/128")).value == "2001:db8::/64"
    assert add(rivers, entry("network", "10.0.0.0/8")).value == "10.0.0.0/8"
    assert add(rivers, entry("domain", "@Müll.Example.")).value == "xn--mll-hoa.example"
    address = add(rivers, entry("address", "Mallory@mail.example"))
    assert (address.value, listed_address(address, KEYS.sealer)) == ("", "Mallory@mail.example")
    for wrong in (entry("network", "everybody"), entry("domain", "a b"), entry("address", "nobody")):
        with pytest.raises(NothingToList):
            add(rivers, wrong)
    with pytest.raises(AlreadyListed):
        add(rivers, entry("address", "mallory@mail.example", effect="allow"))


@pytest.mark.django_db
def test_a_line_that_has_ended_makes_room(rivers: Organisation) -> None:  # noqa: F811
    add(rivers, entry("domain", "a.example", expires_at=NOW))
    assert not list_entries(rivers, at=NOW)
    assert add(rivers, entry("domain", "a.example")) in list_entries(rivers, at=NOW)


@pytest.mark.django_db
def test_a_moderator_keeps_the_lists_and_an_editor_or_stranger_does_not(
    rivers: Organisation,  # noqa: F811
    mallory: User,  # noqa: F811
) -> None:
    ida = User.objects.create_user("ida@rivers.example")
    membership = Membership.objects.create(organisation=rivers, user=ida, role=Role.MODERATOR)
    line = add(rivers, entry("domain", "a.example"), by=ida)
    membership.role = Role.EDITOR
    membership.save()
    for stranger in (ida, mallory):
        with pytest.raises(NotAllowed):
            add(rivers, entry("domain", "b.example"), by=stranger)
        with pytest.raises(NotAllowed):
            list_entry_remove(entry=line, by=stranger, at=NOW)
    list_entry_remove(entry=line, by=None, at=NOW)
    actions = AuditEntry.objects.filter(organisation_id=rivers.pk).values_list("action", "detail")
    detail = {"effect": "block", "kind": "domain", "reason": "spam"}
    assert list(actions) == [("list_entry.added", detail), ("list_entry.removed", detail)]


@pytest.mark.anyio
@pytest.mark.django_db(transaction=True)
async def test_processes_read_the_lists_when_they_have_changed(
    rivers: Organisation,  # noqa: F811
    database_url: str,
) -> None:
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
        before = await lists_version(connection)
        await sync_to_async(add)(rivers, entry("address", "Mallory+x@mail.example"))
        assert await lists_version(connection) > before
        read = await rules_read(connection)
    later = replace(RING, index_epochs=(*RING.index_epochs, make_index_epoch(2, alias_rules=1, at=NOW)))
    petition = replace(PETITION, organisation_id=rivers.pk)
    mallory_again = form("mallory+x@mail.example", petition=petition, keys=SigningKeys.of_newest_epoch(later))
    assert screen(*read).judge(mallory_again).held_reason == "address"
    assert screen(*read).judge(replace(mallory_again, payload=form().payload)).held_reason == ""
