"""Asking clusters, and folders of their files: bytes to `Reading`, management replies to dataclasses.

Nothing here but `Committer` and `StoreCommitter` changes anything at a cluster; nothing here knows whether an appliance
is a real one. `HttpTransport`, which loads the HTTP library, is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archredundancy.client.addresses.cluster_url import ClusterAddress, base_of, resolve_cluster
from archredundancy.client.addresses.site_cluster import locate_cluster, open_transport, retrieval_url_of
from archredundancy.client.allowance import Allowance, allow, spend
from archredundancy.client.commands.command_reply import CommandReply
from archredundancy.client.commands.committer import Committer, Record
from archredundancy.client.commands.store_calls import StoreCommitter
from archredundancy.client.files.files import StoreFolder
from archredundancy.client.http.transport import CommandTransport, Reply, StreamReply, Transport
from archredundancy.client.management.capacity_replies import ApplianceMetrics, PVRate, StorageConsumed, StoreRoom
from archredundancy.client.management.management import ManagementClient
from archredundancy.client.management.replies import (
    Alias,
    ApplianceInfo,
    Detail,
    ExternalServer,
    PausedPV,
    PVStatus,
    Versions,
)
from archredundancy.client.management.report_replies import (
    ChangedPV,
    DisconnectedPV,
    DroppedEvents,
    LostConnections,
    PendingPV,
    SilentPV,
    TimeSpan,
)
from archredundancy.client.management.reports import ReportCalls
from archredundancy.client.retrieval.away import AwayReader
from archredundancy.client.retrieval.operated_answer import OperatedAnswer
from archredundancy.client.retrieval.operation import OPERATORS, Operation, Shape
from archredundancy.client.retrieval.retrieval import RetrievalClient
from archredundancy.client.workers import run_each

if TYPE_CHECKING:
    from archredundancy.client.http.http_transport import HttpTransport

__all__ = [
    "OPERATORS",
    "Alias",
    "Allowance",
    "ApplianceInfo",
    "ApplianceMetrics",
    "AwayReader",
    "ChangedPV",
    "ClusterAddress",
    "CommandReply",
    "CommandTransport",
    "Committer",
    "Detail",
    "DisconnectedPV",
    "DroppedEvents",
    "ExternalServer",
    "HttpTransport",
    "LostConnections",
    "ManagementClient",
    "OperatedAnswer",
    "Operation",
    "PVRate",
    "PVStatus",
    "PausedPV",
    "PendingPV",
    "Record",
    "Reply",
    "ReportCalls",
    "RetrievalClient",
    "Shape",
    "SilentPV",
    "StorageConsumed",
    "StoreCommitter",
    "StoreFolder",
    "StoreRoom",
    "StreamReply",
    "TimeSpan",
    "Transport",
    "Versions",
    "allow",
    "base_of",
    "locate_cluster",
    "open_transport",
    "resolve_cluster",
    "retrieval_url_of",
    "run_each",
    "spend",
]


def __getattr__(name: str) -> Any:
    if name == "HttpTransport":
        from archredundancy.client.http.http_transport import HttpTransport

        return HttpTransport
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
