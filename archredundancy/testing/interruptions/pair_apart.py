"""A pair each side of which is a process of its own, with real HTTP between them: what is interrupted."""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from archredundancy.appliance import Appliance
from archredundancy.commit import PairUrls, RunFolder, RunSettings, run_commit
from archredundancy.demo.certificate import trust_embedded
from archredundancy.model import Granularity, Samples, StoreUrl, chunk_key
from archredundancy.testing.embedded.bench import NOW, PV, QUICK, Trial, put_samples, record
from archredundancy.testing.embedded.layouts import LAYOUTS
from archredundancy.testing.interruptions.killable import KillableAppliance

__all__ = ["OTHER", "Apart", "open_apart"]

#: A PV that no run is about.
OTHER = "T:OTHER"


@dataclass(frozen=True, kw_only=True)
class Apart(Trial):
    """A pair each side of which is a process of its own.

    Attributes
    ----------
    primary, secondary : KillableAppliance
    granularity : Granularity
        Of the store that is merged into.
    """

    primary: KillableAppliance
    secondary: KillableAppliance
    granularity: Granularity
    untouched: dict[str, bytes] = field(default_factory=dict)
    recorded: list[Samples] = field(default_factory=list)

    def make_run_of(self, strategy: str, settings: RunSettings = QUICK) -> RunFolder:
        """Return a run of a new plan that is to be begun, or the rollback of a rebuild with what came since."""
        name, _, root = strategy.partition(" ")
        if name == "rollback":
            rebuilt = self.make_run(self.plan("rebuild", root=root))
            run_commit(rebuilt.path)
            self._record("2024-03-20T11:59:58")
            return RunFolder.create(self.run_dir, rebuilt.plan, self.urls, settings, undoes=rebuilt.path.name)
        return self.make_run(self.plan(name, root=root or None), settings)

    def _record(self, *times: str) -> None:
        short = StoreUrl.parse(LAYOUTS[self.granularity].stores[0]).granularity or Granularity.HOUR
        self.recorded.append(record(self.primary, self.primary.files(chunk_key(PV)), times, short))

    def bring_back(self) -> None:
        """Start what is dead."""
        for appliance in (self.primary, self.secondary):
            if not appliance.is_alive:
                appliance.start()

    def restart(self) -> None:
        """Kill both and start them again: nothing that was being done goes on, and no fault strikes any more."""
        for appliance in (self.primary, self.secondary):
            appliance.kill()
        self.bring_back()


@contextmanager
def open_apart(root: Path, granularity: Granularity) -> Iterator[Apart]:
    """Start a pair with the history of a layout, each side in a process of its own.

    Parameters
    ----------
    root : Path
        Folder for its files and runs.
    granularity : Granularity
        Of the store that is merged into.
    """
    shutil.copytree(_files_of(granularity), root / "pair")
    trust_embedded(root / "runs")
    with ExitStack() as started:
        primary, secondary = (
            started.enter_context(KillableAppliance(f"{side}0", root / "pair" / side))
            for side in ("primary", "secondary")
        )
        pair = Apart(
            primary=primary,
            secondary=secondary,
            granularity=granularity,
            urls=PairUrls(primary=primary.url, secondary=secondary.url, fixed_now=NOW),
            run_dir=root / "runs",
            untouched=primary.files(chunk_key(OTHER)),
        )
        pair.before, pair.offered  # noqa: B018 - remembered from now on
        yield pair


@cache
def _files_of(granularity: Granularity) -> Path:
    """Return a folder with the files of both sides, as they are before any run; to be copied."""
    root, layout = Path(mkdtemp(prefix="layout-")), LAYOUTS[granularity]
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    for side, times, offset in (("primary", layout.primary, 0), ("secondary", layout.secondary, 100)):
        appliance = Appliance(f"{side}0", root / side, clock=lambda: NOW).start()
        put_samples(appliance, times, offset=offset, stores=layout.stores)
        put_samples(appliance, times, pv=OTHER, stores=layout.stores)
        appliance.kill()
        # Everything is on the disk; a stop would only move what lies in the short-term store.
    return root
