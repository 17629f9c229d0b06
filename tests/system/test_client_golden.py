"""What two real appliances answered and stored, read by the client: bytes that nobody here made."""

import json
import math
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit
from zipfile import ZipFile

import numpy as np
import pytest

from archredundancy.client import Detail, HttpTransport, ManagementClient, Reply, RetrievalClient, StoreFolder
from archredundancy.client.retrieval.answer import AnswerReader
from archredundancy.client.retrieval.reading import Piece, build_reading
from archredundancy.errors import ReplyError, UnknownPVError
from archredundancy.model import DbrType, FailureKind, Samples, TimeRange, parse_time
from archredundancy.segments import Segments

TYPES = ("00", "01", "02", "03", "04", "06", "07", "09", "10", "11", "12", "13", "14")


def scenario(golden: Path, name: str) -> SimpleNamespace:
    """Return a recorded scenario: `steps` as written, `blob` to read what they refer to."""
    archive = ZipFile(golden / f"{name}.zip")
    steps = json.loads(archive.read("scenario.json"))
    return SimpleNamespace(**steps, blob=lambda path: archive.read(path) if path else b"")


def raw_answers(recorded: SimpleNamespace):
    """Yield (cluster, pv, window, step) of plain getData.raw requests that were answered."""
    for step in recorded.steps:
        if "/getData.raw?" in step.get("path", "") and step["status"] == 200:
            query = dict(parse_qsl(urlsplit(step["path"]).query))
            if "(" not in query["pv"] and {"from", "to"} <= query.keys():
                window = TimeRange(start=parse_time(query["from"], now=0), end=parse_time(query["to"], now=0))
                yield step["cluster"], query["pv"], window, step


def answer_of(recorded: SimpleNamespace, step: dict):
    reader = AnswerReader()
    reader.feed(recorded.blob(step["body"]))
    return reader.finish()


def truth(recorded: SimpleNamespace, cluster: str, pv: str) -> list[dict]:
    """Return the samples that were put in, in order of time."""
    samples = [sample for store in recorded.samples[cluster][pv] for sample in store["samples"]]
    return sorted(samples, key=lambda sample: int(sample["t"]))


def as_written(samples: Samples) -> list[object]:
    """Return values in the form of the scenario's own JSON, floats by their text."""
    if samples.dbr_type is DbrType.SCALAR_BYTE:
        return [{"hex": value.tobytes().hex()} for value in samples.value]
    if samples.dbr_type.is_numeric_scalar:
        return [plain(value) for value in samples.value.tolist()]
    if samples.dbr_type is DbrType.WAVEFORM_STRING:
        return [[text.decode() for text in row] for row in samples.value.to_strings()]
    if samples.dbr_type is DbrType.SCALAR_STRING:
        return [text.decode() for text in samples.value.to_bytes()]
    if samples.dbr_type in {DbrType.V4_GENERIC_BYTES, DbrType.WAVEFORM_BYTE}:
        return [{"hex": row.tobytes().hex()} for row in samples.value.rows()]
    return [[plain(element) for element in row.tolist()] for row in samples.value.rows()]


