"""The samples that a plan is about: what it adds, and what the primary will have."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from archredundancy.errors import InputError
from archredundancy.model import Extras, MergeEvidence, Samples
from archredundancy.plan.forecast.forecast import Forecast, forecast
from archredundancy.plan.forecast.tally import tally
from archredundancy.plan.pv_plan import PVPlan

__all__ = ["predicted_after", "promised_samples"]


def promised_samples(evidence: MergeEvidence, plan: PVPlan) -> Samples:
    """Return exactly the samples that the merge shall add.

    Parameters
    ----------
    evidence : MergeEvidence
        What the plan was made from, or the same asked again.
    plan : PVPlan

    Returns
    -------
    Samples
        Of the secondary, as it stores them; times strictly increase.

    Raises
    ------
    InputError
        If the plan is another PV's or has no store, or the evidence would give another plan now.
    """
    found = _forecast(evidence, plan)
    return found.union.samples.take(np.flatnonzero(found.promised))


def predicted_after(evidence: MergeEvidence, plan: PVPlan) -> Samples:
    """Return what the primary will hold once consolidated and merged: what it has, less the lost, plus the promised.

    Parameters
    ----------
    evidence : MergeEvidence
        What the plan was made from, or the same asked again.
    plan : PVPlan

    Returns
    -------
    Samples
        Times strictly increase. Samples that `mergeInData` rewrites have the attributes that it leaves; their
        field values are in the order of before, which the appliance changes.

    Raises
    ------
    InputError
        If the plan is another PV's or has no store, or the evidence would give another plan now.

    Notes
    -----
    With `direct` the primary gets samples from after the horizon as well, as far as the secondary has them by then.
    """
    found = _forecast(evidence, plan)
    samples = found.union.samples
    rewritten = _rewritten_extras(samples.extras, found)
    return replace(samples, extras=rewritten).take(np.flatnonzero(found.remains))


def _forecast(evidence: MergeEvidence, plan: PVPlan) -> Forecast:
    if evidence.evidence.pv != plan.pv:
        raise InputError(f"the evidence is of {evidence.evidence.pv!r}, the plan of {plan.pv!r}; give those of one PV")
    if plan.granularity is None:
        raise InputError(f"the plan of {plan.pv!r} has no store to merge into, so nothing is promised; see its hazards")
    found = forecast(evidence, plan.terms, plan.granularity)
    if tally(found, evidence, plan.terms, plan.granularity) != plan.partitions:
        raise InputError(f"the evidence of {plan.pv!r} is not what the plan was made from; plan again")
    return found


def _rewritten_extras(extras: Extras, found: Forecast) -> Extras:
    """Return extras as they are after a rewrite, where there is one (`PBEvent` classes made from another event)."""
    passes = found.stripped[extras.row]
    has_fields = np.array([bool(fields) for fields in extras.fields], bool)
    explicit = np.where(has_fields, np.maximum(extras.field_change, 0), -1)
    changed = replace(
        extras,
        repeat_count=np.where(passes, -1, extras.repeat_count),
        user_tag=np.where(passes, -1, extras.user_tag),
        field_change=np.where(passes, explicit, extras.field_change).astype(np.int8),
    )
    kept = np.flatnonzero(~passes | has_fields)
    return changed.pick(kept, changed.row[kept])
