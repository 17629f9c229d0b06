"""What is printed of a run while it is at work."""

from __future__ import annotations

from collections.abc import Callable

import click

from archredundancy.commit import Entry, Progress

__all__ = ["each_line", "each_pv"]


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
