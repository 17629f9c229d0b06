"""The IOC that two real clusters archived while they were recorded, made again of what they stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from archredundancy.appliance import Given, Sampled, SimulatedIoc, SimulatedPv
from archredundancy.appliance.messages.message import decode_header, decode_sample
from archredundancy.model import NS_PER_SECOND

__all__ = ["StoredSample", "recorded_ioc", "stored_samples"]


@dataclass(frozen=True, kw_only=True)
class StoredSample:
    """A sample of a recorded file.

    Attributes
    ----------
    pv : str
    sampled : Sampled
    fields : dict of str to str
    """

    pv: str
    sampled: Sampled
    fields: dict[str, str]

    @property
    def connected(self) -> int:
        """A time at which the archiver may have connected, from what the sample tells of it, ns since 1970 UTC.

        It is in the second that the sample names, and not before the sample.
        """
        return max(int(self.fields["cnxregainedepsecs"]) * NS_PER_SECOND, self.sampled.time) + 1000


def stored_samples(file: bytes) -> Iterator[StoredSample]:
    """Yield the samples of a PB file, in order."""
    head, *lines = file.split(b"\n")
    header = decode_header(head)
    for line in filter(None, lines):
        found = decode_sample(line, header.dbr_type)
        sampled = Sampled(
            dbr_type=header.dbr_type,
            time=found.time(header.year),
            value=found.value,
            severity=found.severity,
            status=found.status,
        )
        yield StoredSample(pv=header.pv, sampled=sampled, fields=found.fields)


def recorded_ioc(
    files: Iterable[bytes], clock: Callable[[], int], fields: dict[str, dict[str, str]] | None = None
) -> SimulatedIoc:
    """Return an IOC whose records do what was stored of them by either archiver.

    Parameters
    ----------
    files : iterable of bytes
        PB files of both.
    clock : callable
        Gives the present, ns since 1970 UTC.
    fields : dict of str to dict of str to str, optional
        Fields of the records.
    """
    samples: dict[str, dict[int, Sampled]] = {}
    for file in files:
        for stored in stored_samples(file):
            samples.setdefault(stored.pv, {})[stored.sampled.time] = stored.sampled
    return SimulatedIoc(
        (
            SimulatedPv(
                name=pv,
                series=Given(samples=[found[time] for time in sorted(found)]),
                fields=(fields or {}).get(pv, {}),
                element_count=_element_count(found.values()),
            )
            for pv, found in samples.items()
        ),
        clock=clock,
    )


def _element_count(samples: Iterable[Sampled]) -> int:
    return max((len(each.value) for each in samples if each.dbr_type.is_waveform), default=1)
