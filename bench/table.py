"""What is promised: what each row must reach and what it aims at; docs/benchmarks.md explains them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One promise: `must` and `aim` bound the value from below, or from above where `is_cost`."""

    name: str
    what: str
    must: float
    aim: float
    is_cost: bool = False

    def verdict(self, value: float) -> str:
        """Tell whether a value reaches the aim, only what it must, or not even that."""
        if self._reaches(value, self.aim):
            return "aim"
        return "must" if self._reaches(value, self.must) else "MISSED"

    def _reaches(self, value: float, bound: float) -> bool:
        return value <= bound if self.is_cost else value >= bound


RATIOS = (
    Row("page_views_vs_nginx", "page views/s, front door alone ÷ nginx static", 0.35, 0.5),
    Row("cached_page_views_vs_nginx", "page views/s through the nginx micro-cache ÷ nginx static", 0.6, 0.8),
    Row("count_polls_vs_nginx", "count polls/s, front door alone ÷ nginx static", 0.35, 0.5),
    Row("sign_vs_pgbench", "signatures accepted durably/s ÷ pgbench", 0.35, 0.5),
    Row("sign_with_proof_vs_pgbench", "the same with a proof of work demanded and checked", 0.25, 0.4),
    Row("confirm_vs_pgbench", "confirmations/s ÷ pgbench", 0.3, 0.45),
    Row("sign_vs_plain_django", "signatures accepted/s ÷ the plain Django view", 5, 8),
    Row("mails_per_s", "confirmation mails/s handed to SMTP by one worker", 200, 400),
    Row("names_slowest_vs_fastest", "slowest ÷ fastest page of a million names", 2, 1.25, is_cost=True),
)


def table(ratios: Mapping[str, float]) -> str:
    """Write what was measured beside what was promised."""
    lines = [f"{'':<58}{'value':>8}{'must':>8}{'aim':>8}"]
    for row in RATIOS:
        if row.name in ratios:
            value = ratios[row.name]
            lines.append(f"{row.what:<58}{value:>8.2f}{row.must:>8}{row.aim:>8}  {row.verdict(value)}")
    return "\n".join(lines)
