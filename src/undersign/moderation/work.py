"""Proof of work in the format of ALTCHA: a number to be found by trying, checked by two keyed hashes.

The browser derives keys with PBKDF2 from one number after the other until a key begins as the challenge
says. Which number that is, we chose when making it; so the work has an upper bound, and we know the key
beforehand. The challenge carries its keyed hash, and checking derives nothing (docs/decisions/0105).
"""

import base64
import hmac
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from altcha import Challenge, create_challenge

from undersign.foundation.ids import uuid7_at
from undersign.foundation.keys import KeyRing
from undersign.foundation.mac import Mac

ALGORITHM = "PBKDF2/SHA-256"
ROUNDS = 500  # of PBKDF2 for each number tried: about 0.15 ms, long beside what calling it costs a browser
HOLDS = timedelta(hours=1)
MAX_PAYLOAD = 4_000  # characters; ours have about 800


class _Data(msgspec.Struct):
    id: UUID
    key: int


class _Parameters(msgspec.Struct):
    data: _Data


class _Challenge(msgspec.Struct):
    parameters: _Parameters
    signature: str


class _Solution(msgspec.Struct, rename="camel"):
    derived_key: str


class _Solved(msgspec.Struct):
    """What we read of a solved challenge; the rest was for the browser."""

    challenge: _Challenge
    solution: _Solution


_SOLVED = msgspec.json.Decoder(_Solved)


@dataclass(frozen=True, slots=True)
class WorkProofs:
    """Makes challenges and checks solutions with keys made of the token keys."""

    current: int
    keys: dict[int, bytes] = field(repr=False)
    macs: dict[int, Mac] = field(repr=False, compare=False)

    @classmethod
    def of(cls, ring: KeyRing) -> "WorkProofs":
        """Derive the keys from those of a keys file."""
        keys = {key.key_id: hmac.digest(key.secret, b"undersign work 2", "sha256") for key in ring.token_keys}
        return cls(ring.current_token_id, keys, {number: Mac(key) for number, key in keys.items()})

    def challenge(self, *, proof_id: UUID, petition_id: int, numbers: int) -> str:
        """Make a challenge, as JSON: at most `numbers` (1 or more) have to be tried, half of them on average.

        Costs one derivation.
        """
        key = self.keys[self.current]
        made = create_challenge(
            ALGORITHM,
            ROUNDS,
            counter=secrets.randbelow(numbers),
            data={"id": str(proof_id), "key": self.current},
            hmac_secret=key,
            hmac_key_secret=key,
        )
        key_signature = made.parameters.key_signature
        assert key_signature  # noqa: S101 -- for the type checker: made with `hmac_key_secret`
        made.signature = self._signature(self.current, proof_id, petition_id, key_signature)
        return json.dumps(made.to_dict(), separators=(",", ":"))

    def proof_of(self, payload: str, *, petition_id: int, at: datetime) -> UUID | None:
        """Give the id of a solved challenge; None for one of another petition, a wrong or an expired one."""
        try:
            solved = _read(payload)
            data = solved.challenge.parameters.data
            key_signature = self._keyed(data.key, bytes.fromhex(solved.solution.derived_key))
            expected = self._signature(data.key, data.id, petition_id, key_signature)
            is_solved = hmac.compare_digest(solved.challenge.signature, expected)
            return data.id if is_solved and at < uuid7_at(data.id) + HOLDS else None
        except (LookupError, TypeError, ValueError, RecursionError, msgspec.DecodeError):
            return None  # whatever a stranger may put into it

    def _signature(self, key: int, proof_id: UUID, petition_id: int, key_signature: str) -> str:
        """Bind the key that is to be found, by its keyed hash, to a proof for one petition.

        The library would sign all parameters as canonical JSON and take eight times as long to check it. But
        only the key counts: who makes the search easier for themselves finds another one.
        """
        return self._keyed(key, f"challenge {proof_id} {petition_id} {key_signature}".encode())

    def _keyed(self, key: int, message: bytes) -> str:
        return self.macs[key].digest(message).hex()


def solution_encode(challenge: str, *, counter: int, derived_key: str) -> str:
    """Write a solution as a browser sends it."""
    solution = {"counter": counter, "derivedKey": derived_key}
    return base64.b64encode(
        json.dumps({"challenge": json.loads(challenge), "solution": solution}).encode()
    ).decode()


def challenge_read(challenge: str) -> Challenge:
    """Read a challenge of ours, for a client that is no browser."""
    return Challenge.from_dict(json.loads(challenge))


def _read(payload: str) -> _Solved:
    if len(payload) > MAX_PAYLOAD:
        raise ValueError("too long to be a solution of ours")
    return _SOLVED.decode(base64.b64decode(payload))
