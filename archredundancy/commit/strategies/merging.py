"""The strategies `direct` and `relay`: `mergeInData` into the files that the primary has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from archredundancy.client.http.urls import readable_url
from archredundancy.commit.journal.history import was_answered
from archredundancy.commit.journal.states import State
from archredundancy.commit.proof.examine import load_promised, promised_are_there
from archredundancy.commit.steps.context import Context
from archredundancy.commit.strategies.method import CarryOut
from archredundancy.commit.strategies.restarted import is_restarted, mgmt_started
from archredundancy.commit.strategies.served import serve
from archredundancy.errors import ArchRedundancyError, CommitError
from archredundancy.model import Partition, Samples

__all__ = ["DirectMerge", "RelayMerge", "merge"]


class DirectMerge:
    """The primary merges what the secondary gives it."""

    @contextmanager
    def ready(self, context: Context, promised: Samples) -> Iterator[CarryOut]:
        """Make sure that the primary reaches the secondary.

        Raises
        ------
        RefusedError
            If it does not.
        CommitError
            If the secondary's URL would mean another server there than here.
        """
        url = context.secondary.url_for_primary(context.pv)
        if _is_loopback(url) and not _is_loopback(context.committer.url):
            raise CommitError(
                f"the secondary is known here as {readable_url(url)}, which on the primary's host means that host "
                "itself; give an address of the secondary that is right everywhere, or plan with strategy 'relay'"
            )
        context.committer.probe_external_server(url).require()
        yield lambda _reading: merge(context, url)

    def settle(self, context: Context, *, mgmt_idle: bool) -> bool:
        """Return whether the merge is over: answered, never begun, to be seen in the data, or if a person says so."""
        return _is_over(context) or _is_seen(context, _promised(context), mgmt_idle=mgmt_idle)


class RelayMerge:
    """The primary merges the promised samples from a server of ours, which has no others."""

    @contextmanager
    def ready(self, context: Context, promised: Samples) -> Iterator[CarryOut]:
        """Serve the promised samples while the context lasts, and make sure that the primary reaches them.

        Raises
        ------
        RefusedError
            If it does not.
        """
        with serve(context, promised) as relay:
            context.committer.probe_external_server(relay.url).require()
            yield lambda _reading: merge(context, relay.url)

    def settle(self, context: Context, *, mgmt_idle: bool) -> bool:
        """Return whether the merge is over; it is, too, if the relay was closed before the primary had asked for all.

        Then no file was touched: it asks about every file that it has, and then replaces those that gain.
        """
        if _is_over(context):
            return True
        promised = _promised(context)
        if _is_cut_off(context, promised):
            context.move(State.MERGED, because="the relay was closed before the primary had asked for all of it")
            return True
        return _is_seen(context, promised, mgmt_idle=mgmt_idle)


def _is_cut_off(context: Context, promised: Samples | None) -> bool:
    """Return whether the primary had not asked for all that it needs, when the relay was closed."""
    history = context.history
    files = [Partition.from_name(name, context.granularity) for name in history.before]
    if not history.asked_about(file.start for file in files):
        return True
    return promised is not None and not history.gave_all(promised.time)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def merge(context: Context, other: str) -> None:
    """Merge; returns when the appliance says that it has done so, which is no proof.

    Raises
    ------
    StillRunningError
        If nobody knows whether the merge is over.
    RefusedError, ReplyError, ConnectionFailed
        If it is over without having been done, or was never begun.
    """
    context.move(State.MERGING, mgmt_started=mgmt_started(context))
    settings = context.run.settings
    context.committer.merge_in_data(context.pv, other, context.plan.storage, timeout=settings.merge).require()
    context.move(State.MERGED)


def _is_over(context: Context) -> bool:
    """Return whether the merge was never begun, or its answer tells that it is over."""
    history = context.history
    if history.intended("mergeInData") and not was_answered(history.outcome("mergeInData")):
        return False
    context.move(State.MERGED)
    return True


def _promised(context: Context) -> Samples | None:
    """Return the promised samples, or None, which is written down, if their copies cannot be used."""
    try:
        return load_promised(context.run, context.plan, context.history)
    except ArchRedundancyError as error:
        context.note_failure(error)
        return None


def _is_seen(context: Context, promised: Samples | None, *, mgmt_idle: bool) -> bool:
    """Return whether the merge is seen to be over, or a person says so.

    It is if mgmt was started anew, or if every promised sample can be read: files appear by renaming, after all of them
    have been written.
    """
    if is_restarted(context):
        context.move(State.MERGED, because="the primary's mgmt was started anew, so it does not go on with it")
        return True
    if context.state is not State.STILL_RUNNING:
        context.move(State.STILL_RUNNING)
    patience = 0.0 if mgmt_idle else context.run.settings.patience
    if promised is not None and context.wait_for(
        lambda: promised_are_there(context.primary, context.plan, promised), patience
    ):
        context.move(State.MERGED, because="every promised sample can be read")
        return True
    if mgmt_idle:
        context.move(State.MERGED, because="a person says that the primary is not merging any more")
    return mgmt_idle
