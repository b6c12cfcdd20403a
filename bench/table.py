"""What is promised: what each row must reach and what it aims at; docs/benchmarks.md explains them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Sections = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """One promise: `must` and `aim` bound the value from below, or from above where `is_cost`.

    `section` is where the results have the value, under `name`.
    """

    name: str
    what: str
    must: float
    aim: float
    is_cost: bool = False
    section: str = "ratios"

    def verdict(self, value: float) -> str:
        """Tell whether a value reaches the aim, only what it must, or not even that."""
        if self._reaches(value, self.aim):
            return "aim"
        return "must" if self._reaches(value, self.must) else "MISSED"

    def _reaches(self, value: float, bound: float) -> bool:
        return value <= bound if self.is_cost else value >= bound


def _waiting(name: str, what: str, must: float = 100, aim: float = 50) -> Row:
    return Row(name, f"p99, ms: {what}", must, aim, is_cost=True, section="p99_ms")


ROWS = (
    Row("page_views_vs_nginx", "page views/s, front door alone ÷ nginx static", 0.35, 0.5),
    Row("cached_page_views_vs_nginx", "page views/s through the nginx micro-cache ÷ nginx static", 0.6, 0.8),
    Row("count_polls_vs_nginx", "count polls/s, front door alone ÷ nginx static", 0.35, 0.5),
    Row("sign_vs_pgbench", "signatures accepted durably/s ÷ pgbench", 0.35, 0.5),
    Row("sign_with_proof_vs_pgbench", "the same with a proof of work demanded and checked", 0.25, 0.4),
    Row("confirm_vs_pgbench", "confirmations/s ÷ pgbench", 0.3, 0.45),
    Row("sign_vs_plain_django", "signatures accepted/s ÷ the plain Django view", 5, 8),
    _waiting("page_views", "page views at 70 % of the peak"),
    _waiting("page_views_cached", "page views through nginx at 70 %"),
    _waiting("count_polls", "count polls at 70 %"),
    _waiting("sign", "signing at 70 %"),
    _waiting("sign_with_proof", "signing with proof at 70 %"),
    _waiting("confirm", "confirming at 70 %"),
    _waiting("viral_hour", "the viral hour", 150, 150),
    Row("errors", "errors in the viral hour", 0, 0, is_cost=True, section="viral_hour"),
    Row("outbox_age_s", "oldest mail due in the viral hour, s", 10, 5, is_cost=True, section="viral_hour"),
    Row("mails_per_s", "confirmation mails/s handed to SMTP by one worker", 200, 400),
    Row("web_after_all", "memory of a web process, MB", 200, 200, is_cost=True, section="memory_mb"),
    Row("growth_percent", "its growth in the second half, %", 2, 2, is_cost=True, section="memory_mb"),
    Row("names_slowest_vs_fastest", "slowest ÷ fastest page of a million names", 2, 1.25, is_cost=True),
)


def measured(sections: Sections) -> Iterator[tuple[Row, float]]:
    """Give the rows that have been measured, with their values."""
    for row in ROWS:
        if row.name in sections.get(row.section, {}):
            yield row, float(sections[row.section][row.name])


def table(sections: Sections) -> str:
    """Write what was measured beside what was promised."""
    lines = [f"{'':<58}{'value':>8}{'must':>8}{'aim':>8}"]
    for row, value in measured(sections):
        lines.append(f"{row.what:<58}{value:>8.2f}{row.must:>8}{row.aim:>8}  {row.verdict(value)}")
    return "\n".join(lines)
