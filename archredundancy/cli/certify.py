"""`archredundancy certify`."""

from __future__ import annotations

from pathlib import Path

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO
from archredundancy.cli.options import as_json, echo_json, open_pair_from, pair_options
from archredundancy.client.commands.scratch_calls import PREFIX
from archredundancy.commit import clean_up_all, usual_run_dir

__all__ = ["command"]


@click.command("certify")
@click.option("--run-dir", type=click.Path(file_okay=False, path_type=Path), help="Folder of runs, locks and backups.")
@click.option(
    "--like", metavar="PV", help="Store scratch PVs like this PV; by default like the first one that will do."
)
@click.option(
    "--prefix", default=PREFIX, show_default=True, help="What names of scratch PVs begin with; `:SCRATCH:` follows."
)
@click.option("--clean-up", is_flag=True, help="Only delete what trials have left in this run folder that died.")
@pair_options
@as_json
def command(
    run_dir: Path | None,
    like: str | None,
    prefix: str,
    clean_up: bool,
    primary: str | None,
    secondary: str | None,
    demo: bool,
    timezone: str,
    as_json: bool,
) -> int:
    """Try merges from plan to proof, by each strategy, on scratch PVs made at both clusters, and deleted again.

    Nothing else is touched. The result is kept in the run folder for the versions of both clusters; commits want it. If
    this process is killed, `--clean-up` deletes what it has left. Exit code 0 only if all was as it should be.
    """
    with open_pair_from(primary, secondary, demo, timezone, run_dir=run_dir, allow_commit=True) as pair:
        if clean_up:
            return _clean_up(pair.run_dir or usual_run_dir(), as_json=as_json)
        tell = None if as_json else lambda check: click.echo(str(check))
        found = pair.certify(like=like, prefix=prefix, on_check=tell)
    if as_json:
        echo_json(found.to_json())
    else:
        click.echo(found.verdict)
    return NOTHING_TO_DO if found.ok else ERROR


def _clean_up(run_dir: Path, *, as_json: bool) -> int:
    found = clean_up_all(run_dir)
    if as_json:
        echo_json({"run_dir": str(run_dir), "left": {path.name: list(left) for path, left in found.items()}})
    else:
        lines = [line for path, left in found.items() for line in _told(path, left)]
        click.echo("\n".join(lines) or f"no trial in {run_dir} has left anything")
    return ERROR if any(found.values()) else NOTHING_TO_DO


def _told(path: Path, left: tuple[str, ...]) -> list[str]:
    return [
        f"{path.name}: {'not all is deleted' if left else 'no scratch PV is left'}",
        *(f"  - {each}" for each in left),
    ]
