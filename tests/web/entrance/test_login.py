"""Bob logs in, forgets his password, and Mallory guesses it."""

import re

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

PASSWORD = "seven green herons"
LOGIN = "/admin/login/"
HOME_OF_MALLORY = "203.0.113.9"


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_superuser("bob@rivers.example", "bob@rivers.example", PASSWORD)


def log_in(client: Client, username: str, password: str, address: str = "192.0.2.1") -> HttpResponse:
    return client.post(LOGIN, {"username": username, "password": password}, REMOTE_ADDR=address)


def fail_often(client: Client, **kwargs: str) -> HttpResponse:
    for _ in range(8):
        response = log_in(client, "bob@rivers.example", "wrong", **kwargs)
    return response


def test_the_user_name_is_the_address_however_it_is_typed(client: Client, bob: User) -> None:
    response = log_in(client, " Bob@Rivers.Example ", PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/admin/")


def test_a_wrong_password_says_what_to_do_and_keeps_the_address(client: Client, bob: User) -> None:
    page = log_in(client, "bob@rivers.example", "wrong").text
    assert "ask for a new password" in page
    assert 'value="bob@rivers.example"' in page


def test_after_eight_failures_even_the_right_password_has_to_wait(client: Client, bob: User) -> None:
    assert fail_often(client, address=HOME_OF_MALLORY).status_code == 429
    response = log_in(client, "bob@rivers.example", PASSWORD, HOME_OF_MALLORY)
    assert response.status_code == 429
    assert response["Retry-After"] == "900"
    assert "Wait 15 minutes" in response.text
    assert "bob@" not in response.text


def test_moving_to_a_neighbouring_address_does_not_help(client: Client, bob: User) -> None:
    fail_often(client, address=HOME_OF_MALLORY)
    assert log_in(client, "bob@rivers.example", PASSWORD, "203.0.113.77").status_code == 429


def test_mallory_cannot_lock_bob_out_of_another_network(client: Client, bob: User) -> None:
    fail_often(client, address=HOME_OF_MALLORY)
    assert log_in(client, "bob@rivers.example", PASSWORD, "192.0.2.1").status_code == 302


def test_a_header_of_a_stranger_does_not_change_the_network(client: Client, bob: User) -> None:
    for number in range(8):
        client.post(
            LOGIN,
            {"username": "bob@rivers.example", "password": "wrong"},
            REMOTE_ADDR=HOME_OF_MALLORY,
            HTTP_X_FORWARDED_FOR=f"198.51.{number}.1",
        )
    assert log_in(client, "bob@rivers.example", PASSWORD, HOME_OF_MALLORY).status_code == 429


def test_failures_are_forgotten_when_bob_gets_in(client: Client, bob: User) -> None:
    for _ in range(7):
        log_in(client, "bob@rivers.example", "wrong")
    assert log_in(client, "bob@rivers.example", PASSWORD).status_code == 302
    assert not AccessAttempt.objects.exists()
    assert not AccessLog.objects.exists()


def test_nothing_that_is_kept_names_whoever_failed(client: Client, bob: User) -> None:
    log_in(client, "stranger@elsewhere.example", "their real password", HOME_OF_MALLORY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(a)::text FROM axes_accessattempt a")
        kept = cursor.fetchone()[0]
    for secret in ["stranger", "elsewhere", "their real password", "203.0.113"]:
        assert secret not in kept


def test_a_forgotten_password_is_replaced_by_mail(
    client: Client, bob: User, mailoutbox: list[EmailMessage]
) -> None:
    client.post(reverse("wagtailadmin_password_reset"), {"email": "Bob@rivers.example"})
    assert mailoutbox[0].to == ["bob@rivers.example"]
    choose_password(client, str(mailoutbox[0].body))
    assert log_in(client, "bob@rivers.example", "nine red foxes run").status_code == 302


def test_somebody_whose_invitation_ran_out_can_ask_for_a_new_one(
    client: Client, bob: User, mailoutbox: list[EmailMessage]
) -> None:
    bob.set_unusable_password()
    bob.save()
    client.post(reverse("wagtailadmin_password_reset"), {"email": "bob@rivers.example"})
    choose_password(client, str(mailoutbox[0].body))
    assert log_in(client, "bob@rivers.example", "nine red foxes run").status_code == 302


def test_asking_for_a_password_tells_nobody_who_has_an_account(
    client: Client, bob: User, mailoutbox: list[EmailMessage]
) -> None:
    answers = [
        client.post(reverse("wagtailadmin_password_reset"), {"email": address})
        for address in ["bob@rivers.example", "nobody@rivers.example"]
    ]
    assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1
    assert len(mailoutbox) == 1


def choose_password(client: Client, mail: str) -> None:
    found = re.search(r"(/admin/password_reset/confirm/\S+)", mail)
    assert found
    page = client.get(found[1], follow=True)
    address = page.redirect_chain[-1][0]
    client.post(address, {"new_password1": "nine red foxes run", "new_password2": "nine red foxes run"})
