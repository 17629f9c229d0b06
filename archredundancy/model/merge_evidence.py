"""What planning a merge needs to know of a PV beyond what comparing needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from archredundancy.model.evidence import Evidence
from archredundancy.model.samples import Samples
from archredundancy.segments import Segments

__all__ = ["MergeEvidence"]


@dataclass(frozen=True, kw_only=True)
class MergeEvidence:
    """All that was learned about one PV before its merge is planned.

    Attributes
    ----------
    evidence : Evidence
        Both sides over the whole history: `asked` begins before the first sample of either and ends after `now`, as
        far into the future as samples with a wrong clock are to be found.
    storage : str
        Name of the primary's store to merge into.
    primary_external, secondary_external : tuple of str, or None
        URLs of the external servers that each cluster asks while it answers; None when not known.
    primary_flags, secondary_flags : tuple of str, or None
        Named flags that are set on each cluster, such as `SKIP_LTS_FOR_RETRIEVAL`; None when not known.
    primary_urls, secondary_urls : tuple of str
        Retrieval URLs of each cluster's members, by which they are recognised in the other's external servers; empty
        when not known.
    versions : tuple of str
        What the clusters say they are, for people, such as `primary 2.0.10`.
    certified : bool
        Whether merging is known to work with these versions.
    accepts_uncertified : bool
        Whether a person wants to merge although that is not known.
    relay_reachable : bool or None
        Whether the primary reaches a server of ours; None when it was not asked.
    members_down : tuple of str
        Members of the primary that do not answer as they should.
    empty_files : tuple of str
        Partitions of the store, such as `2024_02`, that have a file without samples. Only who sees the files can know
        of them.
    hidden : Samples or None
        What the primary stores and does not show, since newer samples of an older store hide it; None where nobody
        looked.
    owner_host : str
        Host of the primary's member that owns the PV; empty when not known.
    saved_copy : str
        What kind of copy the secondary's samples are from; empty where the secondary itself was asked.
    unfinished_run : str
        Name of an earlier run that has not ended for the PV; empty for none.
    pause_holes : Segments
        For how long earlier merges kept the primary from recording the PV.
    """

    evidence: Evidence
    storage: str
    primary_external: tuple[str, ...] | None = None
    secondary_external: tuple[str, ...] | None = None
    primary_flags: tuple[str, ...] | None = None
    secondary_flags: tuple[str, ...] | None = None
    primary_urls: tuple[str, ...] = ()
    secondary_urls: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    certified: bool = False
    accepts_uncertified: bool = False
    relay_reachable: bool | None = None
    members_down: tuple[str, ...] = ()
    empty_files: tuple[str, ...] = ()
    hidden: Samples | None = None
    owner_host: str = ""
    saved_copy: str = ""
    unfinished_run: str = ""
    pause_holes: Segments = field(default_factory=Segments.empty)
