"""A year of archiving, ETL and retention passes in seconds."""

import pytest

from archredundancy.appliance import AppliancePair, Periodic, SettableClock, SimulatedIoc, SimulatedPv
from archredundancy.appliance.messages.message import decode_header, decode_sample
from archredundancy.model import NS_PER_SECOND, parse_time

START = parse_time("2025-07-01T00:00:00Z", now=0)
DAY = 86400 * NS_PER_SECOND
KEPT = 30
STS = (
    "pb://localhost?name=STS&rootFolder=${ARCHAPPL_SHORT_TERM_FOLDER}&partitionGranularity=PARTITION_HOUR"
    "&consolidateOnShutdown=true"
)
MTS = "pb://localhost?name=MTS&rootFolder=${ARCHAPPL_MEDIUM_TERM_FOLDER}&partitionGranularity=PARTITION_DAY"
LTS = "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR"


def times(appliance):
    """Stamps in an appliance's files, in order, and how many files each store has."""
    found, stores = [], {}
    for path, data in appliance.files().items():
        if path.endswith(".pb"):
            head, *lines = data.split(b"\n")
            header = decode_header(head)
            found += [decode_sample(line, header.dbr_type).time(header.year) for line in lines[:-1]]
            store = path.partition("/")[0]
            stores[store] = stores.get(store, 0) + 1
    return sorted(found), stores


@pytest.mark.slow
def test_the_primary_is_complete_and_the_secondary_has_its_retention(tmp_path):
    """Over New Year too; what is in neither store of the secondary went into its black hole (appliance.md A.5)."""
    clock = SettableClock(START)
    record = SimulatedPv(name="A:B", series=Periodic(value=lambda time: time // DAY, period=6 * 3600.0, offset=1.5))
    ioc = SimulatedIoc([record], clock=clock)
    with AppliancePair(tmp_path, clock=clock, source=ioc) as pair:
        pair.primary.add_pv({"pvName": "A:B", "dataStores": [STS, f"{MTS}&hold=2&gather=1", LTS]})
        pair.secondary.add_pv(
            {"pvName": "A:B", "dataStores": [STS, f"{MTS}&hold={KEPT}&gather=1", "blackhole://localhost?name=LTS"]}
        )
        clock.advance(365 * 86400)
        for appliance in (pair.primary, pair.secondary):
            appliance.engine.flush()
        (had, where), (kept, spare) = times(pair.primary), times(pair.secondary)
    step, first = DAY // 4, START - DAY // 4 + 3 * NS_PER_SECOND // 2
    everything = list(range(first, START + 365 * DAY, step))
    assert had == everything
    assert where == {"mts": 3, "lts": 2}
    assert kept == everything[-len(kept) :]
    assert KEPT * DAY <= START + 365 * DAY - kept[0] <= (KEPT + 2) * DAY
    assert "lts" not in spare
