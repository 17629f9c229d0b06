"""Light and dark paper."""

import pytest
from matplotlib import rc_context, style
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from archredundancy.coverage.pictures.palette import STATE_LOOKS
from archredundancy.plot.theme import put_on, theme_of


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_ink_can_be_read_on_its_paper(dark):
    """The contrast of text is that of WCAG's highest level, and every bar stands out from the paper."""
    theme = theme_of(Figure(), dark)
    assert contrast(theme.ink, theme.paper) > 7
    for look in STATE_LOOKS.values():
        assert contrast(look.on(dark), theme.paper) > 1.4, look.label


def test_a_figure_gets_the_paper_asked_for():
    """Everything written is then in the ink of the theme."""
    figure = Figure()
    axes = figure.subplots()
    axes.set_title("title")
    theme = theme_of(figure, dark=True)
    put_on(figure, theme)
    assert to_hex(figure.get_facecolor()) == to_hex(axes.get_facecolor()) == theme.paper
    assert {to_hex(text.get_color()) for text in figure.findobj(Text)} == {theme.ink}
    assert {to_hex(spine.get_edgecolor()) for spine in axes.spines.values()} == {theme.ink}


def test_without_a_wish_the_figure_keeps_its_paper():
    """matplotlib's own dark style makes a dark picture; a light figure stays as it is."""
    assert not theme_of(Figure(), None).dark
    with rc_context(), style.context("dark_background"):
        figure = Figure()
        assert theme_of(figure, None).dark
        assert to_hex(figure.get_facecolor()) == "#000000"
