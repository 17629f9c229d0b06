"""What must be so of any scenario, by what was planted, what the IOC did, and what lies in the files of both sides."""

from itertools import pairwise

import numpy as np
import pytest

from archredundancy.coverage import Cause
from archredundancy.model import NEVER, NS_PER_SECOND
from archredundancy.segments import Segments
from archredundancy.testing.scenarios.scenario import SIDES

DAY = 86400 * NS_PER_SECOND


@pytest.fixture(scope="session")
def check():
    """Return a function that checks a scenario that was played."""

    def check_all(scenario, played, *, edges=True):
        for each in (check_samples, check_counts, check_expiry, check_wrong_seconds, check_claims):
            each(scenario, played)
        if edges:  # of several outages between two samples one trace is left, and which is whose nobody can tell
            check_edges(scenario, played)

    return check_all


def only(played, side, other):
    """The stamps that files of one side have and those of the other lack."""
    return np.array(sorted(set(played.stored[side]) - set(played.stored[other])), np.int64)


def check_samples(scenario, played):
    """The union is made of all samples that lie in files within what was asked, but for what could not be read."""
    readable = [
        stamp
        for side in SIDES
        for stamp in played.stored[side]
        if scenario.asked[0] <= stamp < scenario.asked[1]
        and not any(
            row.start <= stamp < row.end for row in scenario.unknown if (row.side, row.cause) == (side, Cause.NOT_READ)
        )
    ]
    assert played.comparison.union.samples.time.tolist() == sorted(set(readable))


def check_counts(scenario, played):
    """The samples to be gained are those that files of the other side have and own files lack."""
    for side, other in (SIDES, SIDES[::-1]):
        gaps, lacking = played.comparison.gaps.of(side), only(played, other, side)
        spans = zip(gaps.start, gaps.end, strict=True)
        inside = [np.count_nonzero((lacking >= start) & (lacking < end)) for start, end in spans]
        assert gaps.samples_to_gain.tolist() == inside


def check_expiry(scenario, played):
    """A gap expires when the secondary's day that holds its first sample has been kept for all the days it keeps."""
    gaps, lacking = played.comparison.gaps.of("primary"), only(played, "secondary", "primary")
    for start, end, samples, expires in zip(gaps.start, gaps.end, gaps.samples_to_gain, gaps.expires_at, strict=True):
        first = lacking[(lacking >= start) & (lacking < end)][:1]
        assert expires == (first[0] // DAY * DAY + scenario.keep_days * DAY if samples else NEVER)


def check_wrong_seconds(scenario, played):
    """A side is wrong for as long as the last value it has is another than the last one that either side has."""
    if any(scenario.enrichment.values()):  # no sample at another moment was lost, so none makes a side wrong
        return
    begin, end = scenario.asked
    has = {**played.stored["secondary"], **played.stored["primary"]}
    instants = [begin, *(stamp for stamp in sorted(has) if begin < stamp < end), end]
    for side in SIDES:
        own, known = played.stored[side], getattr(played.comparison, side).known
        wrong = [span for span in pairwise(instants) if last_by(own, span[0]) != last_by(has, span[0])]
        summary = getattr(played.comparison.summary, side)
        assert summary.wrong_seconds == (Segments.of(*wrong) & known).total / NS_PER_SECOND


def last_by(samples, instant):
    """The value that holds at an instant; None before the first."""
    return next((value for stamp, value in sorted(samples.items(), reverse=True) if stamp <= instant), None)


def check_claims(scenario, played):
    """No side is called active from a sample of the IOC that it lacks to its next own one, but for dropouts."""
    if scenario.record.scan is not None:  # what is not sampled is not lost
        return
    reboots = [outage for outage in scenario.outages if "reboot" in outage.what]
    for side in SIDES:
        own = played.stored[side]
        lost = [
            stamp
            for stamp in scenario.processed
            if scenario.asked[0] <= stamp < scenario.asked[1]
            and stamp not in own
            and not any(outage.start <= stamp <= outage.end for outage in reboots)
        ]
        spans = [(stamp, min((after for after in own if after > stamp), default=scenario.asked[1])) for stamp in lost]
        if not scenario.dropouts[side]:
            assert not len(Segments.of(*spans) & getattr(played.comparison, side).active)


def check_edges(scenario, played):
    """Each outage lies within the edges that its gaps state; these are no wider than the samples around it allow."""
    for outage in scenario.outages:
        gaps = played.comparison.gaps.of(outage.side)
        gaps = gaps.pick((gaps.start < outage.end) & (gaps.end > outage.start))
        if len(gaps):
            check_start(scenario, played, outage, gaps)
            check_end(scenario, played, outage, gaps)
        else:
            lacking = only(played, next(side for side in SIDES if side != outage.side), outage.side)
            assert not np.any((lacking > outage.start) & (lacking < outage.end))


def check_start(scenario, played, outage, gaps):
    """Between the last own sample before it and the next one; a range within an outage lacks it from the first."""
    if outage.start < scenario.asked[0]:
        assert gaps.start.min() == scenario.asked[0]
        assert np.all(gaps.start_earliest <= outage.start)
        return
    own = np.array(list(played.stored[outage.side]))
    before, after = own[own <= outage.start][-1], own[own > outage.start][:1].min(initial=scenario.ends)
    told = (gaps.start_earliest <= outage.start) & (outage.start <= gaps.start_latest)
    assert np.any(told & (gaps.start_earliest >= before) & (gaps.start_latest <= after))


def check_end(scenario, played, outage, gaps):
    """By the second own sample after its start, for the first is the value that the IOC had before its end."""
    if outage.lasts or outage.end > scenario.asked[1]:
        assert gaps.end.max() == scenario.asked[1]
        return
    own = np.array(list(played.stored[outage.side]))
    before, after = own[own <= outage.start][-1], own[own > outage.start][1:2].min(initial=scenario.asked[1])
    told = (gaps.end_earliest <= outage.end) & (outage.end <= gaps.end_latest)
    assert np.any(told & (gaps.end_earliest >= before) & (gaps.end_latest <= after))
