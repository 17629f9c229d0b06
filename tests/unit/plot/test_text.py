"""Text from archives as labels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from archredundancy.plot.text import drawable


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("50 \u00b5m", "50 \u00b5m"),
        ("a\nb\x00", r"a\nb\x00"),
        ("\u6f22", r"\u6f22"),
        ("$x^2$", r"\$x^2\$"),
        ("a" * 40, "a" * 27 + "\u2026"),
    ],
)
def test_labels_are_fit_to_draw(text, drawn):
    """Signs that no font has are escaped, dollars are no formula, long texts are cut."""
    assert drawable(text) == drawn


@given(st.text(max_size=40))
def test_any_text_can_be_drawn(text):
    """Whatever an archive holds, drawing it neither fails nor warns."""
    figure = Figure()
    figure.text(0, 0, drawable(text))
    figure.draw_without_rendering()
