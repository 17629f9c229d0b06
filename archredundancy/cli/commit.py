"""`archredundancy commit`."""

from __future__ import annotations

from pathlib import Path

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO
from archredundancy.cli.options import as_json, open_pair_from, pair_options
from archredundancy.cli.plan_file import read_plan
from archredundancy.cli.told import each_line, each_pv

__all__ = ["command"]


@click.command("commit")
@click.argument("plan_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--approve", required=True, metavar="ID", help="The plan's id, as you read it in the plan.")
@click.option("--run-dir", type=click.Path(file_okay=False, path_type=Path), help="Folder of runs, locks and backups.")
@click.option("--journal", is_flag=True, help="Print each line of the journal, not a line for each PV.")
@click.option("--quiet", is_flag=True, help="Print the report only.")
@pair_options
@as_json
def command(
    plan_file: Path,
    approve: str,
    run_dir: Path | None,
    journal: bool,
    quiet: bool,
    primary: str | None,
    secondary: str | None,
    demo: bool,
    timezone: str,
    as_json: bool,
) -> int:
    """Carry out the plan in PLAN_FILE (from `archredundancy plan … -o`), in a process of its own.

    Ctrl-C stops it after the PV that it is at; again, it ends the watching, not the commit. Exit code 0 only if
    everything promised was proven.
    """
    plan = read_plan(plan_file)
    with open_pair_from(primary, secondary, demo, timezone, run_dir=run_dir, allow_commit=True) as pair:
        told = None if quiet or as_json else each_line if journal else each_pv()
        report = pair.commit(plan, approve=approve, on_entry=told, progress=False)
    click.echo(report.to_json() if as_json else repr(report))
    return NOTHING_TO_DO if report.ok else ERROR
