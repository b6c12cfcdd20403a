"""`python -m bench`: start everything that is needed, measure, print a table, write the results."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from bench.pace import SHORT, WHOLE, Pace
from bench.phases import costs, latency, mails, memory, names, proofs, reads, viral_hour, writes
from bench.plot import plot
from bench.programs import ProgramMissing, require
from bench.results import Results, commit, results_of_today
from bench.stage import Stage, staged
from bench.table import table
from undersign.config.machine import machine
from undersign.foundation.postgres.layout import layout_of

PHASES: Mapping[str, Callable[[Stage, Results, Pace], None]] = {
    "reads": reads.measure,
    "writes": writes.measure,
    "proofs": proofs.measure,
    "latency": latency.measure,
    "viral": viral_hour.measure,
    "mails": mails.measure,
    "costs": costs.measure,
    "memory": memory.measure,
    "names": names.measure,
}


@click.command()
@click.argument("phases", nargs=-1, type=click.Choice(list(PHASES)))
@click.option("--short", is_flag=True, help="About a minute, to see that everything runs.")
@click.option("--signatures", type=int, help="How many there are before anything is measured.")
@click.option("--supporters", type=int, help="How many people made them.")
@click.option("--directory", type=click.Path(path_type=Path), help="Keep the instance here for the next run.")
@click.option("--results", "path", type=click.Path(path_type=Path), help="Add to this file.")
def main(
    phases: tuple[str, ...],
    *,
    short: bool,
    signatures: int | None,
    supporters: int | None,
    directory: Path | None,
    path: Path | None,
) -> None:
    """Measure some phases, or all."""
    try:
        require(["nginx", "wrk"])
    except ProgramMissing as missing:
        raise click.ClickException(str(missing)) from missing
    results = Results(path or results_of_today(is_short=short))
    home = directory or Path(tempfile.mkdtemp(prefix="undersign-bench-"))
    try:
        with staged(home) as stage:
            results.add("machine", machine())
            if signatures:
                stage.fill(signatures=signatures, supporters=supporters)
            for phase in phases or PHASES:
                PHASES[phase](stage, results, SHORT if short else WHOLE)
                results.add("commits", {phase: commit()})
    finally:
        if directory is None:
            clear_away(home)
    show(results)


def show(results: Results) -> None:
    """Draw the picture beside the file, and print the table."""
    told = results.sections["machine"]
    caption = f"{results.path.stem}: {told['cores']} cores, PostgreSQL {told.get('postgres', '?')}"
    results.path.with_suffix(".svg").write_text(plot(results.sections, caption=caption))
    click.echo(table(results.sections))


def clear_away(home: Path) -> None:
    """Remove an instance and its database."""
    shutil.rmtree(layout_of(home).home, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
