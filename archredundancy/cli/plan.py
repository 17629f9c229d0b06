"""`archredundancy plan`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO, SOMETHING_TO_DO, tell_warning
from archredundancy.cli.names import names_of
from archredundancy.cli.options import OutputFile, as_json, open_pair_from, pair_options
from archredundancy.commit import usual_run_dir
from archredundancy.pair import ClusterPair
from archredundancy.plan import HazardKind, MergePlan, Status
from archredundancy.survey import is_pattern

__all__ = ["CODES", "command"]

#: Exit codes.
CODES = {Status.READY: SOMETHING_TO_DO, Status.REFUSED: ERROR, Status.NOTHING_TO_DO: NOTHING_TO_DO}
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?")


def _choices(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what is to be merged, and how."""
    for option in (
        click.option(
            "--uncertified", is_flag=True, help="Plan although no certificate is kept for these versions; see certify."
        ),
        click.option("--without-refused", is_flag=True, help="Leave out the PVs that would be refused."),
        click.option(
            "--limit",
            "limits",
            multiple=True,
            metavar="NAME=NUMBER",
            help="Another limit: pvs, samples, read_bytes, rewritten_bytes (20GiB), pause_seconds. May be repeated.",
        ),
        click.option("--accept-loss", type=int, help="How many of the primary's own samples may be destroyed."),
        click.option(
            "--exclude",
            multiple=True,
            metavar="START/END",
            help="Do not merge this span, for instance 2026-05-01/2026-05-02. May be repeated.",
        ),
        click.option(
            "--source",
            type=click.Path(exists=True, path_type=Path),
            help="Merge a saved copy in place of the secondary: a run's folder, saved files, or a folder of PB files.",
        ),
        click.option("--storage", help="The primary's store to merge into; by default its last one."),
        click.option("--end", help="Merge nothing from this time on."),
        click.option("--start", help="Merge nothing before this time."),
        click.option("--root", help="With rebuild: end in a new folder (new, the default), or the one of now (same)."),
        click.option(
            "--strategy",
            help="relay (exactly the promised samples), direct (all that the secondary has) or rebuild (files anew).",
        ),
    ):
        function = option(function)
    return function


@click.command("plan")
@click.argument("pvs", nargs=-1, required=True)
@_choices
@click.option(
    "--run-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of runs and certificates, by which PVs are refused that a run has not let go.",
)
@click.option("--html", type=OutputFile(), help="Write the plan as a page to look at.")
@click.option("-o", "--output", type=OutputFile(), help="Write the plan, JSON.")
@pair_options
@as_json
def command(
    pvs: tuple[str, ...],
    output: Path | None,
    html: Path | None,
    run_dir: Path | None,
    without_refused: bool,
    primary: str | None,
    secondary: str | None,
    demo: bool,
    timezone: str,
    as_json: bool,
    **choices: Any,
) -> int:
    """Show what merging PVS into the primary would gain, not reach and destroy. Changes nothing.

    PVS are names or glob patterns in quotes. Exit codes: 0 nothing to do; 1 refused; 2 ready to be committed.
    """
    choices["exclude"] = [_span(text) for text in choices["exclude"]]
    choices["limits"] = dict(_limit(text) for text in choices["limits"])
    with open_pair_from(primary, secondary, demo, timezone, run_dir=run_dir) as pair:
        if pair.run_dir is not None and not pair.run_dir.is_dir():
            tell_warning(f"there is no folder {pair.run_dir}, so neither certificates nor earlier runs are known")
        plan = _plan(pair, list(pvs), choices)
        _tell_where_certificates_are(plan, pair)
    if without_refused:
        plan = _without_refused(plan)
    if output is not None:
        output.write_text(plan.to_json(), encoding="utf-8")
    if html is not None:
        html.write_text(plan.to_html(), encoding="utf-8")
    click.echo(plan.to_json() if as_json else repr(plan))
    return CODES[plan.status]


def _plan(pair: ClusterPair, words: list[str], choices: dict[str, Any]) -> MergePlan:
    """Return a plan of all that the words mean; one name that is not known is an error.

    Raises
    ------
    click.UsageError
        If several patterns are to be found in a saved copy.
    """
    if len(words) == 1:
        return pair.plan_merge(words[0], progress=sys.stderr.isatty(), **choices)
    if choices["source"] is not None and any(map(is_pattern, words)):
        raise click.UsageError("with --source give one pattern, or names")
    return pair.plan_merge(names_of(pair, words), progress=sys.stderr.isatty(), **choices)


def _tell_where_certificates_are(plan: MergePlan, pair: ClusterPair) -> None:
    """Tell in which folder none was found: it may be kept in another."""
    if any(hazard.kind is HazardKind.NOT_CERTIFIED for hazard in plan.hazards):
        folder = pair.run_dir or usual_run_dir()
        tell_warning(f"no certificate was found in {folder}; if it is kept elsewhere, name that with --run-dir")


def _without_refused(plan: MergePlan) -> MergePlan:
    """Leave out the PVs that are refused, and tell which."""
    left = plan.without_refused()
    for pv in plan.pvs:
        if pv.status is Status.REFUSED:
            reasons = {str(hazard.kind) for hazard in pv.hazards if hazard.refuses}
            tell_warning(f"{pv.pv} is left out: {', '.join(sorted(reasons))}")
    return left


def _span(text: str) -> tuple[str, str]:
    start, slash, end = text.partition("/")
    if not slash:
        raise click.UsageError(f"--exclude {text!r} is no span; write START/END")
    return start, end


def _limit(text: str) -> tuple[str, float]:
    name, _, amount = text.partition("=")
    if not (found := _AMOUNT.fullmatch(amount.strip())):
        raise click.UsageError(f"--limit {text!r} is no limit; write for instance pvs=20 or rewritten_bytes=20GiB")
    if (found[2] or not amount.strip()[-1].isdigit()) and not name.strip().endswith("_bytes"):
        raise click.UsageError(f"--limit {text!r}: units are for limits in bytes; write the number out")
    return name.strip(), float(found[1]) * _UNITS[found[2]]
