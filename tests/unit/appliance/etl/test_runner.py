"""The ETL of a whole appliance."""

from types import SimpleNamespace

import pytest

from archredundancy.appliance.configuration.type_info import PvTypeInfo
from archredundancy.appliance.etl.conditions import Conditions
from archredundancy.appliance.etl.runner import Etl, IntoStore
from archredundancy.appliance.storage.storage import Storage
from archredundancy.model import NS_PER_SECOND, StoreUrl

HOUR = 3600 * NS_PER_SECOND
STORES = [
    "pb://localhost?name=STS&rootFolder=${ARCHAPPL_SHORT_TERM_FOLDER}&partitionGranularity=PARTITION_HOUR",
    "pb://localhost?name=MTS&rootFolder=${ARCHAPPL_MEDIUM_TERM_FOLDER}&partitionGranularity=PARTITION_DAY&hold=2&gather=1",
    "pb://localhost?name=LTS&rootFolder=${ARCHAPPL_LONG_TERM_FOLDER}&partitionGranularity=PARTITION_YEAR",
]


@pytest.fixture
def appliance(tmp_path):
    """ETL of PVs that a test adds, and their storage."""
    infos, storage = [], Storage(tmp_path)
    return SimpleNamespace(
        infos=infos, storage=storage, etl=Etl(lambda: infos, storage, Conditions(), lambda _info, _url: None)
    )


def add(appliance, made, pv="X:Y", stores=STORES, paused="false"):
    """Add a PV with a sample each hour of the first days of June 2024 in its STS."""
    info = PvTypeInfo({"pvName": pv, "dataStores": stores, "paused": paused})
    appliance.infos.append(info)
    store = appliance.storage.stores(info)[0]
    for hour in range(72):
        time = made.instant("2024-06-01T00:30") + hour * HOUR
        path = store.path_of(time)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made.pb(made.samples(time), pv=pv))
    return info


def run(appliance, after, until):
    """Run what is due after an instant, up to another."""
    for at in appliance.etl.run_times(after, until):
        appliance.etl.run_at(at)


def counts(appliance, info):
    """How many files each store of a PV has."""
    return [0 if store is None else len(store.paths()) for store in appliance.storage.stores(info)]


def test_samples_go_their_way_in_time(appliance, made):
    """Hours leave for days hourly, days for the year when they are no longer held; whatever the spans are."""
    info = add(appliance, made)
    begin = made.instant("2024-06-01")
    run(appliance, begin, made.instant("2024-06-01T12:00"))
    assert counts(appliance, info) == [61, 1, 0]
    run(appliance, made.instant("2024-06-01T12:00"), made.instant("2024-06-04T00:30"))
    assert counts(appliance, info) == [0, 2, 1]
    run(appliance, made.instant("2024-06-04T00:30"), made.instant("2024-07-01"))
    assert counts(appliance, info) == [0, 0, 1]
    (year,) = appliance.storage.stores(info)[2].paths()
    assert made.times(year) == [made.instant("2024-06-01T00:30") + hour * HOUR for hour in range(72)]


def test_paused_pvs_have_no_etl(appliance, made):
    """Their files stay where they are (`PBThreeTierETLPVLookup`)."""
    info = add(appliance, made, paused="true")
    run(appliance, 0, made.instant("2024-07-01"))
    assert counts(appliance, info) == [72, 0, 0]
    assert list(appliance.etl.run_times(0, made.instant("2024-07-01"))) == []


def test_pvs_of_different_layouts_share_their_times(appliance, made):
    """Each instant comes once, in order, and runs what is due for each PV."""
    quick = StoreUrl.parse(STORES[0].replace("HOUR", "30MIN"))
    add(appliance, made, "A")
    add(appliance, made, "B", [quick.text, STORES[2]])
    begin = made.instant("2024-06-02")
    times = list(appliance.etl.run_times(begin, begin + 2 * HOUR))
    assert [(time - begin) // (60 * NS_PER_SECOND) for time in times] == [5, 35, 65, 95]


@pytest.mark.parametrize("url", ["rubbish", "nosuch://localhost?name=LTS"])
def test_a_pv_with_a_broken_store_is_left_out(appliance, made, url):
    """The others have their ETL all the same."""
    add(appliance, made, "A").info["dataStores"] = [*STORES[:2], url]
    info = add(appliance, made, "B")
    run(appliance, made.instant("2024-06-01"), made.instant("2024-06-08"))
    assert counts(appliance, info) == [0, 0, 1]


def test_what_was_done_is_counted_by_store(appliance, made):
    """Only runs that had something to move count; a store that nothing moves into is named too."""
    add(appliance, made)
    run(appliance, made.instant("2024-06-01"), made.instant("2024-06-01T04:00"))
    done = appliance.etl.into_stores()
    assert done["STS"] == IntoStore(runs=0, seconds=0.0)
    assert done["MTS"].runs == 3
    assert done["LTS"].runs == 0
    assert done["MTS"].seconds > 0


def test_a_store_moves_out_of_its_order(appliance, made):
    """All files of one store go to another place."""
    info = add(appliance, made)
    target = StoreUrl.parse(STORES[2].replace("YEAR", "DAY").replace("FOLDER}", "FOLDER}_new"))
    appliance.etl.move_store(info, "STS", target)
    assert counts(appliance, info) == [0, 0, 0]
    assert len(appliance.storage.store(info, target).paths()) == 3


def test_a_shutdown_empties_the_stores_that_want_it(appliance, made):
    """Those of PVs that are not paused and can be opened; the others stay as they are (A.6)."""
    wanting = [f"{STORES[0]}&consolidateOnShutdown=true", *STORES[1:]]
    moved = add(appliance, made, "A", wanting)
    kept = [add(appliance, made, "B", wanting, paused="true"), add(appliance, made, "C")]
    add(appliance, made, "D", list(wanting)).info["dataStores"][2] = "nosuch://localhost?name=LTS"
    appliance.etl.shut_down(made.instant("2024-06-04"))
    assert counts(appliance, moved) == [0, 3, 0]
    assert [counts(appliance, info) for info in kept] == [[72, 0, 0]] * 2


def test_runs_are_counted_by_stage(appliance, made):
    """Of each PV, those that had something to move."""
    add(appliance, made)
    run(appliance, made.instant("2024-06-01"), made.instant("2024-06-01T04:00"))
    assert [appliance.etl.runs("X:Y", order) for order in (0, 1)] == [3, 0]
