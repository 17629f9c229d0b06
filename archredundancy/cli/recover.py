"""`archredundancy recover`."""

from __future__ import annotations

from pathlib import Path

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO
from archredundancy.cli.options import as_json
from archredundancy.commit import recover

__all__ = ["command"]


@click.command("recover")
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--mgmt-idle", is_flag=True, help="You have made sure that the primary is not merging any PV of the run.")
@as_json
def command(run: Path, mgmt_idle: bool, as_json: bool) -> int:
    """Bring the run in the folder RUN to its end, whose process died: PVs archiving again first, then proof.

    Harmless when repeated. Exit code 0 only if everything promised was proven.
    """
    report = recover(run, mgmt_idle=mgmt_idle)
    click.echo(report.to_json() if as_json else repr(report))
    return NOTHING_TO_DO if report.ok else ERROR
