"""Moving samples from store to store, with its losses (appliance.md A.6)."""

import os
from dataclasses import replace

import pytest

from archredundancy.appliance.configuration.settings import OutOfSpace
from archredundancy.appliance.etl.conditions import Conditions
from archredundancy.appliance.etl.stages import (
    A_YEAR,
    EtlStore,
    Stage,
    consolidate,
    move_all,
    move_out,
    run_stage,
    stages_of,
)
from archredundancy.appliance.storage.disk import Disk
from archredundancy.model import StoreUrl


class StubbornDisk(Disk):
    """A disk that deletes nothing."""

    def delete(self, path):
        raise PermissionError(f"{path} stays")


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


def run(stores, now, conditions=None):
    """Run the stages between stores as if it were `now`."""
    return [run_stage(stage, now, conditions or Conditions()) for stage in stages_of(stores)]


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
    run([source, destination], made.instant(now))
    assert slots(source) == [f"2024_06_{number:02}" for number in range(1, 5) if number not in moved]
    assert slots(destination) == (["2024"] if moved else [])


def test_the_current_partition_stays(stores, made):
    """A file whose slot is not over is not moved."""
    source, destination = stores(("STS", "PARTITION_DAY", "", days(made, 1, 2)), ("LTS", "PARTITION_YEAR", "", {}))
    run([source, destination], made.instant("2024-06-02T18:00"))
    assert slots(source) == ["2024_06_02"]


def test_what_is_too_early_is_lost(stores, made):
    """A file is deleted though none of its samples was taken, because the destination has later ones."""
    source, destination = stores(
        ("STS", "PARTITION_DAY", "", days(made, 1)),
        ("LTS", "PARTITION_YEAR", "", {"2024": made.samples("2024-07-01")}),
    )
    run([source, destination], made.instant("2024-08-01"))
    assert slots(source) == []
    assert made.times(destination.store.paths()[0]) == [made.instant("2024-07-01")]


@pytest.mark.parametrize("data", [b"", b"garbage\n"], ids=["zero bytes", "garbage"])
def test_a_file_that_cannot_be_read_stays(stores, made, data):
    """The others are moved all the same."""
    source, destination = stores(
        ("STS", "PARTITION_DAY", "", {"2024_06_01": data} | days(made, 2)), ("LTS", "PARTITION_YEAR", "", {})
    )
    run([source, destination], made.instant("2024-08-01"))
    assert slots(source) == ["2024_06_01"]
    assert slots(destination) == ["2024"]


def test_a_file_without_samples_ends_the_stage(stores, made):
    """Nothing after a file that is only a header is appended, and no file is deleted: they will be appended twice."""
    source, destination = stores(
        ("STS", "PARTITION_DAY", "", days(made, 1, 3) | {"2024_06_02": HEADER_ONLY}), ("LTS", "PARTITION_YEAR", "", {})
    )
    run([source, destination], made.instant("2024-08-01"))
    assert slots(source) == ["2024_06_01", "2024_06_02", "2024_06_03"]


@pytest.mark.parametrize(("options", "appended"), [("", 1), ("&hold=1&gather=1", 0)])
def test_a_first_sample_that_cannot_be_read_ends_the_stage(stores, made, options, appended):
    """No file is deleted; how many were appended before it depends on whether hold needs its time."""
    source, destination = stores(
        ("MTS", "PARTITION_DAY", options, days(made, 1, 3) | {"2024_06_02": HEADER_ONLY + b"junk\n"}),
        ("LTS", "PARTITION_YEAR", "", {}),
    )
    for _ in range(2):
        run([source, destination], made.instant("2024-08-01"))
        assert slots(source) == ["2024_06_01", "2024_06_02", "2024_06_03"]
        assert sum(len(made.times(path)) for path in destination.store.paths()) == appended


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
    now = made.instant("2024-06-02T00:10")
    consolidate(found, "LTS", now + A_YEAR, now, Conditions())
    assert [slots(store) for store in found] == [[], [], ["2024"]]
    assert len(made.times(found[2].store.paths()[0])) == 2


