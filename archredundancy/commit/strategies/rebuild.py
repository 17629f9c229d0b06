"""The strategy `rebuild`: all of a PV's history imported from a server of ours into an empty folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from archredundancy.commit.journal.history import was_answered
from archredundancy.commit.journal.roots import Roots
from archredundancy.commit.journal.states import State
from archredundancy.commit.steps.context import Context
from archredundancy.commit.strategies.method import CarryOut
from archredundancy.commit.strategies.relocation import (
    bring_in,
    holds_what_it_had,
    note_roots,
    point_at,
    prove,
    require_empty,
    stored_url,
)
from archredundancy.commit.strategies.restarted import is_restarted, mgmt_started
from archredundancy.commit.strategies.served import serve
from archredundancy.errors import VerificationError
from archredundancy.model import Reading, Samples
from archredundancy.plan import Root

if TYPE_CHECKING:
    from archredundancy.relay import Relay

__all__ = ["Rebuild"]


class Rebuild:
    """The primary's files are written anew: what it has and what is promised, each sample with all that it carries."""

    @contextmanager
    def ready(self, context: Context, promised: Samples) -> Iterator[CarryOut]:
        """Make sure that the primary reaches our server, and save what may have to be mended.

        Raises
        ------
        RefusedError
            If it does not.
        CommitError
            If the store has no folder.
        """
        with serve(context, Samples.empty(context.plan.dbr_type)) as relay:
            context.committer.probe_external_server(relay.url).require()
            roots = Roots.of_rebuild(
                stored_url(context),
                context.plan.terms.root or Root.NEW,
                context.run.plan.id,
                owner=context.primary.owner_url(context.pv),
                type_info=f"{context.files}/type-info.json",
            )
            note_roots(context, roots)
            yield lambda reading: _rebuild(context, roots, promised, reading, relay)

    def settle(self, context: Context, *, mgmt_idle: bool) -> bool:
        """Return whether the moving of files is over.

        It is if it was never begun or was answered, if the primary's mgmt was started anew, if the primary goes by the
        new URL, which comes last, or if a person says so.
        """
        history = context.history
        is_over = not history.intended("changeStore") or was_answered(history.outcome("changeStore"))
        if is_over or is_restarted(context):
            context.move(State.SWITCHING_BACK)
            return True
        if context.state is not State.STILL_RUNNING:
            context.move(State.STILL_RUNNING)
        patience = 0.0 if mgmt_idle else context.run.settings.patience
        if mgmt_idle or context.wait_for(lambda: _is_moved(context), patience):
            context.move(State.SWITCHING_BACK)
            return True
        return False


def _rebuild(context: Context, roots: Roots, promised: Samples, reading: Reading, relay: Relay) -> None:
    """Write all files anew, and prove them.

    Raises
    ------
    ArchRedundancyError
        If that did not succeed; then the PV has to be switched back.
    """
    if roots.moves_files:
        _move_files(context, roots)
    context.move(State.SWITCHING)
    point_at(context, roots.goal)
    require_empty(context)
    bring_in(context, Samples.concatenate([reading.samples, promised]), relay)
    prove(context)


def _move_files(context: Context, roots: Roots) -> None:
    """Move the PV's files into an empty folder, and prove that all of them have arrived.

    Raises
    ------
    StillRunningError
        If nobody knows whether they are still being moved.
    VerificationError
        If the folder was not empty, or not all that the PV had is in it now.
    """
    context.move(State.LOOKING)
    point_at(context, roots.refuge)
    require_empty(context)
    point_at(context, roots.old)
    context.move(State.MOVING, mgmt_started=mgmt_started(context))
    settings = context.run.settings
    context.store_committer.change_store(
        context.pv, context.plan.storage, roots.refuge, timeout=settings.merge
    ).require()
    if not (_is_moved(context) and holds_what_it_had(context)):
        raise VerificationError(
            f"not all of {context.pv} has arrived in {roots.refuge}, although the primary says so; see its log",
            pv=context.pv,
        )
    context.move(State.MOVED)


def _is_moved(context: Context) -> bool:
    roots = context.history.roots
    return roots is not None and stored_url(context) == roots.refuge
