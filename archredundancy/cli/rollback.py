"""`archredundancy rollback`."""

from __future__ import annotations

from pathlib import Path

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO
from archredundancy.cli.options import as_json
from archredundancy.cli.told import each_line, each_pv
from archredundancy.commit import rollback

__all__ = ["command"]


@click.command("rollback")
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--journal", is_flag=True, help="Print each line of the journal, not a line for each PV.")
@click.option("--quiet", is_flag=True, help="Print the report only.")
@as_json
def command(run: Path, journal: bool, quiet: bool, as_json: bool) -> int:
    """Undo the rebuild in the folder RUN: PVs are stored in their old files again, with what was recorded since.

    Nothing is undone where a sample would be lost by it. Ctrl-C stops it after the PV that it is at; called again for
    the same RUN, it does the rest. Exit code 0 only if all of it was proven.
    """
    told = None if quiet or as_json else each_line if journal else each_pv()
    report = rollback(run, on_entry=told)
    click.echo(report.to_json() if as_json else repr(report))
    return NOTHING_TO_DO if report.ok else ERROR