def test_consolidating_may_end_half_way(stores, made):
    """Into the MTS goes what was in the STS; what was in the MTS stays."""
    found = three(stores, made)
    now = made.instant("2024-06-02T00:10")
    consolidate(found, "MTS", now + A_YEAR, now, Conditions())
    assert [slots(store) for store in found] == [[], ["2024_06_01", "2024_06_02"], []]


def test_a_black_hole_on_the_way_stops_all(stores, made, caplog):
    """Nothing is consolidated if one of the destinations is a black hole."""
    found = three(stores, made)
    found[2] = EtlStore(url=StoreUrl.parse("blackhole://localhost?name=LTS"), store=None)
    consolidate(found, "LTS", made.instant("2025-06-01"), made.instant("2024-06-01"), Conditions())
    assert [slots(store) for store in found[:2]] == [["2024_06_02_00"], ["2024_06_01"]]
    assert "black hole" in caplog.text


@pytest.mark.parametrize(("option", "left"), [("", ["2024_06_02_00"]), ("&consolidateOnShutdown=true", [])])
def test_a_pause_empties_the_stores_that_want_it(stores, made, option, left):
    """Only a store with consolidateOnShutdown is emptied, into the next one."""
    found = three(stores, made, sts=option)
    move_out(found, made.instant("2024-06-02T00:10"), Conditions())
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
    run([source, destination], made.instant("2024-08-01"))
    (cache,) = destination.store.paths(".firstSample_3600")
    assert made.times(cache) == [made.instant("2024-06-01T00:10"), made.instant("2024-06-01T01:10")]


BLACK_HOLE = EtlStore(url=StoreUrl.parse("blackhole://localhost?name=LTS"), store=None)


def test_a_date_before_the_next_run_of_a_stage_consolidates_nothing(stores, made):
    """The stages are made anew, and each waits for the next boundary of its period and five minutes (A.6, E)."""
    found = three(stores, made)
    now = made.instant("2024-06-02T10:20")
    consolidate(found, "LTS", made.instant("2024-06-02T11:04"), now, Conditions())
    assert [slots(store) for store in found] == [["2024_06_02_00"], ["2024_06_01"], []]
    consolidate(found, "LTS", made.instant("2024-06-02T11:05"), now, Conditions())
    assert [slots(store) for store in found] == [[], ["2024_06_01", "2024_06_02"], []]


def test_a_black_hole_takes_files_in_scheduled_etl(stores, made):
    """What is due for the black hole is deleted, what is held stays (A.5)."""
    (source,) = stores(("MTS", "PARTITION_DAY", "&hold=2&gather=1", days(made, 1, 2, 3)))
    assert run([source, BLACK_HOLE], made.instant("2024-06-04T01:00")) == [True]
    assert slots(source) == ["2024_06_02", "2024_06_03"]


def test_nothing_comes_out_of_a_black_hole(stores, made):
    """It makes no stage with the store behind it."""
    source, destination = stores(("STS", "PARTITION_DAY", "", days(made, 1)), ("LTS", "PARTITION_YEAR", "", {}))
    stages = stages_of([source, BLACK_HOLE, destination])
    assert [(stage.source, stage.order) for stage in stages] == [(source, 0)]


def test_a_pause_does_not_empty_a_store_into_a_black_hole(stores, made, caplog):
    """`consolidateOnShutdown` before a black hole fails, as it has no storage metrics."""
    (source,) = stores(("MTS", "PARTITION_DAY", "&consolidateOnShutdown=true", days(made, 1)))
    move_out([source, BLACK_HOLE], made.instant("2024-06-04"), Conditions())
    assert slots(source) == ["2024_06_01"]
    assert "black hole" in caplog.text


def test_a_flag_stops_a_stage(stores, made):
    """SKIP_<name>_FOR_ETL keeps everything out of the store of that name, also when it is consolidated (A.6)."""
    found = three(stores, made)
    conditions = Conditions(flag={"SKIP_MTS_FOR_ETL": True}.get)
    now = made.instant("2024-07-01")
    assert run(found, now, conditions) == [False, True]
    consolidate(found, "LTS", now + A_YEAR, now, conditions)
    assert [slots(store) for store in found] == [["2024_06_02_00"], [], ["2024"]]


