"""Sides that sample at different moments, and the step of a series."""

from dataclasses import replace

from archredundancy.coverage import compare_evidence
from archredundancy.testing.handmade.evidence import make_evidence, make_side

S = 1_000_000_000


def scanned(cluster, seconds, **options):
    side = make_side(cluster, (0, 200), seconds, seconds, **options)
    return replace(side, type_info=replace(side.type_info, sampling_method="SCAN", sampling_period=1.0))


def test_scanned_archives_of_other_phases_enrich_each_other(history):
    """Nothing is missed, nothing is a dropout, nobody is wrong; the outage of one is found all the same."""
    result = compare_evidence(
        make_evidence(
            scanned("primary", history.without((20, 50))),
            scanned("secondary", [second + 0.4 for second in history.EVERY_SECOND[:-1]]),
        )
    )
    assert history.rows(result, "cluster", "samples_to_gain") == [("primary", 31)]
    assert [side.total for side in result.dropouts] == [0, 0]
    assert [side.total for side in result.enrichment] == [168, 170]
    assert result.sampling.step == S
    assert result.summary.secondary.wrong_seconds == 0
    assert result.summary.primary.samples_to_gain == 31


def test_without_a_configuration_other_phases_show_by_taking_turns(history):
    """Samples of one side and of the other follow each other over and over: they sample at different moments."""
    result = history.compared(
        history.EVERY_SECOND,
        [second + 0.4 for second in history.EVERY_SECOND[:-1]],
        primary={"stores": None},
        secondary={"stores": None},
    )
    assert result.sampling.differs
    assert result.sampling.source == "inferred from 199 steps of the primary, since the two sample at different moments"
    assert not result.needs_merge


def test_monitored_archives_that_lose_single_samples_have_dropouts(history):
    """Both are told of every change, so what one lacks was lost."""
    mine = [second for second in history.EVERY_SECOND if second % 10]
    sides = [make_side("primary", history.WINDOW, mine), make_side("secondary", history.WINDOW, history.EVERY_SECOND)]
    sides = [replace(side, type_info=replace(side.type_info, sampling_method="MONITOR")) for side in sides]
    result = compare_evidence(make_evidence(*sides))
    assert result.dropouts.primary.total == 20
    assert result.enrichment.primary.total == 0


def test_a_scanned_record_that_is_slower_than_its_scan_has_its_own_step(history):
    """The SCAN period is the shortest step there can be, not the step."""
    slow = history.EVERY_SECOND[::10]
    result = compare_evidence(make_evidence(scanned("primary", slow), scanned("secondary", slow)))
    assert result.sampling.step == 10 * S
