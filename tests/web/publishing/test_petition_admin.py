"""Organisers look after a petition behind the scenes, and nobody else does."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.web.publishing.conftest import Write
from undersign.campaigns.models import Petition
from undersign.foundation.models import AuditEntry
from undersign.foundation.switches import switches
from undersign.messaging.models import OutboxMail
from undersign.signing.models import Tally
from undersign.supporters.models import ConsentAsk, Membership, Role
from undersign.web.admin.petitions.form_view import LAYERS
from undersign.web.admin.petitions.moves import MOVES
from undersign.web.models import OrganisationPage

BACKEND = "django.contrib.auth.backends.ModelBackend"


def overview(petition: Petition) -> str:
    return reverse("undersign_petitions:overview", args=[petition.pk])


def settings_form(**changed: object) -> dict[str, object]:
    form: dict[str, object] = dict.fromkeys(["country", "postcode", "phone", "reason"], "off")
    return form | {"names_per_mailbox": "1", "closes_at": "", "retention_days": ""} | changed


@pytest.fixture
def mallory(client: Client, mills: OrganisationPage) -> Client:
    """Mallory runs another organisation on the same instance."""
    mallory = User.objects.create_user("mallory@mills.example", is_staff=True)
    Membership.objects.create(organisation=mills.organisation, user=mallory, role=Role.ORGANISER)
    from_group = User.objects.get(username="bob@rivers.example").groups.get()
    mallory.user_permissions.set(from_group.permissions.all())
    browser = Client()
    browser.force_login(mallory, backend=BACKEND)
    return browser


def test_somebody_new_is_shown_how_to_begin(browser: Client, rivers: OrganisationPage) -> None:
    for address in [reverse("wagtailadmin_home"), reverse("undersign_petitions:list")]:
        html = browser.get(address).content.decode()
        assert "Write your first petition" in html
        assert reverse("wagtailadmin_pages:add", args=["web", "petitionpage", rivers.pk]) in html


def test_the_home_page_lists_petitions_with_their_count(browser: Client, write: Write) -> None:
    page = write(publish=True)
    Tally.objects.create(petition=page.petition, count=1204318, updated_at=timezone.now())
    html = browser.get(reverse("wagtailadmin_home")).content.decode()
    assert "Open the weir" in html
    assert "1,204,318" in html
    assert overview(page.petition) in html


def test_a_petition_at_a_glance(browser: Client, write: Write, bob: User) -> None:
    page = write(publish=True)
    OutboxMail.objects.create(
        kind="confirm",
        cause_id=page.translation_key,
        organisation=page.petition.organisation,
        petition_id=page.petition_id,
        email_key=b"",
        status=OutboxMail.Status.BOUNCED,
        not_before=timezone.now(),
    )
    html = " ".join(browser.get(overview(page.petition)).content.decode().split())
    assert "<strong>1</strong> mail came back" in html
    assert "/p/open-the-weir/" in html
    assert "version 1" in html
    assert "Pause signing" in html
    assert "Reopen" not in html


def test_the_editor_leads_to_the_form(browser: Client, write: Write) -> None:
    page = write()
    html = browser.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert reverse("undersign_petitions:form", args=[page.petition_id]) in html


def test_the_form_is_changed_without_publishing(browser: Client, write: Write, bob: User) -> None:
    page = write(publish=True)
    ask = ConsentAsk.objects.create(organisation=page.petition.organisation, purpose="updates")
    address = reverse("undersign_petitions:form", args=[page.petition_id])
    assert "updates" in browser.get(address).content.decode()
    form = settings_form(postcode="required", consent_asks=[ask.pk], retention_days="90")
    assert browser.post(address, form).status_code == 302
    petition = Petition.objects.get()
    assert (petition.postcode, petition.retention_days) == ("required", 90)
    assert list(petition.consent_asks.all()) == [ask]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.action, entry.actor) == ("petition.form_changed", bob)


@pytest.mark.parametrize("layer", LAYERS)
def test_each_layer_of_defence_is_switched_by_itself(browser: Client, write: Write, layer: str) -> None:
    page = write(publish=True)
    address = reverse("undersign_petitions:form", args=[page.petition_id])
    for switched_on in (LAYERS, set(LAYERS) - {layer}):
        form = settings_form(**dict.fromkeys(switched_on, "on"))
        assert browser.post(address, form).status_code == 302
    petition = Petition.objects.get()
    assert {name for name in LAYERS if not getattr(petition, name)} == {layer}


def test_a_closing_date_lies_ahead(browser: Client, write: Write) -> None:
    page = write(publish=True)
    address = reverse("undersign_petitions:form", args=[page.petition_id])
    yesterday = (timezone.localtime() - timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    response = browser.post(address, settings_form(closes_at=yesterday))
    assert "This moment has passed" in response.content.decode()
    assert Petition.objects.get().closes_at is None


def test_a_wrong_number_keeps_what_was_typed(browser: Client, write: Write) -> None:
    page = write(publish=True)
    address = reverse("undersign_petitions:form", args=[page.petition_id])
    html = browser.post(address, settings_form(retention_days="7", phone="required")).content.decode()
    assert 'value="7"' in html
    assert Petition.objects.get().phone == "off"


@pytest.mark.parametrize("name", [move.name for move in MOVES])
def test_every_move_asks_back_before_it_acts(browser: Client, write: Write, name: str) -> None:
    page = write(publish=True)
    before = Petition.objects.values().get()
    move = next(move for move in MOVES if move.name == name)
    html = browser.get(reverse("undersign_petitions:move", args=[page.petition_id, name])).content.decode()
    assert str(move.question) in html
    assert Petition.objects.values().get() == before


@pytest.mark.parametrize(
    ("there", "back", "column"),
    [
        ("pause-signing", "resume-signing", "signing_paused_at"),
        ("pause-mail", "resume-mail", "mail_paused_at"),
        ("freeze", "unfreeze", "read_only_at"),
        ("close", "reopen", "ended_at"),
        ("declare-won", "reopen", "ended_at"),
        ("declare-lost", "reopen", "ended_at"),
    ],
)
def test_moves_go_there_and_back(browser: Client, write: Write, there: str, back: str, column: str) -> None:
    petition = write(publish=True).petition
    browser.post(reverse("undersign_petitions:move", args=[petition.pk, there]))
    assert getattr(Petition.objects.get(), column) is not None
    assert (
        reverse("undersign_petitions:move", args=[petition.pk, back])
        in browser.get(overview(petition)).content.decode()
    )
    browser.post(reverse("undersign_petitions:move", args=[petition.pk, back]))
    assert getattr(Petition.objects.get(), column) is None


def test_a_move_that_came_too_late_says_so(browser: Client, write: Write) -> None:
    petition = write(publish=True).petition
    address = reverse("undersign_petitions:move", args=[petition.pk, "close"])
    browser.post(address)
    assert "not possible in the state" in browser.post(address, follow=True).content.decode()


def test_for_another_organisation_nothing_here_exists(write: Write, mallory: Client) -> None:
    petition = write(publish=True).petition
    addresses = [overview(petition), reverse("undersign_petitions:form", args=[petition.pk])]
    addresses += [reverse("undersign_petitions:move", args=[petition.pk, move.name]) for move in MOVES]
    for address in addresses:
        assert mallory.get(address).status_code == 404
        assert mallory.post(address, settings_form()).status_code in {404, 405}
    assert "Open the weir" not in mallory.get(reverse("undersign_petitions:list")).content.decode()
    assert "Open the weir" not in mallory.get(reverse("wagtailadmin_home")).content.decode()


def test_editors_look_and_do_not_touch(browser: Client, write: Write, bob: User) -> None:
    petition = write(publish=True).petition
    Membership.objects.update(role=Role.EDITOR)
    html = browser.get(overview(petition)).content.decode()
    assert "Open the weir" in html
    assert "Pause signing" not in html
    assert browser.post(reverse("undersign_petitions:move", args=[petition.pk, "close"])).status_code == 404
    assert browser.get(reverse("undersign_petitions:form", args=[petition.pk])).status_code == 404


@pytest.mark.django_db
def test_the_operator_has_switches_for_the_whole_instance(client: Client) -> None:
    client.force_login(User.objects.create_superuser("operator@undersign.example"), backend=BACKEND)
    assert "Read-only" in client.get(reverse("undersign_switches:list")).content.decode()
    client.post(reverse("undersign_switches:set", args=["read_only"]))
    assert switches().read_only_at is not None
    client.post(reverse("undersign_switches:release", args=["read_only"]))
    assert switches().read_only_at is None


def test_switches_are_the_operators_alone(browser: Client) -> None:
    for address in [
        reverse("undersign_switches:list"),
        reverse("undersign_switches:set", args=["read_only"]),
        reverse("undersign_switches:release", args=["read_only"]),
    ]:
        assert browser.post(address).status_code in {302, 403, 405}
        assert browser.get(address).status_code in {302, 403, 405}
    assert switches().read_only_at is None