@pytest.mark.parametrize(("handling", "left"), [(OutOfSpace.SKIP, 2), (OutOfSpace.DELETE_SOURCE, 0)])
def test_a_full_destination(stores, made, handling, left):
    """Without room for the file and a megabyte, a stage waits, or throws the samples away, as the site has set."""
    source, destination = stores(("STS", "PARTITION_DAY", "", days(made, 1, 2)), ("LTS", "PARTITION_YEAR", "", {}))
    run(
        [source, destination],
        made.instant("2024-08-01"),
        Conditions(free_space=lambda _: 1 << 20, out_of_space=handling),
    )
    assert len(slots(source)) == left
    assert slots(destination) == []


def test_a_full_destination_by_default(stores, made, caplog):
    """The first stage throws its samples away, a later one waits."""
    found = three(stores, made)
    run(found, made.instant("2025-06-01"), Conditions(free_space=lambda _: 0))
    assert [slots(store) for store in found] == [[], ["2024_06_01"], []]
    assert "is deleted" in caplog.text


def test_a_destination_that_cannot_be_written_to_keeps_the_source(stores, made, caplog):
    """An I/O error while appending leaves the source file where it is (A.6)."""
    source, destination = stores(("STS", "PARTITION_DAY", "", days(made, 1)), ("LTS", "PARTITION_YEAR", "", {}))
    destination.store.root.parent.mkdir(parents=True, exist_ok=True)
    destination.store.root.write_text("no folder")
    run([source, destination], made.instant("2024-08-01"))
    assert slots(source) == ["2024_06_01"]
    assert "stays where it is" in caplog.text


def test_a_disk_that_fails_ends_the_stage_alone(stores, made, caplog):
    """Other PVs' stages and those that follow go on, as their jobs are their own."""
    sts, mts, lts = stores(
        ("STS", "PARTITION_DAY", "", {"2024_06_01": b""}),
        ("MTS", "PARTITION_MONTH", "", {"2024_05": made.samples("2024-05-01")}),
        ("LTS", "PARTITION_YEAR", "", {}),
    )
    os.utime(sts.store.paths()[0], (0, 0))
    sts = replace(sts, store=replace(sts.store, disk=StubbornDisk()))
    assert run([sts, mts, lts], made.instant("2024-06-03")) == [True, True]
    assert (slots(sts), slots(mts), slots(lts)) == (["2024_06_01"], [], ["2024"])
    assert "the stage from STS into MTS ends early" in caplog.text


def test_a_damaged_file_that_is_too_early_stays(stores, made):
    """Sample by sample, a line that cannot be read ends the file's part, and the file is kept; others go on."""
    source, destination = stores(
        ("STS", "PARTITION_DAY", "", days(made, 1, 3)),
        ("LTS", "PARTITION_YEAR", "", {"2024": made.samples("2024-06-02")}),
    )
    first = source.store.paths()[0]
    first.write_bytes(first.read_bytes() + b"junk\n")
    run([source, destination], made.instant("2024-08-01"))
    assert slots(source) == ["2024_06_01"]
    assert len(made.times(destination.store.paths()[0])) == 2


def test_moving_all_takes_the_current_file_too(stores, made):
    """`changeStore` moves each file, whatever hold and the present say, and never throws samples away."""
    source, destination = stores(
        ("LTS", "PARTITION_DAY", "&hold=9&gather=1", days(made, 1, 2)), ("LTS2", "PARTITION_MONTH", "", {})
    )
    move_all(source, destination, Conditions(free_space=lambda _: 0))
    assert slots(source) == ["2024_06_01", "2024_06_02"]
    move_all(source, destination, Conditions())
    assert (slots(source), slots(destination)) == ([], ["2024_06"])


def test_moving_all_into_a_black_hole_fails(stores, made, caplog):
    """Nothing moves, and only the log says so."""
    (source,) = stores(("LTS", "PARTITION_DAY", "", days(made, 1)))
    move_all(source, BLACK_HOLE, Conditions())
    assert slots(source) == ["2024_06_01"]
    assert "nothing is moved" in caplog.text


def test_a_stage_without_a_source_does_nothing():
    """A stage out of a black hole has no files."""
    assert not run_stage(Stage(source=BLACK_HOLE, destination=BLACK_HOLE, order=0), 0, Conditions())
