"""Many PVs at once: which ones are meant, and a result for each, whatever becomes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal, TypeVar

from archredundancy.client import run_each
from archredundancy.errors import ArchRedundancyError, InputError

__all__ = ["Names", "Where", "attempt_each", "choose_names", "is_pattern", "refuse_parallel"]

Result = TypeVar("Result")
Failed = TypeVar("Failed")

#: A name, a glob pattern, a regular expression, or names.
Names = str | re.Pattern[str] | Iterable[str]
#: Which cluster has to know a PV.
Where = Literal["both", "primary", "secondary", "any"]


def choose_names(wanted: Names, search: Callable[[str], list[str]]) -> list[str]:
    """Return the PVs that are meant, each once.

    Parameters
    ----------
    wanted : str, re.Pattern or iterable of str
        A name or a glob pattern of `*` and `?`; a compiled expression that matches whole names; names, taken as they
        are.
    search : callable
        Gives the names that match a glob pattern.

    Examples
    --------
    >>> choose_names(re.compile("SR:.:X"), lambda pattern: ["SR:1:X", "SR:1:Y"])
    ['SR:1:X']
    >>> choose_names(["B", "A", "B"], search=list)
    ['B', 'A']
    """
    if isinstance(wanted, re.Pattern):
        return [pv for pv in search("*") if wanted.fullmatch(pv)]
    if isinstance(wanted, str):
        return search(wanted) if is_pattern(wanted) else [wanted]
    return list(dict.fromkeys(wanted))


def is_pattern(text: str) -> bool:
    """Return whether a text is a glob pattern, and not the name of a PV, which has no `*` or `?`."""
    return bool(set(text) & set("*?"))


def refuse_parallel(parallel: int) -> None:
    """Refuse to ask for no PV at a time.

    Raises
    ------
    InputError
        If `parallel` is not positive.
    """
    if parallel < 1:
        raise InputError(f"parallel={parallel} is not possible; at least 1 PV has to be asked for at a time")


def attempt_each(
    attempt: Callable[[str], Result],
    failed: Callable[[str, ArchRedundancyError], Failed],
    pvs: list[str],
    *,
    parallel: int,
    progress: bool,
) -> dict[str, Result | Failed]:
    """Return what `attempt` gives for each PV, in the order of `pvs`, and what `failed` makes of the error it raises.

    Parameters
    ----------
    attempt, failed : callable
    pvs : list of str
    parallel : int
        PVs at a time.
    progress : bool
        Whether to show a bar.
    """
    from tqdm.auto import tqdm

    def result_of(pv: str) -> Result | Failed:
        try:
            return attempt(pv)
        except ArchRedundancyError as error:
            return failed(pv, error)

    results = run_each(result_of, pvs, threads=parallel)
    found = dict(tqdm(results, total=len(pvs), unit="PV", disable=not (progress and pvs)))
    return {pv: found[pv] for pv in pvs}
