"""What is wrong before any sample is looked at."""

from dataclasses import replace

import pytest

from archredundancy.model import DbrType, Samples
from archredundancy.plan import HazardKind, build_plan
from archredundancy.segments import Segments
from archredundancy.testing.handmade.merge_evidence import NOW, make_merge_evidence

MINE = Samples.build(DbrType.SCALAR_DOUBLE, [NOW - 10_000_000_000_000], [1.0])
THEIRS = Samples.build(DbrType.SCALAR_DOUBLE, [NOW - 9_999_000_000_000], [2.0])
REFUSED, WARNED, SILENT = True, False, None


def verdict(evidence, kind, **terms):
    """Return whether a hazard of this kind refuses; None if there is none."""
    plan = build_plan([evidence], **terms)
    return next((hazard.refuses for hazard in plan.hazards if hazard.kind is kind), None)


def changed(side, **changes):
    """Return evidence with something else on one side."""
    evidence = make_merge_evidence(MINE, THEIRS)
    sides = evidence.evidence
    return replace(evidence, evidence=replace(sides, **{side: replace(getattr(sides, side), **changes)}))


def test_nothing_is_wrong_with_the_usual_case():
    """Two clusters that archive the PV, a store of PB files, and a sample to gain: ready, without a hazard."""
    plan = build_plan([make_merge_evidence(MINE, THEIRS)])
    assert plan.hazards == ()
    assert plan.status == "ready"
    assert plan.strategy == "relay"


@pytest.mark.parametrize("name", [f"T:A{character}B" for character in "{}[]*?+# %<>,&$"] + ["T:PV:", "T:PV-"])
def test_names_the_appliance_cannot_merge_are_refused(name):
    """Names that are glob patterns, break the URL of the request, or end in a separator."""
    plan = build_plan([make_merge_evidence(MINE, THEIRS, pv=name)])
    assert [hazard.kind for hazard in plan.hazards] == [HazardKind.UNSAFE_NAME]
    assert plan.status == "refused"


@pytest.mark.parametrize("name", ["T:PV", "T-P;V=/µ.VAL", "x"])
def test_usual_names_are_not(name):
    """Characters that a real cluster merged without harm."""
    assert build_plan([make_merge_evidence(MINE, THEIRS, pv=name)]).hazards == ()


@pytest.mark.parametrize(("status", "expected"), [("Paused", REFUSED), ("Being archived", SILENT), (None, SILENT)])
def test_a_pv_that_somebody_paused_is_refused(status, expected):
    """It would have to be resumed, or stay paused, and only who paused it knows."""
    assert verdict(changed("primary", status=status), HazardKind.ALREADY_PAUSED) is expected


def test_a_paused_type_info_counts_as_paused():
    """The configuration says so even where the status could not be asked."""
    info = replace(make_merge_evidence(MINE, THEIRS).evidence.primary.type_info, paused=True)
    assert verdict(changed("primary", status=None, type_info=info), HazardKind.ALREADY_PAUSED) is REFUSED
    assert verdict(changed("secondary", status=None, type_info=info), HazardKind.NOT_RECORDING) is REFUSED


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("Being archived", SILENT),
        ("Paused", REFUSED),
        ("Appliance Down", REFUSED),
        ("Not being archived", REFUSED),
        (None, WARNED),
    ],
)
def test_the_secondary_must_record_while_the_primary_is_paused(status, expected):
    """Otherwise nobody would; where it cannot be known it is a warning."""
    assert verdict(changed("secondary", status=status), HazardKind.NOT_RECORDING) is expected


P, S = "http://p:17668/retrieval", "http://s:17668/retrieval"
S_ASKS_P, P_ASKS_S = (f"{P}?mergeDuringRetrieval=true",), (f"{S}?mergeDuringRetrieval=true",)


@pytest.mark.parametrize(
    ("primary_external", "secondary_external", "kind", "expected"),
    [
        ((), (), HazardKind.PROXY, SILENT),
        ((), S_ASKS_P, HazardKind.PROXY, WARNED),
        ((), S_ASKS_P, HazardKind.MUTUAL_PROXIES, SILENT),
        (P_ASKS_S, S_ASKS_P, HazardKind.MUTUAL_PROXIES, REFUSED),
        ((P_ASKS_S[0].replace("//s", "//S"),), S_ASKS_P, HazardKind.MUTUAL_PROXIES, REFUSED),
        (("http://third:17668/retrieval",), S_ASKS_P, HazardKind.MUTUAL_PROXIES, SILENT),
        (None, S_ASKS_P, HazardKind.MUTUAL_PROXIES, WARNED),
        ((), None, HazardKind.MUTUAL_PROXIES, WARNED),
    ],
)
def test_who_asks_whom(primary_external, secondary_external, kind, expected):
    """A proxy is told of, mutual proxies are refused, and lists that are not known are a warning."""
    evidence = make_merge_evidence(
        MINE,
        THEIRS,
        primary_external=primary_external,
        secondary_external=secondary_external,
        primary_urls=(P,),
        secondary_urls=(S,),
    )
    assert verdict(evidence, kind) is expected


