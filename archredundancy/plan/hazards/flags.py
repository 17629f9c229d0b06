"""What named flags of a cluster keep out of its answers, or out of its stores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archredundancy.model import MergeEvidence, SideEvidence, StoreUrl
from archredundancy.plan.hazards.hazard import Hazard, HazardKind, refusal, warning

__all__ = ["hazards_of_flags"]

_Flags = tuple[str, ...] | None


def hazards_of_flags(evidence: MergeEvidence) -> Iterator[Hazard]:
    """Yield stores that flags hide from answers, or that take, give or keep samples only while a flag is set.

    Flags are false until somebody sets them, and again after a restart.
    """
    sides = evidence.evidence
    yield from _not_known(evidence)
    yield from _hidden("primary", sides.primary, evidence.primary_flags)
    yield from _hidden("secondary", sides.secondary, evidence.secondary_flags)
    yield from _stopped(sides.primary, evidence.primary_flags)
    yield from _thrown_away(sides.primary)
    yield from _kept_back(sides.primary, evidence.primary_flags)


def _not_known(evidence: MergeEvidence) -> Iterator[Hazard]:
    flags = {"primary": evidence.primary_flags, "secondary": evidence.secondary_flags}
    silent = " and of the ".join(cluster for cluster, known in flags.items() if known is None)
    if silent:
        found = f"Whether a flag keeps a store of the {silent} out of answers is not known."
        remedy = "Look at the flags (getAllNamedFlags): what such a store holds is neither gained nor seen to be there."
        yield warning(HazardKind.SKIPPED_STORE, found, remedy)


def _hidden(cluster: str, side: SideEvidence, flags: _Flags) -> Iterator[Hazard]:
    for flag in _set_flags(side, flags, "SKIP_{}_FOR_RETRIEVAL"):
        found = f"The flag {flag} is set on the {cluster}, so what that store holds is in no answer."
        remedy = "Have the flag unset (setNamedFlag), and plan again: what is there to gain or lose is not known."
        yield refusal(HazardKind.SKIPPED_STORE, found, remedy)


def _stopped(primary: SideEvidence, flags: _Flags) -> Iterator[Hazard]:
    for flag in _set_flags(primary, flags, "SKIP_{}_FOR_ETL"):
        found = f"The flag {flag} is set on the primary, so nothing is moved into that store."
        remedy = "Consolidating would do nothing, and what stays in finer stores would vanish: have the flag unset."
        yield refusal(HazardKind.SKIPPED_STORE, found, remedy)


def _thrown_away(primary: SideEvidence) -> Iterator[Hazard]:
    for store in _stores(primary):
        for flag in store.values_of("etlIntoStoreIf"):
            found = f"While the flag {flag!r} is not set the store {store.name!r} throws away what is moved into it."
            remedy = "Consolidating goes through it: take the condition out of the store's URL."
            yield refusal(HazardKind.CONDITIONAL_STORE, found, remedy)


def _kept_back(primary: SideEvidence, flags: _Flags) -> Iterator[Hazard]:
    for store in _stores(primary):
        for flag in store.values_of("etlOutofStoreIf"):
            if flags is None or flag not in flags:
                found = f"The store {store.name!r} gives nothing away while the flag {flag!r} is not set."
                remedy = (
                    "Consolidating would leave samples there, which would vanish: have the flag set, and plan again."
                )
                yield refusal(HazardKind.CONDITIONAL_STORE, found, remedy)


def _stores(side: SideEvidence) -> Sequence[StoreUrl]:
    return side.type_info.stores if side.type_info else ()


def _set_flags(side: SideEvidence, flags: _Flags, pattern: str) -> list[str]:
    """Return the flags of this pattern that are set for stores of a PV."""
    return [flag for store in _stores(side) if (flag := pattern.format(store.name)) in (flags or ())]
