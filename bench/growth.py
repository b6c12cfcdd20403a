"""What ten million signatures change: `make bench-growth`, or `python -m bench.growth [PHASE…]`.

Two instances, one with few signatures and one with many, take turns in each phase, each beside its own
floors. Every figure is compared, and noted in the day's results as `ten_million_figures`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

import click
import psycopg

from bench.__main__ import PHASES
from bench.pace import GROWTH, SHORT
from bench.results import Results, commit, results_of_today
from bench.stage import Stage, staged
from bench.table import Row, Sections, measured
from undersign.config.machine import machine

FEW = 10_000
COMPARED = [phase for phase in PHASES if phase != "costs"]  # those are not in the table
MUST, AIM = 1.5, 1.25  # times worse
# What waiting is like differs more from minute to minute than between the two, so they take many turns at it.
TURNS = {"latency": 7, "viral": 5}
OURS = ("page_views", "page_views_cached", "count_polls", "sign", "sign_with_proof", "confirm")
PAGES = ("first", "middle", "middle_backwards", "last")
# These have a bound of their own and are near nothing: how many times more says nothing.
NOT_COMPARED = frozenset({"errors", "memory_mb.growth_percent"})
COUNTED = "SELECT (SELECT count(*) FROM signing_signature), (SELECT count(*) FROM supporters_supporter)"


@click.command()
@click.argument("phases", nargs=-1, type=click.Choice(COMPARED))
@click.option("--short", is_flag=True, help="To see that everything runs.")
@click.option("--signatures", default=10_000_000, help="How many are many; half as many people made them.")
@click.option("--few", type=click.Path(path_type=Path), default="build/bench-few", help="Kept there.")
@click.option("--many", type=click.Path(path_type=Path), default="build/bench-many", help="Kept there.")
@click.option("--results", "path", type=click.Path(path_type=Path), help="Add to this file.")
def main(
    phases: tuple[str, ...],
    *,
    short: bool,
    signatures: int,
    few: Path,
    many: Path,
    path: Path | None,
) -> None:
    """Measure some phases, or all, with few signatures and with many."""
    results = Results(path or results_of_today(is_short=short))
    results.add("machine", machine())
    with ExitStack() as stack:
        stages = [stack.enter_context(staged(directory.resolve())) for directory in (few, many)]
        stages[0].fill(signatures=FEW)
        stages[1].fill(signatures=signatures, supporters=signatures // 2)
        results.add("ten_million", {"few": counted(stages[0]), "many": counted(stages[1])})
        for phase in phases or COMPARED:
            for few_turns, many_turns in in_turn(phase, stages, is_short=short):
                results.add("ten_million_figures", compared(few_turns, many_turns))
            results.add("commits", {f"ten_million_{phase}": commit()})
    click.echo(table(results.sections["ten_million_figures"]))


def in_turn(phase: str, stages: Sequence[Stage], *, is_short: bool) -> Iterator[list[list[Sections]]]:
    """Measure a phase on each stage some times, and give what was measured on each so far after each turn."""
    measured: list[list[Sections]] = [[] for _ in stages]
    for turn in range(1 if is_short else TURNS.get(phase, 1)):
        sides = list(zip(stages, measured, strict=True))
        for stage, sections in sides if turn % 2 == 0 else reversed(sides):
            print(f"{phase}, {stage.directory.name}, turn {turn + 1}:", flush=True)
            side = fresh(stage.directory / "results.json")
            PHASES[phase](stage, side, SHORT if is_short else GROWTH)
            sections.append(side.sections)
        yield measured


def fresh(path: Path) -> Results:
    """Begin a file of results."""
    path.unlink(missing_ok=True)
    return Results(path)


def counted(stage: Stage) -> dict[str, int]:
    """Tell how much there is before anything is measured."""
    with psycopg.connect(stage.database_url) as connection:
        found = connection.execute(COUNTED).fetchone()
    assert found
    return {"signatures": found[0], "supporters": found[1]}


def compared(few: Sequence[Sections], many: Sequence[Sections]) -> dict[str, dict[str, Any]]:
    """Give each figure on both sides, the median of all turns, and how many times worse it is with many."""
    found = {}
    for name, is_cost in sorted({(name, is_cost) for turn in few for name, is_cost, _ in figures(turn)}):
        turns = {"few_turns": values(name, few), "many_turns": values(name, many)}
        before, after = (round(median(of), 4) for of in turns.values())
        if before and after and name not in NOT_COMPARED:
            times = round(worse(before, after, is_cost=is_cost), 2)
            found[name] = {"few": before, "many": after, "times_worse": times, **turns}
    return found


def values(name: str, turns: Sequence[Sections]) -> list[float]:
    """List the values of a figure, turn by turn."""
    return [value for turn in turns for each, _, value in figures(turn) if each == name]


def worse(few: float, many: float, *, is_cost: bool) -> float:
    """Divide so that more than one is worse."""
    return many / few if is_cost else few / many


def figures(sections: Sections) -> Iterator[tuple[str, bool, float]]:
    """Give the names of figures, whether they are costs, and their values: the table's, and what is below."""
    for row, value in measured(sections):
        is_plain = row.section in ("ratios", "viral_hour")
        yield row.name if is_plain else f"{row.section}.{row.name}", row.is_cost, value
    for name in OURS:
        if name in sections.get("rates", {}):
            yield f"{name}_per_s", False, sections["rates"][name]["median"]
    for name, value in sections.get("names_ms", {}).items():
        if name in PAGES:
            yield f"names_ms.{name}", True, value


def table(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """Write what was measured on both sides."""
    lines = [f"{'':<34}{'few':>12}{'many':>12}{'times worse':>14}"]
    for name, each in figures.items():
        times = each["times_worse"]
        verdict = Row(name, "", MUST, AIM, is_cost=True).verdict(times)
        lines.append(f"{name:<34}{each['few']:>12,.2f}{each['many']:>12,.2f}{times:>14.2f}  {verdict}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
