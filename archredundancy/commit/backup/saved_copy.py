"""A saved copy of the secondary's samples, to be merged once the secondary itself has dropped them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from archredundancy.client import ManagementClient, StoreFolder, spend
from archredundancy.commit.backup.copies import content_of
from archredundancy.commit.journal.history import Copy, histories
from archredundancy.commit.journal.journal import read_journal
from archredundancy.errors import InputError
from archredundancy.export import open_saved
from archredundancy.model import ChunkSummary, DbrType, Reading, Samples, TimeRange, from_dataset, year_of
from archredundancy.segments import Segments
from archredundancy.survey import Reader
from archredundancy.wire import read_chunks

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["SavedCopy", "open_saved_copy"]

_SUFFIXES = frozenset({".nc", ".nc4", ".zarr", ".parquet", ".csv"})


@dataclass(frozen=True, kw_only=True)
class SavedCopy:
    """A copy in place of the secondary; a `Source` for surveys.

    Attributes
    ----------
    path : Path
    words : str
        What kind of copy it is, for people.
    readers : mapping of str to Reader
    management : ManagementClient or None
        Of the secondary itself, which has to record the PV while the primary is paused.
    name : str
        `secondary`, whose place it takes.
    """

    path: Path
    words: str
    readers: Mapping[str, Reader]
    management: ManagementClient | None = None
    name: str = "secondary"

    @property
    def retention(self) -> None:
        """None: a copy drops nothing."""

    def search(self, pattern: str) -> list[str]:
        """Return the names of PVs in the copy that match a glob pattern, sorted."""
        return sorted({pv for reader in self.readers.values() for pv in reader.search(pattern)})


def open_saved_copy(path: str | Path, management: ManagementClient | None = None) -> SavedCopy:
    """Return what was saved, to be merged in place of the secondary.

    Parameters
    ----------
    path : str or Path
        The folder of a run, whose backup of the secondary is taken; a file that `archredundancy.save` wrote, or a
        folder of such files; or a folder of PB files, as `open_store` takes it.
    management : ManagementClient, optional
        Of the secondary.

    Raises
    ------
    StoreError
        If there is no such folder.
    VerificationError
        If a run's copies are not what was written.
    SavedFileError, MissingLibraryError
        If a saved file cannot be read.
    InputError
        If there is nothing of the secondary in it, or two copies of one PV.
    """
    path = Path(path).absolute()
    reader: Reader
    if (path / "journal.jsonl").is_file():
        words, reader = "the backup of an earlier run", _of_run(path)
    elif path.suffix.lower() in _SUFFIXES:
        words, reader = "a saved file", _of_saved([path])
    elif path.is_dir() and (files := sorted(each for each in path.iterdir() if each.suffix.lower() in _SUFFIXES)):
        words, reader = "a folder of saved files", _of_saved(files)
    else:
        words, reader = "a folder of PB files", StoreFolder(path, "secondary")
    return SavedCopy(path=path, words=words, readers={"": reader}, management=management)


class _Kept:
    """Reads samples that were kept: all that there is of a PV, so that nothing of it is unknown."""

    def __init__(self, load: Mapping[str, Callable[[], Samples]]) -> None:
        self._load = load

    def search(self, pattern: str) -> list[str]:
        return sorted(pv for pv in self._load if fnmatchcase(pv, pattern))

    def read(self, pv: str, asked: TimeRange) -> Reading:
        if pv not in self._load:
            raise InputError(f"the saved copy has no samples of {pv!r}; it has those of {', '.join(self.search('*'))}")
        samples = self._load[pv]()
        inside = samples.between(asked.start, asked.end)
        first = int(np.searchsorted(samples.time, asked.start))
        return Reading(
            pv=pv,
            cluster="secondary",
            asked=asked,
            samples=inside,
            before=samples.slice(max(first - 1, 0), first),
            known=Segments.of((asked.start, asked.end)),
            layout=_layout(inside),
        )


def _layout(samples: Samples) -> tuple[ChunkSummary, ...]:
    if not len(samples):
        return ()
    first, last = int(samples.time[0]), int(samples.time[-1])
    return (ChunkSummary(dbr_type=samples.dbr_type, year=year_of(first), count=len(samples), first=first, last=last),)


def _of_run(run: Path) -> _Kept:
    entries = read_journal(run / "journal.jsonl")
    pvs = dict.fromkeys(entry.pv for entry in entries if entry.kind in ("backup", "promised") and entry.pv)
    found = {
        pv: history.copies("secondary") or history.copies("promised") for pv, history in histories(pvs, entries).items()
    }
    return _Kept({pv: partial(_read_copies, run, list(copies.values())) for pv, copies in found.items() if copies})


def _read_copies(run: Path, copies: list[Copy]) -> Samples:
    """Return the samples of some copies in order of time, each once: answers overlap at their edges."""
    chunks = [chunk for copy in copies for chunk in read_chunks(_content(run, copy), strict=True)]
    return _once([chunk.samples for chunk in chunks if len(chunk.samples)], run)


def _once(parts: list[Samples], path: Path) -> Samples:
    """Return samples in order of time; of those with one time the first that was stored.

    Raises
    ------
    InputError
        If they are of more than one type.
    """
    types = sorted({samples.dbr_type.name for samples in parts})
    if len(types) > 1:
        raise InputError(f"{path} holds samples of {' and '.join(types)} of one PV, which cannot be merged together")
    if not parts:
        return Samples.empty(DbrType.SCALAR_DOUBLE)
    samples = Samples.concatenate(parts).in_order()
    return samples.take(np.flatnonzero(np.insert(np.diff(samples.time) > 0, 0, True)))


def _content(run: Path, copy: Copy) -> bytes:
    content = content_of(run, copy)
    spend(len(content))
    return content


def _of_saved(paths: list[Path]) -> _Kept:
    load: dict[str, Callable[[], Samples]] = {}
    for path in paths:
        dataset = _secondary_of(open_saved(path), path)
        pv = str(dataset.attrs["pv"])
        if pv in load:
            raise InputError(f"two saved files have {pv!r}, one of them {path}; keep one of them in the folder")
        load[pv] = partial(_read_saved, path)
    return _Kept(load)


def _read_saved(path: Path) -> Samples:
    dataset = _secondary_of(open_saved(path), path)
    spend(dataset.nbytes)
    return _once([from_dataset(dataset)], path)


def _secondary_of(saved: xr.DataTree | xr.Dataset, path: Path) -> xr.Dataset:
    """Return what is of the secondary: a tree of both sides has it, a Dataset has to say that it is.

    Raises
    ------
    InputError
        If there is nothing.
    """
    children: Mapping[str, Any] = getattr(saved, "children", {})
    dataset: xr.Dataset = children["secondary"].to_dataset() if "secondary" in children else saved  # type: ignore[assignment]
    if (children and "secondary" not in children) or "pv" not in dataset.attrs:
        raise InputError(f"{path} has no samples of a secondary; save what pair.load or pair.secondary.load gave")
    return dataset
