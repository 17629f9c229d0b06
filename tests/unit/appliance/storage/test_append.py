"""Writing into a store, strictly forward in time (appliance.md A.4)."""

import pytest

from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.storage.append import Appender
from archredundancy.appliance.storage.pb_file import DamagedFile, PbFile
from archredundancy.model import DbrType

DOUBLE = DbrType.SCALAR_DOUBLE


def stored(store, made):
    """Times in each file of a store, by slot."""
    return {path.stem.partition(":")[2]: made.times(path) for path in store.paths()}


def test_each_sample_goes_into_the_file_of_its_slot(put, made):
    """Files are made with a header as they are needed; the other codec reads them."""
    store = put("PARTITION_DAY")
    content = made.samples("2024-06-01T06:00", "2024-06-01T18:00", "2024-06-03")
    Appender(store).append(made.rows(content), DOUBLE)
    (first, second) = store.paths()
    assert first.read_bytes() == made.pb(content.slice(0, 2))
    assert second.name == "Y:2024_06_03.pb"


def test_what_is_not_later_is_left_out(put, made):
    """Samples at or before the last one known are dropped, to the nanosecond, and nobody is told."""
    store = put("PARTITION_YEAR")
    Appender(store, last=100).append(made.rows(made.samples(99, 100, 101, 101, 90, 102)), DOUBLE)
    assert stored(store, made) == {"1970": [101, 102]}


def test_a_file_that_is_there_says_what_is_last(put, made):
    """The last time of a file counts as soon as it is opened, whatever was known before."""
    store = put("PARTITION_YEAR", {"2024": made.samples("2024-06-05")})
    Appender(store).append(made.rows(made.samples("2024-06-01", "2024-06-05", "2024-06-06")), DOUBLE)
    assert stored(store, made) == {"2024": [made.instant("2024-06-05"), made.instant("2024-06-06")]}


def test_an_incomplete_last_line_is_cut_off(put, made):
    """What an interrupted writer left without a line end is gone before the next sample is written."""
    whole = made.pb(made.samples("2024-06-01", "2024-06-02"))
    store = put("PARTITION_YEAR", {"2024": whole[:-3]})
    Appender(store).append(made.rows(made.samples("2024-06-03")), DOUBLE)
    assert stored(store, made) == {"2024": [made.instant("2024-06-01"), made.instant("2024-06-03")]}


def test_an_empty_file_gets_a_header(put, made):
    """A file of no bytes is begun anew."""
    store = put("PARTITION_YEAR", {"2024": b""})
    Appender(store).append(made.rows(made.samples("2024-06-03")), DOUBLE)
    assert stored(store, made) == {"2024": [made.instant("2024-06-03")]}


def test_another_pv_s_file_is_not_touched(put, made):
    """A file whose header names another PV is refused."""
    store = put("PARTITION_YEAR", {"2024": made.pb(made.samples("2024-06-01"), pv="other")})
    with pytest.raises(DamagedFile, match="which is of other"):
        Appender(store).append(made.rows(made.samples("2024-06-03")), DOUBLE)


def test_types_are_not_compared(put, made):
    """Integers go behind doubles without a word, and cannot be read there."""
    store = put("PARTITION_YEAR", {"2024": made.samples("2024-06-01")})
    content = made.samples("2024-06-03", dbr_type=DbrType.SCALAR_INT)
    Appender(store).append(made.rows(content), DbrType.SCALAR_INT)
    assert PbFile.look_up(store.paths()[0]).last_time() == made.instant("2024-06-01")


def test_samples_before_a_damaged_one_are_written(put, made):
    """A sample that cannot be read ends the run; the file is whole up to it."""
    store = put("PARTITION_YEAR")
    rows = made.rows(made.samples("2024-06-01", "2024-06-02", "2024-06-03"))
    rows[1].line = b"damage"
    with pytest.raises(DamagedLine, match="cut"):
        Appender(store).append(rows, DOUBLE)
    assert stored(store, made) == {"2024": [made.instant("2024-06-01")]}


def test_a_whole_file_is_copied_as_it_is(put, made):
    """Bytes of a file that fits behind what is there are not looked at, damage among them."""
    source = made.pb(made.samples("2024-06-02", "2024-06-04")) + b"damage\n"
    store = put("PARTITION_YEAR", {"2024": made.samples("2024-06-01")})
    before = store.paths()[0].read_bytes()
    hours = put("PARTITION_HOUR", {"2024_06_02_00": source}, name="STS")
    Appender(store, last=store.last_time()).append_file(PbFile.look_up(hours.paths()[0]))
    assert store.paths()[0].read_bytes() == before + source.partition(b"\n")[2]


def test_a_file_that_does_not_fit_loses_what_is_too_early(put, made, caplog):
    """If its first sample is too early, a file is taken sample by sample, and those that are not later are lost."""
    store = put("PARTITION_YEAR", {"2024": made.samples("2024-06-03")})
    hours = put("PARTITION_HOUR", {"2024_06_02_00": made.samples("2024-06-02", "2024-06-04")}, name="STS")
    Appender(store, last=store.last_time()).append_file(PbFile.look_up(hours.paths()[0]))
    assert stored(store, made) == {"2024": [made.instant("2024-06-03"), made.instant("2024-06-04")]}
    assert "samples that are not later are lost" in caplog.text
