"""Proofs: what is good for a form, what is not, and that each is good once."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from altcha import solve_challenge
from hypothesis import given
from hypothesis import strategies as st
from psycopg import AsyncConnection

from undersign.foundation.ids import uuid7
from undersign.foundation.keys.ring import make_ring
from undersign.foundation.tokens import TokenSigner
from undersign.moderation.waits import seconds_left, wait_read, wait_token
from undersign.moderation.work import WorkProofs, challenge_read, solution_encode
from undersign.signing.services.proofs import proofs_forget, proofs_spend

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RING = make_ring(alias_rules=1, at=NOW)
WORK, TOKENS = WorkProofs.of(RING), TokenSigner(RING)
PETITION = 7


def solved(work: WorkProofs = WORK, *, at: datetime = NOW, petition_id: int = PETITION) -> str:
    challenge = work.challenge(proof_id=uuid7(at), petition_id=petition_id, numbers=5)
    solution = solve_challenge(challenge_read(challenge))
    assert solution is not None
    assert solution.counter < 5
    return solution_encode(challenge, counter=solution.counter, derived_key=solution.derived_key)


def test_a_solved_challenge_is_good_for_an_hour() -> None:
    payload = solved()
    proof = WORK.proof_of(payload, petition_id=PETITION, at=NOW)
    assert proof is not None
    assert WORK.proof_of(payload, petition_id=PETITION, at=NOW + timedelta(minutes=59)) == proof
    assert WORK.proof_of(payload, petition_id=PETITION, at=NOW + timedelta(minutes=60)) is None


def test_a_proof_for_another_petition_or_of_another_instance_is_none() -> None:
    assert WORK.proof_of(solved(), petition_id=8, at=NOW) is None
    elsewhere = WorkProofs.of(make_ring(alias_rules=1, at=NOW))
    assert WORK.proof_of(solved(elsewhere), petition_id=PETITION, at=NOW) is None


@pytest.mark.parametrize("change", ["id", "key", "derivedKey", "signature"])
def test_mallory_changes_a_proof_in_vain(change: str) -> None:
    forged = json.loads(base64.b64decode(solved()))
    challenge = forged["challenge"]
    values = {"id": str(uuid7(NOW)), "key": 2}
    for place in (challenge, challenge["parameters"]["data"], forged["solution"]):
        if change in place:
            place[change] = values.get(change, "00")
    payload = base64.b64encode(json.dumps(forged).encode()).decode()
    assert WORK.proof_of(payload, petition_id=PETITION, at=NOW) is None


@pytest.mark.parametrize("easier", [{"keyPrefix": ""}, {"keyPrefix": "00"}, {"keyPrefix": "00", "cost": 1}])
def test_mallory_makes_the_work_easier_in_vain(easier: dict[str, Any]) -> None:
    challenge = json.loads(WORK.challenge(proof_id=uuid7(NOW), petition_id=PETITION, numbers=1_000_000))
    challenge["parameters"].update(easier)
    solution = solve_challenge(challenge_read(json.dumps(challenge)))
    assert solution is not None
    payload = solution_encode(
        json.dumps(challenge), counter=solution.counter, derived_key=solution.derived_key
    )
    assert WORK.proof_of(payload, petition_id=PETITION, at=NOW) is None


def test_a_solution_to_another_challenge_does_not_fit() -> None:
    mine, other = (json.loads(base64.b64decode(solved())) for _ in range(2))
    for mixed in ({**mine, "solution": other["solution"]}, {**other, "solution": mine["solution"]}):
        payload = base64.b64encode(json.dumps(mixed).encode()).decode()
        assert WORK.proof_of(payload, petition_id=PETITION, at=NOW) is None


def test_a_proof_is_solved_by_its_key_whatever_else_is_sent_along() -> None:
    proof = json.loads(base64.b64decode(solved()))
    proof["challenge"]["parameters"] = {"data": proof["challenge"]["parameters"]["data"]}
    payload = base64.b64encode(json.dumps(proof).encode()).decode()
    assert WORK.proof_of(payload, petition_id=PETITION, at=NOW) is not None


@given(st.one_of(st.text(), st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps)))
def test_nonsense_is_no_proof(text: str) -> None:
    encoded = base64.b64encode(text.encode(errors="replace")).decode()
    for payload in (text, encoded):
        assert WORK.proof_of(payload, petition_id=PETITION, at=NOW) is None


def test_nonsense_in_the_shape_of_a_proof_is_none() -> None:
    for data in (None, [], {"id": 1}, {"id": str(uuid7(NOW)), "key": []}, {"id": "00", "key": 1}):
        shape = json.loads(base64.b64decode(solved()))
        shape["challenge"]["parameters"]["data"] = data
        payload = base64.b64encode(json.dumps(shape).encode()).decode()
        assert WORK.proof_of(payload, petition_id=PETITION, at=NOW) is None


@pytest.mark.parametrize("within", ["", "challenge", "parameters", "data", "solution"])
def test_what_is_nested_deeply_is_no_proof(within: str) -> None:
    text = base64.b64decode(solved()).decode()
    place = text.index("{", text.index(within)) + 1 if within else 1
    nested = f'{text[:place]}"x": {"[" * 1500}'
    assert WORK.proof_of(base64.b64encode(nested.encode()).decode(), petition_id=PETITION, at=NOW) is None


@pytest.mark.parametrize(
    ("place", "values"),
    [
        ("id", [None, 1, "", "é", str(UUID(int=1)), str(uuid4())]),
        ("key", [None, "1", -1, 2**63, 2**200, 1.5]),
        ("signature", [None, 1, "", "é", "\ud800", "00" * 32]),
        ("derivedKey", [None, 1, "", "é", "0", "zz", "00" * 1000]),
    ],
)
def test_a_proof_with_an_odd_value_is_none(place: str, values: list[Any]) -> None:
    for value in values:
        proof = json.loads(base64.b64decode(solved()))
        challenge = proof["challenge"]
        for part in (challenge, challenge["parameters"]["data"], proof["solution"]):
            if place in part:
                part[place] = value
        payload = base64.b64encode(json.dumps(proof).encode()).decode()
        assert WORK.proof_of(payload, petition_id=PETITION, at=NOW) is None


def waited(**other: Any) -> Any:
    token = wait_token(TOKENS, petition_id=PETITION, email="alice@people.example", good_from=NOW)
    asked = {"petition_id": PETITION, "email": "Alice@people.example", "at": NOW, **other}
    return wait_read(TOKENS, token, **asked)


def test_a_wait_is_good_for_its_own_form_for_an_hour_from_its_end() -> None:
    early = waited(at=NOW - timedelta(seconds=4))
    assert seconds_left(early, NOW - timedelta(seconds=4)) == 4
    assert seconds_left(waited(), NOW) == 0
    assert waited(at=NOW + timedelta(minutes=60)) is None
    assert waited(petition_id=8) is None
    assert waited(email="bob@people.example") is None
    assert wait_read(TOKENS, "nonsense", petition_id=PETITION, email="a@b.example", at=NOW) is None


@pytest.fixture
async def connection(transactional_db: None, database_url: str) -> AsyncIterator[AsyncConnection[Any]]:
    async with await AsyncConnection.connect(database_url, autocommit=True) as opened:
        yield opened


@pytest.mark.anyio
async def test_a_proof_is_good_for_one_attempt(connection: AsyncConnection[Any]) -> None:
    alice, bob, trudy, mallory = (uuid7() for _ in range(4))
    proof, other = uuid7(NOW), uuid7(NOW)
    assert not await proofs_spend(connection, {alice: proof})
    assert not await proofs_spend(connection, {alice: proof}), "its batch was written again"
    assert await proofs_spend(connection, {bob: proof, trudy: other, mallory: other}) == {bob, mallory}
    await proofs_forget(connection, at=NOW + timedelta(hours=2))
    assert await proofs_spend(connection, {bob: proof}) == {bob}
    await proofs_forget(connection, at=NOW + timedelta(hours=4))
    assert not await proofs_spend(connection, {bob: proof})
