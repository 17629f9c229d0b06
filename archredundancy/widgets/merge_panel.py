"""`MergePanel`: compare, plan and commit by mouse. A thin skin over `PanelState`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import RLock
from typing import TYPE_CHECKING, Any

import ipywidgets

from archredundancy.errors import ArchRedundancyError, InputError
from archredundancy.widgets.as_html import (
    comparisons_html,
    failures_html,
    hint_html,
    journal_html,
    plan_html,
    report_html,
)
from archredundancy.widgets.state import Failure, PanelState

if TYPE_CHECKING:
    from archredundancy.coverage import Comparison
    from archredundancy.pair import ClusterPair

__all__ = ["MergePanel"]

_log = logging.getLogger(__name__)

_WIDE = {"width": "auto"}
_LABELLED = {"description_width": "3em"}


class MergePanel:
    """Pick PVs, compare them, plan their merge, commit the plan, watch its journal, read the proof.

    Show it by naming it at the end of a notebook cell. A thread of its own asks the clusters, so the kernel stays free.
    Nothing is changed until somebody has ticked the box, typed the plan's id and pressed "Commit".

    Parameters
    ----------
    pair : ClusterPair
    pvs : str or sequence of str
        Offered; the first is picked.
    start, end : str
        What to compare, to begin with; a plan is about all of history.

    Raises
    ------
    InputError
        If there are no PVs.

    Examples
    --------
    >>> import archredundancy as ar
    >>> with ar.demo_pair() as pair:
    ...     panel = ar.widgets.MergePanel(pair, ["DEMO:CURRENT", "DEMO:VALVE"])
    ...     panel.close()
    >>> panel
    <MergePanel DEMO:CURRENT, DEMO:VALVE>
    """

    def __init__(self, pair: ClusterPair, pvs: str | Sequence[str], *, start: str = "-200d", end: str = "now") -> None:
        offered = (pvs,) if isinstance(pvs, str) else tuple(pvs)
        if not offered:
            raise InputError("the panel has no PVs to offer; give at least one, as pair.search finds them")
        self._pair = pair
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="merge-panel")
        self._lock = RLock()
        self.state = PanelState(pvs=offered, picked=offered[:1], start=start, end=end)
        self._make_controls()
        self._make_sections()
        self.box = ipywidgets.VBox(
            [
                ipywidgets.HBox([self.picks, ipywidgets.VBox([self.start, self.end])]),
                ipywidgets.HBox([self.compare, self.plan, self._hint.html]),
                self._failures.html,
                self._plan.html,
                self._approval,
                self._journal.html,
                self._report.html,
                self._comparisons.html,
            ]
        )
        self._render()
        self._connect()

    def _make_controls(self) -> None:
        rows = min(max(len(self.state.pvs), 3), 10)
        self.picks = ipywidgets.SelectMultiple(options=self.state.pvs, rows=rows, layout={"width": "24em"})
        self.start = ipywidgets.Text(description="from", continuous_update=False, style=_LABELLED)
        self.end = ipywidgets.Text(description="to", continuous_update=False, style=_LABELLED)
        self.compare = ipywidgets.Button(description="Compare")
        self.plan = ipywidgets.Button(description="Plan")
        self.tick = ipywidgets.Checkbox(description="I have read the plan", indent=False, layout=_WIDE)
        self.typed = ipywidgets.Text(placeholder="the plan's id", layout={"width": "10em"})
        self.commit = ipywidgets.Button(description="Commit", button_style="danger")

    def _make_sections(self) -> None:
        self._hint = _Section(hint_html)
        self._approval = ipywidgets.HBox([self.tick, self.typed, self.commit, self._hint.html])
        self._failures = _Section(failures_html)
        self._comparisons = _Section(comparisons_html)
        self._plan = _Section(plan_html)
        self._journal = _Section(journal_html)
        self._report = _Section(report_html)

    def _connect(self) -> None:
        self.picks.observe(lambda change: self._follow(lambda state: state.pick(change["new"])), "value")
        for text in (self.start, self.end):
            text.observe(self._on_range, "value")
        self.tick.observe(lambda change: self._follow(lambda state: state.tick(change["new"])), "value")
        self.typed.observe(lambda change: self._follow(lambda state: state.type(change["new"])), "value")
        self.compare.on_click(lambda _: self._begin(PanelState.comparing, self._compare_picked))
        self.plan.on_click(lambda _: self._begin(PanelState.planning, self._plan_picked))
        self.commit.on_click(lambda _: self._begin(PanelState.committing, self._commit_plan))

    def __repr__(self) -> str:
        return f"<MergePanel {', '.join(self.state.pvs)}>"

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        shown: dict[str, Any] = self.box._repr_mimebundle_(**options)
        return shown | {"text/plain": repr(self)}

    def wait(self) -> None:
        """Wait until nothing is under way."""
        self._worker.submit(lambda: None).result()

    def close(self) -> None:
        """Take the panel away. A commit that is under way goes on in its own process."""
        self._worker.shutdown(wait=False, cancel_futures=True)
        self.box.close()

    def _on_range(self, _: object) -> None:
        self._follow(lambda state: state.ask_range(self.start.value, self.end.value))

    def _follow(self, transition: Callable[[PanelState], PanelState]) -> None:
        """Go on to the next state and show it; the worker and the person at the mouse take turns."""
        with self._lock:
            self.state = transition(self.state)
            self._render()

    def _begin(self, transition: Callable[[PanelState], PanelState], work: Callable[[PanelState], None]) -> None:
        """Let the worker do something, if it may begin."""
        with self._lock:
            before = self.state
            self._follow(transition)
            if self.state is not before:
                self._worker.submit(work, self.state).add_done_callback(self._show_error)

    def _show_error(self, done: Future[None]) -> None:
        error = None if done.cancelled() else done.exception()
        if error is not None:
            _log.error("the merge panel's worker failed", exc_info=error)
            self._follow(lambda state: state.failed(error))

    def _compare_picked(self, asked: PanelState) -> None:
        found: list[Comparison] = []
        failures: list[Failure] = []
        for pv in asked.picked:
            try:
                found.append(self._pair.compare(pv, asked.start, asked.end))
            except ArchRedundancyError as error:
                failures.append(Failure.of(error, pv))
        self._follow(lambda state: state.compared(found, failures))

    def _plan_picked(self, asked: PanelState) -> None:
        plan = self._pair.plan_merge(asked.picked, progress=False)
        self._follow(lambda state: state.planned(plan))

    def _commit_plan(self, approved: PanelState) -> None:
        if approved.plan is not None:
            report = self._pair.commit(
                approved.plan,
                approve=approved.typed,
                on_entry=lambda entry: self._follow(lambda state: state.told(entry)),
            )
            self._follow(lambda state: state.reported(report))

    def _render(self) -> None:
        """Make all widgets show the state. What they tell back is the same state."""
        state = self.state
        self.picks.value, self.start.value, self.end.value = state.picked, state.start, state.end
        self.tick.value, self.typed.value = state.ticked, state.typed
        for control in (self.picks, self.start, self.end):
            control.disabled = not state.is_idle
        self.compare.disabled = self.plan.disabled = not state.can_ask
        self.tick.disabled = self.typed.disabled = not state.can_approve
        self.commit.disabled = not state.can_commit
        self._approval.layout.display = "none" if state.plan is None else "flex"
        self._hint.show(state.hint)
        self._failures.show(state.failures)
        self._plan.show(state.plan)
        self._journal.show(state.journal)
        self._report.show(state.report)
        self._comparisons.show(state.comparisons, state.plan is not None, bool(state.journal))


class _Section:
    """A piece of HTML that is drawn again only when what it shows has changed."""

    def __init__(self, draw: Callable[..., str]) -> None:
        self.html = ipywidgets.HTML()
        self._draw = draw
        self._shown: tuple[object, ...] = ()

    def show(self, *facts: object) -> None:
        if facts != self._shown:
            self.html.value = self._draw(*facts)
            self._shown = facts
