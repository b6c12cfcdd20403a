"""Reports of a mail provider, and what organisers see of mails that came back."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from uuid import UUID

import pytest
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path, reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.web.test_mailbox import logged_in, organisation
from undersign.config.urls import urlpatterns as own_urls
from undersign.foundation.ids import uuid7
from undersign.foundation.keys import ensure_keys_file
from undersign.messaging.models import OutboxMail
from undersign.messaging.queries.undelivered import reply_code, undelivered_counts
from undersign.supporters.models import Organisation, Suppression
from undersign.web.webhooks.urls import webhook_urls

pytestmark = pytest.mark.django_db

ADDRESS = "/webhooks/mail/postmark/"
SECRET = "postmark:a long secret"


@pytest.fixture(autouse=True)
def _postmark(settings: Settings, tmp_path: Path) -> None:
    settings.KEYS_FILE = tmp_path / "keys.json"
    ensure_keys_file(settings.KEYS_FILE, alias_rules=1, at=timezone.now())
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    urls = ModuleType("urls")
    urls.urlpatterns = [path("", include(list(webhook_urls()))), *own_urls]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = urls


@pytest.fixture
def river() -> Organisation:
    return organisation("river")


def sent(river: Organisation, **values: object) -> OutboxMail:
    fields = {"status": "sent", "done_at": timezone.now(), "not_before": timezone.now(), "petition_id": 7}
    return OutboxMail.objects.create(
        kind="confirm", cause_id=uuid7(), organisation=river, email_key=b"k" * 32, **fields | values
    )


def report(kind: str, mail_id: UUID | str, *, details: str = "", secret: str = SECRET) -> HttpResponse:
    body = {
        "RecordType": "SpamComplaint" if kind == "SpamComplaint" else "Bounce",
        "Type": kind,
        "TypeCode": 1,
        "ID": 42,
        "Email": "alice@gmail.com",
        "BouncedAt": "2026-11-22T12:00:00Z",
        "Details": details,
        "Metadata": {"outbox": str(mail_id)},
    }
    return Client().post(
        ADDRESS,
        json.dumps(body),
        content_type="application/json",
        headers={"authorization": "Basic " + base64.b64encode(secret.encode()).decode()},
    )


def test_a_bounce_marks_the_mail_and_suppresses_a_mailbox_that_is_gone(river: Organisation) -> None:
    mail = sent(river)

    for _ in range(2):
        assert (
            report("HardBounce", mail.pk, details="smtp;550 5.1.1 <alice@gmail.com> unknown").status_code
            == 200
        )

    mail.refresh_from_db()
    assert (mail.status, mail.provider) == ("bounced", "gmail.com")
    assert "alice" not in mail.last_error
    suppression = Suppression.objects.get()
    assert (suppression.organisation, suppression.reason) == (river, "bounced")


def test_a_full_mailbox_is_not_suppressed(river: Organisation) -> None:
    mail = sent(river)
    report("SoftBounce", mail.pk, details="smtp;552 5.2.2 mailbox full")
    mail.refresh_from_db()
    assert mail.status == "bounced"
    assert not Suppression.objects.exists()


def test_a_complaint_suppresses_and_leaves_the_mail_sent(river: Organisation) -> None:
    mail = sent(river)
    report("SpamComplaint", mail.pk)
    mail.refresh_from_db()
    assert mail.status == "sent"
    assert Suppression.objects.get().reason == "complained"


@pytest.mark.parametrize("mail_id", ["", "nonsense", uuid7()])
def test_a_report_about_no_mail_of_ours_changes_nothing(river: Organisation, mail_id: UUID | str) -> None:
    assert report("HardBounce", mail_id).status_code == 200
    assert not Suppression.objects.exists()


@pytest.mark.filterwarnings("ignore:.*:ResourceWarning")
def test_mallory_without_the_secret_reports_nothing(river: Organisation) -> None:
    mail = sent(river)
    assert report("HardBounce", mail.pk, secret="postmark:guess").status_code == 400
    mail.refresh_from_db()
    assert mail.status == "sent"


def test_without_a_secret_there_is_no_address(settings: Settings) -> None:
    settings.ANYMAIL = {}
    assert list(webhook_urls()) == []
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    [url] = webhook_urls()
    assert url.callback.view_class is PostmarkTrackingWebhookView  # type: ignore[attr-defined]
    settings.EMAIL_BACKEND = "undersign.messaging.senders.smtp.EmailBackend"
    assert list(webhook_urls()) == []


def test_organisers_see_how_many_came_back_by_provider_and_answer(
    django_user_model: type, river: Organisation
) -> None:
    for words in ("550 5.1.1 … unknown", "550 5.1.1 no … here"):
        sent(river, status="bounced", provider="gmail.com", last_error=words)
    sent(river, status="failed", provider="other", last_error="554 spam")
    sent(river, status="failed", last_error="554 old", done_at=timezone.now() - timedelta(days=15))
    sent(organisation("mallory"), status="bounced", provider="gmx.de", last_error="550 5.1.1 secret")

    page = logged_in(django_user_model, river, "moderator").get(reverse("undersign_undelivered:list"))

    content = page.content.decode()
    assert "3 mails came back" in content
    assert "gmail.com" in content
    assert "550 5.1.1" in content
    assert "554 spam" in content
    assert "gmx.de" not in content
    assert undelivered_counts([river.pk]) == {7: 4}


@pytest.mark.parametrize(
    ("words", "code"),
    [("550 5.1.1 no", "550 5.1.1"), ("554 spam", "554"), ("MailboxFull", "other"), ("", "other")],
)
def test_a_reply_is_known_by_its_codes(words: str, code: str) -> None:
    assert reply_code(words) == code
