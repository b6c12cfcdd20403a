"""The switches of the whole instance."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection

from undersign.foundation.changes import CHANGES_SINCE_SQL, SITE, change_record, changes_since
from undersign.foundation.models import AuditEntry
from undersign.foundation.switches import SWITCHES_SQL, Switch, switch_off, switch_on, switches

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("switch", Switch)
def test_a_switch_is_set_once_and_released_on_record(switch: Switch) -> None:
    operator = User.objects.create_superuser("operator@undersign.example")
    switch_on(switch=switch, by=operator, at=NOON)
    switch_on(switch=switch, by=operator, at=NOON + timedelta(hours=1))
    assert getattr(switches(), switch) == NOON
    switch_off(switch=switch, by=operator, at=NOON + timedelta(hours=2))
    assert getattr(switches(), switch) is None
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["switch.set", "switch.released"]
    assert SITE in changes_since(NOON)


def test_every_change_of_a_topic_has_a_higher_version() -> None:
    versions = []
    for topic in ["petition:1", "petition:2", "petition:1"]:
        change_record(topic=topic, at=NOON)
        versions.append(changes_since(NOON)[topic])
    assert versions == sorted(set(versions))


def test_a_late_commit_does_not_set_the_clock_of_a_topic_back() -> None:
    change_record(topic=SITE, at=NOON)
    change_record(topic=SITE, at=NOON - timedelta(minutes=5))
    assert SITE in changes_since(NOON)


def test_the_statements_for_other_connections_say_the_same() -> None:
    change_record(topic=SITE, at=NOON)
    with connection.cursor() as cursor:
        cursor.execute(CHANGES_SINCE_SQL, {"since": NOON})
        assert [row[:2] for row in cursor.fetchall()] == list(changes_since(NOON).items())
        cursor.execute(SWITCHES_SQL)
        assert cursor.fetchone() == (None, None, None)
