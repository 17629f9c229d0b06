"""The chain rule and the emptiness rule, on windows with a few samples."""

import pytest

from archredundancy.client.retrieval.answer import AnswerReader
from archredundancy.client.retrieval.chain import AskedWindow, contradictions, empty_before, known_stamps, unvouched_end
from archredundancy.model import DbrType, FailureKind, ReadFailure, Samples, TimeRange, start_of_year

Y = start_of_year(2024)
S = 10**9
HOUR = 3600


@pytest.fixture
def asked(fakes):
    """A window of hours of 2024 with an answer of samples at these hours, or with the failure of this kind."""

    def make(start, end, *hours, failure=None):
        span = TimeRange(start=Y + start * HOUR * S, end=Y + end * HOUR * S)
        if failure:
            return AskedWindow(window=span, failure=ReadFailure(range=span, kind=failure, message="told so"))
        reader = AnswerReader()
        samples = Samples.build(
            DbrType.SCALAR_INT, [round(Y + hour * HOUR * S) for hour in hours], list(range(len(hours)))
        )
        reader.feed(fakes.chunk(samples, 2024) if hours else b"")
        return AskedWindow.answered(span, reader.finish())

    return make


CUT, EMPTY, TIMEOUT = FailureKind.CUT_SHORT, FailureKind.EMPTY, FailureKind.TIMEOUT


@pytest.mark.parametrize(
    ("windows", "witnesses", "expected"),
    [
        pytest.param([(10, 20, 9, 12, 19), (20, 30, 19, 25)], [25], [None, None], id="healthy"),
        pytest.param([(10, 20, 12), (20, 30, 20, 25)], [], [CUT, None], id="a sample at the seam is missing"),
        pytest.param([(10, 20, 12, 20), (20, 30, 20, 25)], [], [None, None], id="a sample at the seam is in both"),
        pytest.param([(10, 20, 12, 15), (20, 30, 19, 25)], [], [CUT, None], id="look-back newer than the last"),
        pytest.param([(10, 20, 12, 19), (20, 30, 15, 25)], [], [None, CUT], id="look-back older than the last"),
        pytest.param([(10, 20, 12, 19), (20, 30, 25)], [], [None, CUT], id="no look-back"),
        pytest.param([(10, 20, 12, 19), (20, 30)], [], [None, EMPTY], id="empty after samples"),
        pytest.param([(10, 20), (20, 30, 19, 25)], [], [EMPTY, None], id="the next one looks back into it"),
        pytest.param([(10, 20), (20, 30), (30, 40, 5)], [], [EMPTY, EMPTY, None], id="a later one looks back"),
        pytest.param([(10, 20), (20, 30), (30, 40, 35)], [], [None, None, None], id="nothing before the first sample"),
        pytest.param([(10, 20), (20, 30)], [], [None, None], id="nothing at all"),
        pytest.param([(10, 20), (20, 30)], [25], [None, EMPTY], id="nothing, though another knows better"),
        pytest.param([(10, 20, 12, 15)], [19], [CUT], id="a witness knows better"),
        pytest.param([(10, 20, 12, 19)], [15, None], [None], id="newer than the witness"),
        pytest.param([(10, 20, 12), (20, 30, TIMEOUT), (30, 40, 29, 31)], [], [None, TIMEOUT, None], id="a failure"),
        pytest.param([(10, 20, 12), (20, 30, TIMEOUT), (30, 40, 11)], [], [None, TIMEOUT, CUT], id="too old"),
        pytest.param([(10, 20, 15, 12), (20, 30, 15)], [], [None, None], id="out of order: the newest counts"),
    ],
)  # fmt: skip
def test_windows_are_judged_by_what_all_of_them_show(asked, windows, witnesses, expected):
    """Each must show the newest sample known by its start and by its end."""
    made = [asked(*window[:2], failure=window[2]) if TIMEOUT in window else asked(*window) for window in windows]
    stamps = [None if hour is None else Y + hour * HOUR * S for hour in witnesses]
    verdicts = contradictions(made, known_stamps(made, stamps))
    assert [verdict and verdict.kind for verdict in verdicts] == expected
    assert all(verdict is None or verdict.range == each.window for verdict, each in zip(verdicts, made, strict=True))


def test_messages_name_the_stamps_that_disagree(asked):
    """What is owed and what came."""
    windows = [asked(10, 20, 12, 19), asked(20, 30, 25), asked(30, 40)]
    verdicts = contradictions(windows, known_stamps(windows, []))
    assert "by 2024-01-01T20:00:00.000000000Z is that of 2024-01-01T19:00:00.000000000Z" in verdicts[1].message
    assert verdicts[1].message.endswith("but this answer gives none")
    assert "a sample of 2024-01-02T01:00:00.000000000Z is stored" in verdicts[2].message


def test_damage_that_explains_a_missing_sample_is_enough(fakes, asked):
    """When the sample that is owed lies in a place known to be damaged, the rest of the window stays believed."""
    samples = Samples.build(DbrType.SCALAR_INT, [Y + hour * HOUR * S for hour in (12, 19)], [1, 2])
    reader = AnswerReader()
    reader.feed(fakes.chunk(samples, 2024)[:-1])
    window = TimeRange(start=Y + 10 * HOUR * S, end=Y + 20 * HOUR * S)
    windows = [AskedWindow.answered(window, reader.finish()), asked(20, 30, 19)]
    assert contradictions(windows, known_stamps(windows, [])) == [None, None]


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([(0, 10), (10, 20), (20, 30), (30, 40, 25)], 2),
        ([(0, 10), (10, 20, 15), (20, 30), (30, 40, 25)], 0),
        ([(0, 10), (10, 20, 15)], 0),
        ([(0, 10), (10, 20)], 0),
    ],
    ids=["beside one proved wrong", "after a sample", "before the first sample", "nothing at all"],
)
def test_empty_answers_before_one_proved_wrong_prove_nothing(asked, windows, expected):
    """They may have been emptied by the same damaged file; not so where a sample is known before them."""
    made = [asked(*window) for window in windows]
    assert empty_before(made, contradictions(made, known_stamps(made, []))) == expected


@pytest.mark.parametrize(
    ("following", "expected"),
    [((20, 30, 19), None), ((20, 30, 15), CUT), ((20, 30), CUT), ((20, 30, 25), CUT), ((20, 30, TIMEOUT), TIMEOUT)],
    ids=["vouched", "an older look-back", "empty", "no look-back", "failed"],
)
def test_an_end_needs_somebody_to_vouch_for_it(asked, following, expected):
    """Else an answer may have been cut short behind its last sample."""
    after = asked(*following[:2], failure=TIMEOUT) if TIMEOUT in following else asked(*following)
    window = asked(10, 20, 12, 19)
    loss = unvouched_end(window, after)
    assert (loss and loss.kind) == expected
    assert loss is None or loss.range == TimeRange(start=Y + 19 * HOUR * S + 1, end=window.window.end)
    assert unvouched_end(asked(10, 20), after) is None
