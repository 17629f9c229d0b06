"""Every reading call of the management client, against the embedded pair."""

import pytest

import archredundancy as ar
from archredundancy.errors import ArchRedundancyError, ReplyError


@pytest.fixture(scope="module")
def primary():
    """The primary's management of an embedded pair; it is only asked."""
    with ar.demo_pair() as pair:
        yield pair.primary.management


REPORTS = (
    "aliases", "appliance_metrics", "appliances_in_cluster", "disconnected_pvs", "event_rates", "export_config",
    "external_servers", "lost_connections", "named_flags", "never_connected_pvs", "paused_pvs", "policies",
    "properties", "pvs_of_appliance", "recently_added_pvs", "recently_modified_pvs", "silent_pvs",
    "slow_changing_with_dropped_events", "storage_consumed", "storage_rates", "time_spans",
)  # fmt: skip


@pytest.mark.parametrize("method", REPORTS)
def test_every_report_is_understood(primary, method):
    """Whatever it has to tell."""
    assert isinstance(getattr(primary, method)(), (list, dict))


def test_reports_tell_of_the_pvs_there_are(primary):
    """Names, time spans, sizes and rates belong to the PVs of the cluster."""
    pvs = set(primary.all_pvs())
    assert {info.pv for info in primary.export_config()} == pvs == set(primary.pvs_of_appliance())
    spans = {span.pv: span for span in primary.time_spans("DEMO:.*")}
    assert spans["DEMO:CURRENT"].first is not None
    assert primary.storage_consumed(limit=1)[0].size > 0
    assert {line.pv for line in primary.event_rates()} <= pvs
    assert len(primary.recently_added_pvs(limit=3)) == 3
    identity = primary.appliance_info().identity
    assert primary.appliance_info(identity) == primary.appliance_info()
    assert [metrics.appliance for metrics in primary.appliance_metrics()] == [identity]
    assert all(room.available <= room.capacity for room in primary.store_room(identity))
    assert any(line.value == "DEMO:CURRENT" for line in primary.details("DEMO:CURRENT"))


def test_lists_of_names_are_sorted_out(primary):
    """More of them than fit into a URL."""
    pvs = primary.all_pvs("DEMO:*")
    strange = [f"NO:SUCH:{n:06}" for n in range(2000)]
    assert primary.archived_pvs([*strange, *pvs]) == pvs
    assert primary.unarchived_pvs([*strange, *pvs]) == strange
    assert set(primary.archived_pvs_not_in(pvs)) == set(primary.all_pvs()) - set(pvs)


def test_who_is_not_there_cannot_be_asked(primary):
    """A member that nobody knows is an error, not an empty report."""
    with pytest.raises(ReplyError):
        primary.store_room("nobody")
    with pytest.raises(ArchRedundancyError):
        primary.appliance_info("nobody")
