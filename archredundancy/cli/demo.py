"""`archredundancy demo`."""

from __future__ import annotations

from pathlib import Path

import click

from archredundancy.cli.main import ERROR, NOTHING_TO_DO
from archredundancy.cli.options import OutputFile, as_json, echo_json
from archredundancy.demo import demo_pair
from archredundancy.demo.story import tell

__all__ = ["command"]


@click.command("demo")
@click.option("--seed", default=0, show_default=True, help="Makes the planted signals.")
@click.option(
    "--picture",
    default="coverage.png",
    show_default=True,
    type=OutputFile(),
    help="Where the picture goes.",
)
@as_json
def command(seed: int, picture: Path, as_json: bool) -> int:
    """Compare, plan and merge on two embedded appliances; nothing else is touched.

    Exit code 0 only if everything turned out as it should.
    """
    all_hold = True
    with demo_pair(seed) as pair:
        for part in tell(pair, picture):
            all_hold &= part.holds
            if as_json:
                comparison = part.comparison.to_json() if part.comparison else None
                echo_json({"title": part.title, "text": part.text, "holds": part.holds, "comparison": comparison})
                continue
            click.secho(f"\n{part.title}\n", bold=True)
            click.echo(part.text)
            if not part.holds:
                click.secho("This did not turn out as it should.", fg="red")
    return NOTHING_TO_DO if all_hold else ERROR
