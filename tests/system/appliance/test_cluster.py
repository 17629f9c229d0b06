"""A cluster of two members, asked over HTTP."""

import json
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Event

import pytest

from archredundancy.appliance import Appliance, ApplianceCluster, AppliancePair
from archredundancy.model import NS_PER_SECOND, DbrType, Samples, parse_time, year_of
from archredundancy.testing.embedded.asking import ask
from archredundancy.wire import ChunkHeader, encode_chunk, read_chunks

STORES = [
    f"pb://localhost?name={name}&rootFolder=${{ARCHAPPL_{term}_TERM_FOLDER}}&partitionGranularity=PARTITION_{size}"
    for name, term, size in (("STS", "SHORT", "HOUR"), ("MTS", "MEDIUM", "DAY"), ("LTS", "LONG", "YEAR"))
]


@pytest.fixture
def cluster(tmp_path):
    """Two running members whose clock stands; A belongs to q0, B to q1 and is archived."""
    now = parse_time("2026-01-01T00:00:00Z", now=0)
    with ApplianceCluster(tmp_path, identities=("q0", "q1"), clock=lambda: now, lag=0.0) as cluster:
        cluster["q0"].add_pv({"pvName": "A", "dataStores": STORES, "paused": "true"})
        cluster["q1"].add_pv({"pvName": "B", "dataStores": STORES})
        yield cluster


def sent(appliance, path, method="GET", body=None):
    """Return status and body of an answer; what is sent is JSON."""
    return ask(appliance, path, method, body, {"Content-Type": "application/json"} if body else {})


def asked(appliance, call):
    """Return the JSON that a call of the management answers."""
    status, body = ask(appliance, f"/mgmt/bpl/{call}")
    assert status == 200
    return json.loads(body)


def identities(appliance):
    """Return who is there, by what a member says."""
    return [info["identity"] for info in asked(appliance, "getAppliancesInCluster")]


@pytest.mark.parametrize("call", ["getPVStatus?pv=*", "getAllPVs", "getPVDetails?pv=B", "getAppliancesInCluster"])
def test_information_is_the_same_at_both(cluster, call):
    """Whichever member is asked (appliance.md L 1)."""
    assert asked(cluster["q0"], call) == asked(cluster["q1"], call)


def test_calls_of_this_appliance_differ(cluster):
    """They say what belongs to the member that is asked (appliance.md L 1)."""
    calls = ("getApplianceInfo", "getMatchingPVsForThisAppliance?pv=*", "getPVsForThisAppliance")
    own, others, _ = ([asked(cluster[name], call) for name in ("q0", "q1")] for call in calls)
    assert [info["identity"] for info in own] == ["q0", "q1"]
    assert others == [["A"], ["B"]]


def test_a_member_that_is_down(cluster):
    """Its running PVs are `Appliance Down`, paused ones `Paused`; it is not listed, but known (appliance.md L 4b)."""
    cluster["q0"].stop()
    up = cluster["q1"]
    assert asked(up, "getPVStatus?pv=A") == [
        {"appliance": "q0", "pvName": "A", "pvNameOnly": "A", "status": "Paused"},
    ]
    cluster["q0"].start()
    cluster["q1"].kill()
    up = cluster["q0"]
    assert asked(up, "getPVStatus?pv=B") == [{"pvName": "B", "status": "Appliance Down"}]
    assert identities(up) == ["q0"]
    assert asked(up, "getApplianceInfo?id=q1")["identity"] == "q1"
    assert ask(up, "/mgmt/bpl/getVersions?id=q1") == (200, b"")
    assert ask(up, "/mgmt/bpl/getApplianceInfo?id=none")[0] == 404
    cluster["q1"].stop()
    cluster["q1"].start()
    assert identities(up) == ["q0", "q1"]
    assert asked(up, "getPVStatus?pv=B")[0]["status"] == "Being archived"


def test_a_pair_may_have_a_cluster_as_primary(tmp_path):
    """Its first member is the primary; the secondary is no member."""
    with AppliancePair(tmp_path, primary_members=("q0", "q1")) as pair:
        assert pair.primary is pair.primary_cluster["q0"]
        assert identities(pair.primary_cluster["q1"]) == ["q0", "q1"]
        assert identities(pair.secondary) == ["secondary0"]


