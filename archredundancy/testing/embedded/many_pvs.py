"""An embedded pair with many small PVs, each of which gains a sample."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archredundancy.appliance import AppliancePair
from archredundancy.commit import PairUrls
from archredundancy.demo.certificate import trust_embedded
from archredundancy.model import DbrType, Samples, chunk_key, parse_time
from archredundancy.pair import ClusterPair
from archredundancy.testing.embedded.bench import NOW, QUICK, STORES
from archredundancy.wire import ChunkHeader, encode_chunk

__all__ = ["Desk", "ManyPVs", "open_many_pvs"]

_SITE = """
[pairs.many]
run_dir = "{runs}"
allow_commit = true
[pairs.many.primary]
management = "{primary}"
[pairs.many.secondary]
management = "{secondary}"
[pairs.many.waits]
flush = 0.05
alive = 0.1
"""
_COMMAND = """
import sys
import archredundancy.pair.asked_pair as pair
from archredundancy.cli import main
if sys.stdin.isatty():
    import fcntl, termios
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
pair.system_clock = lambda: {now}
main()
"""
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

    @property
    def runs(self) -> Path:
        """Folder of all runs."""
        return Path(str(self.pair.run_dir))

    def counts(self) -> list[int]:
        """Return how many samples the primary has of each PV."""
        return [self.pair.primary.load(pv, "2024-01-01", "2024-04-01").sizes["time"] for pv in self.names]


@dataclass(frozen=True)
class Desk:
    """Where a person sits who commits: a pair, and a folder with its site file.

    Commands take the clock of the appliances, which stands still; a terminal that is their standard input is their own.

    Parameters
    ----------
    many : ManyPVs
    folder : Path
        Gets the site file; commands are called there.
    """

    many: ManyPVs
    folder: Path

    def __post_init__(self) -> None:
        """Write the site file."""
        urls = self.many.urls
        site = _SITE.format(runs=self.many.runs, primary=urls.primary, secondary=urls.secondary)
        (self.folder / "archredundancy.toml").write_text(site)

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Call the command line, and return what came of it."""
        return subprocess.run(
            **self._called(arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        """Call the command line without waiting for it; options are those of `subprocess`."""
        return subprocess.Popen(**self._called(arguments), **options)

    def _called(self, arguments: Sequence[str]) -> dict[str, Any]:
        environment = {**os.environ, "COLUMNS": "200", "ARCHREDUNDANCY_CONFIG": str(self.folder)}
        line = [sys.executable, "-c", _COMMAND.format(now=NOW), *arguments]
        return {"args": line, "cwd": self.folder, "env": environment}


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
