"""A plan as people read it."""

from archredundancy.model import NS_PER_SECOND, DbrType, Samples
from archredundancy.plan import build_plan
from archredundancy.segments import Segments
from archredundancy.testing.merge_evidence import NOW, make_merge_evidence

#: 2026-05-01T07:00:00Z, where a partition of half an hour begins.
START = NOW - 5 * 3600 * NS_PER_SECOND
LENGTH = 1800 * NS_PER_SECOND


def history(*times):
    return Samples.build(DbrType.SCALAR_INT, times, [1] * len(times))


def evidence_of(pv="T:PV", **changes):
    mine, theirs = history(START, START + LENGTH - 1), history(START, START + 1, START + LENGTH)
    return make_merge_evidence(mine, theirs, pv=pv, **changes)


def test_a_refused_plan_in_text():
    """Verdict and hazards come first, then what it gains, misses and destroys, then partitions."""
    plan = build_plan([evidence_of()])
    until = "2026-11-01T00:00:00.000000000Z"
    head = "kept until".rjust(len(until))
    assert repr(plan).splitlines() == [
        f"MergePlan {plan.id}: refused, for 1 reason",
        "1 PV, strategy relay, from the beginning to 2026-05-01T11:59:00.000000000Z",
        "",
        *map(str, plan.hazards),
        "",
        f"would gain     1 sample in 1 rewritten partition; the secondary is sure to keep the first until {until}",
        "won't reach    1 sample: 1 no partition file",
        "would destroy  1 sample of the primary",
        "would drop     no attribute",
        "both have      1 equal, 0 different, of which the primary's stay",
        "",
        "T:PV: refused, SCALAR_INT, into LTS (PARTITION_30MIN)",
        f"  partition         gain  won't arrive  would lose  ties  differing  rewritten  {head}",
        f"  2026_05_01_07_00     1             0           1     1          0        yes  {until}",
        "  2026_05_01_07_30     0             1           0     0          0    no file",
        "  would lose in 2026_05_01_07_00: 2026-05-01T07:29:59.999999999Z",
    ]
    assert [str(hazard).partition(":")[0] for hazard in plan.hazards] == [
        "REFUSED would-lose-samples",
        "warning not-fillable",
    ]


def test_a_plan_of_several_pvs_says_whose_hazards_they_are():
    """By name, or by number where it is several; window, exclusions and accepted losses are in the second line."""
    evidence = [evidence_of("A"), evidence_of("B", members_down=("q1",)), evidence_of("C", members_down=("q1",))]
    plan = build_plan(evidence[:2], accept_loss=2, start=START, end=NOW, excluded=Segments.of((NOW - 9, NOW - 8)))
    lines = repr(plan).splitlines()
    assert lines[1] == (
        "2 PVs, strategy relay, from 2026-05-01T07:00:00.000000000Z to 2026-05-01T11:59:00.000000000Z, "
        "without 1 span excluded; a loss of 2 samples is accepted"
    )
    assert next(line for line in lines if "member-down" in line).endswith(" (B)")
    assert next(line for line in repr(build_plan(evidence)).splitlines() if "member-down" in line).endswith(" (2 PVs)")


def test_a_plan_without_hazards_says_so():
    """The plan that one wants to see."""
    plan = build_plan([make_merge_evidence(history(START), history(START + 1))])
    lines = repr(plan).splitlines()
    assert lines[0] == f"MergePlan {plan.id}: ready"
    assert lines[3] == "No hazard was found."


def test_only_partitions_that_matter_are_listed_and_not_too_many():
    """Twelve, and how many more there are."""
    starts = [START - row * LENGTH for row in range(15)]
    theirs = history(*sorted(start + 1 for start in starts[1:]))
    plan = build_plan([make_merge_evidence(history(*sorted(starts)), theirs)])
    listed = [line for line in repr(plan).splitlines() if line.startswith("  2026_")]
    assert len(listed) == 12
    assert repr(plan).splitlines()[-1] == "  and 2 more partitions: plan.partitions"


def test_not_too_many_pvs_are_listed():
    """Twelve, and how many more there are, in text and in HTML."""
    evidence = [make_merge_evidence(history(START), history(START + 1), pv=f"T:{row}") for row in range(14)]
    plan = build_plan(evidence)
    assert repr(plan).splitlines()[-1] == "and 2 more PVs: plan.pvs"
    assert plan._repr_html_().endswith("<p>and 2 more PVs: <code>plan.pvs</code></p>")
    assert "T:12" not in repr(plan)


def test_long_lists_of_lost_samples_are_cut():
    """Twenty times, and how many more there are."""
    last = [START + LENGTH - row for row in range(25, 0, -1)]
    plan = build_plan([make_merge_evidence(history(START, *last), history(START + 1))])
    line = repr(plan).splitlines()[-1]
    assert line.count("07:29:59") == 20
    assert line.endswith(" and 5 more")


def test_a_plan_in_html():
    """Refusals in red above everything but the verdict; names are escaped; no script."""
    plan = build_plan([evidence_of("T:<PV>")])
    html = plan._repr_html_()
    assert html == plan._repr_html_()
    assert html.index("REFUSED unsafe-name") < html.index("would gain")
    assert html.count('<p style="color: #a50026"><b>REFUSED') == 2
    assert "T:&lt;PV&gt;" in html
    assert "<PV>" not in html
    assert "<script" not in html
    assert "<td>2026_05_01_07_00</td>" in html


def test_a_plan_without_partitions_in_html():
    """There is no table of them."""
    html = build_plan([evidence_of(storage="XX")])._repr_html_()
    assert "REFUSED wrong-store" in html
    assert "<th>" not in html
