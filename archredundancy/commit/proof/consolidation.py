"""What a pause and a consolidation did to what the primary had (V0): its own samples, moved by the primary itself.

The primary drops what it cannot move, or leaves it where newer samples hide it, and says "ok" all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from archredundancy.commit.backup.copies import read_copy
from archredundancy.commit.journal.history import Copy, PVHistory
from archredundancy.commit.layout import granularity_of
from archredundancy.commit.proof.verification import Outcome, Result, compare_digests, is_missing, unread
from archredundancy.commit.run_folder.run_folder import RunFolder
from archredundancy.display.texts import plural
from archredundancy.errors import VerificationError
from archredundancy.model import Granularity, Partition, Reading, Samples
from archredundancy.plan import Digest, PVPlan, digest, partition_digests

__all__ = ["compare_with_seen", "loss_of"]


def compare_with_seen(
    run: RunFolder,
    plan: PVPlan,
    history: PVHistory,
    reading: Reading,
    held: Mapping[Partition, Digest] | None = None,
) -> list[Outcome]:
    """Compare all that can be read of a PV, which was not merged, with all that was read of it before the pause.

    Parameters
    ----------
    run : RunFolder
    plan : PVPlan
    history : PVHistory
        Of a PV that was seen, and perhaps backed up.
    reading : Reading
        Of its whole history, now.
    held : mapping of Partition to Digest, optional
        The digests of what was read, where they are known.

    Returns
    -------
    list of Outcome
        One for each partition, in order of time; newer samples are no difference.

    Raises
    ------
    StoreError, VerificationError
        If a copy cannot be used.

    Notes
    -----
    Partitions are compared by their digests up to the horizon; where these differ, or newer samples may be lost, and
    there is a backup, sample by sample. A sample counts as lost only where the primary could be read. Cost: a hash of
    each sample, where `held` is not given, and one copy at a time.
    """
    granularity = granularity_of(plan)
    copies, seen = history.copies("primary"), history.seen
    samples = reading.samples.in_order()
    now = _settled_digests(samples, partition_digests(samples, granularity) if held is None else held, run, granularity)
    outcomes = []
    for name in sorted({*seen, *copies}):
        partition = Partition.from_name(name, granularity)
        is_settled = partition.end <= run.plan.horizon and seen.get(name) == now.get(name)
        if name in copies and not is_settled:
            had = read_copy(run.path, copies[name], partition, plan.dbr_type)
            outcomes.append(_compare_samples(partition, had, samples, reading))
        else:
            outcomes.append(_compare_digests(partition, seen.get(name, Digest()), now.get(name, Digest()), reading))
    return outcomes


def _settled_digests(
    samples: Samples, held: Mapping[Partition, Digest], run: RunFolder, granularity: Granularity
) -> dict[str, Digest]:
    """Return the digest of each partition's samples before the horizon, by name, from those of whole partitions."""
    horizon = run.plan.horizon
    settled = {partition.name: each for partition, each in held.items() if partition.end <= horizon}
    last = Partition.holding(horizon, granularity)
    if len(begun := samples.between(last.start, horizon)):
        settled[last.name] = digest(begun)
    return settled


def loss_of(run: RunFolder, history: PVHistory, outcomes: Sequence[Outcome]) -> VerificationError | None:
    """Return what says that samples were lost, and where they are; None if none were."""
    harmed = [outcome for outcome in outcomes if outcome.result in (Result.LOST, Result.DIFFERS)]
    if not harmed:
        return None
    names = [outcome.partition for outcome in harmed]
    lost = plural(sum(outcome.lost or 1 for outcome in harmed), "sample")
    return VerificationError(
        f"{lost} of {', '.join(names[:3])} that {history.pv} had before the pause cannot be read any more: the "
        "primary did not move them whole into the store that is merged into, or newer ones hide them. Nothing else was "
        f"done. {_places(run, history.copies('primary'), names)}",
        pv=history.pv,
    )


def _places(run: RunFolder, copies: Mapping[str, Copy], names: Sequence[str]) -> str:
    """Return where the samples of partitions are now, in words."""
    files = [copies[name].file for name in names if name in copies]
    bare = [name for name in names if name not in copies]
    words = []
    if files:
        command = f"`archredundancy restore {run.path} -o FOLDER`"
        words.append(f"They are in the backup, {', '.join(files)}: {command} writes PB files")
    if bare:
        words.append(f"of {', '.join(bare[:3])} there is no backup here, look in a snapshot of the primary's disk")
    return "; ".join(words)


def _compare_samples(partition: Partition, had: Samples, samples: Samples, reading: Reading) -> Outcome:
    has = samples.between(partition.start, partition.end)
    gone = had.time[is_missing(has, had)]
    lost = int(reading.known.contains(gone).sum())
    if len(gone) and not lost:
        return unread(partition.name, len(had))
    result = Result.LOST if lost else Result.SAME
    return Outcome(partition=partition.name, result=result, before=len(had), after=len(has), lost=lost)


def _compare_digests(partition: Partition, had: Digest, has: Digest, reading: Reading) -> Outcome:
    spans = (failure.range for failure in reading.failures)
    if had != has and any(span.start < partition.end and partition.start < span.end for span in spans):
        return unread(partition.name, had.n)
    return compare_digests(partition.name, had, has)
