"""`archredundancy report`."""

from __future__ import annotations

from pathlib import Path

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO
from archredundancy.cli.options import as_json
from archredundancy.commit import Report

__all__ = ["command"]


@click.command("report")
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write the report as a page, too.")
@as_json
def command(run: Path, html: Path | None, as_json: bool) -> int:
    """Tell what became of the run in the folder RUN, from its journal alone. Asks no cluster, changes nothing.

    Exit code 0 only if everything promised was proven.
    """
    report = Report.from_journal(run.absolute() / "journal.jsonl")
    if html is not None:
        html.write_text(report.to_page(), encoding="utf-8")
    click.echo(report.to_json() if as_json else repr(report))
    return NOTHING_TO_DO if report.ok else ERROR
