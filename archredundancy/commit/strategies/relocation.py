"""Pointing a paused PV's store at another folder, seeing what is there, and going back: for rebuild and rollback.

At each moment one folder, the refuge, has all that the PV had, and nothing is written there. Whatever happens, the PV
is pointed at it again before archiving goes on, unless what came of the change was proven.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from archredundancy.commit.disk.durable import make_private_folder, write_durably
from archredundancy.commit.journal.roots import Roots
from archredundancy.commit.journal.states import State
from archredundancy.commit.proof.examine import examine, span_of
from archredundancy.commit.proof.verification import Outcome, Result
from archredundancy.commit.steps.context import Context
from archredundancy.errors import ReplyError, VerificationError
from archredundancy.model import Reading, Samples, TimeRange, start_of_year, year_of
from archredundancy.plan import Digest, partition_digests

if TYPE_CHECKING:
    from archredundancy.relay import Relay

__all__ = [
    "bring_in",
    "digests_by_name",
    "holds_what_it_had",
    "note_roots",
    "point_at",
    "prove",
    "read_whole",
    "require_empty",
    "stored_url",
    "switch_back",
]


def note_roots(context: Context, roots: Roots) -> None:
    """Save the PVTypeInfo, without which nobody could mend it, and write down where the PV is to be moved."""
    path = context.run.path / roots.type_info
    make_private_folder(path.parent)
    write_durably(path, json.dumps(dict(context.primary.manager.type_info(context.pv).reply), indent=2).encode())
    context.journal.write("roots", context.pv, **asdict(roots))


def stored_url(context: Context) -> str:
    """Return the URL of the store that is rebuilt, as the primary has it now.

    Raises
    ------
    ArchRedundancyError
        If it does not say.
    VerificationError
        If the PV has no such store.
    """
    for store in context.primary.manager.type_info(context.pv).stores:
        if store.name == context.plan.storage:
            return store.text
    raise VerificationError(f"{context.pv} has no store named {context.plan.storage!r} any more", pv=context.pv)


def point_at(context: Context, url: str) -> None:
    """Point the PV's store at a URL, and make sure that it is what the primary goes by.

    Raises
    ------
    RefusedError
        If the primary refuses.
    VerificationError
        If it says something else afterwards.
    """
    if stored_url(context) == url:
        return
    context.store_committer.point_store(context.pv, context.plan.storage, url).require()
    time.sleep(context.run.settings.flush)  # retrieval follows the configuration after a while, as the engine does
    if (found := stored_url(context)) != url:
        raise VerificationError(f"{context.pv} was pointed at {url}, but is stored in {found}", pv=context.pv)


def read_whole(context: Context, *, until: int | None = None) -> Reading:
    """Return all that can be read of the PV where it is now.

    Parameters
    ----------
    context : Context
    until : int, ns since 1970 UTC, optional
        What has to be read; while the PV is archived, its newest samples are in the engine's memory, and nothing
        vouches for them. All by default.

    Raises
    ------
    VerificationError
        If a part of it cannot be read.
    """
    reading = context.primary.read(context.pv, span_of(context.run, context.plan, context.history))
    for failure in reading.failures:
        if until is None or failure.range.start <= until:
            raise VerificationError(f"{context.pv} could not be read whole ({failure.message})", pv=context.pv)
    return reading


def require_empty(context: Context) -> None:
    """Make sure that where the PV is now there is nothing of it, not even a file without samples.

    Raises
    ------
    VerificationError
        If there is something.
    """
    reading = read_whole(context)
    if len(reading.samples) or reading.layout:
        raise VerificationError(
            f"{stored_url(context)} is not empty: it has {len(reading.samples)} samples of {context.pv}, or files "
            "without any; look who put them there, move them away, and plan again",
            pv=context.pv,
        )


def digests_by_name(context: Context, samples: Samples) -> dict[str, Digest]:
    """Return the digest of each partition's samples, by name."""
    return {each.name: found for each, found in partition_digests(samples, context.granularity).items()}


def holds_what_it_had(context: Context) -> bool:
    """Return whether where the PV is now there is exactly what it had right before it was changed.

    Raises
    ------
    ArchRedundancyError
        If that cannot be read.
    """
    return digests_by_name(context, read_whole(context).samples) == context.history.before


