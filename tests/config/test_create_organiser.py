"""Somebody with a fresh installation makes themselves an organiser."""

import pytest
from click.testing import CliRunner, Result
from django.contrib.auth.models import User

from undersign.config.cli.create_organiser import command
from undersign.supporters.models import Membership, Organisation, Role
from undersign.web.models import OrganisationPage

PASSWORD = "seven green herons"
FOUND_RIVERS = ["--email", "Bob@Rivers.example", "--organisation", "Free Rivers"]


@pytest.fixture(autouse=True)
def _server_given(db: None, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(command, arguments, input=typed)


def founded() -> Result:
    return run(
        *FOUND_RIVERS, "--postal-address", "1 Weir Lane, Ouse", "--password-stdin", typed=PASSWORD + "\n"
    )


def test_an_organisation_and_its_first_organiser_come_into_being() -> None:
    result = founded()
    assert result.exit_code == 0, result.output
    membership = Membership.objects.get()
    assert membership.role == Role.ORGANISER
    assert membership.user.username == "bob@rivers.example"
    assert membership.user.check_password(PASSWORD)
    assert membership.organisation.postal_address == "1 Weir Lane\nOuse"
    assert OrganisationPage.objects.get().title == "Free Rivers"
    assert "/admin/" in result.output


def test_everything_missing_is_asked_for() -> None:
    typed = f"bob@rivers.example\nFree Rivers\nshort\nshort\n{PASSWORD}\n{PASSWORD}\n1 Weir Lane\n"
    result = run(typed=typed)
    assert result.exit_code == 0, result.output
    assert "too short" in result.output
    assert Membership.objects.get().user.check_password(PASSWORD)


def test_running_it_again_changes_nothing() -> None:
    founded()
    assert run("--email", "BOB@rivers.example", "--organisation", "free rivers").exit_code == 0
    assert (User.objects.count(), Organisation.objects.count(), Membership.objects.count()) == (1, 1, 1)


def test_a_password_that_is_easy_to_guess_leaves_nothing_behind() -> None:
    result = run(*FOUND_RIVERS, "--postal-address", "x", "--password-stdin", typed="password1234\n")
    assert result.exit_code == 1
    assert "too common" in result.output
    assert not User.objects.exists()


def test_what_is_no_address_is_refused_in_plain_words() -> None:
    result = run("--email", "bob", "--organisation", "Free Rivers", "--password-stdin", typed=PASSWORD)
    assert result.exit_code == 1
    assert "name@example.org" in result.output


def test_an_operator_runs_the_whole_instance() -> None:
    founded()
    run(*FOUND_RIVERS, "--operator")
    assert User.objects.get().is_superuser
