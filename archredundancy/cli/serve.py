"""`archredundancy serve`."""

from __future__ import annotations

import signal
import threading

import click

from archredundancy.cli.options import as_json, echo_json
from archredundancy.demo import demo_pair

__all__ = ["command"]


@click.command("serve")
@click.option("--seed", default=0, show_default=True, help="Makes the planted signals.")
@as_json
def command(seed: int, as_json: bool) -> None:
    """Serve the demonstration's two appliances on loopback until interrupted (Ctrl-C).

    Any client of the Archiver Appliance can ask them.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with demo_pair(seed) as pair:
        urls = {"primary": pair.primary.url, "secondary": pair.secondary.url}
        if as_json:
            echo_json(urls)
        else:
            click.echo(f"primary    {urls['primary']}\nsecondary  {urls['secondary']}\nCtrl-C stops both.")
        stop.wait()
