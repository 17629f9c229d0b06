"""`archredundancy certify`."""

from __future__ import annotations

from pathlib import Path

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO
from archredundancy.cli.options import as_json, echo_json, open_pair_from, pair_options

__all__ = ["command"]


@click.command("certify")
@click.option("--run-dir", type=click.Path(file_okay=False, path_type=Path), help="Folder of runs, locks and backups.")
@click.option(
    "--like", metavar="PV", help="Store scratch PVs like this PV; by default like the first one that will do."
)
@pair_options
@as_json
def command(
    run_dir: Path | None,
    like: str | None,
    primary: str | None,
    secondary: str | None,
    demo: bool,
    timezone: str,
    as_json: bool,
) -> int:
    """Try a merge from plan to proof on scratch PVs that are made at both clusters, and deleted again.

    Nothing else is touched. The result is kept in the run folder for the versions of both clusters; commits want it. If
    this breaks off, `archredundancy recover` with the folder it names deletes what is left. Exit code 0 only if all
    was as it should be.
    """
    with open_pair_from(primary, secondary, demo, timezone, run_dir=run_dir, allow_commit=True) as pair:
        tell = None if as_json else lambda check: click.echo(str(check))
        found = pair.certify(like=like, on_check=tell)
    if as_json:
        echo_json(found.to_json())
    else:
        click.echo(found.verdict)
    return NOTHING_TO_DO if found.ok else ERROR
