"""`archredundancy fetch`."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from archredundancy.cli.options import SpanCommand, as_json, json_text, open_pair_from, pair_options
from archredundancy.coverage import Comparison, compare_evidence
from archredundancy.coverage.comparison.overview import may_come_yet
from archredundancy.export import check_target, save
from archredundancy.merge import Origin
from archredundancy.model import (
    DbrType,
    Evidence,
    Ragged,
    ReadFailure,
    Samples,
    format_time,
)
from archredundancy.pair.tree import evidence_to_tree

__all__ = ["command", "sample_rows"]


@click.command("fetch", cls=SpanCommand)
@click.argument("pv")
@click.argument("start")
@click.argument("end", default="now")
@click.option(
    "--side", type=click.Choice(["merged", "primary", "secondary"]),
    help="Whose samples; by default merged ones are printed, and with -o all is written.",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE.{nc,zarr,parquet,csv}",
    help="Write to a file that archredundancy.open_saved reads, instead of printing.",
)  # fmt: skip
@click.option("--overwrite", is_flag=True, help="Replace what -o finds.")
@pair_options
@as_json
def command(
    pv: str,
    start: str,
    end: str,
    side: str | None,
    output: Path | None,
    overwrite: bool,
    primary: str | None,
    secondary: str | None,
    demo: bool,
    timezone: str,
    as_json: bool,
) -> int:
    """Print the samples of PV from START to END as CSV (with --json: one JSON object a line).

    With -o, write both sides, their union and what is known of them to a file, or with --side one series.

    Times are ISO 8601 text, "now", or spans such as "-6h".

    Exit code 1 if a part of the range could not be read; what could be is printed or written. The newest minute does
    not count: its samples may still be in the memory of an engine.
    """
    if output is not None:
        check_target(output, overwrite=overwrite)
    with open_pair_from(primary, secondary, demo, timezone) as pair:
        evidence = pair.survey(pv, start, end)
    comparison = compare_evidence(evidence)
    if output is not None:
        tree = evidence_to_tree(evidence, comparison)
        saved = save(tree if side is None else tree[side].to_dataset(), output, overwrite=overwrite)
        click.echo(f"saved: {saved}", err=True)
    else:
        _print(evidence, comparison, side or "merged", as_json)
    losses = [loss for loss in comparison.failures if side in (None, "merged", loss[0])]
    _tell(losses, evidence, comparison)
    return int(not all(may_come_yet(failure, evidence.now) for _, failure in losses))


def _tell(losses: list[tuple[str, ReadFailure]], evidence: Evidence, comparison: Comparison) -> None:
    """Say on standard error what is missing, and that nothing was found, which may be a mistake in a time."""
    for cluster, failure in losses:
        what, why = "not read", failure.message
        if may_come_yet(failure, evidence.now):
            what, why = "not settled yet", "samples may still be in the memory of an engine only"
        click.echo(f"{what}: {cluster}: {failure.range}: {why}", err=True)
    if not len(comparison.union.samples):
        click.echo(f"no sample in {evidence.asked}", err=True)


def _print(evidence: Evidence, comparison: Comparison, side: str, as_json: bool) -> None:
    samples, origins = {
        "merged": (comparison.union.samples, comparison.union.origin),
        "primary": (evidence.primary.reading.samples, None),
        "secondary": (evidence.secondary.reading.samples, None),
    }[side]
    rows = sample_rows(samples, None if origins is None else [Origin(origin).name.lower() for origin in origins])
    if as_json:
        for row in rows:
            click.echo(json_text(row))
    else:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(["time", "value", "severity", "status", *([] if origins is None else ["origin"])])
        writer.writerows(map(_cells, rows))


def _cells(row: dict[str, Any]) -> list[Any]:
    """Return what a line of CSV has: waveforms as JSON lists, as the files of `-o` have them."""
    return [json.dumps(cell, ensure_ascii=False) if isinstance(cell, list) else cell for cell in row.values()]


def sample_rows(samples: Samples, origins: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """Return one dict a sample: time (text, nine digits), value, severity, status, and origin where given."""
    columns = zip(
        samples.time.tolist(), _plain(samples), samples.severity.tolist(), samples.status.tolist(), strict=True
    )
    for number, (time, value, severity, status) in enumerate(columns):
        row = {"time": format_time(time), "value": value, "severity": severity, "status": status}
        yield row if origins is None else row | {"origin": origins[number]}


def _plain(samples: Samples) -> list[Any]:
    """Return values as JSON and CSV have them: numbers, text, lists of these; V4 as hexadecimal text."""
    value = samples.value
    if not isinstance(value, Ragged):
        return [None if element != element else element for element in value.tolist()]
    if samples.dbr_type is DbrType.V4_GENERIC_BYTES:
        return [text.hex() for text in value.to_bytes()]
    if samples.dbr_type is DbrType.SCALAR_STRING:
        return [text.decode(errors="backslashreplace") for text in value.to_bytes()]
    if samples.dbr_type is DbrType.WAVEFORM_STRING:
        return [[text.decode(errors="backslashreplace") for text in row] for row in value.to_strings()]
    return [row.tolist() for row in value.rows()]
