"""What a siege found, as a table and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from undersign.config.machine import machine
from undersign.config.siege.counting import Came
from undersign.config.siege.defence import Found
from undersign.config.siege.felt import HonestFelt

LONGEST_WAIT = 10.0  # seconds that somebody honest may be asked to wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All of it. `left_of_attacks` is what is still counted of them when the moderator is done."""

    form: str
    seconds: float
    attacks: Sequence[Came]
    honest: HonestFelt
    finders: Sequence[Found]
    honest_confirmed: int
    honest_left: int
    left_of_attacks: int
    count_shown: int
    count_recounted: int

    @property
    def failures(self) -> list[str]:
        """Say which promises were not kept."""
        checks = {
            "an honest signer was held": self.honest.held,
            "an honest signer was refused": self.honest.refused,
            "an honest signer was asked to wait more than 10 s": self.honest.longest_wait > LONGEST_WAIT,
            "a removal took an honest signer": self.honest_confirmed != self.honest_left,
            "a finder would have taken an honest signer": any(found.honest for found in self.finders),
            "the count differs from the rows": self.count_shown != self.count_recounted,
            "a forged link counted": any(sum(came.raid.noted.values()) for came in self.attacks),
            "something of the attacks still counts": self.left_of_attacks,
            **{f"too much came of “{came.raid.name}”": came.is_too_much for came in self.attacks},
        }
        return [problem for problem, is_so in checks.items() if is_so]

    def as_json(self) -> dict[str, Any]:
        """Give all of it in values that JSON knows."""
        return {
            "date": datetime.now(UTC).date().isoformat(),
            "form": self.form,
            "machine": machine(),
            "seconds": self.seconds,
            "attacks": [_attack(came) for came in self.attacks],
            "honest": asdict(self.honest),
            "finders": [asdict(found) for found in self.finders],
            "honest_confirmed": self.honest_confirmed,
            "honest_left": self.honest_left,
            "left_of_attacks": self.left_of_attacks,
            "count_shown": self.count_shown,
            "count_recounted": self.count_recounted,
            "failures": self.failures,
        }


def _attack(came: Came) -> dict[str, Any]:
    raid = came.raid
    return {
        "name": raid.name,
        "sent": raid.sent,
        "asked_for_a_proof": raid.demanded,
        "stored": len(raid.attempts),
        "held": came.held,
        "came_through": came.confirmed,
        **raid.noted,
    }


def report_write(report: Report, path: Path) -> None:
    """Write it as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report.as_json(), indent=2, ensure_ascii=False) + "\n")


def report_print(report: Report) -> None:
    """Print it for people."""
    console = Console()
    attacks = Table("attack", "sent", "asked for a proof", "stored", "held", "came through", title="Attacks")
    for came in report.attacks:
        raid = came.raid
        values = (raid.sent, raid.demanded, len(raid.attempts), came.held, came.confirmed)
        attacks.add_row(raid.name, *(f"{value:,}" for value in values))
    console.print(attacks)
    felt = Table("honest people", "number", "asked to wait", "longest wait", title="What honest people felt")
    for place, values_by_name in report.honest.by_place.items():
        felt.add_row(place, *(f"{values_by_name[name]:,.0f}" for name in ("number", "asked", "longest")))
    console.print(felt)
    finders = Table("found by", "previewed", "honest among them", "removed", "seconds", title="Removal")
    for found in report.finders:
        finders.add_row(
            found.finder,
            f"{found.previewed:,}",
            f"{found.honest:,}",
            f"{found.removed:,}",
            f"{found.seconds}",
        )
    console.print(finders)
    console.print(
        f"Of {report.honest_confirmed:,} honest signatures {report.honest_left:,} are left; "
        f"of the attacks {report.left_of_attacks:,}. {report.seconds:.0f} s in all."
    )
