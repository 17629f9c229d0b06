"""`roll_back`: a rebuilt PV pointed at its old files again, with what was recorded since."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from archredundancy.commit.backup.copies import read_copies
from archredundancy.commit.journal.history import PVHistory, digest_to_json
from archredundancy.commit.journal.journal import read_journal
from archredundancy.commit.journal.roots import Roots
from archredundancy.commit.journal.states import State
from archredundancy.commit.proof.examine import load_promised
from archredundancy.commit.proof.verification import contains, missing_from
from archredundancy.commit.run_folder.run_folder import RunFolder
from archredundancy.commit.steps.change import consolidate, pause, take_snapshot
from archredundancy.commit.steps.context import Context
from archredundancy.commit.steps.recording import watch_recording
from archredundancy.commit.steps.saving import note_store, partitions_at_risk, refuse_hidden, save, settled_digests
from archredundancy.commit.strategies.relocation import (
    bring_in,
    digests_by_name,
    note_roots,
    point_at,
    prove,
    read_whole,
    stored_url,
)
from archredundancy.commit.strategies.served import serve
from archredundancy.display.texts import plural
from archredundancy.errors import CommitError, VerificationError
from archredundancy.model import FailureKind, Partition, Samples, SideEvidence
from archredundancy.survey import all_years, hidden_samples, survey_side

__all__ = ["roll_back"]


@dataclass(frozen=True, kw_only=True)
class _Undone:
    """What a rebuild did to one PV.

    Attributes
    ----------
    had : Samples
        What the PV had before it.
    added : Samples
        What was promised, and goes again.
    roots : Roots
    """

    had: Samples
    added: Samples
    roots: Roots


def roll_back(context: Context) -> None:
    """Undo the rebuild of one PV: its old files are where it is stored again, and what it recorded since is added.

    Raises
    ------
    CommitError
        If the PV is not where the rebuild left it, or has samples that can neither stay nor go.
    VerificationError
        If what is read is not what it should be; then the PV has to be switched back to the rebuilt files.
    ArchRedundancyError
        If a call fails.
    """
    undone = _undone(context)
    asked = all_years(context.run.urls.now())
    _save_rebuilt(context, undone, survey_side(context.primary, context.pv, asked))
    with serve(context, Samples.empty(context.plan.dbr_type)) as relay:
        context.committer.probe_external_server(relay.url).require()
        note_roots(context, undone.roots)
        pause(context)
        with watch_recording(context) as check_still_recorded:
            reading = consolidate(context, asked, check_still_recorded)
            take_snapshot(context, reading)
            since = _recorded_since(context, undone, reading.samples)
            check_still_recorded()
            context.move(State.SWITCHING)
            point_at(context, undone.roots.goal)
            _check_old_files(context, undone, since)
            bring_in(context, since, relay)
    prove(context)
    context.note_warning(
        f"carried over: {plural(len(since), 'sample')} recorded since; in the rebuilt files only: "
        f"{plural(len(undone.added), 'sample')} that the rebuild had added"
    )


def _undone(context: Context) -> _Undone:
    """Return what is to be undone, from the folder of the run that did it.

    Raises
    ------
    CommitError
        If the PV is not where that run left it.
    StoreError, VerificationError
        If its copies cannot be used.
    """
    run = RunFolder.open(context.run.run_dir / context.run.undoes)
    history = PVHistory(context.pv, read_journal(run.journal))
    left = history.roots
    found = stored_url(context)
    if left is None or found != left.goal:
        raise CommitError(
            f"{context.pv} is stored in {found}, not where the run {run.path.name} left it, so there is nothing that "
            "could safely be undone; look who changed that"
        )
    copies = history.copies("primary")
    names = {name: Partition.from_name(name, context.granularity) for name in sorted(copies)}
    roots = Roots(
        old=left.goal,
        refuge=left.goal,
        goal=left.refuge,
        owner=context.primary.owner_url(context.pv),
        type_info=f"{context.files}/type-info.json",
    )
    return _Undone(
        had=read_copies(run.path, copies, names, context.plan.dbr_type),
        added=load_promised(run, context.plan, history),
        roots=roots,
    )


def _save_rebuilt(context: Context, undone: _Undone, side: SideEvidence) -> None:
    """Make sure that the PV can be rolled back, and save all that it has, as a commit does before it pauses.

    Raises
    ------
    CommitError
        If it cannot, or the primary does not tell how it stores the PV.
    VerificationError
        If it cannot be read, or a copy is not equal to what was read.
    """
    if side.type_info is None:
        raise CommitError(f"the primary does not tell how it stores {context.pv}: {'; '.join(side.notes)}")
    last = int(side.reading.samples.time.max()) if len(side.reading.samples) else None
    for failure in side.reading.failures:
        # While the PV is archived, nothing vouches for its newest samples, which are in the engine's memory.
        is_in_memory = failure.kind is FailureKind.CUT_SHORT and last is not None and failure.range.start > last
        if not is_in_memory:
            raise VerificationError(f"{context.pv} could not be read whole ({failure.message})", pv=context.pv)
    _recorded_since(context, undone, side.reading.samples)
    context.move(State.FRESH)
    note_store(context, side.type_info)
    refuse_hidden(context, hidden_samples(context.primary, side))
    save(context, context.primary, side.reading, partitions_at_risk(context, side))
    seen = settled_digests(side.reading.samples, context)
    context.move(State.BACKED_UP, seen={name: digest_to_json(each) for name, each in seen.items()})


def _recorded_since(context: Context, undone: _Undone, samples: Samples) -> Samples:
    """Return the samples that were recorded after the rebuild.

    Raises
    ------
    CommitError
        If there are others that are neither from before it nor promised with it: they would be lost.
    """
    newest = int(undone.had.time.max()) if len(undone.had) else None
    known = contains(undone.had.time, samples.time) | contains(undone.added.time, samples.time)
    new = samples.take(np.flatnonzero(~known))
    odd = 0 if newest is None else int(np.count_nonzero(new.time <= newest))
    if odd:
        raise CommitError(
            f"since its rebuild {context.pv} got {plural(odd, 'sample')} by other ways than recording, such as a "
            f"merge, which cannot be put into the old files and would be lost, so {context.pv} stays as it is"
        )
    return new


def _check_old_files(context: Context, undone: _Undone, since: Samples) -> None:
    """Make sure that the old files are what they were, and write down what they shall be.

    An earlier rollback that failed may have added samples already, which are then there to stay.

    Raises
    ------
    VerificationError
        If they are not what they were.
    """
    old, wanted = read_whole(context).samples, Samples.concatenate([undone.had, since])
    lost, odd = missing_from(old, undone.had), missing_from(wanted, old)
    if lost or odd:
        raise VerificationError(
            f"the old files of {context.pv} are not what they were ({plural(lost, 'sample')} missing, {odd:,} not its "
            "own), so it stays on the rebuilt ones; what they were is in the backup of the rebuild: "
            f"`archredundancy restore {context.run.run_dir / context.run.undoes} -o FOLDER`",
            pv=context.pv,
        )
    digests = {name: digest_to_json(each) for name, each in digests_by_name(context, wanted).items()}
    context.journal.write("expected", context.pv, digests=digests)
