"""Merges from plan to proof on scratch PVs of a pair that others may use; all that is made is deleted again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archredundancy.commit import PairUrls, RunSettings
from archredundancy.commit.certification.scratch import ScratchPVs
from archredundancy.commit.certification.scratch_folder import open_scratch
from archredundancy.commit.sides import Side
from archredundancy.model import DbrType, Samples, TimeRange, start_of_year, year_of
from archredundancy.pair import ClusterPair

__all__ = ["ScratchMerges", "open_scratch_merges"]

#: Folders of their own, on the disks of the site's: what rebuilds make beside them is easily told from all else.
_ROOT = "${{ARCHAPPL_{1}_TERM_FOLDER}}/archredundancy_scratch"
_STORE = f"pb://localhost?name={{0}}&rootFolder={_ROOT}&partitionGranularity=PARTITION_{{2}}"
_STS, _LTS = _STORE.format("STS", "SHORT", "HOUR"), _STORE.format("LTS", "LONG", "MONTH")
#: Those of a PV at each side: monthly files, and at the primary younger ones above them.
_STORES = {"primary": (_STS, _LTS), "secondary": (_LTS,)}


@dataclass(frozen=True, kw_only=True)
class ScratchMerges:
    """Makes scratch PVs, and gives the pair that merges them.

    Attributes
    ----------
    scratch : ScratchPVs
    pair : ClusterPair
    urls : PairUrls
    settings : RunSettings
    """

    scratch: ScratchPVs
    pair: ClusterPair
    urls: PairUrls
    settings: RunSettings

    @property
    def run_dir(self) -> Path:
        """Where the runs are kept."""
        return self.scratch.runs

    @property
    def span(self) -> TimeRange:
        """All years that scratch PVs may have samples in."""
        year = year_of(self.urls.now())
        return TimeRange(start=start_of_year(year - 5), end=start_of_year(year + 1))

    def make(
        self,
        case: str,
        primary: Samples | Mapping[str, Samples],
        secondary: Samples,
        *,
        dbr_type: DbrType | None = None,
    ) -> str:
        """Make a PV that both clusters archive, with these samples, and return its name.

        Parameters
        ----------
        case : str
            The end of its name.
        primary : Samples or mapping of str to Samples
            In the store that is merged into, or by store: STS, LTS.
        secondary : Samples
        dbr_type : DbrType, optional
            Of the primary's configuration, where it is not that of its samples.

        Raises
        ------
        ArchRedundancyError
            If a cluster does not do it.
        """
        pv = self.scratch.name(case)
        content = {"LTS": primary} if isinstance(primary, Samples) else primary
        self._make_at(self.scratch.primary, pv, content, dbr_type)
        self._make_at(self.scratch.secondary, pv, {"LTS": secondary})
        return pv

    def drop(self, pv: str, dbr_type: DbrType = DbrType.SCALAR_DOUBLE) -> None:
        """Let the secondary forget all samples of a PV, and go on archiving it.

        Raises
        ------
        ArchRedundancyError
            If it does not.
        """
        side = self.scratch.secondary
        self.scratch.delete_at(side, pv)
        self._make_at(side, pv, {"LTS": Samples.empty(dbr_type)})

    def samples(self, pv: str, side: str = "primary") -> Samples:
        """Return all that a cluster itself has of a PV, in order of time."""
        return self._side(side).read(pv, self.span).samples.in_order()

    def status(self, pv: str, side: str = "primary") -> str:
        """Return what a cluster says of a PV, such as `Being archived`."""
        return self._side(side).status(pv)

    def pause(self, pv: str, side: str) -> None:
        """Pause a PV at a cluster, as somebody else may have done.

        Raises
        ------
        RefusedError
            If the cluster does not.
        """
        self.scratch.pause(self._side(side), pv)

    def _side(self, name: str) -> Side:
        return self.scratch.primary if name == "primary" else self.scratch.secondary

    def _make_at(self, side: Side, pv: str, content: Mapping[str, Samples], dbr_type: DbrType | None = None) -> None:
        self.scratch.make(side, pv, _STORES[side.name], content, self.urls.now(), dbr_type=dbr_type)
        self.scratch.resume(side, pv)


@contextmanager
def open_scratch_merges(
    primary: str, secondary: str, run_dir: Path, settings: RunSettings, *, prefix: str
) -> Iterator[ScratchMerges]:
    """Give what makes scratch PVs while the context lasts; then they are deleted, whatever happened.

    Parameters
    ----------
    primary, secondary : str
        Management URLs.
    run_dir : Path
        Gets a folder with a journal of all that is made, by which it is deleted if this process dies.
    settings : RunSettings
    prefix : str
        What all names begin with.

    Raises
    ------
    StoreError
        If the folder cannot be written.
    ArchRedundancyError
        If a cluster cannot be asked.
    """
    urls = PairUrls(primary=primary, secondary=secondary)
    with (
        open_scratch(urls, run_dir, settings, prefix=prefix) as scratch,
        ClusterPair(primary, secondary, run_dir=scratch.runs, allow_commit=True, commit_settings=settings) as pair,
    ):
        yield ScratchMerges(scratch=scratch, pair=pair, urls=urls, settings=settings)
