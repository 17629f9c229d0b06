"""`archredundancy plan`."""

from __future__ import annotations

from pathlib import Path

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO, SOMETHING_TO_DO
from archredundancy.cli.options import as_json, open_pair_from, pair_options
from archredundancy.plan import Status

__all__ = ["command"]

_CODES = {Status.READY: SOMETHING_TO_DO, Status.REFUSED: ERROR, Status.NOTHING_TO_DO: NOTHING_TO_DO}


@click.command("plan")
@click.argument("pvs", nargs=-1, required=True)
@click.option("--strategy", help="relay (exactly the promised samples) or direct (all that the secondary has).")
@click.option("--start", help="Merge nothing before this time.")
@click.option("--end", help="Merge nothing from this time on.")
@click.option("--storage", help="The primary's store to merge into; by default its last one.")
@click.option("--accept-loss", type=int, help="How many of the primary's own samples may be destroyed.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the plan, JSON.")
@pair_options
@as_json
def command(
    pvs: tuple[str, ...],
    strategy: str | None,
    start: str | None,
    end: str | None,
    storage: str | None,
    accept_loss: int | None,
    output: Path | None,
    primary: str | None,
    secondary: str | None,
    demo: bool,
    timezone: str,
    as_json: bool,
) -> int:
    """Show what merging PVS into the primary would gain, not reach and destroy. Changes nothing.

    Exit codes: 0 nothing to do; 1 refused; 2 ready to be committed.
    """
    with open_pair_from(primary, secondary, demo, timezone) as pair:
        plan = pair.plan_merge(list(pvs), strategy, start, end, storage=storage, accept_loss=accept_loss)
    if output is not None:
        output.write_text(plan.to_json(), encoding="utf-8")
    click.echo(plan.to_json() if as_json else repr(plan))
    return _CODES[plan.status]
