"""Answers of an archive that contradict each other, and how closely what is wrong with them is bounded."""

from archredundancy.model import DbrType, FailureKind, Samples
from archredundancy.segments import Segments

DAY = 86400 * 10**9


def test_a_damaged_day_costs_little_more_than_itself(fakes, client_of, span):
    """A file that empties every answer touching it is closed in on: less than three days of the year are unknown."""
    archive = fakes.DayArchive(fakes.hourly("2024-01-01", 366 * 24))
    bad = fakes.instant("2024-07-20")
    archive.damaged = {bad}
    client = client_of(archive)
    reading = client.read(fakes.PV, span("2024-01-01", "2025-01-01"))
    lost = Segments.of((reading.asked.start, reading.asked.end)) - reading.known
    assert set(fakes.kinds(reading)) <= {FailureKind.EMPTY, FailureKind.CUT_SHORT}
    assert lost.contains([bad, bad + DAY - 1]).all()
    assert lost.total < 3 * DAY
    assert len(reading.samples) > 363 * 24
    assert len(client.requests) <= 2 + 64


def test_an_empty_answer_after_a_sample_is_not_believed(fakes, client_of, span):
    """The sample of an earlier window is owed to a later one; an empty answer is a failure of kind EMPTY."""
    archive = fakes.DayArchive(fakes.hourly("2023-12-01", 24), fakes.hourly("2024-03-01", 24))
    archive.damaged = {fakes.instant("2024-03-01")}
    reading = client_of(archive).read(fakes.PV, span("2023-11-01", "2024-03-02"))
    assert FailureKind.EMPTY in fakes.kinds(reading)
    assert "empty answer, though a sample of 2023-12-01T23:00:00.000000001Z is stored" in reading.failures[-1].message
    assert not reading.known.contains([fakes.instant("2024-03-01T12:00:00Z")])[0]


def test_an_empty_answer_to_everything_is_checked_at_the_start(fakes, client_of, span):
    """The last file damaged: window and closing second are empty, but what came before gives it away."""
    archive = fakes.DayArchive(fakes.hourly("2024-05-01", 48))
    archive.damaged = {fakes.instant("2024-05-02")}
    reading = client_of(archive).read(fakes.PV, span("2024-05-01T12:00:00Z", "2024-05-03"))
    assert FailureKind.EMPTY in fakes.kinds(reading)
    assert not reading.known.contains([fakes.instant("2024-05-02T12:00:00Z")])[0]


def test_an_answer_that_ends_too_early_is_asked_for_in_halves(fakes, client_of, span):
    """A server that stops after 100 samples is found out by the chain rule; halves bring everything."""
    archive = fakes.DayArchive(fakes.hourly("2024-05-01", 240))
    archive.most = 100
    reading = client_of(archive).read(fakes.PV, span("2024-05-01", "2024-05-11"))
    assert reading.samples.value.tolist() == list(range(240))
    assert reading.failures == ()


def test_an_answer_that_stays_cut_names_both_stamps(fakes, client_of, span):
    """Where even halves are cut the window fails with the stamp that is owed and the one that came."""
    archive = fakes.DayArchive(fakes.hourly("2024-05-01", 10))
    archive.most = 1
    reading = client_of(archive).read(fakes.PV, span("2024-05-01T00:00:00Z", "2024-05-01T00:01:00Z"))
    assert fakes.kinds(reading) == []
    reading = client_of(archive).read(fakes.PV, span("2024-05-01T00:59:30Z", "2024-05-01T01:00:30Z"))
    assert fakes.kinds(reading) == [FailureKind.CUT_SHORT]
    expected = "that of 2024-05-01T01:00:00.000000001Z, but this answer gives 2024-05-01T00:00:00.000000001Z"
    assert expected in reading.failures[0].message


def test_a_window_that_does_not_see_the_past_fails(fakes, client_of, span):
    """An old file in a young store hides what is stored: the look-back goes back in time."""
    stale = Samples.build(DbrType.SCALAR_DOUBLE, [fakes.instant("2023-05-01")], [0.0])
    archive = fakes.DayArchive(stale, fakes.hourly("2023-12-01", 24))

    def answer(url, params):
        return archive.answer(url, params) if params["from"] < "2024" else fakes.chunk(stale, 2023)

    reading = client_of(answer).read(fakes.PV, span("2023-11-01", "2024-01-01T00:01:00Z"))
    assert fakes.kinds(reading) == [FailureKind.CUT_SHORT, FailureKind.CUT_SHORT]
    assert "no request after it gives its last sample" in reading.failures[0].message
    assert "2023-12-01T23:00:00.000000001Z, but this answer gives 2023-05-01" in reading.failures[1].message
    assert reading.known == Segments.of((reading.asked.start, int(reading.samples.time[-1]) + 1))


def test_new_samples_while_reading_are_no_contradiction(fakes, client_of, span):
    """The closing second is asked first: a sample that arrives meanwhile does not look like one left out."""
    archive = fakes.DayArchive(fakes.hourly("2024-05-01", 10))
    late = fakes.DayArchive(fakes.hourly("2024-05-01", 11))
    answers = iter([archive.answer, late.answer, late.answer])

    def answer(url, params):
        return next(answers)(url, params)

    client = client_of(answer)
    reading = client.read(fakes.PV, span("2024-05-01", "2024-05-02"))
    assert (len(reading.samples), reading.failures) == (11, ())


def test_a_closing_second_without_any_sample_leaves_the_end_open(fakes, client_of, span):
    """When the server owes a sample before the end and gives none, what follows the last sample is not known."""
    archive = fakes.DayArchive(fakes.hourly("2024-05-01", 10))
    client = client_of(
        lambda url, params: b"" if params["from"] == "2024-05-02T00:00:00.000Z" else archive.answer(url, params)
    )
    reading = client.read(fakes.PV, span("2024-05-01", "2024-05-02"))
    assert fakes.kinds(reading) == [FailureKind.CUT_SHORT]
    assert reading.failures[0].range.start == int(reading.samples.time[-1]) + 1
