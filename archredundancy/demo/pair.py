"""The embedded pair that everything can be tried on."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from archredundancy.appliance import AppliancePair
from archredundancy.commit import RunSettings
from archredundancy.demo.certificate import trust_embedded
from archredundancy.demo.plants import plant
from archredundancy.demo.recording import put_recording
from archredundancy.model import parse_time
from archredundancy.pair import ClusterPair

__all__ = ["DEMO_NOW", "demo_pair"]

#: What the embedded pair and its clients take for the present, so that results stay the same.
DEMO_NOW = parse_time("2026-11-22T22:00:00Z", now=0)

#: The embedded engines write at once, and their clock stands still: there is nothing to wait for.
_HURRY = RunSettings(flush=0.0, alive=0.0, poll=0.02)


def demo_pair(seed: int = 0, *, timezone: str = "UTC") -> ClusterPair:
    """Start two embedded appliances on loopback, and return the pair that asks them.

    They serve what two real clusters recorded of one IOC (`LIVE:…`, 2026-11-22 from 21:33 to 21:37 UTC) and PVs with
    planted outages (`DEMO:…`). The clock stands still at `DEMO_NOW`, so results are the same each time.

    Parameters
    ----------
    seed : int
        Makes the planted signals.
    timezone : str
        IANA name of the zone of times written without one.

    Returns
    -------
    ClusterPair
        Use it as a context manager, or call `close` to stop the appliances and remove their files.

    Examples
    --------
    >>> with demo_pair() as pair:
    ...     len(pair.search("LIVE:*"))
    8
    """
    with ExitStack() as stack:
        root = stack.enter_context(TemporaryDirectory(prefix="archredundancy-", ignore_cleanup_errors=True))
        appliances = stack.enter_context(AppliancePair(root=root, clock=lambda: DEMO_NOW))
        put_recording(appliances)
        plant(appliances, seed)
        trust_embedded(Path(root) / "runs")
        everything = stack.pop_all()
        try:
            return ClusterPair(
                primary=appliances.primary.url,
                secondary=appliances.secondary.url,
                timezone=timezone,
                fixed_now=DEMO_NOW,
                run_dir=Path(root) / "runs",
                allow_commit=True,
                commit_settings=_HURRY,
                on_close=everything.close,
            )
        except BaseException:
            everything.close()
            raise
