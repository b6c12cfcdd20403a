"""python -m undersign.config: the program `undersign`, where its script is not on PATH."""

from undersign.config.cli import main

main(prog_name="undersign")
