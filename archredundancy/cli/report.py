"""`archredundancy report`."""

from __future__ import annotations

from pathlib import Path

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO
from archredundancy.cli.options import OutputFile, as_json
from archredundancy.cli.told import tell_rollbacks
from archredundancy.commit import Report, is_certification, who_is_at_work
from archredundancy.errors import InputError, StoreError

__all__ = ["command"]


@click.command("report")
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--html", type=OutputFile(), help="Write the report as a page, too.")
@as_json
def command(run: Path, html: Path | None, as_json: bool) -> int:
    """Tell what became of the run in the folder RUN, from its journal alone. Asks no cluster, changes nothing.

    Of a folder of runs, each is told in a line. Exit code 0 only if everything promised was proven; of a folder of runs
    if each of them is at its end.
    """
    run = run.absolute()
    found = sorted(run.glob("*/journal.jsonl"))
    if not any((run / name).exists() for name in ("journal.jsonl", "run.json")):
        return _list(run, [journal.parent for journal in found], html=html, as_json=as_json)
    return _tell_whole(run, html=html, as_json=as_json)


def _tell_whole(run: Path, *, html: Path | None, as_json: bool) -> int:
    """Print the report of a run.

    Raises
    ------
    InputError
        If it is the folder of a trial of `certify`.
    """
    if is_certification(run):
        raise InputError(
            f"{run} is the folder of a trial of `archredundancy certify`: `archredundancy report {run / 'runs'}` lists "
            f"its runs, and `archredundancy recover {run}` deletes what it may have left"
        )
    report = Report.from_journal(run / "journal.jsonl")
    if html is not None:
        html.write_text(report.to_page(), encoding="utf-8")
    click.echo(report.to_json() if as_json else repr(report))
    tell_rollbacks(run, err=as_json)
    if not report.ended:
        click.echo(who_is_at_work(run), err=as_json)
    return NOTHING_TO_DO if report.ok else ERROR


def _list(folder: Path, runs: list[Path], *, html: Path | None, as_json: bool) -> int:
    """Print a line for each run, the latest last; one whose journal cannot be read has not been seen to be at its end.

    Raises
    ------
    click.UsageError
        If more is wanted than lines.
    """
    if html is not None or as_json:
        raise click.UsageError("--html and --json tell of one run; give its folder")
    runs = [run for run in runs if not is_certification(run)]
    if not runs:
        click.echo(f"there is no run in {folder}")
    are_open = [_tell(run) for run in runs]
    return ERROR if any(are_open) else NOTHING_TO_DO


def _tell(run: Path) -> bool:
    """Print a line for a run, and return whether it is not at its end."""
    try:
        report = Report.from_journal(run / "journal.jsonl")
    except StoreError as error:
        click.echo(f"{run.name}: {error}")
        return True
    work = "" if report.ended else f"; {who_is_at_work(run)}"
    click.echo(f"{run.name}: {report.verdict.partition(': ')[2]}{work}")
    return report.is_open
