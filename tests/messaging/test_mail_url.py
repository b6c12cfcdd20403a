import pytest
from django.core.mail import get_connection
from django.test import override_settings

from undersign.messaging.errors import MailSettingInvalid
from undersign.messaging.mail_url import OFFLINE, SMTP, mail_settings


def test_without_a_url_mails_go_to_the_offline_mailbox() -> None:
    assert mail_settings("") == {"EMAIL_BACKEND": OFFLINE}


def test_an_smtp_url_asks_for_starttls() -> None:
    assert mail_settings("smtp://bob%40example.org:p%2Fw@mail.example.org") == {
        "EMAIL_BACKEND": SMTP,
        "EMAIL_HOST": "mail.example.org",
        "EMAIL_PORT": 587,
        "EMAIL_HOST_USER": "bob@example.org",
        "EMAIL_HOST_PASSWORD": "p/w",
        "EMAIL_USE_SSL": False,
        "EMAIL_USE_TLS": True,
    }


@pytest.mark.parametrize(
    ("url", "starttls", "port"),
    [
        ("smtp://mail.example.org:25/?tls=off", False, 25),
        ("smtp://localhost:2525", False, 2525),
        ("smtp://localhost/?tls=on", True, 587),
        ("smtps://mail.example.org", False, 465),
    ],
)
def test_tls_is_on_unless_switched_off_or_on_this_machine(url: str, starttls: bool, port: int) -> None:
    settings = mail_settings(url)
    assert (settings["EMAIL_USE_TLS"], settings["EMAIL_PORT"]) == (starttls, port)


@pytest.mark.parametrize(
    "url",
    [
        "anymail+postmark://token",
        "anymail+mailgun://key?sender_domain=mg.example.org&api_url=https%3A%2F%2Fapi.eu.mailgun.net%2Fv3",
        "anymail+brevo://key",
        "anymail+mailjet://key?secret_key=s",
        "anymail+mailersend://token",
        "anymail+mailtrap://token",
        "anymail+mandrill://key",
        "anymail+resend://key",
        "anymail+scaleway://key?project_id=p",
        "anymail+sparkpost://key",
        "anymail+postal://key?api_url=https%3A%2F%2Fpostal.example.org",
        "anymail+unisender-go://key?api_url=https%3A%2F%2Fgo1.unisender.ru",
    ],
)
def test_anymail_takes_the_settings_of_every_provider(url: str) -> None:
    with override_settings(**mail_settings(url)):
        assert type(get_connection()).__module__.startswith("anymail.backends.")


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://x",
        "smtp://",
        "smtp://h:port",
        "smtp://h/?tls=maybe",
        "anymail+nobody://k",
        "anymail://k",
    ],
)
def test_a_url_that_is_none_is_refused_with_words(url: str) -> None:
    with pytest.raises(MailSettingInvalid, match=r"UNDERSIGN_MAIL_URL"):
        mail_settings(url)