TIMES = "from=2024-02-01T00:00:00.000000001Z&to=2024-02-01T00:00:09Z"


def file_of(pv, *seconds):
    """Return a file with samples at these times after 2024-02-01, whose values are whole seconds."""
    start = parse_time("2024-02-01T00:00:00Z", now=0)
    times = [start + round(second * NS_PER_SECOND) for second in seconds]
    samples = Samples.build(DbrType.SCALAR_DOUBLE, times, [int(second) for second in seconds])
    return encode_chunk(ChunkHeader(dbr_type=DbrType.SCALAR_DOUBLE, pv=pv, year=year_of(times[0])), samples)


@pytest.fixture
def with_data(cluster):
    """The cluster; B has ten samples in its LTS, at whole seconds."""
    cluster["q1"].put_file("LTS", "B:2024.pb", file_of("B", *range(10)))
    return cluster


@pytest.mark.parametrize("query", [TIMES, f"{TIMES}&pp=ncount", "timeranges=2024-02-01T00:00:02Z,2024-02-01T00:00:03Z"])
@pytest.mark.parametrize("form", ["raw", "json"])
def test_data_are_the_same_at_both(with_data, form, query):
    """The member that is asked passes the query on as it is, and the answer too (appliance.md L 2)."""
    answers = [ask(with_data[name], f"/retrieval/data/getData.{form}?pv=B&{query}") for name in ("q0", "q1")]
    assert answers[0] == answers[1]
    assert answers[0][0] == 200 and answers[0][1]


def test_an_error_of_the_owner_keeps_its_status(with_data):
    """Its page becomes the message of the other member's page (appliance.md L 2)."""
    with_data["q1"].faults.switch_on("refused", "/retrieval/data/*")
    status, page = ask(with_data["q0"], f"/retrieval/data/getData.raw?pv=B&{TIMES}")
    assert status == 503
    assert b"<b>Message</b> &lt;!doctype html&gt;" in page


def test_data_of_a_member_that_is_down(with_data):
    """Asking for them fails, and says where nobody listens (appliance.md L 4b)."""
    with_data["q1"].stop()
    status, page = ask(with_data["q0"], f"/retrieval/data/getData.raw?pv=B&{TIMES}")
    host = with_data["q1"].url.removeprefix("http://")
    assert status == 500
    assert f"Connect to {host} [/127.0.0.1] failed: Connection refused".encode() in page


def test_an_answer_that_breaks_off_looks_complete(with_data):
    """The owner dies while it answers: 200, a regular end, and too few samples (appliance.md L 2g)."""
    path = f"/retrieval/data/getData.raw?pv=B&{TIMES}"
    whole = ask(with_data["q1"], path)[1]
    with_data["q1"].faults.switch_on("torn", "/retrieval/data/*", after_bytes=len(whole) - 5)
    assert ask(with_data["q0"], path) == (200, whole[:-5])


def test_a_member_that_is_killed_while_it_answers(with_data):
    """The member that is asked sends what it has got, and a regular end (appliance.md L 2g)."""
    many = file_of("B", *range(1_000_000))
    with_data["q1"].put_file("LTS", "B:2024.pb", many)
    connection = HTTPConnection(with_data["q0"].url.removeprefix("http://"), timeout=30)
    connection.request("GET", "/retrieval/data/getData.raw?pv=B&from=2024-01-01T00:00:00Z&to=2024-12-31T00:00:00Z")
    answer = connection.getresponse()
    first = answer.read(10_000)
    with_data["q1"].kill()
    rest = answer.read()
    connection.close()
    assert answer.status == 200
    assert first and len(first) + len(rest) < len(many)
    assert ask(with_data["q0"], f"/retrieval/data/getData.raw?pv=B&{TIMES}")[0] == 500


def test_a_member_may_redirect(tmp_path):
    """To the owner's own URL, with the query as it is (appliance.md L 2h)."""
    with ApplianceCluster(tmp_path, identities=("q0", "q1"), redirecting=("q0",)) as cluster:
        cluster["q1"].add_pv({"pvName": "B", "dataStores": STORES})
        connection = HTTPConnection(cluster["q0"].url.removeprefix("http://"), timeout=30)
        path = f"/retrieval/data/getData.raw?pv=B&{TIMES.replace('Z', '%2B00:00')}"
        connection.request("GET", path)
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Location"], answer.read()) == (302, cluster["q1"].url + path, b"")
        connection.close()


