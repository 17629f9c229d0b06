"""What ETL makes of samples with post-processors (appliance.md A.6)."""

import os

import pytest

from archredundancy.appliance.etl.caches import append_reduced, fill_caches
from archredundancy.appliance.processors.processors import find_processor
from archredundancy.appliance.storage.append import Appender
from archredundancy.appliance.storage.open_streams import open_whole
from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile
from archredundancy.model import DbrType, StoreUrl

DAY = [f"2024-06-01T0{hour}:{minute}" for hour in (0, 1, 2) for minute in (10, 20)]


def url(options):
    """Return the URL of a store with these options."""
    return StoreUrl.parse(f"pb://localhost?name=LTS&rootFolder=/x&partitionGranularity=PARTITION_DAY{options}")


def cached(store, extension):
    """Times and values in the caches of a store, file by file."""
    files = map(PbFile.look_up, store.paths(extension))
    streams = [open_whole(store.pv, file.path, file.header.dbr_type) for file in files]
    return [[(row.time, row.sample.value) for row in stream.rows()] for stream in streams]


def stamps(made, *texts):
    """Instants of June 2024."""
    return [made.instant(f"2024-06-{text}") for text in texts]


def test_a_statistic_lacks_the_last_bin(put, made):
    """It is not closed before the next file is read; empty bins are filled up to there."""
    store = put("PARTITION_DAY", {"2024_06_01": made.samples(*DAY), "2024_06_02": made.samples("2024-06-02T00:10")})
    fill_caches(url("&pp=mean_3600"), store)
    (first,) = cached(store, ".mean_3600")
    assert [value for _, value in first] == [0.5, 2.5, 4.5]
    assert PbFile.look_up(store.paths(".mean_3600")[0]).header.dbr_type is DbrType.SCALAR_DOUBLE


def test_a_cache_is_only_continued(put, made):
    """What is added before the end of a cache is never seen: its bins stay as they were."""
    store = put("PARTITION_DAY", {"2024_06_01": made.samples(*DAY[:4])})
    fill_caches(url("&pp=max_3600"), store)
    path = store.paths()[0]
    path.write_bytes(made.pb(made.samples("2024-06-01T00:05", *DAY, values=[99, 0, 1, 2, 3, 4, 5])))
    os.utime(path, ns=(1 << 61, 1 << 61))
    fill_caches(url("&pp=max_3600"), store)
    assert cached(store, ".max_3600") == [
        list(zip(stamps(made, "01T00:30", "01T01:30"), [1.0, 3.0], strict=True)),
    ]


def test_a_cache_that_is_newer_stays(put, made):
    """Files are not read again before they change."""
    store = put("PARTITION_DAY", {"2024_06_01": made.samples(*DAY)})
    fill_caches(url("&pp=firstSample"), store)
    (cache,) = store.paths(".firstSample")
    os.utime(store.paths()[0], ns=(1, 1))
    cache.write_bytes(b"newer")
    fill_caches(url("&pp=firstSample"), store)
    assert cache.read_bytes() == b"newer"


def test_a_statistic_of_the_next_year_is_not_kept(put, made):
    """Java throws at the change of the year, each time."""
    store = put(
        "PARTITION_DAY",
        {
            "2024_12_31": made.samples("2024-12-31T23:10"),
            "2025_01_01": made.samples("2025-01-01T01:10", "2025-01-01T03:10"),
        },
    )
    fill_caches(url("&pp=meanSample_3600"), store)
    assert [path.name for path in store.paths(".mean_3600")] == ["Y:2024_12_31.mean_3600"]


@pytest.mark.parametrize("argument", ["lastSample", "firstFill_60", "ncount", "nth_2", "optimLastSample", "nosuch"])
def test_some_post_processors_leave_no_cache(put, made, argument):
    """Those that answer for all streams at once, and what is none; one without a number ends the making of caches."""
    store = put("PARTITION_DAY", {"2024_06_01": made.samples(*DAY)})
    fill_caches(url(f"&pp={argument}&pp=firstSample&pp=mean_x&pp=firstSample_60"), store)
    assert sorted(path.name for path in store.paths("")) == ["Y:2024_06_01.firstSample", "Y:2024_06_01.pb"]


def test_texts_leave_no_statistic(put, made):
    """What goes wrong with a file is only logged."""
    texts = made.samples(*DAY[:2], values=["a", "b"], dbr_type=DbrType.SCALAR_STRING)
    store = put("PARTITION_DAY", {"2024_06_01": texts})
    fill_caches(url("&pp=mean"), store)
    assert store.paths(".mean") == []


def test_a_cache_hides_the_samples_from_its_post_processor(put, made):
    """A consolidated answer is made of samples that were processed, and those of a cache were before: it is empty."""
    store = put("PARTITION_DAY", {"2024_06_01": made.samples(*DAY)})
    fill_caches(url("&pp=mean_3600"), store)
    processor = find_processor("mean_3600", *stamps(made, "01", "02"))
    assert store.holds(*stamps(made, "01", "02"), processor.extension)
    assert processor.result(lambda header: header) == []


REDUCED = [
    ("firstSample_3600", ["01T00:10", "01T01:10", "01T02:10"], [0, 2, 4]),
    ("mean_3600", ["01T00:30", "01T01:30", "01T02:30"], [0.5, 2.5, 4.5]),
    ("lastSample_3600", ["01T00:20", "01T01:20", "01T02:20"], [1, 3, 5]),
    ("ncount", [], []),
    ("nosuch", [], []),
]


@pytest.mark.parametrize(("argument", "times", "values"), REDUCED)
def test_a_store_may_keep_only_what_is_made_of_samples(put, made, argument, times, values):
    """All bins, the last one too; where nothing can be made, nothing is kept."""
    source = put("PARTITION_DAY", {"2024_06_01": made.samples(*DAY)}, name="MTS")
    store = put("PARTITION_DAY")
    append_reduced(argument, Appender(store), open_whole(made.PV, source.paths()[0], DbrType.SCALAR_DOUBLE))
    assert cached(store, ".pb") == ([list(zip(stamps(made, *times), values, strict=True))] if times else [])


def test_bins_that_reach_into_another_year_keep_the_file(put, made):
    """What is of the first year is appended; Java throws at the rest, so the file is not done with."""
    samples = made.samples("2024-12-20", "2024-12-31T12:00")
    source = put("PARTITION_YEAR", {"2024": samples}, name="MTS")
    store = put("PARTITION_YEAR")
    stream = open_whole(made.PV, source.paths()[0], DbrType.SCALAR_DOUBLE)
    with pytest.raises(DamagedFile, match="another year"):
        append_reduced("mean_1728000", Appender(store), stream)
    assert [[value for _, value in rows] for rows in cached(store, ".pb")] == [[0.0]]
