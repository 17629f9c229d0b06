"""`archredundancy file`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from archredundancy.cli.fetch import sample_rows
from archredundancy.cli.main import ERROR, NOTHING_TO_DO
from archredundancy.cli.options import as_json, echo_json
from archredundancy.model import format_time
from archredundancy.wire import ChunkReader, ChunkStarted, Damage, SampleBlock

__all__ = ["command"]

_BLOCK = 1 << 20


@click.command("file")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--samples", "with_samples", is_flag=True, help="Print each sample too.")
@as_json
def command(paths: tuple[Path, ...], with_samples: bool, as_json: bool) -> int:
    """Print what PB files hold: PV, type, year, number of samples, first and last, and any damage.

    Exit code 1 if a file is damaged.
    """
    damaged = False
    for path in paths:
        content = _content(path, with_samples)
        damaged |= bool(content["damages"])
        if as_json:
            echo_json(content)
        else:
            click.echo(_text(content))
    return ERROR if damaged else NOTHING_TO_DO


def _content(path: Path, with_samples: bool) -> dict[str, Any]:
    chunks: list[dict[str, Any]] = []
    damages: list[dict[str, Any]] = []
    for event in _events(path):
        if isinstance(event, ChunkStarted):
            header = event.header
            chunks.append({"pv": header.pv, "type": header.dbr_type.name, "year": header.year, "count": 0})
            if with_samples:
                chunks[-1]["samples"] = []
        elif isinstance(event, Damage):
            damages.append({"offset": event.offset, "length": event.length, "reason": event.reason})
        elif len(event.samples):
            chunk = chunks[-1]
            chunk["count"] += len(event.samples)
            chunk.setdefault("first", format_time(event.samples.time[0]))
            chunk["last"] = format_time(event.samples.time[-1])
            if with_samples:
                chunk["samples"] += list(sample_rows(event.samples))
    if not chunks:
        damages.append(
            {"offset": 0, "length": path.stat().st_size, "reason": "no readable header: not a PB file, or an empty one"}
        )
    return {"path": str(path), "bytes": path.stat().st_size, "chunks": chunks, "damages": damages}


def _events(path: Path) -> Iterator[ChunkStarted | SampleBlock | Damage]:
    reader = ChunkReader()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield from reader.feed(block)
    yield from reader.close()


def _text(content: dict[str, Any]) -> str:
    lines = [f"{content['path']}  {content['bytes']:,} bytes"]
    for chunk in content["chunks"]:
        span = f"  {chunk['first']} .. {chunk['last']}" if chunk["count"] else ""
        lines.append(f"  {chunk['pv']}  {chunk['type']}  {chunk['year']}  {chunk['count']:,} samples{span}")
        lines += [f"    {json.dumps(sample, ensure_ascii=False)}" for sample in chunk.get("samples", [])]
    lines += [f"  damaged at byte {damage['offset']}: {damage['reason']}" for damage in content["damages"]]
    return "\n".join(lines)
