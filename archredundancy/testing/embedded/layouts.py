"""Stores with partitions of every length, and the same history in each of them.

Of four partitions the first has a sample in its last second only, the second gains nothing, the third gains two
samples, and the fourth, in which the present lies, gains two as well; the secondary has ties and one sample from after
the horizon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from archredundancy.model import Granularity
from archredundancy.testing.embedded.bench import PRIMARY, SECONDARY, STORES

__all__ = ["LAYOUTS", "Layout"]

_SHORT, _MEDIUM, _LONG = STORES


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Stores, and the times of samples in them.

    Attributes
    ----------
    stores : tuple of str
        URLs, from short to long term.
    primary, secondary : mapping of str to sequence of str
        Times by store.
    """

    stores: tuple[str, ...]
    primary: Mapping[str, Sequence[str]]
    secondary: Mapping[str, Sequence[str]]


def _long(granularity: str) -> str:
    return _LONG.replace("PARTITION_MONTH", granularity)


#: By the length of the partitions that are merged into.
LAYOUTS: Final[Mapping[Granularity, Layout]] = {
    Granularity.HOUR: Layout(
        stores=(
            _SHORT.replace("PARTITION_HOUR", "PARTITION_5MIN"),
            _MEDIUM.replace("PARTITION_DAY", "PARTITION_15MIN"),
            _long("PARTITION_HOUR"),
        ),
        primary={
            "LTS": [
                "2024-03-20T08:59:59.5", "2024-03-20T09:05:00", "2024-03-20T09:06:00", "2024-03-20T10:03:00",
                "2024-03-20T10:20:00", "2024-03-20T11:00:00.000000001",
            ],
            "MTS": ["2024-03-20T11:18:00", "2024-03-20T11:20:00"],
            "STS": ["2024-03-20T11:51:00", "2024-03-20T11:59:50"],
        },
        secondary={
            "LTS": [
                "2024-03-20T09:05:00", "2024-03-20T10:03:00", "2024-03-20T10:10:00", "2024-03-20T10:11:00",
                "2024-03-20T10:20:00", "2024-03-20T11:00:00.000000002", "2024-03-20T11:10:00.5",
                "2024-03-20T11:18:00", "2024-03-20T11:59:55",
            ],
        },
    ),
    Granularity.DAY: Layout(
        stores=(_SHORT, _MEDIUM, _long("PARTITION_DAY")),
        primary={
            "LTS": [
                "2024-03-10T23:59:59.5", "2024-03-11T05:00:00", "2024-03-11T06:00:00", "2024-03-12T03:00:00",
                "2024-03-12T20:00:00", "2024-03-20T00:00:00.000000001",
            ],
            "MTS": ["2024-03-20T01:00:00", "2024-03-20T05:00:00"],
            "STS": ["2024-03-20T10:00:00", "2024-03-20T11:59:50"],
        },
        secondary={
            "LTS": [
                "2024-03-11T05:00:00", "2024-03-12T03:00:00", "2024-03-12T10:00:00", "2024-03-12T11:00:00",
                "2024-03-12T20:00:00", "2024-03-20T00:00:00.000000002", "2024-03-20T00:30:00.5",
                "2024-03-20T01:00:00", "2024-03-20T11:59:55",
            ],
        },
    ),
    Granularity.MONTH: Layout(stores=STORES, primary=PRIMARY, secondary=SECONDARY),
    Granularity.YEAR: Layout(
        stores=(_SHORT, _MEDIUM, _long("PARTITION_YEAR")),
        primary={
            **PRIMARY,
            "LTS": [
                "2021-12-31T23:59:59.5", "2022-02-05", "2022-03-06", "2023-02-03", "2023-11-20",
                "2024-01-01T00:00:00.000000001",
            ],
        },
        secondary={
            "LTS": [
                "2022-02-05", "2023-02-03", "2023-02-10", "2023-02-11", "2023-11-20", "2024-01-01T00:00:00.000000002",
                "2024-03-10T10:00:00.5", "2024-03-18T01:00:00", "2024-03-20T11:59:55",
            ],
        },
    ),
}  # fmt: skip