def bring_in(context: Context, samples: Samples, relay: Relay) -> None:
    """Let the primary append samples to the PV's store from our server, and keep all that they carry.

    Raises
    ------
    ArchRedundancyError
        If it does not say that it has done so; nobody need know whether it still does, since the PV is pointed back.
    """
    context.move(State.IMPORTING)
    if len(samples):
        relay.offer({context.pv: samples})
        first, last = year_of(int(samples.time.min())), year_of(int(samples.time.max()))
        span = TimeRange(start=start_of_year(first), end=start_of_year(last + 1))
        wait = context.run.settings.merge
        context.store_committer.import_data(context.pv, relay.url, context.plan.storage, span, timeout=wait).require()
    context.move(State.REBUILT)


def prove(context: Context) -> None:
    """Compare every partition with what it should be, write it down, and let nothing pass that is not so.

    Raises
    ------
    VerificationError
        If something is not as promised.
    """
    outcomes = examine(context.run, context.plan, context.history, context.primary, context.secondary, archiving=False)
    context.note_outcomes(outcomes)
    wrong = [outcome.partition for outcome in outcomes if not outcome.ok]
    if wrong:
        raise VerificationError(
            f"{context.pv} has not what it should have in {', '.join(wrong[:3])} of its new files, so it goes back to "
            "the old ones",
            pv=context.pv,
        )
    context.move(State.VERIFIED, stored_in=stored_url(context))


def switch_back(context: Context) -> bool:
    """Point the PV at the folder that has what it had, prove it, and return whether that came about."""
    history = context.history
    roots = history.roots
    if context.state is not State.SWITCHING_BACK:
        context.move(State.SWITCHING_BACK)
    if roots is None or not context.wait_for(lambda: _find_refuge(context, roots), context.run.settings.resume):
        places = "" if roots is None else f": {' and '.join(dict.fromkeys((roots.old, roots.refuge)))}"
        failure = VerificationError(
            f"what {context.pv} had was not found whole in any folder that could have it{places}; bring its files "
            "together in one of them, or let the primary answer, and recover the run",
            pv=context.pv,
        )
        context.note_failure(failure)
        context.move(State.NOT_SWITCHED_BACK)
        return False
    context.note_outcomes(_as_before(context))
    context.move(State.SWITCHED_BACK, stored_in=stored_url(context))
    return True


def _find_refuge(context: Context, roots: Roots) -> bool:
    _mend_type_info(context, roots)
    return any(_is_whole_at(context, url) for url in _refuges(context, roots))


def _refuges(context: Context, roots: Roots) -> tuple[str, ...]:
    """Return where all that the PV had may be, by how far its run has come."""
    history = context.history
    if not history.intended("changeStore"):
        return (roots.refuge,) if not roots.moves_files else (roots.old,)
    return (roots.refuge,) if history.reached(State.MOVED) else (roots.refuge, roots.old)


def _is_whole_at(context: Context, url: str) -> bool:
    with suppress(VerificationError):
        point_at(context, url)
        return holds_what_it_had(context)
    return False


def _mend_type_info(context: Context, roots: Roots) -> None:
    """Put the saved PVTypeInfo in place of one that cannot be read any more, as of a paused PV."""
    try:
        context.primary.manager.type_info(context.pv)
    except ReplyError:
        saved: Mapping[str, object] = json.loads((context.run.path / roots.type_info).read_bytes())
        context.store_committer.put_type_info(context.pv, {**saved, "paused": "true"}).require()


def _as_before(context: Context) -> list[Outcome]:
    """Return what became of a PV that was switched back: nothing, so that what it should gain is missing."""
    is_rebuild = not context.run.undoes
    before = context.history.before
    gains = {each.partition.name: each.gain for each in context.plan.partitions if each.gain and is_rebuild}
    outcomes = []
    for name in sorted({*before, *gains}):
        count = before.get(name, Digest()).n
        outcomes.append(
            Outcome(partition=name, result=Result.SAME, before=count, after=count, missing=gains.get(name, 0))
        )
    return outcomes