def test_a_pause_reaches_the_owner(cluster):
    """Its engine, and its files, whoever is asked (appliance.md L 3e)."""
    assert asked(cluster["q0"], "pauseArchivingPV?pv=B") == {"pvName": "B", "status": "ok"}
    assert asked(cluster["q1"], "getPVStatus?pv=B")[0]["status"] == "Paused"
    assert asked(cluster["q0"], "resumeArchivingPV?pv=*")[1] == {"pvName": "B", "status": "ok"}


def test_a_merge_is_done_by_the_owner(with_data, tmp_path):
    """Files of the owner change; what is wrong with a merge is lost on the way (appliance.md L 3)."""
    q0, q1 = with_data["q0"], with_data["q1"]
    asked(q0, "pauseArchivingPV?pv=B")
    before = q1.files()["lts/B:2024.pb"]
    with Appliance("s", tmp_path / "s") as partner:
        partner.add_pv({"pvName": "B", "dataStores": STORES})
        partner.put_file("LTS", "B:2024.pb", file_of("B", 86400))
        call = f"mergeInData?pv=B&storage=LTS&other={partner.retrieval_url}"
        assert asked(q0, call) == {"status": "ok"}
    after = q1.files()["lts/B:2024.pb"]
    assert len(after) > len(before)
    assert "lts/B:2024.pb" not in q0.files()
    assert asked(q0, call) is None
    assert ask(q1, f"/mgmt/bpl/{call}")[0] == 500


def test_changes_while_the_owner_is_down(cluster):
    """What the owner has to do fails in many ways, some of them with status 200 (appliance.md L 4b)."""
    q0 = cluster["q0"]
    cluster["q1"].stop()
    assert asked(q0, "changeArchivalParameters?pv=B&samplingperiod=5") == {
        "validation": "Unable to change the archival parameters for B"
    }
    cluster["q1"].start()
    asked(q0, "pauseArchivingPV?pv=B")
    cluster["q1"].stop()
    assert "not active" in asked(q0, "resumeArchivingPV?pv=B")["validation"]
    assert asked(q0, "mergeInData?pv=B&storage=LTS&other=http://127.0.0.1:1/retrieval") is None
    assert asked(q0, "consolidateDataForPV?pv=B&storage=LTS") == {"validation": "Unable to consolidate data for PV B"}
    assert asked(q0, "deletePV?pv=B") == {
        "validation": "Unknown status from engine when stoppping archiving/deleting PV B."
    }


def test_a_change_of_a_store_while_the_owner_is_down_is_undone(cluster):
    """It is accepted and seen, until the owner is back (appliance.md L 4c)."""
    q0 = cluster["q0"]
    asked(q0, "pauseArchivingPV?pv=B")
    stores = asked(q0, "getStoresForPV?pv=B")
    cluster["q1"].stop()
    url = "pb://localhost?name=LTS%26rootFolder=new%26partitionGranularity=PARTITION_DAY"
    assert ask(q0, f"/mgmt/bpl/modifyStoreURLForPV?pv=B&storage=LTS&plugin_url={url}") == (200, b"")
    assert "rootFolder=new" in asked(q0, "getStoresForPV?pv=B")["LTS"]
    cluster["q1"].start()
    assert asked(q0, "getStoresForPV?pv=B") == stores


def test_type_infos_are_put_where_they_belong(cluster):
    """A new PV is created by the member that its type info names (appliance.md L 3f)."""
    new = json.dumps({"pvName": "N", "applianceIdentity": "q1", "dataStores": STORES})
    path = "/mgmt/bpl/putPVTypeInfo?pv=N&createnew=true"
    status, body = sent(cluster["q0"], path, "POST", new)
    assert (status, json.loads(body)["paused"]) == (200, "true")
    assert asked(cluster["q1"], "getPVsForThisAppliance") == ["B", "N"]
    for identity in ("", "none"):
        wrong = json.dumps({"pvName": "M", "applianceIdentity": identity, "dataStores": STORES})
        assert sent(cluster["q0"], path.replace("N", "M"), "POST", wrong)[0] == 500


