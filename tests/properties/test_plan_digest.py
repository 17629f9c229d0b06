"""Digests against their slow twin, for all 15 types, and what they must and must not notice."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from archredundancy.model import DbrType, Extras, Granularity, Partition, Ragged, Samples
from archredundancy.plan import Digest, digest, partition_digests
from archredundancy.plan.forecast import hashing
from archredundancy.testing.generated.strategies import samples_strategy
from archredundancy.testing.twins.slow_digest import slow_digest

ANY = st.sampled_from(DbrType).flatmap(lambda dbr_type: samples_strategy(dbr_type, year=2024, max_size=8))
SOME = ANY.filter(len)
TWO = st.sampled_from(DbrType).flatmap(lambda dbr_type: st.tuples(*[samples_strategy(dbr_type, max_size=2)] * 2))


@pytest.mark.parametrize("dbr_type", DbrType)
@settings(max_examples=30)
@given(data=st.data())
def test_the_digest_is_that_of_the_slow_twin(dbr_type, data):
    """Two ways of hashing that share no code agree, whatever the size of the blocks."""
    samples = data.draw(samples_strategy(dbr_type))
    rows, elements = data.draw(st.sampled_from([(1, 1), (3, 2), (65536, 262144)]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "_ROWS", rows)
        patch.setattr(hashing, "_ELEMENTS", elements)
        assert digest(samples) == slow_digest(samples)


@given(samples=ANY, data=st.data())
def test_order_does_not_matter(samples, data):
    """Samples in another order have the same digest."""
    order = np.array(data.draw(st.permutations(range(len(samples)))), np.int64)
    assert digest(samples.take(order)) == digest(samples)


@given(samples=ANY, cut=st.integers(0, 8))
def test_parts_add_up(samples, cut):
    """The digests of two parts make that of the whole, whichever comes first; no samples are neutral."""
    cut = min(cut, len(samples))
    parts = digest(samples.slice(0, cut)), digest(samples.slice(cut, len(samples)))
    assert parts[0] | parts[1] == parts[1] | parts[0] == digest(samples)
    assert digest(samples) | Digest() == digest(samples)


@given(samples=ANY, granularity=st.sampled_from(Granularity))
def test_partitions_are_digested_one_by_one(samples, granularity):
    """Each partition's digest is that of its samples, and together they are the whole."""
    found = partition_digests(samples, granularity)
    whole = Digest()
    for partition, part in found.items():
        inside = np.flatnonzero((samples.time >= partition.start) & (samples.time < partition.end))
        assert part == digest(samples.take(inside))
        assert partition == Partition.holding(partition.start, granularity)
        whole |= part
    assert whole == digest(samples)
    assert list(found) == sorted(found)


@given(samples=SOME, column=st.sampled_from(["time", "severity", "status"]), by=st.integers(1, 99), data=st.data())
def test_a_changed_number_is_noticed(samples, column, by, data):
    """Another time, severity or status of any sample changes the digest."""
    changed = getattr(samples, column).copy()
    changed[data.draw(st.integers(0, len(samples) - 1))] ^= by
    assert digest(replace(samples, **{column: changed})).sum64 != digest(samples).sum64


@given(pair=TWO)
def test_a_changed_value_is_noticed(pair):
    """Two samples that differ in the bits of their value, and in nothing else, differ in their digest."""
    assume(all(len(samples) for samples in pair))
    one, another = (samples.slice(0, 1) for samples in pair)
    same = bits_of(one.value) == bits_of(another.value)
    assert (digest(replace(one, value=another.value)) == digest(one)) == same


@pytest.mark.parametrize(
    ("dbr_type", "one", "another"),
    [
        (DbrType.WAVEFORM_INT, [1, 2], [2, 1]),
        (DbrType.WAVEFORM_INT, [0], [0, 0]),
        (DbrType.WAVEFORM_INT, [], [0]),
        (DbrType.WAVEFORM_STRING, ["ab", ""], ["a", "b"]),
        (DbrType.WAVEFORM_STRING, ["ab"], ["ab", ""]),
        (DbrType.SCALAR_STRING, "", "\0"),
        (DbrType.SCALAR_DOUBLE, 0.0, -0.0),
    ],
)
def test_values_that_are_easily_confused_are_not(dbr_type, one, another):
    """Order of elements, length, the borders between strings, and the sign of zero make a difference."""
    assert digest(Samples.build(dbr_type, [5], [one])) != digest(Samples.build(dbr_type, [5], [another]))


@pytest.mark.parametrize(
    ("one", "another"),
    [
        (DbrType.SCALAR_SHORT, DbrType.SCALAR_ENUM),
        (DbrType.SCALAR_INT, DbrType.SCALAR_SHORT),
        (DbrType.WAVEFORM_SHORT, DbrType.WAVEFORM_ENUM),
    ],
)
def test_the_type_is_noticed(one, another):
    """Types that look the same on the wire do not have the same digest."""
    value = [[1, 2]] if one.is_waveform else [1]
    assert digest(Samples.build(one, [5], value)) != digest(Samples.build(another, [5], value))


@given(samples=ANY)
def test_what_each_rewrite_drops_or_changes_is_not_noticed(samples):
    """Without repeat counts, tags and `field_change`, and with fields in another order, the digest is the same."""
    extras = samples.extras
    backwards = np.empty(len(extras), object)
    backwards[:] = [tuple(sorted(dict(fields).items(), reverse=True)) for fields in extras.fields]
    bare = replace(
        extras,
        fields=backwards,
        repeat_count=np.full(len(extras), -1),
        field_change=np.full(len(extras), -1, np.int8),
        user_tag=np.full(len(extras), -1),
    )
    assert digest(replace(samples, extras=bare)) == digest(samples)


@pytest.mark.parametrize(
    "fields",
    [
        (),
        (("HIHI", "2"),),
        (("HIHI", ""), ("1", "")),
        (("HIHI1", ""),),
        (("HIHI", "1"), ("LOLO", "1")),
    ],
)
def test_changed_fields_are_noticed(fields):
    """Field values that differ from ("HIHI", "1") in any way change the digest."""
    one, another = (Extras.build([(0, each, -1, -1, -1)]) for each in ((("HIHI", "1"),), fields))
    samples = Samples.build(DbrType.SCALAR_INT, [5], [1], extras=one)
    assert digest(replace(samples, extras=another)) != digest(samples)


def bits_of(value):
    if not isinstance(value, Ragged):
        return value.tobytes()
    return value.to_strings() if isinstance(value.content, Ragged) else value.rows()[0].tobytes()
