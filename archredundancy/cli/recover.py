"""`archredundancy recover`."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO
from archredundancy.cli.options import as_json, echo_json
from archredundancy.commit import clean_up, is_certification, recover, watch

__all__ = ["command"]


@click.command("recover")
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--mgmt-idle", is_flag=True, help="You have made sure that the primary is not merging any PV of the run.")
@click.option("--primary-moved", metavar="URL", help="The primary is the same, but is asked under this URL now.")
@click.option("--watch", "watching", is_flag=True, help="RUN is the folder of all runs: take over those that died.")
@click.option("--once", is_flag=True, help="With --watch: look once, long enough to tell which runs are dead.")
@as_json
def command(run: Path, mgmt_idle: bool, primary_moved: str | None, watching: bool, once: bool, as_json: bool) -> int:
    """Bring the run in the folder RUN to its end, whose process died: PVs archiving again first, then proof.

    Harmless when repeated. A run that another host may be at work on is watched for a minute first. Exit code 0 only if
    everything promised was proven; with --watch --once if every run is at its end. Ctrl-C ends --watch after the
    recovery at hand; again, it breaks that one off.
    """
    _refuse_mixed(watching, once=once, of_one_run=mgmt_idle or as_json or primary_moved is not None)
    _refuse_moved_certification(run, primary_moved)
    if watching:
        with _stopped_by_signals() as stop:
            unfinished = watch(run, once=once, say=click.echo, stop=stop)
        return NOTHING_TO_DO if not unfinished else ERROR
    if is_certification(run):
        left = clean_up(run, mgmt_idle=mgmt_idle)
        echo_json({"left": left}) if as_json else click.echo("\n".join(left) or "no scratch PV is left")
        return ERROR if left else NOTHING_TO_DO
    report = recover(run, mgmt_idle=mgmt_idle, primary_moved=primary_moved)
    click.echo(report.to_json() if as_json else repr(report))
    return NOTHING_TO_DO if report.ok else ERROR


@contextmanager
def _stopped_by_signals() -> Iterator[Event]:
    """Give what the first Ctrl-C or SIGTERM sets; the second one interrupts.

    Raises
    ------
    KeyboardInterrupt
        At the second one.
    """
    stop = Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        click.echo("stopping after the recovery at hand; interrupt again to break it off (it can be recovered again)")

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _refuse_mixed(watching: bool, *, once: bool, of_one_run: bool) -> None:
    """Refuse options that do not go together.

    Raises
    ------
    click.UsageError
        If there are any.
    """
    if once and not watching:
        raise click.UsageError("--once goes with --watch")
    if watching and of_one_run:
        raise click.UsageError("--watch goes with --once alone; the other options are for a single run")


def _refuse_moved_certification(run: Path, primary_moved: str | None) -> None:
    """Refuse to be told of another address by a certification, which compares none.

    Raises
    ------
    click.UsageError
        If so.
    """
    if primary_moved is not None and is_certification(run):
        raise click.UsageError(f"--primary-moved is for runs; put the URL into {run / 'certify.json'}")
