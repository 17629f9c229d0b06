"""A plan as people read it."""

import re
from dataclasses import replace

import pytest

from archredundancy.model import NS_PER_SECOND, DbrType, FailureKind, ReadFailure, Samples, TimeRange
from archredundancy.plan import build_plan
from archredundancy.segments import Segments
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

#: 2026-05-01T07:00:00Z, where a partition of half an hour begins.
START = NOW - 5 * 3600 * NS_PER_SECOND
LENGTH = 1800 * NS_PER_SECOND
SPEEDS = "(speeds of a real appliance on two cores: 2.5 M samples/s read, 0.5 M samples/s merged)"
UNTIL = "2026-11-01T00:00:00.000000000Z"


def history(*times):
    return Samples.build(DbrType.SCALAR_INT, times, [1] * len(times))


def evidence_of(pv="T:PV", **changes):
    mine, theirs = history(START, START + LENGTH - 1), history(START, START + 1, START + LENGTH)
    return make_merge_evidence(mine, theirs, pv=pv, **changes)


def gaining(pv, **changes):
    return make_merge_evidence(history(START), history(START + 1), pv=pv, **changes)


def test_a_direct_plan_says_that_later_samples_come_as_well():
    """The appliance knows no horizon: what the secondary has by the time of the merge is merged."""
    lines = repr(build_plan([gaining("A")], strategy="direct")).splitlines()
    assert lines[1].endswith(" to 2026-05-01T11:59:00.000000000Z, and what the secondary has of later times by then")


def test_completeness_is_of_what_was_seen_before_the_horizon():
    """A loss after it is told, and takes nothing from the samples before it."""
    last = NOW - LENGTH
    mine = history(last, last + LENGTH - 1)
    text = repr(build_plan([make_merge_evidence(mine, history(last + 1))]))
    assert "would destroy  1 sample of the primary" in text
    assert "the primary has 50.00 % of 2 known samples, and will have 100 %" in text


def test_a_plan_of_no_time_says_so():
    """What is wanted begins when nothing is promised any more, so there is nothing to do."""
    first, second, *_ = repr(build_plan([gaining("A")], start=NOW + LENGTH)).splitlines()
    assert first.endswith("nothing to do")
    wanted, promised = "2026-05-01T12:30:00.000000000Z", "2026-05-01T11:59:00.000000000Z"
    assert second.endswith(f"of no time: from {wanted}, and nothing is promised from {promised} on")


def test_what_the_secondary_need_not_keep_any_more_is_told():
    """What was sure until a time before the plan may be gone by the time of the commit."""
    old = START - 300 * 86400 * NS_PER_SECOND
    plan = build_plan([make_merge_evidence(history(old), history(old + 1), pv="A")])
    assert "the secondary may have dropped some by now: it was sure to keep the first until 2026-01" in repr(plan)


def test_sums_say_when_they_are_of_less_than_all():
    """Nothing gained from a side that could not be read does not look like nothing to gain."""
    evidence = evidence_of("A")
    span = TimeRange(start=START, end=NOW)
    failure = ReadFailure(range=span, kind=FailureKind.UNREACHABLE, message="nobody answers")
    reading = replace(evidence.evidence.secondary.reading, known=Segments.of(), failures=(failure,))
    secondary = replace(evidence.evidence.secondary, reading=reading)
    unread = replace(evidence, evidence=replace(evidence.evidence, secondary=secondary))
    told = "counted        only what could be read: of 1 PV not all was\nwould gain "
    assert told in repr(build_plan([unread]))
    assert "counted" not in repr(build_plan([evidence]))


