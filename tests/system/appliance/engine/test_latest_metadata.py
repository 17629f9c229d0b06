"""What an engine knows of a PV now, in the headers of answers on demand."""

import json

import pytest

START = "2026-01-01T00:00:00Z"
END = "2026-01-01T00:00:05Z"
FIELDS = {"EGU": "mm", "PREC": "3", "HIHI": "9.0", "DESC": "level"}


@pytest.fixture
def meta(bench):
    """A function that returns `meta` of old samples in an answer of an appliance, for some parameters."""
    pair = bench(fields=FIELDS)
    pair.at(100)

    def ask(call="getData", **parameters):
        query = "".join(f"&{name}={value}" for name, value in parameters.items())
        answer = pair.ask(pair.primary, f"/retrieval/data/{call}.json?pv=A:B&from={START}&to={END}{query}")
        return json.loads(answer)[0]["meta"]

    ask.pair = pair
    return ask


@pytest.mark.parametrize("call", ["getData", "getDataForPVs"])
def test_the_engine_knows_better_than_the_type_info(meta, call):
    """With `fetchLatestMetadata` the headers have what the record has now, also of windows long ago."""
    assert meta(call) == {"name": "A:B", "PREC": "0"}
    assert meta(call, fetchLatestMetadata="true").items() >= {"EGU": "mm", "PREC": "3.0", "HIHI": "9.0"}.items()
    assert meta(call, fetchLatestMetadata="True") == meta(call)


def test_of_a_paused_pv_the_engine_knows_nothing(meta):
    """Then the answer is as without it (golden 01_types)."""
    meta.pair.primary.engine.pause()
    assert meta(fetchLatestMetadata="true") == {"name": "A:B", "PREC": "0"}


def test_fields_archived_with_a_pv_can_be_read(bench):
    """The engine writes all of them when it has connected to them, after twenty minutes, and then once a day."""
    pair = bench(fields=FIELDS, info={"archiveFields": ["HIHI"]})
    pair.at(1300)
    call = f"/retrieval/data/getData.json?pv=A:B.HIHI&from={START}&to=2026-01-01T00:30:00Z"
    (answer,) = json.loads(pair.ask(pair.primary, call))
    assert (answer["meta"]["name"], [sample["val"] for sample in answer["data"]]) == ("A:B", [9.0])
