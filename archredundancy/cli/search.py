"""`archredundancy search`."""

from __future__ import annotations

import click

from archredundancy.cli.options import as_json, echo_json, open_pair_from, pair_options

__all__ = ["command"]


@click.command("search")
@click.argument("pattern", default="*")
@click.option(
    "--where", type=click.Choice(["both", "primary", "secondary", "any"]), default="both", show_default=True,
    help="Clusters that must know the PV.",
)  # fmt: skip
@pair_options
@as_json
def command(
    pattern: str, where: str, primary: str | None, secondary: str | None, demo: bool, timezone: str, as_json: bool
) -> None:
    """List the PVs that match PATTERN, a glob such as 'SR:*'."""
    with open_pair_from(primary, secondary, demo, timezone) as pair:
        names = pair.search(pattern, where=where)  # type: ignore[arg-type]  # click checked the choice
    if as_json:
        echo_json(names)
    else:
        click.echo("\n".join(names)) if names else click.echo(f"no PV matches {pattern!r}", err=True)
