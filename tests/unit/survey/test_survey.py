"""Asking both sides, with sources made by hand instead of a network."""

from dataclasses import replace

import pytest

from archredundancy.errors import ConnectionFailed, UnknownPVError
from archredundancy.model import DbrType, FailureKind, Granularity, Reading, Retention, Samples, TimeRange, TypeInfo
from archredundancy.segments import Segments
from archredundancy.survey import survey, survey_side

ASKED = TimeRange(start=0, end=100)
INFO = {
    "pvName": "X",
    "DBRType": "DBR_SCALAR_INT",
    "creationTime": "2020-01-01T00:00:00.000Z",
    "applianceIdentity": "one",
}
STORES = ["pb://localhost?name=MTS&rootFolder=/m&partitionGranularity=PARTITION_DAY"]


class Reader:
    """Answers with samples of one type, and remembers that it was asked."""

    def __init__(self, kind=DbrType.SCALAR_INT, times=(10,)):
        self.kind, self.times, self.asked = kind, times, []

    def read(self, pv, asked):
        self.asked.append(pv)
        samples = Samples.build(self.kind, list(self.times), [1] * len(self.times))
        known = Segments.of((asked.start, asked.end))
        return Reading(pv=pv, cluster="c", asked=asked, samples=samples, before=Samples.empty(self.kind), known=known)

    def search(self, pattern):
        return []


class Management:
    """Answers for one PV, or fails."""

    def __init__(self, info=None, error=None):
        self.info, self.error, self.requests = info, error, 0

    def type_info(self, pv):
        self.requests += 1
        if self.error:
            raise self.error
        return TypeInfo.from_reply(self.info)


class Source:
    """One side."""

    def __init__(self, readers, management=None, name="primary", retention=None):
        self.readers, self.management, self.name, self.retention = readers, management, name, retention


def test_the_owner_is_asked_for_the_samples():
    """Of two members the one that owns the PV answers."""
    one, two = Reader(), Reader()
    survey_side(Source({"two": two, "one": one}, Management(INFO)), "X", ASKED)
    assert (one.asked, two.asked) == (["X"], [])


def test_a_declared_retention_goes_before_the_stores():
    """What the site file says is believed, with and without a management interface to ask."""
    six_months = Retention(granularity=Granularity.MONTH, partitions=6)
    keeps_a_day = INFO | {"dataStores": [*STORES, "blackhole://localhost?name=LTS"]}
    assert survey_side(Source({"": Reader()}, Management(keeps_a_day)), "X", ASKED).retention == Retention(
        granularity=Granularity.DAY, partitions=1
    )
    for management in (Management(keeps_a_day), None):
        source = Source({"": Reader()}, management, retention=six_months)
        assert survey_side(source, "X", ASKED).retention == six_months


def test_an_owner_that_is_away_is_not_replaced():
    """Another member's answer for an absent owner could be cut short, so nobody is asked and the range is unknown."""
    other = Reader()
    side = survey_side(Source({"two": other, "three": other}, Management(INFO)), "X", ASKED)
    assert other.asked == []
    assert side.reading.failures[0].kind is FailureKind.UNREACHABLE
    assert "belongs to the member 'one'" in side.reading.failures[0].message
    assert len(side.reading.known) == 0


def test_a_paused_pv_brings_the_time_of_its_pause():
    """The configuration tells both, to the millisecond, also by an alias: no report over all PVs is asked for."""
    paused = Management(INFO | {"paused": "true", "modificationTime": "2020-05-01T00:00:00.042Z"})
    side = survey_side(Source({"": Reader()}, paused), "ALIAS", ASKED)
    assert (side.paused_since, paused.requests) == (1588291200_042000000, 1)
    side = survey_side(Source({"": Reader()}, Management(INFO)), "X", ASKED)
    assert (side.paused_since, side.status) == (None, None)


@pytest.mark.parametrize(
    "error",
    [ConnectionFailed("refused", url="http://x"), UnknownPVError("no such PV", pv="X", url="http://x")],
    ids=["refused", "unknown"],
)
def test_a_management_that_does_not_answer_is_a_note(error):
    """Samples are still read; what could not be learned is said."""
    side = survey_side(Source({"": Reader()}, Management(error=error)), "X", ASKED)
    assert len(side.reading.samples) == 1
    assert side.type_info is None
    assert "no configuration of X" in side.notes[0]


def test_a_side_without_samples_takes_the_other_s_type():
    """An empty side has no type of its own, so that the two can be united."""
    evidence = survey("X", ASKED, Source({"": Reader()}), Source({"": Reader(DbrType.SCALAR_STRING, ())}), now=100)
    assert evidence.secondary.reading.samples.dbr_type is DbrType.SCALAR_INT


def test_two_sides_without_samples_are_of_one_type():
    """Else a range without samples could not be loaded."""
    mine, theirs = (Source({"": Reader(dbr_type, ())}) for dbr_type in (DbrType.SCALAR_DOUBLE, DbrType.SCALAR_BYTE))
    evidence = survey("X", ASKED, mine, theirs, now=100)
    assert evidence.primary.reading.samples.dbr_type is evidence.secondary.reading.samples.dbr_type


@pytest.mark.parametrize(("scheme", "known"), [("merge", 0), ("pbraw", 0), ("pb", 100), ("blackhole", 100)])
def test_a_store_that_is_another_archiver_s_vouches_for_nothing(scheme, known):
    """Its samples come with the cluster's own; they are kept, and the reason is told."""
    info = INFO | {"dataStores": [*STORES, f"{scheme}://localhost?name=L&rootFolder=/l"]}
    reading = survey_side(Source({"": Reader()}, Management(info)), "X", ASKED).reading
    assert (reading.known.total, len(reading.samples)) == (known, 1)
    assert [failure.message.count(f"{scheme}://") for failure in reading.failures] == [1] * (known == 0)


@pytest.mark.parametrize(
    ("names", "count"), [((), 1), (("X",), 1), (("ALIAS",), 1), (("X", "OTHER"), 0), (("OTHER",), 0)]
)
def test_an_answer_about_another_pv_is_no_answer(names, count):
    """A cache that takes one question for another gives any PV's samples; real name and alias are both the PV's."""

    class Named(Reader):
        def read(self, pv, asked):
            return replace(super().read(pv, asked), names=names)

    reading = survey_side(Source({"": Named()}, Management(INFO)), "ALIAS", ASKED).reading
    assert (len(reading.samples), reading.known.total) == (count, 100 * count)
    assert [failure.message for failure in reading.failures if "answered about OTHER when" not in failure.message] == []
    assert len(reading.failures) == 1 - count
