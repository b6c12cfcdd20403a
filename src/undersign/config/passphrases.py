"""Asking for a passphrase: never on the command line, where everybody on the machine can read it."""

import os
import sys

import click

VARIABLE = "UNDERSIGN_BACKUP_PASSPHRASE"


def passphrase_ask(*, from_stdin: bool, is_new: bool) -> str:
    """Take the passphrase from standard input, the environment, or the person at the terminal."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if os.environ.get(VARIABLE):
        return os.environ[VARIABLE]
    if not sys.stdin.isatty():
        problem = f"There is nobody to ask for a passphrase: use --passphrase-stdin or {VARIABLE}."
        raise click.UsageError(problem)
    answer: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=is_new, err=True)
    return answer