def test_external_servers_count_as_each_other_while_members_are_not_known():
    """Whose URLs are not known cannot be told from the other cluster's, so two lists with entries are refused."""
    evidence = make_merge_evidence(MINE, THEIRS, primary_external=("http://a",), secondary_external=("http://b",))
    assert verdict(evidence, HazardKind.MUTUAL_PROXIES) is REFUSED


@pytest.mark.parametrize(
    ("reachable", "strategy", "expected"),
    [
        (True, "relay", SILENT),
        (False, "relay", REFUSED),
        (None, "relay", WARNED),
        (False, "direct", SILENT),
    ],
)
def test_the_relay_must_be_reachable(reachable, strategy, expected):
    """A relay that the primary cannot reach is refused; one nobody asked about is a warning."""
    evidence = make_merge_evidence(MINE, THEIRS, relay_reachable=reachable)
    assert verdict(evidence, HazardKind.UNREACHABLE, strategy=strategy) is expected


def test_members_that_are_down_refuse():
    """The message names them."""
    plan = build_plan([make_merge_evidence(MINE, THEIRS, members_down=("q1",))])
    assert [hazard.kind for hazard in plan.hazards] == [HazardKind.MEMBER_DOWN]
    assert "q1" in plan.hazards[0].message


@pytest.mark.parametrize(
    "limits", [{"start": NOW - 10**15}, {"end": NOW}, {"excluded": Segments.of((NOW - 10**15, NOW - 10**14))}]
)
def test_direct_does_not_honour_limits(limits):
    """mergeInData never reads from and to, so a window or exclusions are refused, not ignored."""
    evidence = make_merge_evidence(MINE, THEIRS)
    assert verdict(evidence, HazardKind.WINDOW_IGNORED, strategy="direct", **limits) is REFUSED
    assert verdict(evidence, HazardKind.WINDOW_IGNORED, strategy="relay", **limits) is SILENT


@pytest.mark.parametrize("accepts", [False, True])
def test_versions_without_a_certificate_are_refused_unless_wanted(accepts):
    """The message says which they are; a person may want the merge all the same, and is warned."""
    versions = ("primary 2.0", "secondary 1.1")
    evidence = make_merge_evidence(MINE, THEIRS, certified=False, accepts_uncertified=accepts, versions=versions)
    plan = build_plan([evidence])
    assert [(hazard.kind, hazard.refuses) for hazard in plan.hazards] == [(HazardKind.NOT_CERTIFIED, not accepts)]
    assert (
        "Merging by relay was not tried out with these versions: primary 2.0, secondary 1.1" in plan.hazards[0].message
    )


def test_no_hazard_holds_a_url():
    """URLs and ports are no part of what is approved: the same plan through a tunnel has the same id."""
    plans = [
        build_plan([make_merge_evidence(MINE, THEIRS, secondary_external=(url,), primary_urls=(url,))])
        for url in ("http://p:17668/retrieval", "http://localhost:9999/retrieval")
    ]
    assert plans[0].id == plans[1].id


@pytest.mark.parametrize(
    ("primary", "secondary", "expected"),
    [
        (None, True, SILENT),
        (None, None, SILENT),
        (True, False, REFUSED),
        (None, False, REFUSED),
        (False, False, SILENT),
    ],
)
def test_the_secondary_must_be_connected_while_the_primary_is_paused(primary, secondary, expected):
    """An engine without connection records nothing; where the primary has none either, its pause costs nothing."""
    evidence = changed("secondary", connected=secondary)
    sides = replace(evidence.evidence, primary=replace(evidence.evidence.primary, connected=primary))
    assert verdict(replace(evidence, evidence=sides), HazardKind.NOT_RECORDING) is expected


@pytest.mark.parametrize("side", ["primary", "secondary"])
def test_an_alias_is_refused(side):
    """A merge asks for the primary's real name, whatever was asked for; both names are told."""
    info = replace(make_merge_evidence(MINE, THEIRS).evidence.primary.type_info, pv="T:REAL")
    plan = build_plan([changed(side, type_info=info)])
    (hazard,) = plan.hazards
    assert (hazard.kind, hazard.refuses, plan.status) == (HazardKind.ALIAS, True, "refused")
    assert "'T:PV'" in hazard.message
    assert f"{side}: 'T:REAL'" in hazard.message
