"""What `./demo` tells: two clusters that differ, what only the spare one has, a merge planned and proven."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archredundancy.coverage import Comparison
from archredundancy.pair import ClusterPair
from archredundancy.plan import HazardKind, Status
from archredundancy.plot import save_figure

__all__ = ["Part", "tell"]

_CURRENT = ("DEMO:CURRENT", "2026-10-01", "2026-10-04")
_NOTEBOOKS = """What to do next

  pip install -e ".[notebook]"
  jupyter lab notebooks/01-first-look.ipynb

or, in Python:

  import archredundancy as ar
  pair = ar.demo_pair()
  pair.compare("DEMO:CURRENT", "2026-10-01", "2026-10-04")"""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One piece of the story.

    Attributes
    ----------
    title : str
    text : str
    holds : bool
        Whether it turned out as it should.
    comparison : Comparison or None
        Of which it tells.
    """

    title: str
    text: str
    holds: bool = True
    comparison: Comparison | None = None


def tell(pair: ClusterPair, picture: Path) -> Iterator[Part]:
    """Run the main job on an embedded pair, part by part.

    Parameters
    ----------
    pair : ClusterPair
        As `demo_pair` gives it.
    picture : Path
        Where the picture of the planted PV goes.
    """
    yield Part(
        title="Two archiver appliances run on loopback",
        text="The primary keeps everything, the secondary keeps half a year. "
        f"Both know {len(pair.search('*'))} PVs: eight that two real clusters recorded, and some with planted faults.",
    )
    live = pair.compare("LIVE:COUNT", "2026-11-22T21:33:00Z", "2026-11-22T21:37:00Z")
    yield _compared("One IOC, recorded by two real clusters while either was paused", live)
    valve = pair.compare("DEMO:VALVE", "2026-05-20", "2026-05-30")
    yield _compared("A valve whose missing history the secondary will soon drop", valve)
    current = pair.compare(*_CURRENT)
    yield _compared("A beam current with an outage, scattered losses and a conflict", current)
    yield _loaded(pair, current, picture)
    yield from _merged(pair)
    yield _refused(pair)
    yield Part(title=_NOTEBOOKS, text="")


def _compared(title: str, comparison: Comparison) -> Part:
    return Part(
        title=title,
        text=repr(comparison),
        holds=comparison.summary.primary.samples_to_gain > 0,
        comparison=comparison,
    )


def _loaded(pair: ClusterPair, current: Comparison, picture: Path) -> Part:
    tree = pair.load(*_CURRENT)
    sizes = [tree[name].sizes["time"] for name in ("primary", "secondary", "merged")]
    save_figure(current.plot(), picture)
    return Part(
        title="The same history, loaded",
        text=f"{sizes[0]:,} samples from the primary, {sizes[1]:,} from the secondary, {sizes[2]:,} in their union.\n"
        f"The picture of it is in {picture}.",
        holds=sizes[2] == len(current.union.samples),
    )


def _merged(pair: ClusterPair) -> Iterator[Part]:
    plan = pair.plan_merge(_CURRENT[0])
    yield Part(title="What a merge would do, planned", text=repr(plan), holds=plan.status is Status.READY)
    # A person would read the id above and type it; the story does so here.
    report = pair.commit(plan, approve=str(plan.id))
    yield Part(title="The merge, committed and proven", text=repr(report), holds=report.ok)
    after = pair.compare(*_CURRENT)
    gained = after.summary.primary.samples_to_gain == 0
    yield Part(title="What is left to gain", text=repr(after), holds=gained, comparison=after)


def _refused(pair: ClusterPair) -> Part:
    plan = pair.plan_merge("DEMO:PRESSURE")
    reasons = {hazard.kind for hazard in plan.hazards if hazard.refuses}
    return Part(
        title="A merge that would destroy a sample of the primary, refused",
        text=repr(plan),
        holds=plan.status is Status.REFUSED and reasons == {HazardKind.WOULD_LOSE},
    )
