"""Moving samples from store to store, with its losses (appliance.md A.6)."""

import pytest

from archredundancy.appliance.etl.stages import A_YEAR, EtlStore, consolidate, move_out, run_stage
from archredundancy.model import StoreUrl

HEADER_ONLY = b"\x08\x06\x12\x03X:Y\x18\xe8\x0f\n"


@pytest.fixture
def stores(put):
    """A function that makes stores of a PV, each from its options and files."""

    def make(*stores):
        return [
            EtlStore(
                url=StoreUrl.parse(
                    f"pb://localhost?name={name}&rootFolder=/x&partitionGranularity={granularity}{options}"
                ),
                store=put(granularity, files, name=name),
            )
            for name, granularity, options, files in stores
        ]

    return make


def slots(store):
    """Slots of the files of a store."""
    return [path.stem.partition(":")[2] for path in store.store.paths()]


def days(made, *numbers):
    """Daily files of June 2024, with a sample at noon each."""
    return {f"2024_06_{number:02}": made.samples(f"2024-06-{number:02}T12:00") for number in numbers}


GATHER = [
    ("", "2024-06-05T12:00", [1, 2, 3, 4]),
    ("&hold=2&gather=1", "2024-06-03T23:00", []),
    ("&hold=2&gather=1", "2024-06-04T01:00", [1]),
    ("&hold=5&gather=3", "2024-06-06T12:00", []),
    ("&hold=5&gather=3", "2024-06-07T12:00", [1, 2, 3]),
]


@pytest.mark.parametrize(("options", "now", "moved"), GATHER)
def test_hold_and_gather_say_when_files_are_moved(stores, made, options, now, moved):
    """Once the oldest file is more than `hold` partitions old, it moves with those after it, `gather` in all (A.6)."""
    source, destination = stores(
        ("MTS", "PARTITION_DAY", options, days(made, 1, 2, 3, 4)), ("LTS", "PARTITION_YEAR", "", {})
    )
    run_stage(source, destination, made.instant(now))
    assert slots(source) == [f"2024_06_{number:02}" for number in range(1, 5) if number not in moved]
    assert slots(destination) == (["2024"] if moved else [])


def test_the_current_partition_stays(stores, made):
    """A file whose slot is not over is not moved."""
    source, destination = stores(("STS", "PARTITION_DAY", "", days(made, 1, 2)), ("LTS", "PARTITION_YEAR", "", {}))
    run_stage(source, destination, made.instant("2024-06-02T18:00"))
    assert slots(source) == ["2024_06_02"]


def test_what_is_too_early_is_lost(stores, made):
    """A file is deleted though none of its samples was taken, because the destination has later ones."""
    source, destination = stores(
        ("STS", "PARTITION_DAY", "", days(made, 1)),
        ("LTS", "PARTITION_YEAR", "", {"2024": made.samples("2024-07-01")}),
    )
    run_stage(source, destination, made.instant("2024-08-01"))
    assert slots(source) == []
    assert made.times(destination.store.paths()[0]) == [made.instant("2024-07-01")]


@pytest.mark.parametrize("data", [b"", b"garbage\n"], ids=["zero bytes", "garbage"])
def test_a_file_that_cannot_be_read_stays(stores, made, data):
    """The others are moved all the same."""
    source, destination = stores(
        ("STS", "PARTITION_DAY", "", {"2024_06_01": data} | days(made, 2)), ("LTS", "PARTITION_YEAR", "", {})
    )
    run_stage(source, destination, made.instant("2024-08-01"))
    assert slots(source) == ["2024_06_01"]
    assert slots(destination) == ["2024"]


def test_a_file_without_samples_ends_the_stage(stores, made):
    """Nothing after a file that is only a header is appended, and no file is deleted: they will be appended twice."""
    source, destination = stores(
        ("STS", "PARTITION_DAY", "", days(made, 1, 3) | {"2024_06_02": HEADER_ONLY}), ("LTS", "PARTITION_YEAR", "", {})
    )
    run_stage(source, destination, made.instant("2024-08-01"))
    assert slots(source) == ["2024_06_01", "2024_06_02", "2024_06_03"]


def three(stores, made, **options):
    """STS, MTS and LTS with a day in each of the first two."""
    return stores(
        ("STS", "PARTITION_HOUR", options.get("sts", ""), {"2024_06_02_00": made.samples("2024-06-02")}),
        ("MTS", "PARTITION_DAY", "&hold=9&gather=1", {"2024_06_01": made.samples("2024-06-01")}),
        ("LTS", "PARTITION_YEAR", "", {}),
    )


def test_consolidating_moves_all_that_comes_before(stores, made):
    """Into the LTS goes what was in STS and MTS, held or not, if the present is taken for a year later."""
    found = three(stores, made)
    consolidate(found, "LTS", made.instant("2024-06-02T00:10") + A_YEAR)
    assert [slots(store) for store in found] == [[], [], ["2024"]]
    assert len(made.times(found[2].store.paths()[0])) == 2


def test_consolidating_may_end_half_way(stores, made):
    """Into the MTS goes what was in the STS; what was in the MTS stays."""
    found = three(stores, made)
    consolidate(found, "MTS", made.instant("2024-06-02T00:10") + A_YEAR)
    assert [slots(store) for store in found] == [[], ["2024_06_01", "2024_06_02"], []]


def test_a_black_hole_on_the_way_stops_all(stores, made, caplog):
    """Nothing is consolidated if one of the destinations is a black hole."""
    found = three(stores, made)
    found[2] = EtlStore(url=StoreUrl.parse("blackhole://localhost?name=LTS"), store=None)
    consolidate(found, "LTS", made.instant("2025-06-01"))
    assert [slots(store) for store in found[:2]] == [["2024_06_02_00"], ["2024_06_01"]]
    assert "black hole" in caplog.text


@pytest.mark.parametrize(("option", "left"), [("", ["2024_06_02_00"]), ("&consolidateOnShutdown=true", [])])
def test_a_pause_empties_the_stores_that_want_it(stores, made, option, left):
    """Only a store with consolidateOnShutdown is emptied, into the next one."""
    found = three(stores, made, sts=option)
    move_out(found, made.instant("2024-06-02T00:10"))
    assert slots(found[0]) == left
    assert slots(found[1])[0] == "2024_06_01"


def test_a_store_keeps_what_its_post_processors_make(stores, made):
    """Beside each file lies one with the first sample of each bin, made anew when the file is newer."""
    source, destination = stores(
        (
            "STS",
            "PARTITION_DAY",
            "",
            {"2024_06_01": made.samples("2024-06-01T00:10", "2024-06-01T00:20", "2024-06-01T01:10")},
        ),
        ("LTS", "PARTITION_YEAR", "&pp=firstSample_3600", {}),
    )
    run_stage(source, destination, made.instant("2024-08-01"))
    (cache,) = destination.store.paths(".firstSample_3600")
    assert made.times(cache) == [made.instant("2024-06-01T00:10"), made.instant("2024-06-01T01:10")]
