"""The `archredundancy` command."""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from typing import Any

import click

from archredundancy._version import __version__
from archredundancy.errors import ArchRedundancyError

__all__ = ["ERROR", "EXPIRES", "NOTHING_TO_DO", "SOMETHING_TO_DO", "main", "tell_warning"]

NOTHING_TO_DO, ERROR, SOMETHING_TO_DO, EXPIRES = 0, 1, 2, 3

_COMMANDS = {
    "demo": "Show on an embedded pair what this package does.",
    "serve": "Run the embedded pair of appliances until interrupted.",
    "pairs": "List the pairs of the site file, and whether they answer.",
    "search": "List PVs by glob pattern.",
    "fetch": "Print or save the samples of a PV, with their origin.",
    "file": "Print what PB files hold.",
    "compare": "Show what only one cluster has, and until when.",
    "merged-view": "Show where the secondary's merged answers are wrong.",
    "plan": "Show what a merge would gain, not reach and destroy.",
    "show": "Print a plan that was written to a file.",
    "certify": "Try a merge on scratch PVs of a pair, once for its versions.",
    "commit": "Carry out a plan: pause, merge, prove, resume.",
    "verify": "Compare what the primary has now with what a run promised.",
    "restore": "Write the backup of a run as PB files.",
    "rollback": "Undo what a run has rebuilt.",
    "report": "Tell what became of a run, from its journal.",
    "recover": "Bring a run to its end whose process died; or --watch over all of them.",
}


class _LazyGroup(click.Group):
    """Imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"archredundancy.cli.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_LazyGroup,
    epilog="Exit codes: 0 nothing to do, or done; 1 error; 2 something to do; 3 something expires within --within.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, package_name="archredundancy")
def cli() -> None:
    """Load, merge and compare the histories of two EPICS archiver clusters."""


def tell_warning(message: Warning | str, *_where: Any, **_more: Any) -> None:
    """Print a warning as an operator reads it, without the line of code that gave it."""
    click.echo(f"warning: {message}", err=True)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit; errors are told in one line on standard error.

    Parameters
    ----------
    arguments : list of str, optional
        What stands after the command's name; by default what the process was given.
    """
    try:
        with warnings.catch_warnings():
            warnings.showwarning = tell_warning
            code = cli.main(arguments, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = ERROR  # click would exit with 2, which here means "something to do"
    except click.Abort:
        click.echo("interrupted", err=True)
        code = ERROR
    except (ArchRedundancyError, OSError) as error:  # the latter of a file that cannot be written
        click.echo(f"error: {error}", err=True)
        code = ERROR
    sys.exit(code if isinstance(code, int) else NOTHING_TO_DO)
