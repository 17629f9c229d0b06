"""Pointing a paused PV's store at another folder, seeing what is there, and going back: for rebuild and rollback.

At each moment one folder, the refuge, has all that the PV had, and nothing is written there. Whatever happens, the PV
is pointed at it again before archiving goes on, unless what came of the change was proven.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from archredundancy.commit.disk.durable import make_private_folder, write_durably
from archredundancy.commit.journal.roots import Roots
from archredundancy.commit.journal.states import State
from archredundancy.commit.proof.examine import examine, span_of
from archredundancy.commit.steps.context import Context
from archredundancy.errors import VerificationError
from archredundancy.model import Reading, Samples, TimeRange, start_of_year, year_of
from archredundancy.plan import Digest, partition_digests

if TYPE_CHECKING:
    from archredundancy.relay import Relay

__all__ = [
    "bring_in",
    "digests_by_name",
    "holds_what_it_had",
    "import_samples",
    "note_roots",
    "point_at",
    "prove",
    "read_whole",
    "require_empty",
    "stored_url",
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


def read_whole(context: Context) -> Reading:
    """Return all that can be read of the PV where it is now, while it is paused.

    Raises
    ------
    VerificationError
        If a part of it cannot be read.
    """
    reading = context.primary.read(context.pv, span_of(context.run, context.plan, context.history))
    for failure in reading.failures:
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
    import_samples(context, samples, relay)
    context.move(State.REBUILT)


def import_samples(context: Context, samples: Samples, relay: Relay) -> None:
    """Let the primary append samples to the PV's store from our server; errors are those of `bring_in`."""
    if not len(samples):
        return
    relay.offer({context.pv: samples})
    first, last = year_of(int(samples.time.min())), year_of(int(samples.time.max()))
    span = TimeRange(start=start_of_year(first), end=start_of_year(last + 1))
    wait = context.run.settings.merge
    context.store_committer.import_data(context.pv, relay.url, context.plan.storage, span, timeout=wait).require()


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
