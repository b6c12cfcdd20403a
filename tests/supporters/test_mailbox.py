import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from undersign.foundation.keyed_hash import IndexKey
from undersign.supporters.mailbox import (
    Address,
    AddressInvalid,
    AliasRulesUnknown,
    email_key,
    is_large_provider,
    parse_address,
)
from undersign.supporters.mailbox_rules import LARGE_PROVIDERS, PROVIDERS

KEY = IndexKey(1, b"k" * 32, 1)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        # Any provider: case and white space make no difference, everything else does.
        ("Alice@Example.ORG", "alice@example.org"),
        ("  alice@example.org\n", "alice@example.org"),
        ("\u202aalice@example.org\u202c", "alice@example.org"),
        ("alice+tag@example.org", "alice+tag@example.org"),
        ("a.lice@example.org", "a.lice@example.org"),
        ("alice-smith@example.org", "alice-smith@example.org"),
        # Google
        ("A.Li.Ce+petition@GoogleMail.com", "alice@gmail.com"),
        ("alice@gmail.com", "alice@gmail.com"),
        ("alice+a+b@gmail.com", "alice@gmail.com"),
        ("alice-b_c@gmail.com", "alice-b_c@gmail.com"),
        ("alice@mail.gmail.com", "alice@mail.gmail.com"),
        # Microsoft: tags go, dots stay, domains are not aliases
        ("alice.s+x@outlook.com", "alice.s@outlook.com"),
        ("alice+x@hotmail.co.uk", "alice@hotmail.co.uk"),
        ("alice+x@live.nl", "alice@live.nl"),
        ("alice+x@msn.com", "alice@msn.com"),
        # Apple
        ("alice+x@me.com", "alice@icloud.com"),
        ("alice@mac.com", "alice@icloud.com"),
        ("a.lice@icloud.com", "a.lice@icloud.com"),
        # Proton
        ("a.l_i-ce+x@pm.me", "alice@proton.me"),
        ("alice@protonmail.com", "alice@proton.me"),
        ("alice@protonmail.ch", "alice@proton.me"),
        # Fastmail
        ("alice+x@fastmail.com", "alice@fastmail.com"),
        ("shop@alice.fastmail.com", "alice@fastmail.com"),
        ("shop+y@alice.fastmail.fm", "alice@fastmail.fm"),
        ("x@y.alice.fastmail.com", "x@y.alice.fastmail.com"),
        # Yandex
        ("alice-smith@ya.ru", "alice-smith@yandex.ru"),
        ("alice.smith+x@yandex.com", "alice-smith@yandex.ru"),
        # Posteo, mailbox.org
        ("alice@posteo.net", "alice@posteo.de"),
        ("alice+x@mailbox.org", "alice@mailbox.org"),
        # Providers without a documented rule: kept as written
        ("alice-x@yahoo.com", "alice-x@yahoo.com"),
        ("alice+x@gmx.de", "alice+x@gmx.de"),
        ("alice+x@web.de", "alice+x@web.de"),
        ("alice+x@zoho.com", "alice+x@zoho.com"),
        # Nothing left of the name: not everybody's mailbox
        ("+tag@gmail.com", "+tag@gmail.com"),
        ("-@proton.me", "-@proton.me"),
        # International domains and names
        ("alice@MÜNCHEN.de", "alice@xn--mnchen-3ya.de"),
        ("alice@xn--mnchen-3ya.de", "alice@xn--mnchen-3ya.de"),
        ("alice@ＧＭＡＩＬ.com", "alice@gmail.com"),
        ("alice@straße.de", "alice@xn--strae-oqa.de"),
        ("Жанна@почта.рф", "жанна@xn--80a1acny.xn--p1ai"),
        ("JOSE\u0301@example.org", "josé@example.org"),
        ("用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
    ],
)
def test_the_mailbox_behind_an_address(written: str, canonical: str) -> None:
    assert parse_address(written).canonical == canonical


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "empty"),
        (" \t\u200b", "empty"),
        ("alice", "no_at"),
        ("alice＠example.org", "no_at"),
        ("alice at example.org", "no_at"),
        ("@example.org", "local"),
        ("al ice@example.org", "local"),
        (".alice@example.org", "local"),
        ("al..ice@example.org", "local"),
        ("alice@bob@example.org", "local"),
        ('"alice"@example.org', "local"),
        ("Alice <alice@example.org>", "local"),
        ("<alice@example.org>", "local"),
        ("al\0ice@example.org", "local"),
        ("al\ud800ice@example.org", "local"),
        ("al\u202eice@example.org", "local"),
        ("alice,bob@example.org", "local"),
        ("alice\r\nBcc: bob@example.org", "local"),
        ("alice@", "domain"),
        ("alice@example", "domain"),
        ("alice@localhost", "domain"),
        ("alice@example..org", "domain"),
        ("alice@example.org.", "domain"),
        ("alice@-example.org", "domain"),
        ("alice@exa mple.org", "domain"),
        ("alice@exa\0mple.org", "domain"),
        ("alice@\udcff.org", "domain"),
        ("alice@[192.0.2.1]", "domain"),
        ("alice@192.0.2.1", "domain"),
        ("alice@example.org\nBcc: bob", "domain"),
        ("alice@" + "a" * 64 + ".org", "domain"),
        ("a" * 65 + "@example.org", "too_long"),
        ("é" * 33 + "@example.org", "too_long"),
        ("a" * 64 + "@" + "b" * 61 + "." + "c" * 60 + "." + "d" * 63 + ".org", "too_long"),
        ("a" * 1_000_000 + "@example.org", "too_long"),
        ("@" * 1_000_000, "too_long"),
    ],
)
def test_what_is_no_address_is_refused_with_a_code(written: str, code: str) -> None:
    with pytest.raises(AddressInvalid) as caught:
        parse_address(written)
    assert caught.value.code == code


