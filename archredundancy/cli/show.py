"""`archredundancy show`."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import click

from archredundancy.cli.options import OutputFile
from archredundancy.cli.plan import CODES
from archredundancy.cli.plan_file import read_plan
from archredundancy.errors import InputError
from archredundancy.plan import MergePlan

__all__ = ["command"]


@click.command("show")
@click.argument("plan_file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("pvs", nargs=-1)
@click.option("--html", type=OutputFile(), help="Write the plan as a page to look at, too.")
def command(plan_file: Path, pvs: tuple[str, ...], html: Path | None) -> int:
    """Print the whole plan in PLAN_FILE (from `archredundancy plan … -o`): all PVs, hazards and files. Asks no cluster.

    With PVS, names or glob patterns in quotes, it prints only these, partition by partition. A file that was changed
    is refused. Exit codes: 0 nothing to do; 1 refused; 2 ready to be committed.
    """
    plan = read_plan(plan_file)
    if html is not None:
        html.write_text(plan.to_html(), encoding="utf-8")
    names = _chosen(plan, pvs)
    click.echo("\n\n".join(plan.to_text(pv) for pv in names) if pvs else plan.to_text())
    return CODES[plan.status]


def _chosen(plan: MergePlan, words: Sequence[str]) -> list[str]:
    """Return the PVs of a plan that match any of the words, in the plan's order.

    Raises
    ------
    InputError
        If a word matches none.
    """
    names = [pv.pv for pv in plan.pvs]
    for word in words:
        if not any(fnmatchcase(name, word) for name in names):
            raise InputError(f"plan {plan.id} has no PV {word!r}; `archredundancy show` of its file lists all it has")
    return [name for name in names if any(fnmatchcase(name, word) for word in words)]
