"""The command line: each command one file, imported only when it is called, so that `--help` stays quick."""

from archredundancy.cli.main import main

__all__ = ["main"]
