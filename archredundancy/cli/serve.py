"""`archredundancy serve`."""

from __future__ import annotations

import ipaddress
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from archredundancy.appliance.configuration.policies import SIX_MONTHS
from archredundancy.cli.options import as_json, echo_json
from archredundancy.demo.live import serve_live

__all__ = ["command"]

_PORT = click.IntRange(0, 65535)


@click.command("serve")
@click.option("--port-primary", type=_PORT, default=0, help="By default one that is free.")
@click.option("--port-secondary", type=_PORT, default=0, help="By default one that is free.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that keeps configuration and samples for the next time. Without it, what is there to begin with are "
    "the demonstration's PVs, and all is gone at the end.",
)
@click.option(
    "--keep-days",
    default=SIX_MONTHS,
    show_default=True,
    type=click.IntRange(min=1),
    help="How long the secondary keeps samples of PVs that are new to it.",
)
@click.option(
    "--seed",
    default=0,
    show_default=True,
    type=click.IntRange(min=0),
    help="Makes the demonstration's planted signals; of no use with --data.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to answer at.")
@click.option(
    "--let-anyone-delete-data",
    is_flag=True,
    help="Answer at an address that others can reach. There is no authentication, and some calls delete data.",
)
@as_json
def command(
    port_primary: int,
    port_secondary: int,
    data: Path | None,
    keep_days: int,
    seed: int,
    host: str,
    let_anyone_delete_data: bool,
    as_json: bool,
) -> None:
    """Serve two embedded appliances that archive a simulated IOC, until interrupted (Ctrl-C).

    Any client of the Archiver Appliance can ask them. The secondary keeps samples for some time only, and merges the
    primary's into its answers.
    """
    if not let_anyone_delete_data:
        _check_loopback(host)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with (
        _told(),
        _folder(data) as root,
        serve_live(
            root,
            primary_port=port_primary,
            secondary_port=port_secondary,
            host=host,
            keep_days=keep_days,
            demo_seed=seed if data is None else None,
        ) as pair,
    ):
        urls = {"primary": pair.primary.url, "secondary": pair.secondary.url}
        if as_json:
            echo_json(urls)
        else:
            click.echo(f"primary    {urls['primary']}\nsecondary  {urls['secondary']}\nCtrl-C stops both.")
        stop.wait()


@contextmanager
def _told() -> Iterator[None]:
    """Tell in one line that a port is taken, a folder cannot be made, and the like.

    Raises
    ------
    click.ClickException
        If so.
    """
    try:
        yield
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        raise click.ClickException(f"cannot serve: {error.strerror or error}{where}") from error


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    """Make the folder for the data, for good or until the end."""
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
        yield data
        return
    with TemporaryDirectory(prefix="archredundancy-", ignore_cleanup_errors=True) as root:
        yield Path(root)


def _check_loopback(host: str) -> None:
    """Refuse an address that others can reach.

    Raises
    ------
    click.UsageError
        If it is one, or may be one.
    """
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise click.UsageError(
            f"others may reach {host}. There is no authentication, and some calls delete data; if that is what you "
            "want, add --let-anyone-delete-data"
        )
