"""`archredundancy compare`."""

from __future__ import annotations

from pathlib import Path

import click

from archredundancy.cli.main import EXPIRES, NOTHING_TO_DO, SOMETHING_TO_DO
from archredundancy.cli.options import SpanCommand, as_json, echo_json, open_pair_from, pair_options
from archredundancy.coverage import coverage_svg

__all__ = ["command"]


@click.command("compare", cls=SpanCommand)
@click.argument("pv")
@click.argument("start")
@click.argument("end", default="now")
@click.option("--within", default=7.0, show_default=True, help="Days; exit code 3 if something expires in them.")
@click.option("--min-gap", type=float, help="Seconds; shorter silences count as dropouts.")
@click.option("--picture", type=click.Path(dir_okay=False, path_type=Path), help="Write the coverage picture, SVG.")
@pair_options
@as_json
def command(
    pv: str,
    start: str,
    end: str,
    within: float,
    min_gap: float | None,
    picture: Path | None,
    primary: str | None,
    secondary: str | None,
    demo: bool,
    timezone: str,
    as_json: bool,
) -> int:
    """Show what each cluster has of PV from START to END, what only one has, and until when.

    Times are ISO 8601 text, "now", or spans such as "-7d".
    """
    with open_pair_from(primary, secondary, demo, timezone) as pair:
        comparison = pair.compare(pv, start, end, min_gap=min_gap)
    if picture is not None:
        picture.write_text(coverage_svg(comparison), encoding="utf-8")
    if as_json:
        echo_json(comparison.to_json())
    else:
        click.echo(repr(comparison))
    if not comparison.summary.primary.samples_to_gain:
        return NOTHING_TO_DO
    return EXPIRES if comparison.expires_within(within * 86400) else SOMETHING_TO_DO
