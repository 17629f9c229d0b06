"""The engine follows the configuration some time later."""

from archredundancy.appliance.engine.engine import Engine


def test_a_change_takes_effect_after_the_lag():
    """A pause and a resume are not seen at once (appliance.md D.2 #8)."""
    slow, quick = Engine(3600.0), Engine(0.0)
    for engine in (slow, quick):
        engine.start_with(["A"])
        engine.archive("A", False)
        engine.archive("B", True)
    assert (slow.is_archiving("A"), slow.is_archiving("B")) == (True, False)
    assert (quick.is_archiving("A"), quick.is_archiving("B")) == (False, True)


def test_unknown_pvs_are_not_archived():
    """Nor are those that were not there at the start."""
    engine = Engine(0.0)
    engine.start_with(["A"])
    assert (engine.is_archiving("A"), engine.is_archiving("B")) == (True, False)
