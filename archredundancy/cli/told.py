"""What is printed of a run while it is at work."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import click

from archredundancy.commit import Entry, Progress, RunFolder, rollbacks_of
from archredundancy.errors import StoreError

__all__ = ["each_line", "each_pv", "tell_rollbacks"]


def each_line(entry: Entry) -> None:
    """Print a line of the journal."""
    click.echo(str(entry))


def each_pv() -> Callable[[Entry], None]:
    """Return what prints a line for each PV, when it has come to its end."""
    progress = Progress()

    def tell(entry: Entry) -> None:
        if line := progress.line(entry):
            click.echo(line)

    return tell


def tell_rollbacks(run: Path, *, err: bool = False) -> None:
    """Print which runs have undone a run, or parts of it, after the report that knows nothing of them."""
    with suppress(StoreError):  # the report has told what is wrong with the folder
        for rollback in rollbacks_of(RunFolder.open(run)):
            where = f"Since then undone by the rollback {rollback.path}"
            click.echo(f"{where}: what is advised above does not hold any more; see its report.", err=err)
