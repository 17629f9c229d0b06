"""An embedded pair with many small PVs, each of which gains a sample."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archredundancy.appliance import AppliancePair
from archredundancy.commit import PairUrls
from archredundancy.demo.certificate import trust_embedded
from archredundancy.model import DbrType, Samples, chunk_key, parse_time
from archredundancy.pair import ClusterPair
from archredundancy.testing.embedded.bench import NOW, QUICK, STORES
from archredundancy.wire import ChunkHeader, encode_chunk

__all__ = ["ManyPVs", "open_many_pvs"]

_OWN = ("2024-02-03", "2024-02-20")
_OTHER = ("2024-02-03", "2024-02-10", "2024-02-20")


@dataclass(frozen=True, kw_only=True)
class ManyPVs:
    """The pair that runs.

    Attributes
    ----------
    appliances : AppliancePair
    pair : ClusterPair
    names : tuple of str
        In order, such as `BATCH:000`.
    """

    appliances: AppliancePair
    pair: ClusterPair
    names: tuple[str, ...]

    @property
    def urls(self) -> PairUrls:
        """For a process of its own."""
        return PairUrls(primary=self.pair.primary.url, secondary=self.pair.secondary.url, fixed_now=NOW)

    def counts(self) -> list[int]:
        """Return how many samples the primary has of each PV."""
        return [self.pair.primary.load(pv, "2024-01-01", "2024-04-01").sizes["time"] for pv in self.names]


@contextmanager
def open_many_pvs(root: Path, count: int) -> Iterator[ManyPVs]:
    """Start a pair whose clock stands still.

    Parameters
    ----------
    root : Path
        Folder for its files and runs.
    count : int
        Number of PVs.
    """
    names = tuple(f"BATCH:{number:03d}" for number in range(count))
    with AppliancePair(root=root / "pair", clock=lambda: NOW, lag=0.0) as appliances:
        for appliance, times in ((appliances.primary, _OWN), (appliances.secondary, _OTHER)):
            moments = [parse_time(text, now=0) for text in times]
            samples = Samples.build(DbrType.SCALAR_DOUBLE, moments, list(range(len(moments))))
            for pv in names:
                appliance.add_pv({"pvName": pv, "dataStores": list(STORES), "paused": "false"})
                header = ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv=pv, year=2024)
                appliance.put_file("LTS", f"{chunk_key(pv)}2024_02.pb", encode_chunk(header, samples))
        trust_embedded(root / "runs")
        with ClusterPair(
            appliances.primary.url,
            appliances.secondary.url,
            fixed_now=NOW,
            run_dir=root / "runs",
            allow_commit=True,
            commit_settings=QUICK,
        ) as pair:
            yield ManyPVs(appliances=appliances, pair=pair, names=names)