def test_lists_leave_out_who_is_down(cluster):
    """Without a sign (appliance.md L 4b)."""
    path = "/retrieval/bpl/getMatchingPVs?pv=*"
    assert json.loads(ask(cluster["q0"], path)[1]) == ["A", "B"]
    cluster["q1"].stop()
    assert json.loads(ask(cluster["q0"], path)[1]) == ["A"]
    assert asked(cluster["q0"], "getAllPVs") == ["A", "B"]
    assert [info["pvName"] for info in asked(cluster["q0"], "exportConfig")] == ["A"]


def test_a_pv_is_archived_where_it_is_asked_to_be(cluster):
    """The request goes to the member that it names; if that is down, it is lost with status 200 (appliance.md L 3g)."""
    q0 = cluster["q0"]
    submitted = [{"pvName": "N", "status": "Archive request submitted"}]
    assert asked(q0, "archivePV?pv=N&appliance=q1") == submitted
    assert [row["appliance"] for row in asked(q0, "getNeverConnectedPVs")] == ["q1"]
    cluster["q1"].stop()
    assert asked(q0, "archivePV?pv=M&appliance=q1") is None


def for_pvs(appliance, form, query, *pvs):
    """Return what a member answers for several PVs."""
    names = "&".join(f"pv={pv}" for pv in pvs)
    status, body = ask(appliance, f"/retrieval/data/getDataForPVs.{form}?{names}&{query}")
    assert status == 200
    return body


def test_several_pvs_of_two_members(with_data):
    """The other member's samples come too; if it is down they are missing without a sign (appliance.md L 2c, L 4b)."""
    with_data["q0"].put_file("LTS", "A:2024.pb", file_of("A", 3))
    for pvs in (("A", "B"), ("B", "A")):
        bodies = [for_pvs(with_data[name], "json", TIMES, *pvs) for name in ("q0", "q1")]
        assert bodies[0] == bodies[1]
        found = json.loads(bodies[0])
        assert [(entry["meta"]["name"], len(entry["data"])) for entry in found] == [
            (pv, {"A": 1, "B": 10}[pv]) for pv in pvs
        ]
    with_data["q1"].stop()
    found = json.loads(for_pvs(with_data["q0"], "json", TIMES, "B", "A"))
    assert [entry["meta"]["name"] for entry in found] == ["A"]
    assert json.loads(for_pvs(with_data["q0"], "json", TIMES, "B")) == []


def test_times_are_cut_on_their_way_to_the_other_member(with_data):
    """The sample at the end, a few ns after a millisecond, is missing (appliance.md L 2c)."""
    with_data["q1"].put_file("LTS", "B:2024.pb", file_of("B", 0, 1.0000005))
    window = "from=2024-02-01T00:00:00Z&to=2024-02-01T00:00:01.000000500Z"
    counts = [len(json.loads(for_pvs(with_data[name], "json", window, "B"))[0]["data"]) for name in ("q0", "q1")]
    assert counts == [1, 2]


def test_post_processors_work_twice(with_data):
    """The other member counts, then what it says is counted (appliance.md L 2d)."""
    counts = [
        json.loads(for_pvs(with_data[name], "json", f"{TIMES}&pp=ncount", "B"))[0]["data"] for name in ("q0", "q1")
    ]
    assert [data[0]["val"] for data in counts] == [1, 10]


def test_later_pvs_of_another_member_come_a_year_early(with_data):
    """If the sample before the window is of the year before, all come under that year (appliance.md L 2e).

    Asked of their own member only that one sample comes under a wrong year.
    """
    with_data["q1"].add_pv({"pvName": "C", "dataStores": STORES})
    for pv in ("B", "C"):
        with_data["q1"].put_file("LTS", f"{pv}:2023.pb", file_of(pv, -86400 * 60))
        with_data["q1"].put_file("LTS", f"{pv}:2024.pb", file_of(pv, *range(10)))
    window = "from=2024-01-01T00:00:00Z&to=2024-03-01T00:00:00Z"
    years = {}
    for name in ("q0", "q1"):
        for chunk in read_chunks(for_pvs(with_data[name], "raw", window, "B", "C")):
            if len(chunk.samples):
                years.setdefault((name, chunk.header.pv), []).append(chunk.header.year)
    assert years == {
        ("q0", "B"): [2023, 2024],
        ("q0", "C"): [2023],
        ("q1", "B"): [2023, 2024],
        ("q1", "C"): [2024],
    }