def plain(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return {"f": "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"}
    return repr(value) if isinstance(value, float) else value


def comparable(value: object) -> object:
    """Return a value of the scenario with floats as their text."""
    if isinstance(value, list):
        return [comparable(element) for element in value]
    return repr(value) if isinstance(value, float) else value


@pytest.mark.parametrize("code", TYPES)
def test_every_type_is_read_as_it_was_stored(golden, code):
    """Time, value, severity and status of each sample of the first recorded answer, New Year included."""
    recorded = scenario(golden, f"01_types_{code}")
    cluster, pv, window, step = next(raw_answers(recorded))
    reading = build_reading(pv, cluster, window, [Piece(span=window, answer=answer_of(recorded, step))], [])
    stored = [sample for sample in truth(recorded, cluster, pv) if int(sample["t"]) in window]
    assert reading.samples.dbr_type.value == int(code)
    assert reading.samples.time.tolist() == [int(sample["t"]) for sample in stored]
    assert reading.samples.severity.tolist() == [sample.get("sev", 0) for sample in stored]
    assert reading.samples.status.tolist() == [sample.get("stat", 0) for sample in stored]
    if code == "02":
        assert as_written(reading.samples) == [plain(x) for x in np.array(values(stored), "f4").tolist()]
    else:
        assert as_written(reading.samples) == [comparable(sample["val"]) for sample in stored]


def values(stored: list[dict]) -> list[float]:
    return [float(sample["val"]["f"]) if isinstance(sample["val"], dict) else sample["val"] for sample in stored]


@pytest.mark.parametrize("name", [*(f"01_types_{code}" for code in TYPES), "03_stores", "04_years", "06_damaged_files"])
def test_layouts_are_those_of_the_recording(golden, name):
    """Year, count, first and last of every chunk of every answer."""
    recorded = scenario(golden, name)
    compared = 0
    for _, _, _, step in raw_answers(recorded):
        chunks = answer_of(recorded, step).chunks
        assert [
            (chunk.dbr_type.name, chunk.year, chunk.count, chunk.first, chunk.last) for chunk in chunks
        ] == [
            (chunk["type"], chunk["year"], chunk["count"], as_ns(chunk["first"]), as_ns(chunk["last"]))
            for chunk in step.get("decoded", [])
        ]  # fmt: skip
        compared += 1
    assert compared >= 5


def as_ns(text: str | None) -> int | None:
    return None if text is None else int(text)


def test_healthy_answers_have_no_wounds(golden):
    """In three hundred answers for at most a year each nothing seems to be missing that is not."""
    seen = 0
    for name in (
        *(f"01_types_{code}" for code in TYPES),
        *(f"02_gran_{g}" for g in ("5MIN", "30MIN", "HOUR", "MONTH", "YEAR")),
        "04_years",
    ):
        recorded = scenario(golden, name)
        for _, _, window, step in raw_answers(recorded):
            inside = [piece for piece in window.split_years() if window.duration and piece == window]
            seen += len(inside)
            assert [answer_of(recorded, step).failures(piece) for piece in inside] == [[]] * len(inside)
    assert seen > 300


@pytest.mark.parametrize("pv", ["hdr", "emptyline", "badyear"])
def test_a_file_that_gives_nothing_shows_in_the_layout(golden, pv):
    """A whole answer over five daily files with the third one spoilt: what lies between its neighbours is unknown."""
    recorded = scenario(golden, "06_damaged_files")
    answers = [entry for entry in raw_answers(recorded) if entry[1] == f"G06:files:{pv}"]
    cluster, name, window, step = max(answers, key=lambda entry: entry[2].duration)
    answer = answer_of(recorded, step)
    reading = build_reading(name, cluster, window, [Piece(span=window, answer=answer)], answer.failures(window))
    stored = np.array([int(sample["t"]) for sample in truth(recorded, cluster, name)])
    lost = np.setdiff1d(stored, reading.samples.time)
    assert len(lost) == 3
    assert not reading.known.contains(lost).any()
    assert reading.known.contains(reading.samples.time).all()


@pytest.fixture(scope="module")
def live(golden, tmp_path_factory):
    """The files of 20_live, each cluster's in a folder with its stores in it, and the scenario."""
    recorded = scenario(golden, "20_live")
    root = tmp_path_factory.mktemp("live")
    for file in recorded.files:
        path = root / file["cluster"] / file["store"].lower() / file["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(recorded.blob(file["data"]))
    return root, recorded


LIVE = TimeRange(start=parse_time("2026-11-22T21:32:02Z", now=0), end=parse_time("2026-11-22T21:37:53Z", now=0))


@pytest.mark.parametrize("cluster", ["P", "S"])
def test_a_folder_holds_what_the_cluster_answered(live, cluster):
    """All eight live PVs: the samples read from files are those of the recorded raw answers."""
    root, recorded = live
    folder = StoreFolder(root / cluster)
    names = folder.search("LIVE:*")
    assert names == sorted(entry["pv"] for entry in recorded.pvs if entry["cluster"] == cluster)
    for pv in names:
        step = next(step for side, name, _, step in raw_answers(recorded) if (side, name) == (cluster, pv))
        answered = build_reading(pv, cluster, LIVE, [Piece(span=LIVE, answer=answer_of(recorded, step))], [])
        reading = folder.read(pv, LIVE)
        assert np.array_equal(reading.samples.time, answered.samples.time)
        assert reading.samples.same_payload(answered.samples).all()
        assert reading.failures == ()


def test_a_folder_vouches_from_its_first_partition_to_its_last_sample(live):
    """The day of the first file begins before the recording; after the last sample nothing is known."""
    root, _ = live
    reading = StoreFolder(root / "P").read("LIVE:COUNT", LIVE)
    assert len(reading.samples) == 317
    assert reading.known == Segments.of((LIVE.start, int(reading.samples.time[-1]) + 1))


def test_damaged_files_are_told_by_name(golden, tmp_path):
    """Nine ways to spoil the third of five daily files: what is lost is never known, and the file is named."""
    recorded = scenario(golden, "06_damaged_files")
    for file in recorded.files:
        path = tmp_path / file["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(recorded.blob(file["data"]))
    folder = StoreFolder(tmp_path)
    june = TimeRange(start=parse_time("2024-06-01", now=0), end=parse_time("2024-06-05T18:00:00Z", now=0))
    for entry in recorded.pvs:
        reading = folder.read(entry["pv"], june)
        stored = np.array([int(sample["t"]) for sample in truth(recorded, "P", entry["pv"])])
        lost = np.setdiff1d(stored[stored < june.end], reading.samples.time)
        if entry["pv"].endswith(
            ":hdr"
        ):  # a file without samples is a whole file: only the cluster's answer is suspicious
            continue
        assert len(lost)
        assert not reading.known.contains(lost).any(), entry["pv"]
        assert all("2024_06_03.pb" in failure.message for failure in reading.failures)


class Replay:
    """A network in which the recorded answers of one cluster are all there is."""

    def __init__(self, recorded: SimpleNamespace, cluster: str) -> None:
        self.recorded = recorded
        self.steps = {}
        for step in recorded.steps:
            if step.get("cluster") == cluster and step.get("method") == "GET":
                parts = urlsplit(step["path"])
                self.steps.setdefault((parts.path, tuple(sorted(parse_qsl(parts.query)))), step)

    def get(self, url, params=(), *, timeout=None) -> Reply:
        """Return what was recorded, less what a recording may lack: `limit`, `skipExternalServers`, a regex for all."""
        path = urlsplit(url).path
        wanted = [
            tuple(sorted(params)),
            tuple(sorted((k, v) for k, v in params if k not in {"limit", "skipExternalServers"})),
            tuple(sorted((k, v) for k, v in params if (k, v) != ("regex", ".*"))),
        ]
        step = next(self.steps[path, query] for query in wanted if (path, query) in self.steps)
        headers = {name.lower(): value for name, value in step["headers"]}
        return Reply(step["status"], headers, self.recorded.blob(step["body"]))


def test_recorded_management_replies_are_understood(golden):
    """Every reading call, as two real appliances answered it."""
    client = ManagementClient("http://host/mgmt/bpl", Replay(scenario(golden, "07_bpl"), "P"))
    assert client.versions().mgmt == "Archiver Appliance Version a7a938e5"
    assert client.appliance_info().identity == "primary0"
    assert [member.data_retrieval_url for member in client.appliances_in_cluster()] == [
        "http://127.0.0.1:17665/retrieval"
    ]
    assert client.all_pvs("G07:*") == ["G07:a", "G07:b", "G07:c:d", "G07:w"]
    assert [entry.status for entry in client.pv_status(["G07:a", "none", "G07:b"])] == [
        "Paused",
        "Not being archived",
        "Paused",
    ]
    assert client.type_info("G07:a").dbr_type is DbrType.SCALAR_DOUBLE
    assert set(client.stores("G07:a")) == {"STS", "MTS", "LTS"}
    assert {entry.modified for entry in client.paused_pvs()} == {parse_time("2020-01-01", now=0)}
    assert client.external_servers() == []
    with pytest.raises(UnknownPVError, match="'none'"):
        client.type_info("none")


def test_recorded_reports_of_paused_pvs_are_understood(golden):
    """Every other reading call of a pair whose PVs are all paused, so that its engines have nothing to tell."""
    client = ManagementClient("http://host/mgmt/bpl", Replay(scenario(golden, "07_bpl"), "P"))
    created = parse_time("2020-01-01", now=0)
    assert [info.pv for info in client.export_config()] == ["G07:a", "G07:c:d", "G07:b", "G07:w"]
    assert client.named_flag("nosuch") is False
    assert client.named_flags()["SKIP_LTS_FOR_RETRIEVAL"] is False
    assert client.policies()["SixMonths"].startswith("STS, MTS for six months")
    assert client.properties() == {"minimum_sampling_period": "0.1"}
    assert client.aliases() == []
    assert client.details("G07:a")[0] == Detail(name="PV Name", value="G07:a", source="mgmt")
    assert {(span.pv, span.first, span.last, span.paused) for span in client.time_spans("G07:.*")} == {
        (pv, created, None, True) for pv in ("G07:a", "G07:b", "G07:c:d", "G07:w")
    }
    (metrics,) = client.appliance_metrics()
    assert (metrics.appliance, metrics.status, metrics.capacity_percent) == ("primary0", "Working", None)
    assert client.store_room("primary0") == client.storage_consumed(limit=2) == client.storage_rates(limit=3) == []
    assert client.event_rates(limit=3) == client.disconnected_pvs() == client.lost_connections(limit=3) == []
    assert client.silent_pvs(limit=3) == client.never_connected_pvs() == client.recently_modified_pvs(limit=2) == []
    assert [(pv.pv, pv.changed) for pv in client.recently_added_pvs(limit=2)] == [
        ("G07:a", created),
        ("G07:c:d", created),
    ]
    for reason in ("timestamp", "buffer", "type-change"):
        assert client.dropped_events(reason) == []
    assert client.slow_changing_with_dropped_events() == []


def test_recorded_reports_of_live_pvs_are_understood(golden):
    """Of engines that are archiving."""
    client = ManagementClient("http://host/mgmt/bpl", Replay(scenario(golden, "14_live"), "P"))
    (sine,) = client.pv_status(["LIVE:SINE"])
    assert (sine.monitored, sine.sampling_period, sine.reconnections) == (True, 0.1, 0)
    assert sine.first_connected == parse_time("2026-11-22T21:22:26", now=0)
    assert sine.last_reconnected is None
    assert {(line.count, line.connected) for line in client.lost_connections()} == {(0, True)}
    assert all(line.last_event is not None for line in client.silent_pvs())
    spans = {span.pv: span for span in client.time_spans(".*")}
    assert (spans["LIVE:BYTES"].first, spans["LIVE:BYTES"].last) == (1795382546 * 10**9, 1795382566 * 10**9)
    assert client.storage_consumed()[0].size == 1059
    assert client.event_rates()[0].per_second == 2.0
    assert client.storage_rates()[0].per_second == pytest.approx(171.59598214285714 * 1024 / 3600)
    (metrics,) = client.appliance_metrics()
    assert (metrics.pv_count, metrics.connected, metrics.events_per_second) == (8, 8, 7.38)
    details = {line.name: line.value for line in client.details("LIVE:SINE")}
    assert details["Units:"] == "mm"


def test_recorded_reports_of_a_cluster_are_understood(golden):
    """What a member tells of itself, and of its cluster."""
    recorded = scenario(golden, "15_members_info")
    first = next(step["cluster"] for step in recorded.steps if step.get("path", "").endswith("getPVsForThisAppliance"))
    client = ManagementClient("http://host/mgmt/bpl", Replay(recorded, first))
    assert client.pvs_of_appliance("MEMB:*") == ["MEMB:a"]
    assert [span.pv for span in client.time_spans("MEMB.*")] == ["MEMB:a", "MEMB:b"]
    assert {pv.appliance for pv in client.recently_added_pvs(limit=10)} == {"q0", "q1"}
    assert {info.appliance for info in client.export_config()} == {"q0", "q1"}
    assert {metrics.appliance for metrics in client.appliance_metrics()} == {"q0", "q1"}


def test_recorded_proxies_are_understood(golden):
    """A secondary that merges its primary into answers says so in the URL."""
    client = ManagementClient("http://host/mgmt/bpl", Replay(scenario(golden, "10_proxy"), "S"))
    assert client.external_servers()[0].merges


def test_recorded_retrieval_replies_are_understood(golden):
    """Names, and whether a PV is archived."""
    client = RetrievalClient("http://host/retrieval", Replay(scenario(golden, "07_bpl"), "P"))
    assert client.matching_pvs("G07:*") == ["G07:a", "G07:b", "G07:c:d", "G07:w"]
    assert client.is_archiving("G07:a")
    assert not client.is_archiving("none")


@pytest.fixture(scope="module")
def embedded(golden, tmp_path_factory):
    """An embedded appliance with the primary's files of a recorded scenario, and a client of it."""
    from archredundancy.appliance import Appliance

    started = []

    def start(name):
        recorded = scenario(golden, name)
        appliance = Appliance("primary0", tmp_path_factory.mktemp(name)).start()
        transport = HttpTransport(timeout=20)
        started.extend([transport.close, appliance.stop])
        for entry in recorded.pvs:
            if entry["cluster"] == "P":
                appliance.add_pv(entry["typeinfo"])
        for file in recorded.files:
            if file["cluster"] == "P":
                appliance.put_file(file["store"], file["path"], recorded.blob(file["data"]))
        return recorded, RetrievalClient(appliance.retrieval_url, transport)

    yield start
    for stop in started:
        stop()


SIX_YEARS = TimeRange(start=parse_time("2020-01-01", now=0), end=parse_time("2026-01-01", now=0))


@pytest.mark.parametrize("name", ["01_types_13", "02_gran_5MIN", "04_years"])
def test_healthy_archives_are_known_as_a_whole(embedded, name):
    """Over real HTTP, in six windows and the closing second: every sample, nothing unknown."""
    recorded, client = embedded(name)
    for pv in recorded.samples["P"]:
        reading = client.read(pv, SIX_YEARS)
        stored = {int(sample["t"]) for sample in truth(recorded, "P", pv) if int(sample["t"]) in SIX_YEARS}
        assert set(reading.samples.time.tolist()) == stored
        assert (reading.failures, reading.known.total) == ((), SIX_YEARS.duration)


@pytest.mark.parametrize("pv", ["zero", "junk", "hdr", "hdrcut", "emptyline", "badyear"])
def test_damaged_archives_are_unknown_where_they_are_damaged(embedded, damaged, pv):
    """A third of five daily files that empties answers, or gives none: less than two days of six years are unknown."""
    recorded, client = damaged
    reading = client.read(f"G06:files:{pv}", SIX_YEARS)
    stored = np.array([int(sample["t"]) for sample in truth(recorded, "P", f"G06:files:{pv}")])
    lost = np.setdiff1d(stored, reading.samples.time)
    assert 3 <= len(lost) <= 4
    assert not reading.known.contains(lost).any()
    assert SIX_YEARS.duration - reading.known.total < 2 * 86400 * 10**9
    assert {failure.kind for failure in reading.failures} <= {
        FailureKind.EMPTY,
        FailureKind.CUT_SHORT,
        FailureKind.DAMAGED,
    }


@pytest.fixture(scope="module")
def damaged(embedded):
    """The damaged archive, started once."""
    return embedded("06_damaged_files")


def test_a_member_that_redirects_is_named(golden):
    """With proxyRetrievalRequest=true the real one answers 302 to the owner: never taken for data."""
    recorded = scenario(golden, "15_members_redirect")
    step = recorded.steps[0]
    assert (step["status"], dict(step["headers"])["Location"][:23]) == (302, "http://127.0.0.1:17680/")
    reply = Reply(step["status"], {}, b"")

    class Redirecting:
        def get(self, url, params=(), *, timeout=None):
            return reply

    with pytest.raises(ReplyError, match="answered 302"):
        RetrievalClient("http://host/retrieval", Redirecting()).matching_pvs("*")
