"""The mailbox of an instance without a mail server, as organisers and strangers see it."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.core.mail import get_connection, send_mail
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from tests.messaging.conftest import NOW
from undersign.foundation.ids import uuid7
from undersign.foundation.keys import ensure_keys_file
from undersign.messaging.letters import Letter, Sender
from undersign.messaging.mail_url import OFFLINE
from undersign.messaging.models import OfflineMail
from undersign.messaging.outgoing import House, mail_build
from undersign.messaging.services.offline import offline_mails_empty
from undersign.supporters.models import Membership, Organisation

pytestmark = pytest.mark.django_db

LINK = "https://petitions.example/confirm/abc"
LETTER = Letter(
    to="alice@example.org",
    sender=Sender("Friends of the River", "hello@river.example"),
    subject="Bitte bestätigen: <Fluß>",
    text=f"Öffnen:\n\n{LINK}\n",
    html=f"<!doctype html><html><head><title>x</title></head><body><a href='{LINK}'>Ja</a></body></html>",
    locale="de",
)


@pytest.fixture(autouse=True)
def _offline(settings: Settings, tmp_path: Path) -> None:
    settings.KEYS_FILE = tmp_path / "keys.json"
    settings.EMAIL_BACKEND = OFFLINE
    ensure_keys_file(settings.KEYS_FILE, alias_rules=1, at=NOW)


def organisation(slug: str) -> Organisation:
    return Organisation.objects.create(
        slug=slug, name=slug, postal_address="Road 1", sender_name=slug, sender_email=f"hello@{slug}.example"
    )


@pytest.fixture
def river() -> Organisation:
    return organisation("river")


@pytest.fixture
def mail(river: Organisation) -> OfflineMail:
    message = mail_build(
        LETTER, outbox_id=uuid7(), organisation_id=river.pk, house=House("petitions@sender.example"), at=NOW
    )
    with get_connection() as backend:
        backend.send_messages([message])
    return OfflineMail.objects.get()


def logged_in(django_user_model: type, organisation: Organisation | None, role: str) -> Client:
    make = (
        django_user_model.objects.create_superuser
        if role == "operator"
        else django_user_model.objects.create_user
    )
    user = make(username=f"{role}@example.org", password="long and only for tests")
    if organisation is not None:
        Membership.objects.create(organisation=organisation, user=user, role=role)
        user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def addresses(mail: OfflineMail) -> list[str]:
    return [
        reverse("undersign_mailbox:letter", args=[mail.pk]),
        reverse("undersign_mailbox:html", args=[mail.pk]),
    ]


@pytest.mark.parametrize("role", ["organiser", "moderator"])
def test_those_who_may_see_signers_read_the_mail_and_follow_its_link(
    django_user_model: type, river: Organisation, mail: OfflineMail, role: str
) -> None:
    bob = logged_in(django_user_model, river, role)

    listing = bob.get(reverse("undersign_mailbox:list")).content.decode()
    letter = bob.get(addresses(mail)[0]).content.decode()

    assert "Bitte bestätigen: &lt;Fluß&gt;" in listing
    assert "alice@example.org" in listing
    assert "UNDERSIGN_MAIL_URL" in listing
    assert f'<a href="{LINK}" rel="nofollow">{LINK}</a>' in letter
    assert re.search(r'<iframe[^>]+sandbox="allow-popups allow-popups-to-escape-sandbox"', letter)


def test_the_html_of_a_mail_can_run_and_load_nothing(
    django_user_model: type, river: Organisation, mail: OfflineMail
) -> None:
    response = logged_in(django_user_model, river, "organiser").get(addresses(mail)[1])

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "script" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in response["Cache-Control"]
    assert '<base target="_blank">' in response.content.decode()


def test_mallory_of_another_organisation_and_editors_see_nothing(
    django_user_model: type, river: Organisation, mail: OfflineMail
) -> None:
    mallory = logged_in(django_user_model, organisation("mallory"), "organiser")
    editor = logged_in(django_user_model, river, "editor")
    for client in (mallory, editor):
        listing = client.get(reverse("undersign_mailbox:list"))
        assert "alice@example.org" not in listing.content.decode()
        assert "Bitte" not in listing.content.decode()
        for address in addresses(mail):
            assert client.get(address).status_code == 404
    for address in (reverse("undersign_mailbox:list"), *addresses(mail)):
        assert Client().get(address).status_code == 302


def test_mails_of_the_platform_itself_are_for_the_operator(
    django_user_model: type, river: Organisation
) -> None:
    send_mail("Password reset", "link", None, ["bob@example.org"])

    bob = logged_in(django_user_model, river, "organiser").get(reverse("undersign_mailbox:list"))
    operator = logged_in(django_user_model, None, "operator").get(reverse("undersign_mailbox:list"))

    assert "Password reset" not in bob.content.decode()
    assert "Password reset" in operator.content.decode()


def test_the_row_is_sealed_and_gone_after_a_day(mail: OfflineMail) -> None:
    assert b"alice" not in bytes(mail.sealed)
    assert b"river" not in bytes(mail.sealed)
    assert offline_mails_empty(at=mail.at.replace(day=mail.at.day + 1)) == 0
    assert offline_mails_empty(at=mail.at.replace(day=mail.at.day + 1, second=1)) == 1


def test_the_first_page_says_that_there_is_no_mail_server(
    django_user_model: type, river: Organisation, settings: Settings
) -> None:
    bob = logged_in(django_user_model, river, "organiser")
    assert "UNDERSIGN_MAIL_URL" in bob.get(reverse("wagtailadmin_home")).content.decode()
    settings.EMAIL_BACKEND = "undersign.messaging.senders.smtp.EmailBackend"
    assert "UNDERSIGN_MAIL_URL" not in bob.get(reverse("wagtailadmin_home")).content.decode()


def test_a_missing_keys_file_is_said_and_no_mail_is_lost(
    django_user_model: type, river: Organisation, mail: OfflineMail, settings: Settings, tmp_path: Path
) -> None:
    bob = logged_in(django_user_model, river, "organiser")
    settings.KEYS_FILE = tmp_path / "nowhere.json"
    for address in [reverse("undersign_mailbox:list"), *addresses(mail)]:
        answer = bob.get(address, follow=True)
        assert answer.redirect_chain == [(reverse("wagtailadmin_home"), 302)]
        assert "nowhere.json" in str(next(iter(answer.context["messages"])))
    assert OfflineMail.objects.filter(pk=mail.pk).exists()
