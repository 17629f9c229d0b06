"""`plan_merges`: both clusters and the folder of runs asked, PV by PV, and a plan made of what they tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from archredundancy.commit.backup.saved_copy import SavedCopy, open_saved_copy
from archredundancy.commit.identity import address_of, key_of
from archredundancy.commit.planning.many import plan_each
from archredundancy.commit.planning.request import PlanRequest
from archredundancy.commit.run.pauses import pause_holes
from archredundancy.commit.run_folder.certificate import find_certificate
from archredundancy.commit.run_folder.lock import unfinished_run
from archredundancy.commit.run_folder.run_folder import usual_run_dir
from archredundancy.errors import ArchRedundancyError, InputError
from archredundancy.model import MergeEvidence
from archredundancy.plan import Limits, MergePlan, Terms, assemble
from archredundancy.survey import Source, choose_names, refuse_parallel, survey_for_merge

__all__ = ["Grounds", "plan_merges"]


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """Where a plan's knowledge comes from.

    Attributes
    ----------
    primary, secondary : Source
    search : callable
        Gives the names of PVs that match a glob pattern.
    clock : callable
        Gives what the clusters take for the present, ns since 1970 UTC.
    timezone : str
        IANA name of the zone of times written without one.
    run_dir : Path or None
        Folder of runs, certificates and pauses; None for that of this user on this host.
    is_relay_reached : callable
        Tells whether the primary reaches a relay here; None where that is not known.
    """

    primary: Source
    secondary: Source
    search: Callable[[str], list[str]]
    clock: Callable[[], int]
    timezone: str
    run_dir: Path | None
    is_relay_reached: Callable[[], bool | None]


def plan_merges(request: PlanRequest, grounds: Grounds) -> MergePlan:
    """Return what merging the secondary's samples into the primary's files would gain, not reach and destroy.

    Parameters
    ----------
    request : PlanRequest
    grounds : Grounds

    Raises
    ------
    UnknownPVError
        If it is asked for by a single name, and neither cluster knows it.
    InputError
        If something in the request cannot be understood, no PV matches, or its source is not of its kind.
    StoreError, SavedFileError
        If its source cannot be read.
    ArchRedundancyError
        If names are to be found and a cluster cannot be asked for them.

    Notes
    -----
    Cost: for each PV its whole history, from both sides.
    """
    refuse_parallel(request.parallel)
    limits = Limits.of(request.limits)
    terms = request.terms(grounds.clock(), grounds.timezone)
    copy = None if request.source is None else open_saved_copy(request.source, grounds.secondary.management)
    names = choose_names(request.pvs, grounds.search if copy is None else copy.search)
    if not names:
        raise InputError(f"no PV matches {request.pvs!r}; names are case-sensitive, and `search` lists them")
    reached = grounds.is_relay_reached() if terms.strategy.is_served else None
    plans = plan_each(
        lambda pv: _ask(pv, request, grounds, terms, copy, reached),
        names,
        terms,
        limits,
        failing=request.is_of_one,
        parallel=request.parallel,
        progress=request.progress and len(names) > 1,
    )
    place = "" if copy is None else str(copy.path)
    return assemble(plans, terms, accept_loss=request.accept_loss, limits=limits, source=place)


def _ask(
    pv: str, request: PlanRequest, grounds: Grounds, terms: Terms, copy: SavedCopy | None, reached: bool | None
) -> MergeEvidence:
    """Return all that the plan of a PV goes by."""
    found = survey_for_merge(
        pv,
        grounds.primary,
        grounds.secondary if copy is None else copy,
        grounds.clock(),
        storage=request.storage,
        saved_copy="" if copy is None else copy.words,
        relay_reachable=reached,
        every_year=not terms.strategy.is_in_place,
    )
    certificate = find_certificate(found.versions, grounds.run_dir, any_other=copy is not None, way=terms.way)
    found = replace(found, certified=certificate is not None, accepts_uncertified=request.uncertified)
    return _with_runs(found, grounds)


def _with_runs(found: MergeEvidence, grounds: Grounds) -> MergeEvidence:
    """Return the evidence with what earlier runs have left of the PV; those of other primaries may share the folder.

    A paused PV may have been left so by a run that knew the primary by another address.
    """
    pv, runs = found.evidence.pv, grounds.run_dir or usual_run_dir()
    key = _key_of(grounds.primary, pv)
    run = unfinished_run(runs, pv, key)
    if run is None and found.evidence.primary.paused_since is not None:
        run = unfinished_run(runs, pv)
    return replace(found, unfinished_run="" if run is None else run.name, pause_holes=pause_holes(runs, pv, key))


def _key_of(primary: Source, pv: str) -> str | None:
    """Return what tells the primary from others; None where it does not say."""
    try:
        return None if primary.management is None else key_of(address_of(primary.management, pv, primary.name))
    except ArchRedundancyError:
        return None
