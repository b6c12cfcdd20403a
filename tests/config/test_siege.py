"""A siege hurts nothing but its own instance, and reports what it should."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from pytest_django import Settings

from undersign.config.cli.siege import command
from undersign.config.siege.attacks import Raid
from undersign.config.siege.besieged import NotLocal, besieged_require, loopback_require
from undersign.config.siege.counting import Came
from undersign.config.siege.defence import Found
from undersign.config.siege.felt import HonestFelt
from undersign.config.siege.people import honest_people
from undersign.config.siege.report import Report


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://[::1]:80", "http://127.9.9.9"])
def test_only_loopback_is_let_pass(url: str) -> None:
    loopback_require(url)
    with pytest.raises(NotLocal):
        loopback_require(url.replace("127.", "12.").replace("::1", "::2"))


@pytest.mark.parametrize(
    "url", ["https://petitions.example", "http://localhost:8000", "http://192.0.2.1", "http://0.0.0.0", "x"]
)
def test_every_other_address_is_refused(url: str) -> None:
    with pytest.raises(NotLocal):
        loopback_require(url)


def test_an_instance_that_was_not_made_for_it_is_refused(tmp_path: Path, settings: Settings) -> None:
    settings.DATA_DIR, settings.BASE_URL = tmp_path, "http://127.0.0.1:8000"
    with pytest.raises(NotLocal):
        besieged_require(tmp_path)
    ended = CliRunner().invoke(command, ["--inside", "--short"])
    assert ended.exit_code == 1
    assert "was not made for a siege" in ended.output


def test_the_crowd_is_the_same_every_time_and_shares_networks() -> None:
    crowd = list(honest_people(2_000))
    assert crowd == list(honest_people(2_000))
    carriers = {person.address.rpartition(".")[0] for place, person in crowd if place == "mobile carriers"}
    homes = {person.address.rpartition(".")[0] for place, person in crowd if place == "homes"}
    assert len(carriers) == 1
    assert len(homes) > 200
    assert not carriers & homes
    assert len({person.email for _place, person in crowd}) == 2_000


def report(**changed: object) -> Report:
    values: dict[str, object] = {
        "form": "short",
        "seconds": 1.0,
        "attacks": [Came(Raid("one network", 2, 1, [uuid4()]), confirmed=1, held=0)],
        "honest": HonestFelt(
            number=3, held=0, refused=0, asked_to_wait=1, longest_wait=3.0, p99_took=3.1, by_place={}
        ),
        "finders": [Found("network", 1, 0, 1, 0.1)],
        "honest_confirmed": 3,
        "honest_left": 3,
        "left_of_attacks": 0,
        "count_shown": 3,
        "count_recounted": 3,
    }
    return Report(**{**values, **changed})  # type: ignore[arg-type]


def test_a_report_says_which_promise_was_not_kept() -> None:
    assert report().failures == []
    felt = HonestFelt(
        number=3, held=1, refused=0, asked_to_wait=1, longest_wait=12.0, p99_took=12.1, by_place={}
    )
    broken = report(honest=felt, honest_left=2, count_shown=4, left_of_attacks=1)
    assert len(broken.failures) == 5
    assert json.dumps(broken.as_json())


@pytest.mark.parametrize(
    ("bound", "confirmed", "held"),
    [({"most_stored": 1}, 0, 0), ({"most_confirmed": 1}, 2, 0), ({"to_be_held": True}, 0, 1)],
)
def test_more_than_may_come_of_an_attack_is_told(bound: dict[str, Any], confirmed: int, held: int) -> None:
    raid = Raid("aliases", 2, 0, [uuid4(), uuid4()])
    assert report(attacks=[Came(raid, confirmed, held)]).failures == []
    bounded = Came(replace(raid, **bound), confirmed, held)
    assert report(attacks=[bounded]).failures == ["too much came of “aliases”"]
