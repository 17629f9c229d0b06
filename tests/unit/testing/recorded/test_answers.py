"""What counts when an answer is compared with a recorded one."""

import pytest

from archredundancy.testing.recorded.answers import Reply, compare_reply

JSON = {"Content-Type": "application/json"}


def compare(rule, recorded, body, status=200, **changes):
    """Compare an answer with a recorded one."""
    step = {"compare": rule, "status": 200, "headers": [["Content-Type", "application/json"]], "error_message": None}
    return compare_reply(step | changes, recorded, Reply(status=status, headers=JSON, body=body))


ALIKE = {
    "the same bytes": ("exact", b"a", b"a"),
    "keys in another order": ("json", b'{"a":1,"b":2}', b'{"b":2,"a":1}'),
    "PVs in another order": ("json", b'["a","b"]', b'["b","a"]'),
    "statuses in another order": ("json", b'[{"pvName":"a"},{"pvName":"b"}]', b'[{"pvName":"b"},{"pvName":"a"}]'),
    "numbers of another time": ("volatile", b'{"a":1}', b'{"a":2}'),
    "bare NaN": ("json", b'{"a":NaN}', b'{"a":NaN}\n'),
    "no body": ("json", b"", b"\n"),
    "no JSON": ("json", b"[none]", b"[none]\n"),
    "another port of the cluster": ("json", b'{"clusterInetPort":"a:1"}', b'{"clusterInetPort":"b:2"}'),
}


@pytest.mark.parametrize(("rule", "recorded", "body"), ALIKE.values(), ids=ALIKE)
def test_what_means_the_same_is_alike(rule, recorded, body):
    """Order of hash maps, white space and what changes with time do not count where the rule says so."""
    assert not compare(rule, recorded, body)


DIFFERENT = {
    "other bytes": ("exact", b'{"a": 1}', b'{"a":1}', "line 1"),
    "stores in another order": ("json", b'{"stores":["a","b"]}', b'{"stores":["b","a"]}', ".stores[0]: 'b' instead"),
    "a PV twice": ("json", b'["a"]', b'["a","a"]', "a again (1): 'a' should not be there"),
    "a PV's status": ("json", b'[{"pvName":"a","s":1}]', b'[{"pvName":"a","s":2}]', ".a.s: 2 instead of 1"),
    "NaN and a number": ("json", b'{"a":NaN}', b'{"a":0}', "0 instead of 'bare NaN'"),
    "another kind": ("volatile", b'{"a":1}', b'{"a":"1"}', ".a: 'str' instead of 'int'"),
    "a row less": ("volatile", b'[{"name":"a"},{"name":"b"}]', b'[{"name":"a"}]', ".b: {'name': 'b'} is missing"),
    "no JSON": ("json", b"[]", b"[", "not JSON"),
    "no body": ("json", b"{}", b"", "nothing instead of {}"),
}


@pytest.mark.parametrize(("rule", "recorded", "body", "said"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_means_something_else_is_told(rule, recorded, body, said):
    """The message says where."""
    assert said in compare(rule, recorded, body)


def test_the_status_counts():
    """Another status is a difference, whatever the body."""
    assert compare("json", b"{}", b"{}", status=500).startswith("status 500 instead of 200")


def test_what_the_answer_says_it_is_counts():
    """Content-Type and Location are compared, where they were recorded."""
    said = compare("exact", b"a", b"a", headers=[["Content-Type", "text/plain"], ["Location", "http://x/"]])
    assert said == "Content-Type application/json instead of text/plain\nLocation None instead of http://x/"


PAGE = b"<p><b>Message</b> PV name is &quot;null&quot;.</p>"
MESSAGES = {
    "the same": ('PV name is "null".', ""),
    "another": ("No.", "message 'PV name is \"null\".' instead of 'No.'"),
    "Java's own words": ("java.lang.NullPointerException", ""),
}


@pytest.mark.parametrize(("recorded", "said"), MESSAGES.values(), ids=MESSAGES)
def test_an_error_page_is_compared_by_what_it_says(recorded, said):
    """Its message counts unless Java itself speaks."""
    step = {"status": 404, "error_message": recorded, "headers": []}
    assert compare_reply({"compare": "status", **step}, b"", Reply(status=404, headers={}, body=PAGE)) == said


@pytest.mark.parametrize(("title", "differs"), [("404", False), ("500", True)])
def test_of_a_page_in_a_page_the_title_counts(title, differs):
    """How the web server's own pages look does not."""
    step = {"status": 404, "error_message": "<!doctype html><head><title>404</title><style/>", "headers": []}
    page = f"<p><b>Message</b> &lt;!doctype html&gt;&lt;title&gt;{title}&lt;/title&gt;</p>".encode()
    said = compare_reply({"compare": "status", **step}, b"", Reply(status=404, headers={}, body=page))
    assert bool(said) is differs
