"""Hashes that cover what every rewrite drops."""

from archredundancy.model import DbrType, Extras, Samples
from archredundancy.plan.forecast.hashing import attribute_hashes, sample_hashes


def sample(fields=(), repeat_count=-1, field_change=-1, user_tag=-1):
    extras = Extras.build([(0, fields, repeat_count, field_change, user_tag)])
    return Samples.build(DbrType.SCALAR_INT, [5], [7], extras=extras)


def test_each_attribute_counts():
    """Samples that a rewrite would make equal are told apart, whichever attribute they have."""
    odd = [sample(), sample(repeat_count=0), sample(repeat_count=1), sample(field_change=1), sample(user_tag=1)]
    assert len({int(attribute_hashes(each)[0]) for each in odd}) == len(odd)
    assert len({int(sample_hashes(each)[0]) for each in odd}) == 1


def test_a_sample_without_attributes_is_hashed_as_ever():
    """Whether or not it has fields; a change that is false reads the same as none."""
    plain = Samples.build(DbrType.SCALAR_INT, [5], [7])
    for each in (plain, sample(), sample(field_change=0), sample((("HIHI", "1"),), field_change=0)):
        assert (attribute_hashes(each) == sample_hashes(each)).all()
