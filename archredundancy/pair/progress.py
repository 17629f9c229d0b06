"""A commit of several PVs as a bar and a line for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from archredundancy.commit import Entry, Progress
from archredundancy.plan import MergePlan, Status

__all__ = ["shown"]


@contextmanager
def shown(
    plan: MergePlan, on_entry: Callable[[Entry], None] | None, *, progress: bool
) -> Iterator[Callable[[Entry], None]]:
    """Give what is to be told of each line of a journal: it tells `on_entry`, and shows how far the run is.

    Parameters
    ----------
    plan : MergePlan
    on_entry : callable, optional
    progress : bool
        Whether to show it; of a single PV nothing is shown.
    """
    from tqdm.auto import tqdm

    pvs = sum(pv.status is Status.READY for pv in plan.pvs)
    lines = Progress()
    with tqdm(total=pvs, unit="PV", disable=not progress or pvs < 2) as bar:

        def tell(entry: Entry) -> None:
            if on_entry is not None:
                on_entry(entry)
            if (line := lines.line(entry)) and not bar.disable:
                bar.write(line)
                bar.update(lines.done - bar.n)

        yield tell
