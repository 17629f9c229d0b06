"""Error pages, whatever is raised while a request is answered."""

import asyncio
import logging

import pytest
from starlette.routing import Route, Router

from archredundancy.appliance.server.pages import LimitedBodies, with_error_pages
from archredundancy.appliance.server.replies import Refused


def answer(raised=None, method="GET", path="/known", body=b"", largest=10):
    """Return status and page of an application that reads the body and raises something."""

    async def endpoint(request):
        await request.body()
        raise raised

    application = with_error_pages(LimitedBodies(Router([Route("/known", endpoint, methods=["GET", "POST"])]), largest))
    sent = []
    pieces = [{"type": "http.request", "body": body[n : n + 4], "more_body": True} for n in range(0, len(body), 4)]
    pieces.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive():
        return pieces.pop(0)

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
    }
    asyncio.run(application({**scope, "headers": []}, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


def test_a_refusal_has_its_status_and_message():
    """As the servlet said it."""
    status, page = answer(Refused(404, "Unable to find typeinfo"))
    assert (status, b"Unable to find typeinfo" in page) == (404, True)


def test_what_nobody_foresaw_is_a_page_for_the_client_and_a_traceback_for_the_log(caplog):
    """500 with the exception, even if its text is none that UTF-8 can hold."""
    status, page = answer(KeyError("\ud800x"))
    assert status == 500
    assert b"KeyError: &#39;" in page
    assert b"Traceback" not in page
    (record,) = caplog.records
    assert (record.levelno, record.exc_info[0]) == (logging.ERROR, KeyError)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/other", 404), ("PUT", "/known", 405)])
def test_what_is_nobodys_is_turned_away(method, path, status):
    """A path with 404, a method with 405."""
    assert answer(method=method, path=path)[0] == status


@pytest.mark.parametrize(("length", "status"), [(10, 404), (11, 413)])
def test_a_body_may_be_so_long(length, status):
    """One byte more is too much, however it comes."""
    assert answer(Refused(404), "POST", body=b"x" * length)[0] == status
