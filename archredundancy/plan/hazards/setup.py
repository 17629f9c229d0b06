"""What is wrong with the PV, the clusters, or what is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from archredundancy.model import Evidence, MergeEvidence, SideEvidence
from archredundancy.plan.hazards.hazard import Hazard, HazardKind, refusal, warning
from archredundancy.plan.terms import Terms

__all__ = ["hazards_of_setup"]

#: Of these names the appliance does not find the files again, or sends broken requests for them to the other.
_UNSAFE = "{}[]*?+# %<>,&$"
_SEPARATORS = (":", "-")
_ARCHIVING = "Being archived"
_PAUSED = "Paused"


def hazards_of_setup(evidence: MergeEvidence, terms: Terms) -> Iterator[Hazard]:
    """Yield what is wrong before any sample is looked at."""
    yield from _unsafe_name(evidence.evidence.pv)
    yield from _alias(evidence.evidence)
    if not evidence.unfinished_run:  # which may have paused it, and is told
        yield from _paused(evidence.evidence.primary)
    yield from _not_recording(evidence.evidence.secondary)
    yield from _not_connected(evidence.evidence)
    yield from _proxies(evidence)
    yield from _unreachable(evidence, terms)
    yield from _members_down(evidence)
    yield from _window_ignored(terms)
    yield from _not_certified(evidence, terms)


def _unsafe_name(pv: str) -> Iterator[Hazard]:
    unsafe = sorted(set(pv) & set(_UNSAFE))
    if unsafe or pv.endswith(_SEPARATORS):
        why = f"it has {' '.join(map(repr, unsafe))}" if unsafe else f"it ends in {pv[-1]!r}"
        found = f"The appliance cannot merge a PV of the name {pv!r}: {why}."
        remedy = 'It would fail, or say "ok" and do nothing. Give the PV another name on both sides (renamePV).'
        yield refusal(HazardKind.UNSAFE_NAME, found, remedy)


def _alias(evidence: Evidence) -> Iterator[Hazard]:
    """Yield where a cluster has the PV by another name: it would be asked for, and merged, by that one."""
    sides = (("primary", evidence.primary), ("secondary", evidence.secondary))
    names = {name: side.type_info.pv for name, side in sides if side.type_info}
    if set(names.values()) - {evidence.pv}:
        told = ", ".join(f"{name}: {pv!r}" for name, pv in names.items())
        found = f"{evidence.pv!r} is an alias; the names that samples are stored by are {told}."
        remedy = (
            "mergeInData asks the secondary for the primary's name: plan with that one, if it means one PV to both."
        )
        yield refusal(HazardKind.ALIAS, found, remedy)


def _paused(primary: SideEvidence) -> Iterator[Hazard]:
    if primary.status == _PAUSED or (primary.type_info and primary.type_info.paused):
        remedy = "Ask who paused it and why; resume it, and plan again."
        yield refusal(HazardKind.ALREADY_PAUSED, "The PV is paused on the primary, by somebody else.", remedy)


def _not_recording(secondary: SideEvidence) -> Iterator[Hazard]:
    status = secondary.status or (_PAUSED if secondary.type_info and secondary.type_info.paused else None)
    remedy = "While the primary is paused the secondary is the only recorder: see to it that it archives the PV."
    if status is None:
        found = "Whether the secondary records the PV now is not known."
        yield warning(HazardKind.NOT_RECORDING, found, remedy)
    elif status != _ARCHIVING:
        yield refusal(HazardKind.NOT_RECORDING, f"The secondary says {status!r} of the PV.", remedy)


def _not_connected(evidence: Evidence) -> Iterator[Hazard]:
    """Yield where the secondary's engine has no connection, and the primary's is not without one too."""
    secondary = evidence.secondary
    if secondary.status == _ARCHIVING and secondary.connected is False and evidence.primary.connected is not False:
        found = "The secondary archives the PV, but is not connected to it."
        remedy = "While the primary is paused nobody would record it: wait until the secondary is connected."
        yield refusal(HazardKind.NOT_RECORDING, found, remedy)


def _proxies(evidence: MergeEvidence) -> Iterator[Hazard]:
    secondary_asks = _points_at(evidence.secondary_external, evidence.primary_urls)
    primary_asks = _points_at(evidence.primary_external, evidence.secondary_urls)
    if secondary_asks and primary_asks:
        found = "Each cluster has the other among its external servers."
        remedy = "One request of a user can stop both for good: remove one of the two, and reset the failover caches."
        yield refusal(HazardKind.MUTUAL_PROXIES, found, remedy)
    elif secondary_asks is None or primary_asks is None:
        found = "Whether each cluster has the other among its external servers is not known."
        remedy = "Look at both lists (getExternalArchiverServers): one request of a user would stop both."
        yield warning(HazardKind.MUTUAL_PROXIES, found, remedy)
    elif secondary_asks:
        found = "The secondary has the primary among its external servers."
        remedy = "Nothing to do as long as it heeds skipExternalServers=true, with which it is asked for this merge."
        yield warning(HazardKind.PROXY, found, remedy)


def _points_at(external: tuple[str, ...] | None, urls: tuple[str, ...]) -> bool | None:
    """Return whether a cluster's members are among external servers; any is taken for one while they are not known."""
    if external is None:
        return None
    members = {urlsplit(url).netloc.lower() for url in urls}
    return any(not members or urlsplit(url).netloc.lower() in members for url in external)


def _unreachable(evidence: MergeEvidence, terms: Terms) -> Iterator[Hazard]:
    if not terms.strategy.is_served:
        return
    remedy = "Run where the primary can connect to, or name such an interface in the site file; or plan with 'direct'."
    if evidence.relay_reachable is None:
        found = "Whether the primary reaches our server is not known."
        later = "A commit tries it before it pauses anything, and a plan where the pair may be changed (allow_commit)."
        yield warning(HazardKind.UNREACHABLE, found, later)
    elif not evidence.relay_reachable:
        yield refusal(HazardKind.UNREACHABLE, "The primary does not reach our server.", remedy)


def _members_down(evidence: MergeEvidence) -> Iterator[Hazard]:
    if evidence.members_down:
        found = f"Members of the primary do not answer as they should: {', '.join(evidence.members_down)}."
        remedy = "Changes made now may be undone at their return: wait until all members are back."
        yield refusal(HazardKind.MEMBER_DOWN, found, remedy)


def _window_ignored(terms: Terms) -> Iterator[Hazard]:
    if terms.is_limited and not terms.strategy.is_served:
        found = "A window or exclusions are asked for, but mergeInData by itself merges all of history."
        remedy = "Plan with strategy 'relay', which honours them, or without them."
        yield refusal(HazardKind.WINDOW_IGNORED, found, remedy)


def _not_certified(evidence: MergeEvidence, terms: Terms) -> Iterator[Hazard]:
    if evidence.certified:
        return
    versions = ", ".join(evidence.versions) or "not known"
    found = f"Merging by {terms.way} was not tried out with these versions: {versions}."
    if evidence.accepts_uncertified:
        remedy = "It is wanted all the same: whether the proof holds with them will be seen on this PV."
        yield warning(HazardKind.NOT_CERTIFIED, found, remedy)
    else:
        remedy = "Try it on scratch PVs: archredundancy certify. Or plan with uncertified=True (--uncertified)."
        yield refusal(HazardKind.NOT_CERTIFIED, found, remedy)
