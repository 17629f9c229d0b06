"""Clients of an archive of a few lines."""

import pytest

from archredundancy.client import RetrievalClient
from archredundancy.model import TimeRange


@pytest.fixture
def client_of(fakes):
    """A client of an archive, or of a function that answers."""

    def make(source):
        transport = fakes.FakeTransport(getattr(source, "answer", source))
        client = RetrievalClient(fakes.RETRIEVAL_URL, transport, name="secondary")
        client.requests = transport.requests
        return client

    return make


@pytest.fixture
def span(fakes):
    """A range from two texts."""
    return lambda start, end: TimeRange(start=fakes.instant(start), end=fakes.instant(end))
