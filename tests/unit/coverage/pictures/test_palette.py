"""How states are drawn."""

from itertools import combinations

import numpy as np
import pytest

from archredundancy.coverage import State
from archredundancy.coverage.pictures.palette import STATE_LOOKS, WHO_LOOKS


def test_every_meaning_has_a_look_of_its_own():
    """No two states, and no two answers to who has it, look the same, with colours or without."""
    assert set(STATE_LOOKS) == set(State)
    for looks in (STATE_LOOKS.values(), WHO_LOOKS.values()):
        assert len({look.colour for look in looks}) == len({look.label for look in looks}) == len(looks)
    assert len({look.hatching for look in STATE_LOOKS.values()}) == len(STATE_LOOKS)


# What readers who lack one kind of cone see, from linear RGB: Machado, Oliveira and Fernandes 2009, severity 1.
EYES = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
#: From linear sRGB to CIE XYZ, the white of D65 being 1.
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) / [
    [0.95047],
    [1.0],
    [1.08883],
]


def seen(colour: str, eyes: str):
    """Return the CIE L*a*b* coordinates of what these eyes see of a colour."""
    stored = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    linear = np.where(stored <= 0.04045, stored / 12.92, ((stored + 0.055) / 1.055) ** 2.4)
    x, y, z = XYZ @ np.clip(EYES[eyes] @ linear, 0, 1)
    f = [np.cbrt(part) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_the_simulation_of_eyes_is_right():
    """Grey stays grey for all eyes; red and green of equal lightness become one for those who lack a cone for them."""
    for eyes in EYES:
        assert seen("#808080", eyes) == pytest.approx([53.59, 0, 0], abs=0.2)
    assert seen("#ff0000", "normal") == pytest.approx([53.24, 80.1, 67.2], abs=0.3)
    red, green = "#c06040", "#849020"
    assert np.linalg.norm(seen(red, "normal") - seen(green, "normal")) > 50
    assert np.linalg.norm(seen(red, "deuteranopia") - seen(green, "deuteranopia")) < 20


@pytest.mark.parametrize(
    ("eyes", "least"), [("normal", 24), ("protanopia", 24), ("deuteranopia", 24), ("tritanopia", 17)]
)
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("looks", [STATE_LOOKS, WHO_LOOKS], ids=["states", "who"])
def test_colours_can_be_told_apart_by_all_eyes(looks, dark, eyes, least):
    """Any two of a group differ by many times the 2.3 that are just noticeable, without their hatchings."""
    for one, other in combinations(looks.values(), 2):
        distance = np.linalg.norm(seen(one.on(dark), eyes) - seen(other.on(dark), eyes))
        assert distance >= least, f"{one.label} and {other.label}: {distance:.1f}"
