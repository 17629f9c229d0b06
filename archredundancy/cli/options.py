"""Options that several commands share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

from archredundancy.pair import ClusterPair

__all__ = ["SPANS_AS_ARGUMENTS", "as_json", "echo_json", "open_pair_from", "pair_options"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

#: A start such as -7d begins like an option.
SPANS_AS_ARGUMENTS = {"ignore_unknown_options": True}

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def pair_options(function: _Function) -> _Function:
    """Add `--primary`, `--secondary`, `--demo` and `--timezone` to a command."""
    for option in (
        click.option("--timezone", default="UTC", show_default=True, help="Zone of times written without one."),
        click.option("--demo", is_flag=True, help="Use an embedded pair, started for this command."),
        click.option("--secondary", envvar="ARCHREDUNDANCY_SECONDARY", metavar="URL", help="The spare cluster."),
        click.option(
            "--primary",
            envvar="ARCHREDUNDANCY_PRIMARY",
            metavar="URL",
            help="Management URL (http://host:17665) or retrieval URL (http://host:17668/retrieval).",
        ),
    ):
        function = option(function)
    return function


def open_pair_from(
    primary: str | None, secondary: str | None, demo: bool, timezone: str, **options: Any
) -> ClusterPair:
    """Return the pair that the shared options name; `options` go to `ClusterPair`.

    Raises
    ------
    click.UsageError
        If they name none.
    """
    if demo:
        from archredundancy.demo import demo_pair

        return demo_pair()
    if not primary or not secondary:
        raise click.UsageError(
            "name the pair: --primary URL --secondary URL, or --demo "
            "(the variables ARCHREDUNDANCY_PRIMARY and ARCHREDUNDANCY_SECONDARY will do too)"
        )
    return ClusterPair(primary=primary, secondary=secondary, timezone=timezone, **options)


def echo_json(content: Any) -> None:
    """Print one JSON document, NaN and infinities as null."""
    click.echo(json.dumps(_without_nan(content), ensure_ascii=False))


def _without_nan(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _without_nan(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_without_nan(value) for value in content]
    if isinstance(content, float) and content - content != 0:
        return None
    return content
