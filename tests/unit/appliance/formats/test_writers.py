"""Answers in every format but raw, and their warts."""

import pytest

from archredundancy.appliance.formats.writer import AnsweredPv
from archredundancy.appliance.formats.writers import WRITERS, WRITERS_FOR_PVS
from archredundancy.appliance.messages.message import Header
from archredundancy.appliance.messages.protobuf import DamagedLine
from archredundancy.appliance.storage.row import Row
from archredundancy.appliance.storage.streams import Samples
from archredundancy.model import DbrType

HEADER = Header(dbr_type=DbrType.SCALAR_DOUBLE, pv="X:Y", year=2024, fields=(("EGU", "mm"),))

ANSWERS = {
    "csv": "1717200000,0.0,2,0,500000000\n1717200060,NaN,0,0,0\n\n",
    "txt": (
        "Beginning data for X:Y\nData from stream X/Y:2024.pb\n"
        "Jun/01/2024 00:00:00 UTC\t0.0\t2\t0\t500000000\nJun/01/2024 00:01:00 UTC\tNaN\t0\t0\t0\n"
    ),
    "flx": (
        "<data>\n<result><time>1717200000000</time><value>0.0</value></result>"
        "<result><time>1717200060000</time><value>NaN</value></result></data>\n"
    ),
    "svg": (
        '<svg xmlns:svg="http://www.w3.org/2000/svg" xmlns="http://www.w3.org/2000/svg" '
        'viewBox="1717200000-1.0120 4.0" width="1000px" height="500px">\n'
        '<path style="fill:none;stroke:red;stroke-width:1.0" d="m 1717200000 -1.0'
        'L 1717200000 0.0 L 1717200060 NaN  "/>\n</svg>\n'
    ),
    "json": (
        '[ \n{ "meta": { "name": "X:Y" , "EGU": "mm" },\n"data": [ \n'
        '{ "secs": 1717200000, "val": 0.0, "nanos": 500000000, "severity":2, "status":0, '
        '"fields": { "HIHI": "1.0","a/b": "c\\/d"} },\n'
        '{ "secs": 1717200060, "val": NaN, "nanos": 0, "severity":0, "status":0 }\n] }\n ]\n'
    ),
    "qw": (
        '[ \n{ "meta": { "name": "ca://X:Y.VAL" , "waveform": false , "EGU": "mm" },\n"data": [ \n'
        '{ "millis": 1717200000500, "val": 0.0, "fields": { "HIHI": "1.0","a/b": "c\\/d"} },\n'
        '{ "millis": 1717200060000, "val": null }] }\n ]\n'
    ),
    "jplot": (
        '[ \n{ "label": "X:Y", "data": [ \n'
        "[2024-06-01T00:00:00.500Z[Etc/UTC], 0.0],\n[2024-06-01T00:01Z[Etc/UTC], NaN] ] } \n ]\n"
    ),
}

NOTHING = {"raw": "", "csv": "\n", "txt": "", "flx": "<data>\n</data>\n", "svg": ' "/>\n</svg>\n'} | dict.fromkeys(
    ("json", "qw", "jplot"), "[ \n ]\n"
)


def about(made, name="X:Y", header=HEADER):
    """Return what an answer may say about a PV."""
    start, end = made.instant("2024-06-01"), made.instant("2024-06-01T00:02:00")
    return AnsweredPv(name=name, requested=f"ca://{name}.VAL", header=header, start=start, end=end)


def two_samples(made):
    """Return two samples: one with fields and a severity, one with NaN."""
    extras = made.extras([(0, (("HIHI", "1.0"), ("a/b", "c/d")), -1, -1, -1)])
    times = ("2024-06-01T00:00:00.5", "2024-06-01T00:01:00")
    return made.rows(made.samples(*times, values=[0.0, float("nan")], severity=[2, 0], extras=extras))


@pytest.mark.parametrize("form", ANSWERS)
def test_each_format_writes_as_the_real_appliance(made, form):
    """Blanks and line ends are where it has them; json and flx have NaN bare, qw has null for it."""
    writer = WRITERS[form]()
    stream = Samples(header=HEADER, source="X/Y:2024.pb")
    written = [part for row in two_samples(made) for part in writer.write(row)]
    parts = [writer.open(), writer.begin(about(made)), writer.switch(stream), *written, writer.close()]
    assert b"".join(parts).decode() == ANSWERS[form]


@pytest.mark.parametrize("form", WRITERS)
def test_an_answer_without_any_stream_has_its_ends_only(form):
    """Nothing at all in raw and txt, an empty list in JSON, and an end without a start in svg."""
    writer = WRITERS[form]()
    assert (writer.open() + writer.close()).decode() == NOTHING[form]


@pytest.mark.parametrize(("form", "between"), [("json", "}] },\n{"), ("qw", "}] },\n{"), ("jplot", "] ] } , \n{")])
def test_the_next_pv_begins_where_the_one_before_ends(made, form, between):
    """In a list of PVs each object is closed by the one that follows, and its first sample has no comma before it."""
    writer = WRITERS_FOR_PVS[form]()
    (row, _) = two_samples(made)
    parts = [part for name in ("A", "B") for part in (writer.begin(about(made, name)), *writer.write(row))]
    body = b"".join([writer.open(), *parts, writer.close()]).decode()
    assert body.count(between) == 1
    assert ",\n{ " not in body.replace(between, "")


@pytest.mark.parametrize(
    ("form", "left"), [("json", b",\n"), ("qw", b",\n"), ("jplot", b",\n"), ("csv", b""), ("svg", b"")]
)
def test_a_damaged_sample_leaves_a_comma_behind(made, form, left):
    """Lists write the comma before they look at the sample."""
    writer = WRITERS[form]()
    list(writer.write(two_samples(made)[0]))
    parts = writer.write(Row(b"damage", DbrType.SCALAR_DOUBLE, 2024))
    if left:
        assert next(parts) == left
    with pytest.raises(DamagedLine, match="cut"):
        next(parts)


def test_structures_are_waveforms_to_the_chart(made):
    """Archived structures count as waveforms, as `ArchDBRTypes` has it."""
    header = Header(dbr_type=DbrType.V4_GENERIC_BYTES, pv="X:Y", year=2024)
    assert b'"waveform": true' in WRITERS["qw"]().begin(about(made, header=header))


def test_texts_have_no_charset_of_their_own():
    """Media types are those that the real appliance names."""
    assert {form: WRITERS[form]().media_type for form in ("csv", "flx", "svg", "raw")} == {
        "csv": "text/csv",
        "flx": "text/xml",
        "svg": "image/svg+xml",
        "raw": "application/x-protobuf",
    }
