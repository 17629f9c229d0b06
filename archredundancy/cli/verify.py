"""`archredundancy verify`."""

from __future__ import annotations

from pathlib import Path

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO
from archredundancy.cli.options import as_json
from archredundancy.cli.plan_file import read_plan
from archredundancy.cli.told import tell_rollbacks
from archredundancy.commit import default_run_dir, find_run, verify
from archredundancy.site import find_site_file, load_site

__all__ = ["command"]


@click.command("verify")
@click.argument("run", type=click.Path(exists=True, path_type=Path))
@click.option("--run-dir", type=click.Path(file_okay=False, path_type=Path), help="With a plan: folder of runs.")
@click.option("--pair", envvar="ARCHREDUNDANCY_PAIR", metavar="NAME", help="With a plan: its pair in the site file.")
@as_json
def command(run: Path, run_dir: Path | None, pair: str | None, as_json: bool) -> int:
    """Compare what the primary has now with what RUN promised: a run's folder, or a plan's file. Changes nothing.

    Exit code 0 only if all of it is there.
    """
    report = verify(run if run.is_dir() else _run_of(run, run_dir, pair))
    click.echo(report.to_json() if as_json else repr(report))
    tell_rollbacks(report.run, err=as_json)
    return NOTHING_TO_DO if report.ok else ERROR


def _run_of(plan_file: Path, run_dir: Path | None, pair: str | None) -> Path:
    """Return the folder of the latest run of a plan."""
    plan = read_plan(plan_file)
    if run_dir is None and find_site_file() is not None:
        run_dir = load_site().pair(pair).run_dir
    return find_run(plan.id, run_dir or default_run_dir())