def test_samples_at_a_time_of_two_members(with_data):
    """Both answer for both; the time is cut to ms (appliance.md L 2f)."""
    with_data["q0"].put_file("LTS", "A:2024.pb", file_of("A", 3, 4.0000005))
    path = "/retrieval/data/getDataAtTime?searchPeriod=P30D&at=2024-02-01T00:00:04.000000600Z"
    answers = [json.loads(sent(with_data[name], path, "POST", '["A", "B"]')[1]) for name in ("q0", "q1")]
    assert answers[0] == answers[1]
    assert {pv: sample["val"] for pv, sample in answers[0].items()} == {"A": 3, "B": 4}
    with_data["q1"].stop()
    assert list(json.loads(sent(with_data["q0"], path, "POST", '["A", "B"]')[1])) == ["A"]


def test_a_pv_that_archives_is_not_moved(cluster):
    """Nor one whose member is down: its samples cannot be brought together."""
    call = "reshardPV?appliance=q0&storage=LTS&pv=B"
    assert asked(cluster["q0"], call) == {"validation": "Cannot consolidate unless PV B is paused."}
    asked(cluster["q0"], "pauseArchivingPV?pv=B")
    cluster["q1"].stop()
    assert asked(cluster["q0"], call) == {"validation": "Unable to consolidate data for PV B"}


def test_a_move_that_counts_too_few_samples_is_given_up(with_data):
    """What was written is deleted again, and the PV stays where it is."""
    q0, q1 = with_data["q0"], with_data["q1"]
    asked(q0, "pauseArchivingPV?pv=B")
    q0.faults.switch_on("refused", "/retrieval/data/getData.raw")
    said = asked(q0, "reshardPV?appliance=q0&storage=LTS&pv=B")
    assert "The source has 10 and the dest has 0. Giving up on resharding B" in said["validation"]
    assert asked(q0, "getAllPVs") == ["A", "B"]
    assert list(q1.files()) == ["lts/B:2024.pb"] and not [path for path in q0.files() if "reshard" in path]


def test_a_move_that_cannot_take_the_name_says_so(with_data):
    """The samples are then at the new member, under a name of their own."""
    q0 = with_data["q0"]
    asked(q0, "pauseArchivingPV?pv=B")
    q0.faults.switch_on("refused", "/mgmt/bpl/renamePV")
    said = asked(q0, "reshardPV?appliance=q0&storage=LTS&pv=B")
    (name,) = (pv for pv in asked(q0, "getAllPVs") if pv != "A")
    assert (said["status"], said["deleteOriginal"]) == ("Rename failed", "ok")
    assert said["desc"] == f"Could not rename temporary PV {name} to source PV B"
    assert ask(q0, f"/retrieval/data/getData.raw?pv={name}&{TIMES}")[1]


def test_a_member_may_come_and_go_while_it_is_asked_for(with_data):
    """The other member answers each request, with what is there or that it is not; afterwards all is as it was."""
    q0, q1 = with_data["q0"], with_data["q1"]
    over, statuses = Event(), set()

    def keep_asking(path):
        while not over.is_set():
            statuses.add(ask(q0, path)[0])

    paths = [
        f"/retrieval/data/getData.raw?pv=B&{TIMES}",
        f"/retrieval/data/getDataForPVs.json?pv=A&pv=B&{TIMES}",
        "/mgmt/bpl/getPVStatus?pv=*",
        "/mgmt/bpl/changeArchivalParameters?pv=B&samplingperiod=2",
    ]
    with ThreadPoolExecutor() as threads:
        asking = [threads.submit(keep_asking, path) for path in paths]
        for _ in range(3):
            q1.stop()
            q1.start()
            q1.kill()
            q1.stop()
            q1.start()
        over.set()
        for one in asking:
            one.result()
    assert statuses <= {200, 500, 503}
    assert ask(q0, paths[0]) == ask(q1, paths[0])
    assert asked(q0, "getPVStatus?pv=*") == asked(q1, "getPVStatus?pv=*")
