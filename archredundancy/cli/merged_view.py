"""`archredundancy merged-view`."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO, SOMETHING_TO_DO
from archredundancy.cli.options import OutputFile, SpanCommand, as_json, echo_json, open_pair_from, pair_options
from archredundancy.display.html_parts import page_html

__all__ = ["command"]


@click.command("merged-view", cls=SpanCommand)
@click.argument("pv")
@click.argument("start")
@click.argument("end", default="now")
@click.option("--html", type=OutputFile(), help="Write it as a page, for light and dark.")
@pair_options
@as_json
def command(
    pv: str,
    start: str,
    end: str,
    html: Path | None,
    primary: str | None,
    secondary: str | None,
    demo: bool,
    timezone: str,
    as_json: bool,
) -> int:
    """Show where the secondary's answer about PV, merged with the primary's, is not the exact union of both.

    The secondary is asked from START to END as its users ask it, and both clusters for themselves. Times are ISO 8601
    text, "now", or spans such as "-7d"; the newest minute is left out.

    Exit codes: 0 the answer is right; 2 it is wrong; 1 errors, and no mistake found though not all could be read.
    """
    with open_pair_from(primary, secondary, demo, timezone) as pair:
        view = pair.check_merged_view(pv, start, end)
    if as_json:
        echo_json(view.to_json())
    else:
        click.echo(view.to_text(shutil.get_terminal_size(fallback=(100, 40)).columns))
    if html is not None:
        html.write_text(page_html(view.pv, view.to_html()), encoding="utf-8")
    if not view.is_right:
        return SOMETHING_TO_DO
    return NOTHING_TO_DO if view.is_whole else ERROR