def test_a_refused_plan_in_text():
    """Verdict and hazards come first, then what it gains, misses and destroys, partitions, files, what to do."""
    plan = build_plan([evidence_of(owner_host="q1")])
    head = "kept until".rjust(len(UNTIL))
    assert repr(plan).splitlines() == [
        f"MergePlan {plan.id}: refused: would-lose-samples",
        "1 PV, strategy relay, from the beginning to 2026-05-01T11:59:00.000000000Z",
        "",
        *map(str, plan.hazards),
        "",
        f"would gain     1 sample in 1 rewritten partition; the secondary is sure to keep the first until {UNTIL}",
        "won't reach    1 sample: 1 no partition file",
        "would destroy  1 sample of the primary",
        "would drop     no attribute",
        "both have      1 equal, 0 different, of which the primary's stay",
        "completeness   the primary has 50.00 % of 4 known samples, and will have 50.00 %",
        f"would take     by estimate 3 s of pause; on the primary 34 B of disk and 34 B of memory meanwhile {SPEEDS}",
        "",
        "T:PV: refused, SCALAR_INT, into LTS (PARTITION_30MIN)",
        f"  partition         gain  won't arrive  would lose  ties  differing  rewritten  {head}",
        f"  2026_05_01_07_00     1             0           1     1          0        yes  {UNTIL}",
        "  2026_05_01_07_30     0             1           0     0          0    no file",
        "  would lose in 2026_05_01_07_00: 2026-05-01T07:29:59.999999999Z",
        "",
        "Files that are rewritten, for a snapshot before it:",
        "  q1:/lts/T/PV:2026_05_01_07_00.pb",
        "",
        (
            "It cannot be committed. Mend what is refused, and plan again. "
            "What each hazard means: `docs/reference/hazards.md`, under its name."
        ),
    ]
    assert [str(hazard).partition(":")[0] for hazard in plan.hazards] == [
        "REFUSED would-lose-samples",
        "warning not-fillable",
    ]


def test_a_plan_of_several_pvs_is_a_table():
    """Refused ones first, then in the order of being merged, with the batch of each, then those without gain."""
    evidence = [
        make_merge_evidence(history(START), history(START), pv="idle"),
        gaining("A"),
        gaining("B", members_down=("q1",)),
    ]
    lines = repr(build_plan(evidence)).splitlines()
    assert re.fullmatch(r"MergePlan ....-....: refused for 1 of 3 PVs: member-down", lines[0])
    row = next(row for row, line in enumerate(lines) if line.startswith("PV "))
    assert [line.split()[0] for line in lines[row : row + 4]] == ["PV", "B", "A", "idle"]
    assert lines[row + 2].split() == ["A", "ready", "1", "0", "0", "1", "34", "B", "3", "s", UNTIL, "1"]
    assert lines[row + 3].split() == ["idle", "nothing", "to", "do", "0", "0", "0", "0"]
    assert lines[-1].startswith("It cannot be committed as it is. Mend what is refused, or leave 1 PV out")
    assert "6 s of all, one after the other" in repr(build_plan(evidence))


def test_a_plan_of_several_pvs_says_whose_hazards_they_are():
    """By name, or by number where it is several; window, exclusions and accepted losses are in the second line."""
    evidence = [evidence_of("A"), evidence_of("B", members_down=("q1",)), evidence_of("C", members_down=("q1",))]
    plan = build_plan(evidence[:2], accept_loss=2, start=START, end=NOW, excluded=Segments.of((NOW - 9, NOW - 8)))
    lines = repr(plan).splitlines()
    assert lines[1] == (
        "2 PVs, strategy relay, from 2026-05-01T07:00:00.000000000Z to 2026-05-01T11:59:00.000000000Z, "
        "without 1 span excluded; a loss of 2 samples is accepted"
    )
    assert next(line for line in lines if "member-down" in line and "REFUSED" in line).endswith(" (B)")
    lines = repr(build_plan(evidence)).splitlines()
    assert next(line for line in lines if "REFUSED member-down" in line).endswith(" (2 PVs)")


@pytest.mark.parametrize(("pvs", "told"), [(3, 3), (4, 1), (50, 1)])
def test_many_hazards_of_one_kind_become_one(pvs, told):
    """So that all of them are on the first page; the first is told in full, and how many more there are."""
    evidence = [gaining(f"T:{row}", members_down=(f"q{row}",)) for row in range(pvs)]
    lines = [line for line in repr(build_plan(evidence)).splitlines() if line.startswith("REFUSED")]
    assert len(lines) == told
    if told == 1:
        assert f"{pvs - 1} more of this kind ({pvs - 1} PVs); `archredundancy show FILE` and" in lines[0]
        assert build_plan(evidence).to_text().count("REFUSED member-down") == pvs


