"""A plan as HTML and as a picture."""

import re
from xml.etree import ElementTree as ET

import pytest

from archredundancy.errors import InputError
from archredundancy.model import NS_PER_SECOND, DbrType, Samples
from archredundancy.plan import build_plan
from archredundancy.plan.pictures.as_svg import plan_svg
from archredundancy.segments import Segments
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

#: 2026-05-01T07:00:00Z, where a partition of half an hour begins.
START = NOW - 5 * 3600 * NS_PER_SECOND
LENGTH = 1800 * NS_PER_SECOND


def history(*times):
    return Samples.build(DbrType.SCALAR_INT, times, [1] * len(times))


def evidence_of(pv="T:PV", **changes):
    mine, theirs = history(START, START + LENGTH - 1), history(START, START + 1, START + LENGTH)
    return make_merge_evidence(mine, theirs, pv=pv, **changes)


def test_hazards_are_above_everything_but_the_verdict():
    """Refusals first; names are escaped; there is no script."""
    html = build_plan([evidence_of("T:<PV>")])._repr_html_()
    assert html == build_plan([evidence_of("T:<PV>")])._repr_html_()
    assert html.index("REFUSED unsafe-name") < html.index("warning not-fillable") < html.index("would gain")
    assert html.count("<b>REFUSED") == 2
    assert "T:&lt;PV&gt;" in html
    assert "<PV>" not in html
    assert "<script" not in html
    assert ">2026_05_01_07_00</td>" in html


def test_a_plan_without_partitions_has_no_picture_and_no_table_of_them():
    """There is nothing to draw, which `plot` tells."""
    plan = build_plan([evidence_of(storage="XX")])
    assert "REFUSED wrong-store" in plan._repr_html_()
    assert "partition</th>" not in plan._repr_html_()
    assert "<img" not in plan._repr_html_()
    with pytest.raises(InputError, match="knows of no partition"):
        plan.plot()


def test_the_page_is_a_document_for_light_and_dark():
    """It follows the reader's choice, and so does the picture inside."""
    page = build_plan([evidence_of()]).to_html()
    assert page.startswith("<!doctype html>")
    assert "color-scheme:light dark" in page
    assert "prefers-color-scheme:dark" in plan_svg(build_plan([evidence_of()]))


def boxes(svg):
    """Return the class, height and row (0 before, 1 after) of each box of a picture of one PV."""
    root = ET.fromstring(svg)
    found = [each for each in root.iter() if each.tag.endswith("rect") and each.get("class", "").startswith("l")]
    return [(each.get("class"), float(each.get("height")), float(each.get("y")) >= 78) for each in found[:-4]]


def test_one_pv_is_drawn_before_and_after():
    """Whatever occurs is seen: gain and what won't arrive before, what is destroyed and what won't arrive after."""
    found = boxes(plan_svg(build_plan([evidence_of()])))
    before, after = ([shape for shape in found if shape[2] is row] for row in (False, True))
    assert len(before) == 3
    assert len(after) == 3
    kinds = [{kind for kind, _, _ in row} for row in (before, after)]
    assert len(kinds[0]) == len(kinds[1]) == 3
    assert len(kinds[0] | kinds[1]) == 4


def test_a_single_sample_among_many_is_seen():
    """At least three pixels high."""
    mine = history(*range(START, START + 5000))
    found = boxes(plan_svg(build_plan([make_merge_evidence(mine, history(START + 6000))])))
    assert sorted(height for _, height, after in found if not after) == [3.0, 53.0]


def test_many_partitions_are_drawn_in_bins():
    """The picture stays small."""
    times = [START - row * LENGTH for row in range(3000)][::-1]
    evidence = make_merge_evidence(history(*times), history(*(time + 1 for time in times)))
    assert len(plan_svg(build_plan([evidence]))) < 60_000


def test_several_pvs_are_a_row_each_refused_ones_at_the_top():
    """With what each gains."""
    good = make_merge_evidence(history(START), history(START + 1), pv="good")
    svg = plan_svg(build_plan([good, evidence_of("bad")]), titled=True)
    words = re.findall(r">([^<>]+)</text>", svg)
    assert words.index("bad") < words.index("good")
    assert words.count("+1") == 2
    assert words[0].startswith("plan ")


@pytest.mark.parametrize("names", [["one"], ["one", "two"]])
def test_plans_are_drawn_by_matplotlib_too(names):
    """The legend names what occurs."""
    figure = build_plan([evidence_of(name) for name in names]).plot(dark=True)
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert "would lose samples" in words
    assert figure.get_facecolor()[0] < 0.2


def test_open_pauses_of_earlier_merges_are_drawn_below():
    """In the colour of what becomes of them; closed ones are not."""
    mine, theirs = history(START), history(START + 5, START + LENGTH + 7)
    holes = Segments.of((START + 3, START + 8), (START + LENGTH, START + 2 * LENGTH), (START + 10, START + 20))
    svg, plain = (
        plan_svg(build_plan([make_merge_evidence(mine, theirs, pause_holes=each)]))
        for each in (holes, Segments.empty())
    )
    assert "paused" in svg
    assert svg.count("<rect") == plain.count("<rect") + 3
    assert "paused" not in plain
