"""The fault drill: `make drill`, or `make drill CASES="postgres_killed disk_full"`, or `make drill SHORT=1`.

Breaks one thing after the other under load and counts afterwards. Ends with status 1 when a case failed.
"""

import argparse
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from bench.drill.cases import CASES
from bench.drill.mailhouse import mail_house
from bench.drill.places import PLACES, NotHere
from bench.drill.results import results_keep, table
from bench.drill.scene import Stage


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is stopped and removed
    arguments = _arguments()
    directory = Path(tempfile.mkdtemp(prefix="undersign-drill-"))
    with mail_house() as house:
        results = []
        for result in _played(_chosen(arguments), Stage(directory, house, is_short=arguments.short)):
            results.append(result)
            results_keep([result], is_short=arguments.short)
    print(table(results))
    if not all(result["passed"] for result in results):
        sys.exit(f"Not every case passed. Journals and logs are in {directory}.")
    shutil.rmtree(directory)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.drill", description=__doc__)
    parser.add_argument("cases", nargs="*", choices=[*CASES, []], metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--short", action="store_true", help="a few cases, each shorter: what CI runs")
    return parser.parse_args()


def _chosen(arguments: argparse.Namespace) -> list[str]:
    """Name the cases in the order of CASES, where those at one place are neighbours."""
    if arguments.cases:
        return [name for name in CASES if name in arguments.cases]
    return [name for name, case in CASES.items() if case.is_short or not arguments.short]


def _played(names: Iterable[str], stage: Stage) -> Iterable[dict[str, Any]]:
    """Play cases in their order; neighbours at the same place share its instance."""
    for where, group in groupby(names, key=lambda name: CASES[name].where):
        stage.house.forget()
        try:
            with PLACES[where](stage.directory, stage.house) as instance:
                for name in group:
                    print(f"{name} …", flush=True)
                    yield _one(name, lambda name=name: stage.run(name, CASES[name], instance))
        except NotHere as reason:
            print(f"Not run, so not passed, on “{where}”: {reason}.", flush=True)
        except Exception as error:  # noqa: BLE001 -- the other places are tried all the same
            traceback.print_exc()
            fault = f"{type(error).__name__}: {error}"
            yield {"name": f"the place “{where}”", "passed": False, "error": fault}


def _one(name: str, play: Any) -> dict[str, Any]:
    """Play a case. One that cannot be played to its end has failed; the others go on."""
    try:
        result: dict[str, Any] = play()
    except Exception as error:  # noqa: BLE001 -- told in the results
        traceback.print_exc()
        result = {"name": name, "passed": False, "error": f"{type(error).__name__}: {error}"}
    print(f"  {result}", flush=True)
    return result


if __name__ == "__main__":
    main()
