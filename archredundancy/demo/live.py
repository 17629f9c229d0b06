"""A simulated IOC whose PVs both appliances archive while they are served."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from archredundancy.appliance import AppliancePair, Periodic, SimulatedIoc, SimulatedPv, SiteSettings
from archredundancy.demo.plants import plant
from archredundancy.demo.recording import put_recording
from archredundancy.model import NS_PER_SECOND, DbrType

__all__ = ["serve_live"]

_LABELS = ("Off", "Idle", "Run", "Trip")


def _live_ioc() -> SimulatedIoc:
    """Return an IOC with `SIM:…` records of several types.

    `SIM:SPARE` is one that nobody archives yet, to try `archivePV` on.
    """
    analog = {"EGU": "mm", "PREC": "3", "HIHI": "9.5", "LOLO": "-9.5", "RTYP": "ai", "SCAN": "1 second"}
    labels = {f"ENUM_{number}": label for number, label in enumerate(_LABELS)}
    return SimulatedIoc(
        [
            SimulatedPv(
                name="SIM:SINE",
                series=Periodic(value=_sine(60), alarm=_beyond, offset=0.147),
                fields=analog | {"DESC": "Goes up and down each minute"},
            ),
            SimulatedPv(
                name="SIM:COUNT",
                series=Periodic(value=_seconds, dbr_type=DbrType.SCALAR_INT, offset=0.149),
                fields={"RTYP": "longin", "DESC": "Counts seconds"},
            ),
            SimulatedPv(
                name="SIM:MODE",
                series=Periodic(value=_mode, period=5.0, dbr_type=DbrType.SCALAR_ENUM, offset=0.151),
                fields=labels | {"RTYP": "mbbi"},
                on_change=True,
            ),
            SimulatedPv(
                name="SIM:TEXT",
                series=Periodic(value=_text, period=10.0, dbr_type=DbrType.SCALAR_STRING, offset=0.153),
                fields={"RTYP": "stringin"},
            ),
            SimulatedPv(
                name="SIM:WAVE",
                series=Periodic(value=_wave, period=2.0, dbr_type=DbrType.WAVEFORM_DOUBLE, offset=0.157),
                fields={"EGU": "V", "RTYP": "waveform"},
                element_count=8,
            ),
            SimulatedPv(
                name="SIM:SLOW",
                series=Periodic(value=_sine(86400), period=600.0, offset=0.163),
                fields=analog | {"DESC": "Changes every ten minutes"},
            ),
            SimulatedPv(name="SIM:SPARE", series=Periodic(value=_sine(20), offset=0.167), fields=analog),
        ]
    )


def _archive_live(pair: AppliancePair, former_primary: str | None = None) -> None:
    """Let both appliances archive the records of the IOC, and the secondary merge the primary's into its answers.

    Parameters
    ----------
    pair : AppliancePair
        Whose source it is.
    former_primary : str, optional
        The primary's retrieval URL when this was done before. Then all stays as it was left, but for that URL.
    """
    pair.secondary.merge_from(pair.primary.retrieval_url, in_place_of=former_primary)
    if former_primary is None:
        for appliance in (pair.primary, pair.secondary):
            for pv in _ARCHIVED:
                appliance.add_pv({"pvName": pv})


@contextmanager
def serve_live(
    root: Path,
    *,
    primary_port: int = 0,
    secondary_port: int = 0,
    host: str = "127.0.0.1",
    keep_days: int,
    demo_seed: int | None = None,
) -> Iterator[AppliancePair]:
    """Start two appliances that archive `SIM:…` records of a simulated IOC in the real time.

    Parameters
    ----------
    root : Path
        Holds their configuration and files, for another time too.
    primary_port, secondary_port : int
        0 for ports that are free.
    host : str
        Address to answer at.
    keep_days : int
        How long the secondary keeps samples of PVs that are new to it.
    demo_seed : int, optional
        Adds the PVs of `demo_pair`, which nobody samples any more.
    """
    pair = AppliancePair(
        root,
        source=_live_ioc(),
        primary_port=primary_port,
        secondary_port=secondary_port,
        host=host,
        secondary_settings=SiteSettings(policy="SixMonths", keep_days=keep_days),
    )
    with pair:
        if demo_seed is not None:
            put_recording(pair)
            plant(pair, demo_seed)
        where = root / "primary.url"
        _archive_live(pair, where.read_text() if where.exists() else None)
        where.write_text(pair.primary.retrieval_url)
        yield pair


_ARCHIVED = ("SIM:SINE", "SIM:COUNT", "SIM:MODE", "SIM:TEXT", "SIM:WAVE", "SIM:SLOW")


def _sine(period: int) -> Callable[[int], float]:
    return lambda time: 10 * math.sin(2 * math.pi * time / (period * NS_PER_SECOND))


def _beyond(value: float) -> tuple[int, int]:
    """Return severity and status: HIHI or LOLO, a major alarm."""
    return (0, 0) if abs(value) < 9.5 else (2, 3 if value > 0 else 5)


def _seconds(time: int) -> int:
    return time // NS_PER_SECOND % 1_000_000


def _mode(time: int) -> int:
    return time // (15 * NS_PER_SECOND) % len(_LABELS)


def _text(time: int) -> str:
    return f"shot {_seconds(time)} of 50 \u00b5m"


def _wave(time: int) -> list[float]:
    return [float(_seconds(time) + number) for number in range(8)]
