"""Options that several commands share."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from archredundancy.errors import InputError
from archredundancy.pair import ClusterPair
from archredundancy.site import find_site_file, load_site

__all__ = ["OutputFile", "SpanCommand", "as_json", "echo_json", "json_text", "open_pair_from", "pair_options"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

#: A start such as -6h begins like an option, and -h is one.
_SPAN = re.compile(r"-\s*[\d.]+\s*[a-z]+")

#: Where a command's context keeps the name of the pair.
_PAIR = "archredundancy.pair"


class SpanCommand(click.Command):
    """A command whose arguments may be spans before now, such as `-6h`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, with a blank before each span: the parser then takes it for an argument, and times do not mind."""
        return super().parse_args(ctx, [f" {arg}" if _SPAN.fullmatch(arg) else arg for arg in args])


class OutputFile(click.Path):
    """A file to be written, refused before the work is done if there is no folder for it."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path.

        Raises
        ------
        InputError
            If its folder does not exist, or may not be written to.
        """
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not os.access(path.parent, os.W_OK):
            raise InputError(f"{path} cannot be written: there is no folder {path.parent}, or you may not write to it")
        return path


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def pair_options(function: _Function) -> _Function:
    """Add `--pair`, `--primary`, `--secondary`, `--demo` and `--timezone` to a command."""
    for option in (
        click.option(
            "--timezone",
            default="UTC",
            help="Zone of times written without one; by default that of the site file, else UTC.",
        ),
        click.option("--demo", is_flag=True, help="Use an embedded pair, started for this command."),
        click.option("--secondary", envvar="ARCHREDUNDANCY_SECONDARY", metavar="URL", help="The spare cluster."),
        click.option(
            "--primary",
            envvar="ARCHREDUNDANCY_PRIMARY",
            metavar="URL",
            help="Management URL (http://host:17665) or retrieval URL (http://host:17668/retrieval).",
        ),
        click.option(
            "--pair",
            envvar="ARCHREDUNDANCY_PAIR",
            metavar="NAME",
            expose_value=False,
            callback=_note_pair,
            help="A pair of the site file; `archredundancy pairs` lists them. Not needed where it names one only.",
        ),
    ):
        function = option(function)
    return function


def _note_pair(context: click.Context, _parameter: click.Parameter, name: str | None) -> None:
    context.meta[_PAIR] = name


def open_pair_from(
    primary: str | None, secondary: str | None, demo: bool, timezone: str, **options: Any
) -> ClusterPair:
    """Return the pair that the shared options name; `options` go to `ClusterPair`.

    What is written on the command line goes before the environment, and a pair of the site file before URLs of the
    environment. Of a pair of the site file, the file says whether it may be changed.

    Raises
    ------
    click.UsageError
        If they name none, or two, or `--run-dir` is given with `--demo`.
    """
    name = _named_pair()
    if demo:
        return _open_demo(timezone, options.get("run_dir"))
    if name is None and primary and secondary:
        return ClusterPair(primary=primary, secondary=secondary, timezone=timezone, **options)
    if name is None and (primary or secondary or find_site_file() is None):
        raise click.UsageError(
            "name the pair: --pair NAME of the site file, or --primary URL --secondary URL, or --demo (the variables "
            "ARCHREDUNDANCY_PAIR, or ARCHREDUNDANCY_PRIMARY and ARCHREDUNDANCY_SECONDARY, will do too)"
        )
    return _open_site_pair(name, timezone, options.get("run_dir"))


def _open_demo(timezone: str, run_dir: Path | None) -> ClusterPair:
    from archredundancy.demo import demo_pair

    if run_dir is not None:
        raise click.UsageError("--demo starts a pair that has a folder of runs of its own; leave out --run-dir")
    return demo_pair(timezone=timezone)


def _named_pair() -> str | None:
    """Return the name of the pair that is meant, unless other options on the command line go before it.

    Raises
    ------
    click.UsageError
        If the command line names two pairs.
    """
    context = click.get_current_context()
    others = [f"--{each}" for each in ("primary", "secondary", "demo") if _is_typed(context, each)]
    if others and _is_typed(context, "pair"):
        raise click.UsageError(f"--pair and {others[0]} name two pairs; take one of them")
    name: str | None = context.meta.get(_PAIR)
    return None if others else name


def _open_site_pair(name: str | None, timezone: str, run_dir: Path | None) -> ClusterPair:
    settings = load_site().pair(name)
    if _is_typed(click.get_current_context(), "timezone"):
        settings = replace(settings, timezone=timezone)
    if run_dir is not None:
        settings = replace(settings, run_dir=run_dir)
    return ClusterPair.from_settings(settings)


def _is_typed(context: click.Context, parameter: str) -> bool:
    return context.get_parameter_source(parameter) is ParameterSource.COMMANDLINE


def echo_json(content: Any) -> None:
    """Print one JSON document, NaN and infinities as null."""
    click.echo(json_text(content))


def json_text(content: Any) -> str:
    """Return one JSON document in one line, NaN and infinities as null."""
    return json.dumps(_without_nan(content), ensure_ascii=False)


def _without_nan(content: Any) -> Any:
    if isinstance(content, dict):
        return {key: _without_nan(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_without_nan(value) for value in content]
    if isinstance(content, float) and content - content != 0:
        return None
    return content
