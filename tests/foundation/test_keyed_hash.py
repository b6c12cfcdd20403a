import hmac

from hypothesis import given
from hypothesis import strategies as st

from undersign.foundation.keyed_hash import IndexKey

KEY = IndexKey(1, b"k" * 32, 1)
OURS, THEIRS = 1, 2


def test_the_same_value_hashes_the_same_and_has_32_bytes() -> None:
    first = KEY.keyed_hash("alice@example.org", purpose="email", organisation_id=OURS)
    assert first == KEY.keyed_hash("alice@example.org", purpose="email", organisation_id=OURS)
    assert len(first) == 32


def test_a_hash_is_what_is_stored_in_every_row() -> None:
    message = b"\0\0\0\x16undersign keyed hash 1\0\0\0\x05email\0\0\0\x011\0\0\0\x11alice@example.org"
    stored = hmac.digest(KEY.key, message, "sha256")
    assert KEY.keyed_hash("alice@example.org", purpose="email", organisation_id=OURS) == stored


def test_organisations_purposes_and_keys_are_walls() -> None:
    hashes = {
        key.keyed_hash("alice@example.org", purpose=purpose, organisation_id=organisation)
        for key in (KEY, IndexKey(2, b"l" * 32, 1))
        for purpose in ("email", "domain")
        for organisation in (None, OURS, THEIRS)
    }
    assert len(hashes) == 12


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_letters_cannot_slide_between_purpose_and_value(
    purpose: str, value: str, other_purpose: str, other_value: str
) -> None:
    same = (purpose, value) == (other_purpose, other_value)
    ours = KEY.keyed_hash(value, purpose=purpose)
    assert (ours == KEY.keyed_hash(other_value, purpose=other_purpose)) == same


@given(st.text(min_size=1, max_size=8), st.integers(0, 7))
def test_a_purpose_never_swallows_the_start_of_its_value(text: str, cut: int) -> None:
    whole = KEY.keyed_hash(text, purpose="email")
    moved = KEY.keyed_hash(text[min(cut, len(text)) :], purpose="email" + text[: min(cut, len(text))])
    assert (whole == moved) == (min(cut, len(text)) == 0)


def test_the_key_does_not_show() -> None:
    assert "kkkk" not in repr(KEY)
