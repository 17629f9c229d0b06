"""`archredundancy compare`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from archredundancy.cli.main import ERROR, EXPIRES, NOTHING_TO_DO, SOMETHING_TO_DO
from archredundancy.cli.names import names_of
from archredundancy.cli.options import OutputFile, SpanCommand, as_json, echo_json, open_pair_from, pair_options
from archredundancy.coverage import Comparison, Comparisons, coverage_svg
from archredundancy.coverage.words.many_html import many_picture
from archredundancy.display.html_parts import page_html
from archredundancy.errors import InputError
from archredundancy.model import parse_time
from archredundancy.pair import ClusterPair
from archredundancy.survey import is_pattern

__all__ = ["command"]

_PATH = OutputFile()
_NOT_NEGATIVE = click.FloatRange(min=0)
_DAY = 86400


@click.command("compare", cls=SpanCommand)
@click.argument("words", nargs=-1, required=True, metavar="PV... START [END]")
@click.option("--start", help="Instead of START among the arguments, which are then all PVs.")
@click.option("--end", default="now", show_default=True, help="With --start.")
@click.option(
    "--within",
    type=_NOT_NEGATIVE,
    default=7.0,
    show_default=True,
    help="Days; exit code 3 if something expires in them.",
)
@click.option("--min-gap", type=_NOT_NEGATIVE, help="Seconds; shorter silences count as dropouts.")
@click.option(
    "--neighbours", type=int, default=0, help="So many other PVs of the IOC show whether it was there; with one PV."
)
@click.option("--html", type=_PATH, help="Write it as a page, with its picture, for light and dark.")
@click.option("--png", type=_PATH, help="Write the picture; .svg and .pdf will do, too.")
@click.option("--svg", "--picture", "svg", type=_PATH, help="Write the small picture of coverage.")
@pair_options
@as_json
def command(
    words: tuple[str, ...],
    start: str | None,
    end: str,
    within: float,
    min_gap: float | None,
    neighbours: int,
    html: Path | None,
    png: Path | None,
    svg: Path | None,
    primary: str | None,
    secondary: str | None,
    demo: bool,
    timezone: str,
    as_json: bool,
) -> int:
    """Show what each cluster has of PVs from START to END, what only one has, and until when.

    PV is a name or a glob pattern; one name is shown in full, several as a table, worst first. Times are ISO 8601 text,
    "now" (END, if it is not given), or spans such as "-7d".

    Exit codes: 0 the primary lacks nothing that the secondary has; 2 it does; 3 some of that expires within --within
    days; 1 errors, and nothing found to do though a PV could not be compared or read whole, or nobody can tell of it.
    """
    pvs, start, end = _split(words, start, end)
    with open_pair_from(primary, secondary, demo, timezone) as pair:
        result = _compare(pair, pvs, start, end, min_gap, neighbours)
    width = shutil.get_terminal_size(fallback=(100, 40)).columns
    if as_json:
        echo_json(result.to_json())
    elif isinstance(result, Comparisons):
        click.echo(result.to_text(width, most=None))
    else:
        click.echo(result.to_text(width))
    _write(result, html, png, svg)
    return _exit_code(result, within)


def _split(words: tuple[str, ...], start: str | None, end: str) -> tuple[list[str], str, str]:
    """Return PVs, start and end; the last word, or the last two if both are times, are not PVs.

    Raises
    ------
    click.UsageError
        If there is no start.
    """
    if start is not None:
        return list(words), start, end
    if len(words) > 2 and _is_time(words[-2]):
        return list(words[:-2]), words[-2], words[-1]
    if len(words) < 2:
        raise click.UsageError("give a START after the PVs, such as 2026-05-01 or -7d, or --start")
    return list(words[:-1]), words[-1], end


def _is_time(word: str) -> bool:
    try:
        parse_time(word, now=0)
    except InputError:
        return False
    return True


def _compare(
    pair: ClusterPair, wanted: list[str], start: str, end: str, min_gap: float | None, neighbours: int
) -> Comparison | Comparisons:
    """Return one comparison for one name, else a table.

    Raises
    ------
    InputError
        If no PV matches a pattern.
    click.UsageError
        If neighbours of several PVs are asked for.
    """
    if len(wanted) == 1 and not is_pattern(wanted[0]):
        return pair.compare(wanted[0], start, end, min_gap=min_gap, neighbours=neighbours)
    if neighbours:
        raise click.UsageError("--neighbours is for one PV; leave it out, or name one")
    pvs = names_of(pair, wanted)
    return pair.compare_many(pvs, start, end, min_gap=min_gap, progress=sys.stderr.isatty())


def _write(result: Comparison | Comparisons, html: Path | None, png: Path | None, svg: Path | None) -> None:
    if html is not None:
        title = result.pv if isinstance(result, Comparison) else f"{len(result)} PVs"
        html.write_text(page_html(title, result.to_html()), encoding="utf-8")
    if svg is not None:
        drawn = coverage_svg(result, titled=True) if isinstance(result, Comparison) else many_picture(result)
        svg.write_text(drawn, encoding="utf-8")
    if png is not None:
        from archredundancy.plot import save_figure

        save_figure(result.plot(), png)


def _exit_code(result: Comparison | Comparisons, within: float) -> int:
    if result.expires_within(within * _DAY):
        return EXPIRES
    if result.needs_merge:
        return SOMETHING_TO_DO
    return NOTHING_TO_DO if result.is_whole and not result.is_undecided else ERROR
