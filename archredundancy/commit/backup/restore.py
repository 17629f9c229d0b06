"""`restore`: the backup of a run as PB files, named and placed as the primary's store has them."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from archredundancy.commit.backup.copies import read_copy
from archredundancy.commit.backup.restore_text import SUMS, readme, sums
from archredundancy.commit.backup.restored import Restored, RestoredFile
from archredundancy.commit.disk.durable import write_durably
from archredundancy.commit.journal.history import Copy, PVHistory
from archredundancy.commit.journal.journal import read_journal
from archredundancy.commit.layout import granularity_of
from archredundancy.commit.run_folder.run_folder import RunFolder
from archredundancy.errors import StoreError, VerificationError
from archredundancy.model import Partition, chunk_key, year_of
from archredundancy.plan import Digest, PVPlan, digest
from archredundancy.wire import ChunkHeader, read_chunks

__all__ = ["restore"]


def restore(path: Path, folder: Path) -> Restored:
    """Write the backup of a run as PB files that an operator can copy into the store's folder. Asks no cluster.

    Parameters
    ----------
    path : Path
        The run folder.
    folder : Path
        A new or empty folder.

    Returns
    -------
    Restored
        The folder also has a `README.md` that says where each file belongs and how to put it there, and `SHA256SUMS`.

    Raises
    ------
    StoreError
        If there is no such run, it has no backup, or the folder cannot be written or is not empty.
    VerificationError
        If a copy is not what was written, or is not what the primary had right before its files were changed.

    Notes
    -----
    Lines of samples are those that the primary sent, byte for byte. Of a sample that nothing came before, the appliance
    had dropped `repeatcount` and the like when it sent it.
    """
    run = RunFolder.open(path)
    entries = read_journal(run.journal)
    found = [(plan, PVHistory(plan.pv, entries)) for plan in run.plan.pvs]
    saved = [(plan, history) for plan, history in found if history.copies("primary")]
    if not saved:
        raise StoreError(
            f"the run {run.path} has no backup, since it changed nothing; look at its report", path=str(path)
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise StoreError(f"{folder} is not empty; name a new folder to restore into", path=str(folder))
        files = tuple(file for plan, history in saved for file in _write(run, plan, history, folder))
        write_durably(folder / SUMS, sums(files).encode())
        write_durably(folder / "README.md", readme(run, saved, files).encode())
    except OSError as error:
        raise StoreError(f"{folder} cannot be written: {error}; name another folder", path=str(folder)) from error
    return Restored(folder=folder, files=files)


def _write(run: RunFolder, plan: PVPlan, history: PVHistory, folder: Path) -> Iterator[RestoredFile]:
    granularity = granularity_of(plan)
    key = history.store.get("chunk_key") or chunk_key(plan.pv)
    for name, copy in sorted(history.copies("primary").items()):
        partition = Partition.from_name(name, granularity)
        content, count = pb_file(run, plan, history, copy, partition)
        place = f"{key}{name}.pb"
        if count:
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            write_durably(folder / place, content)
        summed = sha256(content).hexdigest() if count else ""
        yield RestoredFile(pv=plan.pv, partition=name, path=place, sha256=summed, samples=count)


def pb_file(run: RunFolder, plan: PVPlan, history: PVHistory, copy: Copy, partition: Partition) -> tuple[bytes, int]:
    """Return the PB file that a copy of a partition makes, and its number of samples.

    Raises
    ------
    StoreError
        If the copy is not there.
    VerificationError
        If it is not what was written, or not what the primary had right before its files were changed.
    """
    samples = read_copy(run.path, copy, partition, plan.dbr_type)
    lines = _lines(run.path / copy.file, partition)
    before = history.before
    if len(lines) != len(samples) or (before and digest(samples) != before.get(partition.name, Digest())):
        raise VerificationError(
            f"the backup {run.path / copy.file} is not what the primary had of {partition.name}; the copy of the first "
            "round is beside it",
            pv=plan.pv,
        )
    header = ChunkHeader(dbr_type=plan.dbr_type, pv=plan.pv, year=year_of(partition.start))
    return header.encode() + b"".join(lines), len(lines)


def _lines(path: Path, partition: Partition) -> list[bytes]:
    """Return the lines of the samples in a partition as they came, in order of time.

    An answer begins with a sample from before its start. A chunk is a header and a line for each sample, then an empty
    line (`appliance.md` B.5).
    """
    content = path.read_bytes()
    found: list[tuple[int, bytes]] = []
    for chunk in read_chunks(content, strict=True):
        end = content.index(b"\n", chunk.offset) + 1
        for moment in chunk.samples.time.tolist():
            start, end = end, content.index(b"\n", end) + 1
            if partition.start <= moment < partition.end:
                found.append((moment, content[start:end]))
    return [line for _, line in sorted(found, key=lambda each: each[0])]
