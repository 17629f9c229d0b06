"""`archredundancy restore`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from archredundancy.cli.main import NOTHING_TO_DO
from archredundancy.cli.options import as_json, echo_json
from archredundancy.commit import restore

__all__ = ["command"]


@click.command("restore")
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="A new or empty folder.",
)
@as_json
def command(run: Path, output: Path, as_json: bool) -> int:
    """Write what the primary had before the run in the folder RUN as PB files. Asks no cluster, changes nothing.

    The README.md beside them says where each file belongs, and what to type.
    """
    restored = restore(run, output)
    if as_json:
        echo_json({"folder": str(restored.folder), "files": [asdict(file) for file in restored.files]})
    else:
        click.echo(str(restored))
    return NOTHING_TO_DO
