"""`archredundancy rollback`."""

from __future__ import annotations

from pathlib import Path

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO
from archredundancy.cli.options import as_json
from archredundancy.commit import rollback

__all__ = ["command"]


@click.command("rollback")
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--quiet", is_flag=True, help="Do not print the journal.")
@as_json
def command(run: Path, quiet: bool, as_json: bool) -> int:
    """Undo the rebuild in the folder RUN: PVs are stored in their old files again, with what was recorded since.

    Nothing is undone where a sample would be lost by it. Exit code 0 only if all of it was proven.
    """
    follow = None if quiet or as_json else lambda entry: click.echo(str(entry))
    report = rollback(run, on_entry=follow)
    click.echo(report.to_json() if as_json else repr(report))
    return NOTHING_TO_DO if report.ok else ERROR
