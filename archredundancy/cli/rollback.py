"""`archredundancy rollback`."""

from __future__ import annotations

from pathlib import Path

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO, SOMETHING_TO_DO
from archredundancy.cli.options import as_json, echo_json
from archredundancy.cli.told import each_line, each_pv
from archredundancy.commit import plan_rollback, rollback

__all__ = ["command"]


@click.command("rollback")
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--approve", metavar="ID", help="The rollback's id, as you read it without this option.")
@click.option("--journal", is_flag=True, help="Print each line of the journal, not a line for each PV.")
@click.option("--quiet", is_flag=True, help="Print the report only.")
@as_json
def command(run: Path, approve: str | None, journal: bool, quiet: bool, as_json: bool) -> int:
    """Undo the rebuild in the folder RUN: PVs are stored in their old files again, with what was recorded since.

    Without --approve it tells what that would do, and changes nothing (exit code 2). Nothing is undone where a sample
    would be lost by it. Ctrl-C stops it after the PV that it is at; called again for the same RUN, it does the rest.
    Exit code 0 only if all of it was proven.
    """
    if approve is None:
        plan = plan_rollback(run)
        echo_json(plan.to_json()) if as_json else click.echo(repr(plan))
        return SOMETHING_TO_DO
    told = None if quiet or as_json else each_line if journal else each_pv()
    report = rollback(run, approve, on_entry=told)
    click.echo(report.to_json() if as_json else repr(report))
    return NOTHING_TO_DO if report.ok else ERROR
