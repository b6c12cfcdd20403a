import base64
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from undersign.foundation import keys
from undersign.foundation.tokens import TokenExpired, TokenForged, TokenMalformed, TokenRefused, TokenSigner

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOON = NOW + timedelta(hours=24)
ALICE = UUID("0190b0a4-5f1e-7aaa-8bbb-0123456789ab").bytes
PETITION = UUID("0190b0a4-5f1e-7ccc-8ddd-0123456789ab").bytes


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    keys.ensure_keys_file(path, alias_rules=1, at=NOW)
    return path


@pytest.fixture(scope="module")
def signer(path: Path) -> TokenSigner:
    return TokenSigner(keys.load_keys(path))


@pytest.fixture(scope="module")
def token(signer: TokenSigner) -> str:
    return signer.issue("confirm", ALICE, PETITION, SOON)


def test_a_token_says_what_it_was_made_for(signer: TokenSigner, token: str) -> None:
    read = signer.read(token, purpose="confirm", at=NOW)
    assert (read.subject, read.bound_to, read.expires_at) == (ALICE, PETITION, SOON)


@given(
    subject=st.binary(min_size=16, max_size=16),
    bound_to=st.binary(max_size=16),
    expires_at=st.integers(1, 2_300_000_000).map(lambda s: NOW + timedelta(seconds=s, milliseconds=7)),
)
def test_every_token_is_short_safe_in_a_url_and_read_back(
    signer: TokenSigner, subject: bytes, bound_to: bytes, expires_at: datetime
) -> None:
    token = signer.issue("confirm", subject, bound_to, expires_at)
    assert len(token) <= 72
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert token[-1].isalnum(), "a mail program would leave a final dash or underscore out of the link"
    read = signer.read(token, purpose="confirm", at=NOW)
    assert (read.subject, read.bound_to) == (subject, bound_to)
    assert read.expires_at == expires_at.replace(microsecond=0)


def test_a_token_is_signed_as_its_layout_says(path: Path, token: str) -> None:
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    body, mac, number = raw[:-17], raw[-17:-1], raw[-1:]
    (key,) = keys.load_keys(path).token_keys
    message = b"undersign token 1" + number + b"\0\x07confirm" + body
    assert mac == hmac.digest(key.secret, message, "sha256")[:16]


def test_a_token_for_one_purpose_does_nothing_for_another(signer: TokenSigner, token: str) -> None:
    with pytest.raises(TokenForged):
        signer.read(token, purpose="erase", at=NOW)


def test_mallory_cannot_change_a_single_letter(signer: TokenSigner, token: str) -> None:
    for position, letter in enumerate(token):
        for other in "Aa0-_z":
            if other != letter:
                with pytest.raises((TokenForged, TokenMalformed)):
                    signer.read(token[:position] + other + token[position + 1 :], purpose="confirm", at=NOW)


@pytest.mark.parametrize("length", range(17))
def test_there_is_only_one_spelling_of_a_token(signer: TokenSigner, length: int) -> None:
    token = signer.issue("confirm", ALICE, PETITION[:length], SOON)
    others = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/="
    for other in set(others) - {token[-1]}:
        with pytest.raises(TokenRefused):
            signer.read(token[:-1] + other, purpose="confirm", at=NOW)


def test_a_cut_token_is_called_cut_and_not_forged(signer: TokenSigner, token: str) -> None:
    for length in range(len(token)):
        with pytest.raises(TokenMalformed):
            signer.read(token[:length], purpose="confirm", at=NOW)


@pytest.mark.parametrize(
    "ending", [".", ">", ")", ").", ">.", ",", "!", "'", '"', " ", "\r\n", "]", "*", "…\u00bb"]
)
def test_what_a_mail_program_left_at_the_end_is_ignored(signer: TokenSigner, token: str, ending: str) -> None:
    ending = ending.replace("…", "")
    assert signer.read(token + ending, purpose="confirm", at=NOW).subject == ALICE


@pytest.mark.parametrize(
    "damage",
    [
        lambda token: token[:40] + "=",
        lambda token: token[:40] + "=\r\n" + token[40:],
        lambda token: "3D" + token,
        lambda token: "=" + token,
        lambda token: token + "=",
        lambda token: token[:30] + " " + token[30:],
        lambda token: token + token,
        lambda token: token.replace(token[3], "é", 1),
        lambda _: "",
        lambda _: "...",
        lambda _: "\0",
        lambda _: "A" * 72,
        lambda _: "A" * 10_000_000,
        lambda _: "\ud800",
    ],
)
def test_damage_on_the_way_is_called_damage(
    signer: TokenSigner, token: str, damage: Callable[[str], str]
) -> None:
    with pytest.raises(TokenRefused) as caught:
        signer.read(damage(token), purpose="confirm", at=NOW)
    assert caught.type is TokenMalformed


@given(st.text(max_size=100))
def test_rubbish_is_refused_and_nothing_worse(signer: TokenSigner, rubbish: str) -> None:
    with pytest.raises(TokenRefused):
        signer.read(rubbish, purpose="confirm", at=NOW)


def test_an_expired_token_still_says_whose_it_was(signer: TokenSigner, token: str) -> None:
    assert signer.read(token, purpose="confirm", at=SOON - timedelta(seconds=1))
    with pytest.raises(TokenExpired) as caught:
        signer.read(token, purpose="confirm", at=SOON)
    assert caught.value.token.subject == ALICE


def test_an_expired_forgery_is_forged(signer: TokenSigner, token: str) -> None:
    with pytest.raises(TokenForged):
        signer.read(token, purpose="erase", at=SOON + timedelta(days=9))


def test_links_sent_before_a_rotation_still_work(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys.ensure_keys_file(path, alias_rules=1, at=NOW)
    token = TokenSigner(keys.load_keys(path)).issue("confirm", ALICE, PETITION, SOON)
    rotated = TokenSigner(keys.add_token_key(path, at=NOW))
    assert rotated.read(token, purpose="confirm", at=NOW).subject == ALICE
    assert rotated.issue("confirm", ALICE, PETITION, SOON) != token


def test_the_links_of_another_installation_are_forged(signer: TokenSigner, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys.ensure_keys_file(path, alias_rules=1, at=NOW)
    theirs = TokenSigner(keys.load_keys(path)).issue("confirm", ALICE, PETITION, SOON)
    with pytest.raises(TokenForged):
        signer.read(theirs, purpose="confirm", at=NOW)


@pytest.mark.parametrize(
    ("subject", "bound_to", "expires_at"),
    [(ALICE[:15], b"", SOON), (ALICE, b"x" * 17, SOON), (ALICE, b"", SOON.replace(tzinfo=None))],
)
def test_a_token_of_the_wrong_shape_is_not_made(
    signer: TokenSigner, subject: bytes, bound_to: bytes, expires_at: datetime
) -> None:
    with pytest.raises(ValueError, match="subject of 16 bytes"):
        signer.issue("confirm", subject, bound_to, expires_at)