def test_mail_goes_to_the_address_as_written_and_not_to_the_canonical_one() -> None:
    address = parse_address(" A.Lice+Petition@Googlemail.com ")
    assert address == Address(
        as_written="A.Lice+Petition@Googlemail.com",
        deliver_to="A.Lice+Petition@googlemail.com",
        canonical="alice@gmail.com",
        domain="googlemail.com",
    )


@given(st.text(max_size=40) | st.tuples(st.text(max_size=12), st.text(max_size=12)).map("@".join))
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    try:
        address = parse_address(text)
    except AddressInvalid:
        return
    assert parse_address(address.deliver_to).canonical == address.canonical


LOCALS = st.text(st.sampled_from("aZ9.+-_!'=~@ \",<é"), min_size=1, max_size=8)


@given(LOCALS)
def test_the_short_way_for_plain_names_agrees_with_the_library(local: str) -> None:
    written = f"{local}@example.org"
    try:
        expected = validate_email(written, check_deliverability=False).normalized
    except EmailNotValidError:
        expected = None
    try:
        ours = parse_address(written).deliver_to
    except AddressInvalid:
        ours = None
    assert ours == expected or written != written.strip()


@given(st.emails())
def test_a_canonical_address_is_its_own_mailbox_at_every_provider(email: str) -> None:
    local = email.rpartition("@")[0]
    for provider in PROVIDERS:
        try:
            address = parse_address(f"{local}@{provider.domains[0]}")
        except AddressInvalid:
            return
        assert parse_address(address.canonical).canonical == address.canonical


def test_no_domain_has_two_rules() -> None:
    domains = [domain for provider in PROVIDERS for domain in provider.domains]
    assert len(domains) == len(set(domains))
    assert all(provider.one_domain in {None, *provider.domains} for provider in PROVIDERS)


def test_the_rules_are_written_as_addresses_are_compared() -> None:
    for domain in LARGE_PROVIDERS.union(*(provider.domains for provider in PROVIDERS)):
        assert parse_address(f"alice@{domain}").domain == domain


def test_two_ways_to_write_a_mailbox_have_one_key() -> None:
    keys = {
        email_key(parse_address(written), organisation_id=1, index_key=KEY)
        for written in ("a.lice+x@gmail.com", "ALICE@googlemail.com")
    }
    assert [len(key) for key in keys] == [32]


def test_the_keys_of_two_organisations_cannot_be_matched() -> None:
    alice = parse_address("alice@example.org")
    assert len({email_key(alice, organisation_id=number, index_key=KEY) for number in (1, 2)}) == 2


def test_a_key_under_other_rules_is_refused_and_not_wrong() -> None:
    with pytest.raises(AliasRulesUnknown, match="version 2"):
        email_key(parse_address("alice@example.org"), organisation_id=1, index_key=IndexKey(2, b"k" * 32, 2))


def test_only_large_providers_are_named_in_clear() -> None:
    assert is_large_provider(parse_address("alice@GMAIL.com").domain)
    assert not is_large_provider("alice-smith.org")
    assert not is_large_provider("evil.gmail.com")
