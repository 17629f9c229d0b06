"""Wire against Google's protobuf library: the same bytes out, the same samples in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archredundancy.model import NS_PER_SECOND, DbrType, start_of_year
from archredundancy.testing import assert_samples_equal
from archredundancy.testing.generated.strategies import headers_strategy, odd_lines, samples_strategy
from archredundancy.testing.twins.protobuf_oracle import as_messages, header_class, sample_class
from archredundancy.wire import ChunkHeader, decode_columns, encode_samples, escape, unescape

google = pytest.importorskip("google.protobuf.message")

YEAR = 2024
every_type = pytest.mark.parametrize("dbr_type", DbrType, ids=lambda member: member.name)


@every_type
@settings(max_examples=15)
@given(data=st.data())
def test_samples_are_written_and_read_as_protobuf_does(dbr_type, data):
    """Each line is, unescaped, the message that protobuf serialises; protobuf's message gives the sample back."""
    samples = data.draw(samples_strategy(dbr_type, year=YEAR))
    messages = [message.SerializeToString() for message in as_messages(samples, YEAR)]
    lines = encode_samples(samples).split(b"\n")[:-1]
    assert [unescape(line) for line in lines] == messages
    decoded, damages = decode_columns(dbr_type, YEAR, b"".join(escape(message) + b"\n" for message in messages))
    assert not damages
    assert_samples_equal(decoded, samples)


@every_type
@settings(max_examples=25)
@given(data=st.data())
def test_protobuf_refuses_what_is_damage(dbr_type, data):
    """Of odd lines, protobuf accepts exactly those that give a sample, and sees the same sample in them."""
    for line in data.draw(odd_lines(dbr_type)).split(b"\n")[:-1]:
        samples, damages = decode_columns(dbr_type, YEAR, line + b"\n")
        message = parse(dbr_type, unescape(line))
        assert bool(damages) == (message is None)
        if message is not None:
            stamp = start_of_year(YEAR) + message.secondsintoyear * NS_PER_SECOND + message.nano
            assert samples.time.tolist() == [stamp]
            assert (samples.severity[0], samples.status[0]) == (message.severity, message.status)
            rewritten = parse(dbr_type, unescape(encode_samples(samples).removesuffix(b"\n")))
            assert (rewritten.val, rewritten.fieldvalues) == (message.val, message.fieldvalues)


def parse(dbr_type, content):
    """The message, or None if protobuf or the meaning of a byte refuses it."""
    message = sample_class(dbr_type)()
    try:
        message.ParseFromString(content)
    except google.DecodeError:
        return None
    if not message.IsInitialized() or (dbr_type is DbrType.SCALAR_BYTE and len(message.val) != 1):
        return None
    return message


@settings(max_examples=60)
@given(data=st.data())
def test_headers_are_written_and_read_as_protobuf_does(data):
    """A header's line is, unescaped, the `PayloadInfo` that protobuf serialises, and reads back equal."""
    header = data.draw(
        headers_strategy(data.draw(st.sampled_from(DbrType)), data.draw(st.integers(-(2**31), 2**31 - 1)))
    )
    message = header_class()(type=header.dbr_type.value, pvname=header.pv, year=header.year)
    if header.element_count is not None:
        message.elementCount = header.element_count
    for name, text in header.headers:
        message.headers.add(name=name, val=text)
    assert unescape(header.encode().removesuffix(b"\n")) == message.SerializeToString()
    assert ChunkHeader.parse(header.encode()) == header