def test_a_plan_without_hazards_says_so():
    """The plan that one wants to see."""
    plan = build_plan([gaining("T:PV")])
    lines = repr(plan).splitlines()
    assert lines[0] == f"MergePlan {plan.id}: ready"
    assert lines[3] == "No hazard was found."
    assert (
        lines[-1]
        == "To commit it, type its id: `archredundancy commit FILE --approve ID`, or `pair.commit(plan, approve=ID)`."
    )


def test_a_plan_with_nothing_to_do_says_so():
    """There is nothing to estimate, and nobody has to be asked."""
    text = repr(build_plan([make_merge_evidence(history(), history())]))
    assert "completeness   no sample is known before the horizon" in text
    assert text.endswith("Nothing to commit: the secondary has nothing that the primary could take.")
    assert "estimate" not in text
    assert "snapshot" not in text


def test_only_partitions_that_matter_are_listed_and_not_too_many():
    """Twelve, and how many more there are; of files, too."""
    starts = [START - row * LENGTH for row in range(15)]
    theirs = history(*sorted(start + 1 for start in starts[1:]))
    plan = build_plan([make_merge_evidence(history(*sorted(starts)), theirs)])
    lines = repr(plan).splitlines()
    assert len([line for line in lines if line.startswith("  2026_")]) == 12
    where = "`archredundancy show FILE` and `plan.to_text()` tell all"
    assert f"  and 2 more partitions; {where}" in lines
    assert f"  and 2 more files; {where}" in lines
    assert plan.to_text().count("\n  2026_") == plan.to_text().count(":2026_") == 14
    assert plan.to_html().count(">2026_") == 14


def test_not_too_many_pvs_are_listed():
    """Sixty, and how many more there are, in text and in a notebook; a page of its own lists all."""
    plan = build_plan([gaining(f"T:{row}") for row in range(62)])
    assert "and 2 more PVs; `archredundancy show FILE` and `plan.to_text()` tell all" in repr(plan).splitlines()
    assert "<p>and 2 more PVs; <code>archredundancy show FILE</code> and" in plan._repr_html_()
    assert plan.to_text().count("\nT:") == 62
    assert "The first 60 of 62 PVs are drawn." in plan._repr_html_()
    assert plan.to_html().count(">ready</td>") == 62
    assert len(plan._repr_html_()) < 200_000


def test_long_lists_of_lost_samples_are_cut():
    """Twenty times, and how many more there are."""
    last = [START + LENGTH - row for row in range(25, 0, -1)]
    plan = build_plan([make_merge_evidence(history(START, *last), history(START + 1))])
    line = next(line for line in repr(plan).splitlines() if "would lose in" in line)
    assert line.count("07:29:59") == 20
    assert line.endswith(" and 5 more")


def test_a_pause_of_an_earlier_merge_is_told():
    """With what this merge brings into it, and what not; it is no part of what is approved."""
    theirs = history(START + 5, START + 7, START + LENGTH + 1)
    holes = Segments.of((START + 3, START + 8), (START + LENGTH, START + 2 * LENGTH))
    plan = build_plan([make_merge_evidence(history(START), theirs, pause_holes=holes)])
    assert [(hole.gain, hole.left) for hole in plan.pvs[0].pause_holes] == [(2, 0), (0, 1)]
    told = (
        "paused by an earlier merge from 2026-05-01T07:00:00.000000003Z to 2026-05-01T07:00:00.000000008Z: "
        "2 samples will be gained, 0 will be missing still"
    )
    assert told in repr(plan)
    assert told in plan._repr_html_()
    assert plan.id == build_plan([make_merge_evidence(history(START), theirs)]).id
    closed = build_plan([make_merge_evidence(theirs, theirs, pause_holes=holes)])
    assert "in 2 pauses of earlier merges the secondary has nothing that the primary lacks" in repr(closed)
    assert type(plan).from_json(plan.to_json()) == plan


def test_one_pv_is_told_by_itself():
    """Its partitions, hazards and files, and nothing of the others."""
    plan = build_plan([gaining("T:A", members_down=("q1",)), gaining("T:B")])
    text = plan.to_text("T:A")
    assert text.startswith("T:A: refused")
    assert "\n  REFUSED member-down: " in text and "\n  Files that are rewritten" in text
    assert "T:B" not in text
    assert repr(plan.of("T:B")) == "<PVPlan T:B: ready, 1 sample to gain; plan.to_text('T:B') tells all>"
