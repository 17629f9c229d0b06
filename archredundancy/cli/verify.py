"""`archredundancy verify`."""

from __future__ import annotations

from pathlib import Path

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO
from archredundancy.cli.options import as_json
from archredundancy.commit import verify

__all__ = ["command"]


@click.command("verify")
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@as_json
def command(run: Path, as_json: bool) -> int:
    """Compare what the primary has now with what the run in the folder RUN promised. Changes nothing.

    Exit code 0 only if all of it is there.
    """
    report = verify(run)
    click.echo(report.to_json() if as_json else repr(report))
    return NOTHING_TO_DO if report.ok else ERROR
